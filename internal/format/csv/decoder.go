package csv

import (
	"bytes"
	"errors"
	"fmt"

	"weir/internal/batch"
	"weir/internal/format"
	"weir/internal/types"
)

// Decoder reads lines into columns.
type Decoder struct {
	s      syntax
	fields []types.Field
	slots  []slot
	parts  [][]byte // the fields of the line
	text   []byte   // of fields with quotes or escapes
	last   minute
}

// slot keeps a value until the whole line is read.
type slot struct {
	null bool
	i    int64
	f    float64
	b    []byte
	one  *batch.Vec // values of other layouts: a row of it
}

// NewDecoder makes a Decoder.
func NewDecoder(c format.Config) (*Decoder, error) {
	s, err := parseOptions(c)
	if err != nil {
		return nil, err
	}
	d := &Decoder{s: s, fields: c.Fields, slots: make([]slot, len(c.Fields))}
	for i, f := range c.Fields {
		d.slots[i] = newSlot(f.Type)
	}
	return d, nil
}

func newSlot(t types.Type) slot {
	if t.IsNested() || t.Phys() == types.PhysI128 {
		return slot{one: batch.NewVec(t, 1)}
	}
	return slot{}
}

// Decode implements format.Decoder.
func (d *Decoder) Decode(msg []byte, dst *batch.Batch) error {
	if len(bytes.TrimRight(msg, "\r\n")) == 0 || d.s.Comments && msg[0] == '#' {
		return nil
	}
	if err := d.read(msg); err != nil {
		if d.s.IgnoreErrors && !(d.s.FailOnMissing && errors.Is(err, errShort)) {
			return nil
		}
		var bad *format.RecordError
		if errors.As(err, &bad) {
			return err
		}
		return &format.RecordError{Text: format.Shorten(msg), Err: err}
	}
	for c, v := range dst.Cols {
		put1(v, &d.slots[c])
	}
	dst.N++
	return nil
}

// errShort is a row with too few fields.
var errShort = errors.New("Row length mismatch")

// errOpen is a line that ends between quotes.
var errOpen = errors.New("the quotes are not closed")

// Continues reports whether a record goes on behind the end of line: it ends
// between quotes.
func (d *Decoder) Continues(line []byte) bool {
	if d.s.quote == none || bytes.IndexByte(line, byte(d.s.quote)) < 0 || d.s.Comments && line[0] == '#' {
		return false
	}
	return errors.Is(d.split(line), errOpen)
}

// read parses msg into the slots.
func (d *Decoder) read(msg []byte) error {
	if err := d.split(msg); err != nil {
		return err
	}
	n := len(d.parts)
	if n == len(d.fields)+1 && d.s.TrailingComma && len(d.parts[n-1]) == 0 {
		n--
	}
	switch {
	case n > len(d.fields) && !d.s.IgnoreExtra, n < len(d.fields) && (!d.s.IgnoreErrors || d.s.FailOnMissing):
		return fmt.Errorf("%w. %d fields expected but was %d.", errShort, len(d.fields), n)
	}
	for c := range d.fields {
		s := &d.slots[c]
		if c >= n {
			s.null = true
			continue
		}
		if err := d.field(d.fields[c].Type, d.parts[c], s); err != nil {
			if !d.s.IgnoreErrors {
				return &format.RecordError{Field: d.fields[c].Name, Text: format.Shorten(msg), Err: err}
			}
			s.null = true
		}
	}
	return nil
}

// split cuts msg into d.parts.
func (d *Decoder) split(msg []byte) error {
	d.parts, d.text = d.parts[:0], d.text[:0]
	sep := byte(d.s.sep)
	if (d.s.quote == none || bytes.IndexByte(msg, byte(d.s.quote)) < 0) && d.s.esc == none {
		for {
			i := bytes.IndexByte(msg, sep)
			if i < 0 {
				d.parts = append(d.parts, d.trim(msg))
				return nil
			}
			d.parts = append(d.parts, d.trim(msg[:i]))
			msg = msg[i+1:]
		}
	}
	if cap(d.text) < len(msg) { // parts point into it: it must not move
		d.text = make([]byte, 0, 2*len(msg))
	}
	for {
		rest, more, err := d.next(msg)
		if err != nil || !more {
			return err
		}
		msg = rest
	}
}

func (d *Decoder) trim(b []byte) []byte {
	if d.s.TrimSpaces {
		return bytes.Trim(b, " ")
	}
	return b
}

// next takes one field off msg; more says that a delimiter followed it.
func (d *Decoder) next(msg []byte) (rest []byte, more bool, err error) {
	if d.s.TrimSpaces {
		msg = bytes.TrimLeft(msg, " ")
	}
	start := len(d.text)
	if len(msg) > 0 && int(msg[0]) == d.s.quote {
		n, err := d.quoted(msg[1:])
		if err != nil {
			return nil, false, err
		}
		d.parts = append(d.parts, d.text[start:len(d.text):len(d.text)])
		msg = bytes.TrimLeft(msg[1+n:], " ")
		if len(msg) == 0 {
			return nil, false, nil
		}
		if int(msg[0]) != d.s.sep {
			return nil, false, fmt.Errorf("Unexpected character (%q): Expected column separator character (%q) or end-of-line", msg[0], rune(d.s.sep))
		}
		return msg[1:], true, nil
	}
	if d.s.esc == none {
		i := bytes.IndexByte(msg, byte(d.s.sep))
		if i < 0 {
			d.parts = append(d.parts, d.trim(msg))
			return nil, false, nil
		}
		d.parts = append(d.parts, d.trim(msg[:i]))
		return msg[i+1:], true, nil
	}
	i := 0
	for ; i < len(msg) && int(msg[i]) != d.s.sep; i++ {
		c := msg[i]
		if int(c) == d.s.esc && i+1 < len(msg) {
			i++
			c = unescaped(msg[i])
		}
		d.text = append(d.text, c)
	}
	part := d.text[start:len(d.text):len(d.text)]
	d.parts = append(d.parts, d.trim(part))
	if i == len(msg) {
		return nil, false, nil
	}
	return msg[i+1:], true, nil
}

// quoted appends the text up to the closing quote, and returns how much of msg
// was read.
func (d *Decoder) quoted(msg []byte) (int, error) {
	if d.s.esc == none {
		return d.plainQuoted(msg)
	}
	for i := 0; i < len(msg); i++ {
		c := msg[i]
		switch {
		case int(c) == d.s.esc && i+1 < len(msg):
			i++
			c = unescaped(msg[i])
		case int(c) == d.s.quote:
			if i+1 == len(msg) || msg[i+1] != c {
				return i + 1, nil
			}
			i++
		}
		d.text = append(d.text, c)
	}
	return 0, errOpen
}

// plainQuoted is quoted without an escape character.
func (d *Decoder) plainQuoted(msg []byte) (int, error) {
	q := byte(d.s.quote)
	for at := 0; ; {
		i := bytes.IndexByte(msg[at:], q)
		if i < 0 {
			return 0, errOpen
		}
		i += at
		if i+1 == len(msg) || msg[i+1] != q {
			d.text = append(d.text, msg[at:i]...)
			return i + 1, nil
		}
		d.text = append(d.text, msg[at:i+1]...)
		at = i + 2
	}
}

// unescaped is what an escaped character means to Jackson.
func unescaped(c byte) byte {
	switch c {
	case '0':
		return 0
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// put1 appends the value of s to v.
func put1(v *batch.Vec, s *slot) {
	if s.null {
		v.AppendNull()
		return
	}
	switch v.Type.Phys() {
	case types.PhysBool:
		v.AppendBool(s.i != 0)
	case types.PhysI8:
		v.AppendI8(int8(s.i))
	case types.PhysI16:
		v.AppendI16(int16(s.i))
	case types.PhysI32:
		v.AppendI32(int32(s.i))
	case types.PhysI64:
		v.AppendI64(s.i)
	case types.PhysF32:
		v.AppendF32(float32(s.f))
	case types.PhysF64:
		v.AppendF64(s.f)
	case types.PhysBytes:
		v.AppendBytes(s.b)
	case types.PhysNone:
		v.AppendNull()
	default:
		v.AppendFrom(s.one, 0)
	}
}
