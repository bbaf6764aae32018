package json

import (
	"weir/internal/batch"
	"weir/internal/format"
	"weir/internal/types"
)

// Decoder reads messages into columns; see the package's doc for how.
type Decoder struct {
	opts    Options
	cols    []column
	byName  map[string]int
	slots   []slot
	iso     bool
	legacy  bool // Flink 1.11: an object where text is due becomes ''
	last    minute
	careful carefulDecoder
}

// slot keeps a value until the whole message is read.
type slot struct {
	state slotState
	i     int64
	f     float64
	s     []byte
}

type slotState uint8

const (
	missing slotState = iota
	null
	set
)

// NewDecoder makes a Decoder.
func NewDecoder(c format.Config) (*Decoder, error) {
	o, err := parseOptions(c)
	if err != nil {
		return nil, err
	}
	d := &Decoder{opts: o, cols: columnsOf(c.Fields), byName: map[string]int{}, slots: make([]slot, len(c.Fields)),
		iso: o.Timestamps == "ISO-8601", legacy: c.Profile == "1.11"}
	for i, f := range c.Fields {
		d.byName[f.Name] = i
	}
	d.careful = carefulDecoder{d: d, scratch: batch.New(c.Fields, 1)}
	return d, nil
}

// Decode implements format.Decoder.
func (d *Decoder) Decode(msg []byte, dst *batch.Batch) error {
	if d.scan(msg) {
		d.append(dst)
		return nil
	}
	return d.careful.decode(msg, dst)
}

// scan reads a message into the slots; false leaves it to the careful decoder.
func (d *Decoder) scan(b []byte) bool {
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return false
	}
	for k := range d.slots {
		d.slots[k].state = missing
	}
	i = skipSpace(b, i+1)
	for next := 0; ; next++ {
		if i >= len(b) || b[i] != '"' {
			return false
		}
		col, after, ok := d.key(b, i+1, next)
		if !ok {
			return false
		}
		i = skipSpace(b, after)
		if i >= len(b) || b[i] != ':' {
			return false
		}
		i = skipSpace(b, i+1)
		if i >= len(b) {
			return false
		}
		if col < 0 {
			i, ok = skipScalar(b, i)
		} else {
			i, ok = d.value(b, i, col)
			next = col
		}
		if !ok {
			return false
		}
		i = skipSpace(b, i)
		if i >= len(b) {
			return false
		}
		if b[i] == ',' {
			i = skipSpace(b, i+1)
			continue
		}
		return b[i] == '}' && !(d.opts.FailOnMissing && d.anyMissing())
	}
}

// key reads a key up to and with its closing quote. Usually it is the column
// after the one read before; -1 is a key that is no column.
func (d *Decoder) key(b []byte, i, next int) (col, after int, ok bool) {
	if next < len(d.cols) {
		name := d.cols[next].name
		if end := i + len(name); end < len(b) && b[end] == '"' && string(b[i:end]) == name {
			return next, end + 1, true
		}
	}
	end, ok := stringEnd(b, i)
	if !ok {
		return 0, 0, false
	}
	if col, found := d.byName[string(b[i:end])]; found {
		return col, end + 1, true
	}
	return -1, end + 1, true
}

// value reads a value for column col into its slot.
func (d *Decoder) value(b []byte, i, col int) (end int, ok bool) {
	c, s := &d.cols[col], &d.slots[col]
	if b[i] == 'n' {
		s.state = null
		if end, ok = word(b, i); ok {
			return end, true
		}
		return 0, false
	}
	if !c.fast {
		return 0, false
	}
	switch c.t.Kind {
	case types.Double, types.Float:
		m, frac, end, neg, ok := number(b, i)
		if !ok {
			return 0, false
		}
		f := float64(m) / pow10[frac]
		if neg {
			f = -f
		}
		s.f = f
		if c.t.Kind == types.Float && frac > 0 { // rounded once, from the text
			return 0, false
		}
		s.state = set
		return end, true
	case types.BigInt, types.Int:
		m, frac, end, neg, ok := number(b, i)
		if !ok || frac > 0 {
			return 0, false
		}
		if neg {
			m = -m
		}
		if c.t.Kind == types.Int && int64(int32(m)) != m {
			return 0, false
		}
		s.i, s.state = m, set
		return end, true
	case types.Boolean:
		end, ok = word(b, i)
		s.i, s.state = int64(4-(end-i)), set // true is 4 long
		return end, ok
	}
	if b[i] != '"' {
		return 0, false
	}
	end, ok = stringEnd(b, i+1)
	if !ok {
		return 0, false
	}
	s.s, s.state = b[i+1:end], set
	if c.t.Kind == types.Timestamp {
		if s.i, ok = d.timestamp(s.s, c.nanos); !ok {
			return 0, false
		}
	}
	return end + 1, true
}

func (d *Decoder) anyMissing() bool {
	for i := range d.slots {
		if d.slots[i].state == missing {
			return true
		}
	}
	return false
}

// append adds the slots as a row.
func (d *Decoder) append(dst *batch.Batch) {
	for k := range d.cols {
		v, s := dst.Cols[k], &d.slots[k]
		if s.state != set {
			v.AppendNull()
			continue
		}
		switch d.cols[k].phys {
		case types.PhysF64:
			v.AppendF64(s.f)
		case types.PhysF32:
			v.AppendF32(float32(s.f))
		case types.PhysI64:
			v.AppendI64(s.i)
		case types.PhysI32:
			v.AppendI32(int32(s.i))
		case types.PhysBool:
			v.AppendBool(s.i == 0)
		case types.PhysBytes:
			v.AppendBytes(s.s)
		}
	}
	dst.N++
}
