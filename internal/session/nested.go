package session

import (
	"encoding/base64"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/sql/fn"
	"weir/internal/sql/jsonpath"
	"weir/internal/types"
)

// parts writes values that hold others, and bytes, as JSON: an ARRAY as a list,
// a MAP as a list of pairs, a ROW as a list, bytes in base64, and what holds
// nothing as the text that CAST to STRING gives. A NULL is null.
type parts struct {
	kind types.Kind
	kids []*parts
	text kernel.Func // of a value that holds nothing and is no text or bytes
	in   [1]*batch.Vec
	out  *batch.Vec
}

// inParts reports whether values of t are given in parts.
func inParts(t types.Type) bool { return t.IsNested() || t.IsBinary() }

func newParts(env *fn.Env, t types.Type) (p *parts, err error) {
	p = &parts{kind: t.Kind}
	for _, m := range t.Members() {
		kid, err := newParts(env, m)
		if err != nil {
			return nil, err
		}
		p.kids = append(p.kids, kid)
	}
	if !inParts(t) && !t.IsString() && t.Kind != types.Null {
		p.out = batch.NewVec(types.StringType, 0)
		p.text, err = fn.Cast(env, t, types.StringType, true)
	}
	return p, err
}

// load makes ready to write the rows of v.
func (p *parts) load(v *batch.Vec) error {
	p.in[0] = v
	for k, kid := range p.kids {
		if err := kid.load(v.Kids[k]); err != nil {
			return err
		}
	}
	if p.text == nil {
		return nil
	}
	p.out.Resize(v.Len)
	return p.text(p.in[:], nil, v.Len, p.out)
}

// append adds row i.
func (p *parts) append(buf []byte, i int) []byte {
	v := p.in[0]
	switch i = kernel.At(v, i); {
	case v.IsNull(i):
		return append(buf, "null"...)
	case p.kind == types.Row:
		buf = append(buf, '[')
		for k, kid := range p.kids {
			buf = kid.append(comma(buf, k), i)
		}
		return append(buf, ']')
	case len(p.kids) > 0:
		return p.list(buf, i)
	case p.kind == types.Binary || p.kind == types.VarBinary:
		return append(base64.StdEncoding.AppendEncode(append(buf, '"'), v.Bytes(i)), '"')
	case p.text != nil:
		return jsonpath.AppendQuoted(buf, string(p.out.Bytes(i)))
	}
	return jsonpath.AppendQuoted(buf, string(v.Bytes(i)))
}

func (p *parts) list(buf []byte, i int) []byte {
	from, to := p.in[0].Range(i)
	buf = append(buf, '[')
	for r := from; r < to; r++ {
		buf = comma(buf, r-from)
		if p.kind == types.Array {
			buf = p.kids[0].append(buf, r)
			continue
		}
		buf = p.kids[0].append(append(buf, '['), r)
		buf = append(p.kids[1].append(append(buf, ','), r), ']')
	}
	return append(buf, ']')
}

// comma parts the k-th member from the one before.
func comma(buf []byte, k int) []byte {
	if k > 0 {
		return append(buf, ',')
	}
	return buf
}
