package awsjson

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/go-faster/jx"
	"github.com/segmentio/asm/base64"

	"weir/internal/aws/wire/shape"
)

// Writer is a shape.Writer that makes a JSON document.
type Writer struct {
	w     jx.Writer
	comma []bool // at each level: something stands before
}

// NewWriter makes an empty document.
func NewWriter() *Writer { return &Writer{comma: make([]bool, 0, 6)} }

// Bytes is the document.
func (w *Writer) Bytes() []byte { return w.w.Buf }

// sep begins an element or member of the innermost level.
func (w *Writer) sep() {
	top := len(w.comma) - 1
	if w.comma[top] {
		w.w.Comma()
	}
	w.comma[top] = true
}

func (w *Writer) push() { w.comma = append(w.comma, false) }
func (w *Writer) pop()  { w.comma = w.comma[:len(w.comma)-1] }

// Bool implements shape.Writer.
func (w *Writer) Bool(v bool) { w.w.Bool(v) }

// Int implements shape.Writer.
func (w *Writer) Int(v int64) { w.w.Int64(v) }

// Float implements shape.Writer.
func (w *Writer) Float(v float64) {
	switch {
	case math.IsNaN(v):
		w.w.Str("NaN")
	case math.IsInf(v, 1):
		w.w.Str("Infinity")
	case math.IsInf(v, -1):
		w.w.Str("-Infinity")
	default:
		b := strconv.AppendFloat(nil, v, 'g', -1, 64)
		if !bytes.ContainsAny(b, ".e") {
			b = append(b, ".0"...) // as AWS does: Python reads 10 as another type than 10.0
		}
		w.w.Raw(b)
	}
}

// Str implements shape.Writer.
func (w *Writer) Str(v string) { w.w.Str(v) }

// Blob implements shape.Writer.
func (w *Writer) Blob(v []byte) {
	w.w.Buf = append(w.w.Buf, '"')
	at := len(w.w.Buf)
	n := base64.StdEncoding.EncodedLen(len(v))
	w.w.Buf = slices.Grow(w.w.Buf, n)[:at+n]
	base64.StdEncoding.Encode(w.w.Buf[at:], v)
	w.w.Buf = append(w.w.Buf, '"')
}

// Time implements shape.Writer: seconds with up to three decimals.
func (w *Writer) Time(v time.Time, f shape.TimeFormat) {
	switch f {
	case shape.TimeISO8601:
		w.w.Str(v.UTC().Format("2006-01-02T15:04:05.999Z"))
	case shape.TimeRFC822:
		w.w.Str(v.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
	default:
		w.w.Buf = appendSeconds(w.w.Buf, v.UnixMilli())
	}
}

// appendSeconds writes milliseconds as decimal seconds, never with an exponent.
func appendSeconds(b []byte, ms int64) []byte {
	if ms < 0 {
		b, ms = append(b, '-'), -ms
	}
	b = strconv.AppendInt(b, ms/1000, 10)
	if frac := ms % 1000; frac != 0 {
		b = append(b, '.', byte('0'+frac/100), byte('0'+frac/10%10), byte('0'+frac%10))
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
	}
	return b
}

// Null implements shape.Writer.
func (w *Writer) Null() { w.w.Null() }

// Struct implements shape.Writer.
func (w *Writer) Struct() { w.w.ObjStart(); w.push() }

// Field implements shape.Writer.
func (w *Writer) Field(name string) { w.sep(); w.w.FieldStart(name) }

// EndStruct implements shape.Writer.
func (w *Writer) EndStruct() { w.pop(); w.w.ObjEnd() }

// List implements shape.Writer.
func (w *Writer) List(int) { w.w.ArrStart(); w.push() }

// Elem implements shape.Writer.
func (w *Writer) Elem() { w.sep() }

// EndList implements shape.Writer.
func (w *Writer) EndList() { w.pop(); w.w.ArrEnd() }

// Map implements shape.Writer.
func (w *Writer) Map(int) { w.Struct() }

// MapKey implements shape.Writer.
func (w *Writer) MapKey(key string) { w.Field(key) }

// EndMap implements shape.Writer.
func (w *Writer) EndMap() { w.EndStruct() }
