package cbor

import (
	"encoding/binary"
	"math"
	"time"

	"weir/internal/aws/wire/shape"
)

// Writer is a shape.Writer that makes a CBOR document.
type Writer struct {
	b       []byte
	dialect Dialect
}

// NewWriter makes an empty document.
func NewWriter(dialect Dialect) *Writer { return &Writer{dialect: dialect} }

// Bytes is the document.
func (w *Writer) Bytes() []byte { return w.b }

func (w *Writer) head(major byte, arg uint64) {
	m := major << 5
	switch {
	case arg < 24:
		w.b = append(w.b, m|byte(arg))
	case arg <= math.MaxUint8:
		w.b = be(append(w.b, m|24), arg, 1)
	case arg <= math.MaxUint16:
		w.b = be(append(w.b, m|25), arg, 2)
	case arg <= math.MaxUint32:
		w.b = be(append(w.b, m|26), arg, 4)
	default:
		w.b = be(append(w.b, m|27), arg, 8)
	}
}

// Bool implements shape.Writer.
func (w *Writer) Bool(v bool) {
	if v {
		w.b = append(w.b, 0xf5)
	} else {
		w.b = append(w.b, 0xf4)
	}
}

// Int implements shape.Writer.
func (w *Writer) Int(v int64) {
	if v < 0 {
		w.head(majorNeg, uint64(-1-v))
	} else {
		w.head(majorUint, uint64(v))
	}
}

// Float implements shape.Writer.
func (w *Writer) Float(v float64) { w.b = be(append(w.b, 0xfb), math.Float64bits(v), 8) }

// Str implements shape.Writer.
func (w *Writer) Str(v string) {
	w.head(majorText, uint64(len(v)))
	w.b = append(w.b, v...)
}

// Blob implements shape.Writer.
func (w *Writer) Blob(v []byte) {
	w.head(majorBytes, uint64(len(v)))
	w.b = append(w.b, v...)
}

// Time implements shape.Writer.
func (w *Writer) Time(v time.Time, _ shape.TimeFormat) {
	w.head(majorTag, 1)
	ms := v.UnixMilli()
	switch {
	case w.dialect == Kinesis:
		w.Int(ms)
	case ms%1000 == 0:
		w.Int(ms / 1000)
	default:
		w.Float(float64(ms) / 1000)
	}
}

// Null implements shape.Writer.
func (w *Writer) Null() { w.b = append(w.b, 0xf6) }

// Struct implements shape.Writer.
func (w *Writer) Struct() { w.b = append(w.b, majorMap<<5|indefinite) }

// Field implements shape.Writer.
func (w *Writer) Field(name string) { w.Str(name) }

// EndStruct implements shape.Writer.
func (w *Writer) EndStruct() { w.b = append(w.b, breakByte) }

// List implements shape.Writer.
func (w *Writer) List(n int) { w.head(majorList, uint64(n)) }

// Elem implements shape.Writer.
func (w *Writer) Elem() {}

// EndList implements shape.Writer.
func (w *Writer) EndList() {}

// Map implements shape.Writer.
func (w *Writer) Map(n int) { w.head(majorMap, uint64(n)) }

// MapKey implements shape.Writer.
func (w *Writer) MapKey(key string) { w.Str(key) }

// EndMap implements shape.Writer.
func (w *Writer) EndMap() {}

// be appends the n low bytes of v.
func be(b []byte, v uint64, n int) []byte {
	var all [8]byte
	binary.BigEndian.PutUint64(all[:], v)
	return append(b, all[8-n:]...)
}
