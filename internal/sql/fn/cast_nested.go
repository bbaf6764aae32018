package fn

import (
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// toBinary casts to BINARY(n) and VARBINARY(n): cut to n bytes, and BINARY
// padded with zeros, but for Flink before 1.15. A string gives its UTF-8.
func toBinary(env *Env, to types.Type) castRow {
	return func(in *batch.Vec, i int, out *batch.Vec, _ int) error {
		b := in.Bytes(i)
		if env.LegacyCast || to.Len == types.MaxLen {
			out.AppendBytes(b)
			return nil
		}
		n := min(len(b), int(to.Len))
		out.Data = append(out.Data, b[:n]...)
		for ; n < int(to.Len) && to.Kind == types.Binary; n++ {
			out.Data = append(out.Data, 0)
		}
		out.EndBytes()
		return nil
	}
}

// appendUTF8 adds bytes as text: what is no UTF-8 becomes U+FFFD.
func appendUTF8(buf, b []byte) []byte {
	if utf8.Valid(b) {
		return append(buf, b...)
	}
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		buf, b = utf8.AppendRune(buf, r), b[n:]
	}
	return buf
}

// nestedText prints [a, b], {k=v} and (a, b), NULL as NULL; before Flink 1.15
// rows as (a,b) and NULL as null. A multiset prints its counts as values.
func nestedText(env *Env, t types.Type) func(buf []byte, v *batch.Vec, i int) []byte {
	p := &nestedPrinter{kind: t.Kind, null: "NULL", comma: ", "}
	if env.LegacyCast {
		p.null = "null"
		if t.Kind == types.Row {
			p.comma = ","
		}
	}
	for _, m := range t.Members() {
		text := textOf(env, m)
		if text == nil && m.Kind != types.Null {
			return nil
		}
		p.kids = append(p.kids, text)
	}
	switch {
	case t.Kind == types.Row:
		return p.row
	case t.IsNested():
		return p.list
	}
	return nil
}

type nestedPrinter struct {
	kind        types.Kind
	kids        []func([]byte, *batch.Vec, int) []byte
	null, comma string
}

func (p *nestedPrinter) member(buf []byte, k int, v *batch.Vec, i int) []byte {
	if v.Kids[k].IsNull(i) {
		return append(buf, p.null...)
	}
	return p.kids[k](buf, v.Kids[k], kernel.At(v.Kids[k], i))
}

func (p *nestedPrinter) row(buf []byte, v *batch.Vec, i int) []byte {
	buf = append(buf, '(')
	for k := range p.kids {
		if k > 0 {
			buf = append(buf, p.comma...)
		}
		buf = p.member(buf, k, v, i)
	}
	return append(buf, ')')
}

func (p *nestedPrinter) list(buf []byte, v *batch.Vec, i int) []byte {
	open, end := byte('{'), byte('}')
	if p.kind == types.Array {
		open, end = '[', ']'
	}
	buf = append(buf, open)
	from, to := v.Range(i)
	for r := from; r < to; r++ {
		if r > from {
			buf = append(buf, p.comma...)
		}
		buf = p.member(buf, 0, v, r)
		if p.kind != types.Array {
			buf = p.member(append(buf, '='), 1, v, r)
		}
	}
	return append(buf, end)
}
