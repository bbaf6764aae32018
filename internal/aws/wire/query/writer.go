package query

import (
	"encoding/base64"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"weir/internal/aws/wire/shape"
)

// Writer is a shape.Writer that makes the query protocol's XML: a member is an
// element of its name, a list's elements are called member, a map's entries
// entry with key and value.
type Writer struct {
	b    []byte
	open []string // what has begun: the end tag when its value is written
	kind []byte   // of each level: 's', 'l', 'm'
}

// NewWriter makes an empty document.
func NewWriter() *Writer { return &Writer{} }

// Bytes is the document.
func (w *Writer) Bytes() []byte { return w.b }

// Start writes a start tag with attributes as they are; End must follow.
func (w *Writer) Start(name, attrs string) {
	w.b = append(w.b, '<')
	w.b = append(w.b, name...)
	w.b = append(w.b, attrs...)
	w.b = append(w.b, '>')
}

// End writes an end tag.
func (w *Writer) End(name string) {
	w.b = append(w.b, "</"...)
	w.b = append(w.b, name...)
	w.b = append(w.b, '>')
}

// Element writes an element with text.
func (w *Writer) Element(name, text string) {
	w.Start(name, "")
	w.text(text)
	w.End(name)
}

func (w *Writer) begin(name string) {
	w.Start(name, "")
	w.open = append(w.open, name)
}

// done ends the element whose value was just written; a map's value ends its
// entry too.
func (w *Writer) done() {
	if len(w.open) == 0 {
		return // the outermost structure has no element of its own
	}
	w.End(w.open[len(w.open)-1])
	w.open = w.open[:len(w.open)-1]
	if len(w.kind) > 0 && w.kind[len(w.kind)-1] == 'm' {
		w.End("entry")
	}
}

func (w *Writer) leave() {
	w.kind = w.kind[:len(w.kind)-1]
	if len(w.kind) > 0 {
		w.done()
	}
}

// text appends s with XML's escapes; what XML cannot hold becomes U+FFFD.
func (w *Writer) text(s string) {
	for _, r := range s {
		switch {
		case r == '&':
			w.b = append(w.b, "&amp;"...)
		case r == '<':
			w.b = append(w.b, "&lt;"...)
		case r == '>':
			w.b = append(w.b, "&gt;"...)
		case r == '"':
			w.b = append(w.b, "&quot;"...)
		case r == '\r':
			w.b = append(w.b, "&#xD;"...)
		case r < 0x20 && r != '\n' && r != '\t', r == 0xfffe, r == 0xffff:
			w.b = utf8.AppendRune(w.b, utf8.RuneError)
		default:
			w.b = utf8.AppendRune(w.b, r)
		}
	}
}

func (w *Writer) leaf(s string) {
	w.text(s)
	w.done()
}

// Bool implements shape.Writer.
func (w *Writer) Bool(v bool) { w.leaf(strconv.FormatBool(v)) }

// Int implements shape.Writer.
func (w *Writer) Int(v int64) { w.leaf(strconv.FormatInt(v, 10)) }

// Float implements shape.Writer.
func (w *Writer) Float(v float64) {
	switch {
	case math.IsInf(v, 1):
		w.leaf("Infinity")
	case math.IsInf(v, -1):
		w.leaf("-Infinity")
	default:
		w.leaf(strconv.FormatFloat(v, 'g', -1, 64))
	}
}

// Str implements shape.Writer.
func (w *Writer) Str(v string) { w.leaf(v) }

// Blob implements shape.Writer.
func (w *Writer) Blob(v []byte) { w.leaf(base64.StdEncoding.EncodeToString(v)) }

// Time implements shape.Writer.
func (w *Writer) Time(v time.Time, f shape.TimeFormat) {
	switch f {
	case shape.TimeUnix:
		w.leaf(strconv.FormatInt(v.Unix(), 10))
	case shape.TimeRFC822:
		w.leaf(v.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"))
	default:
		w.leaf(v.UTC().Format("2006-01-02T15:04:05.999Z"))
	}
}

// Null implements shape.Writer.
func (w *Writer) Null() { w.done() }

// Struct implements shape.Writer.
func (w *Writer) Struct() { w.kind = append(w.kind, 's') }

// Field implements shape.Writer.
func (w *Writer) Field(name string) { w.begin(name) }

// EndStruct implements shape.Writer.
func (w *Writer) EndStruct() { w.leave() }

// List implements shape.Writer.
func (w *Writer) List(int) { w.kind = append(w.kind, 'l') }

// Elem implements shape.Writer.
func (w *Writer) Elem() { w.begin("member") }

// EndList implements shape.Writer.
func (w *Writer) EndList() { w.leave() }

// Map implements shape.Writer.
func (w *Writer) Map(int) { w.kind = append(w.kind, 'm') }

// MapKey implements shape.Writer.
func (w *Writer) MapKey(key string) {
	w.Start("entry", "")
	w.Element("key", key)
	w.begin("value")
}

// EndMap implements shape.Writer.
func (w *Writer) EndMap() { w.leave() }
