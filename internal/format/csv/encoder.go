package csv

import (
	"bytes"
	"encoding/base64"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/format"
	"weir/internal/javanum"
	"weir/internal/types"
)

// maxCheck is how many characters Jackson looks at; longer texts are quoted.
const maxCheck = 24

// Encoder writes rows.
type Encoder struct {
	s       syntax
	unsafe  [256]bool // bytes for which a text is quoted
	put     []put
	minute  int64 // the last one written by timestamp, in minutes; its text is in stamp
	stamp   []byte
	scratch []byte // of nested values
}

// put appends row i of v, which is not NULL and not Const.
type put func(e *Encoder, buf []byte, v *batch.Vec, i int) []byte

// NewEncoder makes an Encoder.
func NewEncoder(c format.Config) (*Encoder, error) {
	s, err := parseOptions(c)
	if err != nil {
		return nil, err
	}
	e := &Encoder{s: s, minute: -1 << 62}
	for b := range e.unsafe {
		e.unsafe[b] = b <= max(s.sep, s.quote) || b == s.esc || b == '\n' || b == '\r' ||
			b == '\\' && s.esc == none && c.Profile != "1.11"
	}
	for _, f := range c.Fields {
		e.put = append(e.put, putter(f.Type))
	}
	return e, nil
}

// Encode implements format.Encoder.
func (e *Encoder) Encode(buf []byte, b *batch.Batch) ([]byte, error) {
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	for _, i := range sel {
		buf = append(e.row(buf, b.Cols, int(i)), '\n')
	}
	return buf, nil
}

// EncodeRow implements format.Encoder.
func (e *Encoder) EncodeRow(buf []byte, b *batch.Batch, i int) ([]byte, error) {
	return e.row(buf, b.Cols, i), nil
}

func (e *Encoder) row(buf []byte, cols []*batch.Vec, i int) []byte {
	for c, v := range cols {
		if c > 0 {
			buf = append(buf, byte(e.s.sep))
		}
		r := i
		if v.Const {
			r = 0
		}
		if (v.Valid != nil || v.Type.Kind == types.Null) && v.IsNull(r) {
			buf = append(buf, e.s.null...)
		} else {
			buf = e.put[c](e, buf, v, r)
		}
	}
	return buf
}

// quoted puts buf[from:] in quotes if it needs them.
func (e *Encoder) quoted(buf []byte, from int) []byte {
	text := buf[from:]
	if e.s.quote == none || !e.needs(text) {
		return buf
	}
	q := byte(e.s.quote)
	if bytes.IndexByte(text, q) < 0 && (e.s.esc == none || bytes.IndexByte(text, byte(e.s.esc)) < 0) {
		buf = append(buf, q, q)
		copy(buf[from+1:], buf[from:len(buf)-2])
		buf[from] = q
		return buf
	}
	e.keep(text)
	buf = append(buf[:from], q)
	for _, c := range e.scratch {
		if c == q {
			buf = append(buf, q)
		} else if int(c) == e.s.esc {
			buf = append(buf, c)
		}
		buf = append(buf, c)
	}
	return append(buf, q)
}

// keep holds text in scratch while its place is written over.
func (e *Encoder) keep(text []byte) { e.scratch = append(e.scratch[:0], text...) }

func (e *Encoder) needs(text []byte) bool {
	if len(text) > maxCheck && utf16Len(text) > maxCheck {
		return true
	}
	for _, c := range text {
		if e.unsafe[c] {
			return true
		}
	}
	return false
}

// utf16Len is the length Java sees.
func utf16Len(b []byte) int {
	n := 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if b, n = b[size:], n+1; r > 0xFFFF {
			n++
		}
	}
	return n
}

func putter(t types.Type) put {
	switch t.Kind {
	case types.Boolean:
		return func(_ *Encoder, buf []byte, v *batch.Vec, i int) []byte { return strconv.AppendBool(buf, v.B[i]) }
	case types.TinyInt:
		return func(_ *Encoder, buf []byte, v *batch.Vec, i int) []byte {
			return strconv.AppendInt(buf, int64(v.I8[i]), 10)
		}
	case types.SmallInt:
		return func(_ *Encoder, buf []byte, v *batch.Vec, i int) []byte {
			return strconv.AppendInt(buf, int64(v.I16[i]), 10)
		}
	case types.Int, types.IntervalYM:
		return func(_ *Encoder, buf []byte, v *batch.Vec, i int) []byte {
			return strconv.AppendInt(buf, int64(v.I32[i]), 10)
		}
	case types.BigInt, types.IntervalDS:
		return func(_ *Encoder, buf []byte, v *batch.Vec, i int) []byte { return strconv.AppendInt(buf, v.I64[i], 10) }
	case types.Float:
		return func(_ *Encoder, buf []byte, v *batch.Vec, i int) []byte { return javanum.AppendFloat(buf, v.F32[i]) }
	case types.Double:
		return func(_ *Encoder, buf []byte, v *batch.Vec, i int) []byte { return javanum.AppendDouble(buf, v.F64[i]) }
	case types.Array:
		return nested((*Encoder).array)
	case types.Row:
		return nested((*Encoder).nestedRow)
	}
	text := texter(t)
	return func(e *Encoder, buf []byte, v *batch.Vec, i int) []byte {
		from := len(buf)
		return e.quoted(text(e, buf, v, i), from)
	}
}

// texter is the putter, without quotes, of the types Jackson writes as text.
func texter(t types.Type) put {
	switch t.Kind {
	case types.Decimal:
		return (*Encoder).decimal
	case types.Char, types.VarChar:
		return func(_ *Encoder, buf []byte, v *batch.Vec, i int) []byte {
			return append(buf, v.Data[v.Off[i]:v.Off[i+1]]...)
		}
	case types.Binary, types.VarBinary:
		return func(_ *Encoder, buf []byte, v *batch.Vec, i int) []byte {
			return base64.StdEncoding.AppendEncode(buf, v.Bytes(i))
		}
	case types.Date:
		return func(_ *Encoder, buf []byte, v *batch.Vec, i int) []byte {
			return time.Unix(int64(v.I32[i])*86400, 0).UTC().AppendFormat(buf, "2006-01-02")
		}
	case types.Time:
		return func(_ *Encoder, buf []byte, v *batch.Vec, i int) []byte {
			t := time.UnixMilli(int64(v.I32[i])).UTC()
			return appendFraction(t.AppendFormat(buf, "15:04:05"), int64(t.Nanosecond()))
		}
	case types.TimestampLTZ:
		return func(e *Encoder, buf []byte, v *batch.Vec, i int) []byte {
			return append(e.timestamp(buf, v, i), 'Z')
		}
	case types.Timestamp:
		return (*Encoder).timestamp
	}
	return putter(t)
}

// timestamp prints "2021-06-01 10:01:00.5": seconds always, of the fraction the
// digits it needs.
func (e *Encoder) timestamp(buf []byte, v *batch.Vec, i int) []byte {
	perSecond := v.Type.UnitsPerMilli() * 1000
	sec, rest := v.I64[i]/perSecond, v.I64[i]%perSecond
	if rest < 0 {
		sec, rest = sec-1, rest+perSecond
	}
	m, s := sec/60, sec%60
	if s < 0 {
		m, s = m-1, s+60
	}
	if m != e.minute {
		e.minute = m
		e.stamp = time.Unix(m*60, 0).UTC().AppendFormat(e.stamp[:0], "2006-01-02 15:04:")
	}
	buf = append(append(buf, e.stamp...), byte('0'+s/10), byte('0'+s%10))
	return appendFraction(buf, rest*(1e9/perSecond))
}

func appendFraction(buf []byte, nanos int64) []byte {
	if nanos == 0 {
		return buf
	}
	buf = append(buf, '.')
	for unit := int64(1e8); nanos > 0; unit /= 10 {
		buf = append(buf, byte('0'+nanos/unit))
		nanos %= unit
	}
	return buf
}

func (e *Encoder) decimal(buf []byte, v *batch.Vec, i int) []byte {
	var x *big.Int
	if v.Type.Phys() == types.PhysI64 {
		if v.Type.Scale == 0 {
			return strconv.AppendInt(buf, v.I64[i], 10)
		}
		x = big.NewInt(v.I64[i])
	} else {
		x = v.I128[i].BigInt()
	}
	return javanum.AppendDecimal(buf, x, int(v.Type.Scale), !e.s.Scientific)
}

// nested writes elements as one text.
func nested(elements put) put {
	return func(e *Encoder, buf []byte, v *batch.Vec, i int) []byte {
		from := len(buf)
		return e.quoted(elements(e, buf, v, i), from)
	}
}

func (e *Encoder) array(buf []byte, v *batch.Vec, i int) []byte {
	from, to := v.Range(i)
	text := texter(v.Kids[0].Type)
	for r := from; r < to; r++ {
		if r > from {
			buf = append(buf, e.s.ArrayElements...)
		}
		buf = e.element(buf, v.Kids[0], r, text)
	}
	return buf
}

func (e *Encoder) nestedRow(buf []byte, v *batch.Vec, i int) []byte {
	for k, kid := range v.Kids {
		if k > 0 {
			buf = append(buf, e.s.ArrayElements...)
		}
		buf = e.element(buf, kid, i, texter(kid.Type))
	}
	return buf
}

func (e *Encoder) element(buf []byte, v *batch.Vec, i int, text put) []byte {
	if v.IsNull(i) {
		return append(buf, e.s.null...)
	}
	return text(e, buf, v, i)
}
