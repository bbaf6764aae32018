package expr

import (
	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Select is the rows of sel (nil: all of b) for which p is true, written into
// buf. It is never nil, which would be all rows again.
func Select(p Program, b *batch.Batch, sel []int32, buf []int32) ([]int32, error) {
	v, err := p.Eval(b, sel)
	if err != nil {
		return nil, err
	}
	if buf == nil {
		buf = []int32{}
	}
	return selectTrue(v, sel, b.N, buf[:0]), nil
}

// selectTrue appends to buf the rows of sel that are true in v. The row is
// always stored and the length moved only when it counts: no branch to
// mispredict.
func selectTrue(v *batch.Vec, sel []int32, n int, buf []int32) []int32 {
	if v.Const {
		switch {
		case v.IsNull(0) || !v.B[0]:
			return buf
		case sel != nil:
			return append(buf, sel...)
		}
		return append(buf, batch.Seq(0, n)...)
	}
	k := len(buf)
	if sel == nil {
		buf = room(buf, n)
		for i, t := range v.B[:n] {
			buf[k] = int32(i)
			k += bit(t)
		}
	} else {
		buf = room(buf, len(sel))
		for _, i := range sel {
			buf[k] = i
			k += bit(v.B[i])
		}
	}
	buf = buf[:k]
	if v.Valid == nil {
		return buf
	}
	kept := buf[:0]
	for _, i := range buf {
		if !v.IsNull(int(i)) {
			kept = append(kept, i)
		}
	}
	return kept
}

// room is buf with n more elements, of any value, past its present length.
func room(buf []int32, n int) []int32 {
	k := len(buf)
	if cap(buf) >= k+n+1 {
		return buf[:k+n+1]
	}
	t := make([]int32, k+n+1)
	copy(t, buf)
	return t
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// junction is AND (all) or OR over three-valued arguments. Each argument is
// computed only for the rows that the ones before have not decided.
type junction struct {
	args []Program
	all  bool
	out  *batch.Vec
	bufs [2][]int32
}

func (c *Compiler) junction(args []plan.Expr, all bool) (Program, error) {
	j := &junction{all: all, out: batch.NewVec(types.BooleanType, 0)}
	for _, e := range args {
		p, err := c.Compile(e)
		if err != nil {
			return nil, err
		}
		j.args = append(j.args, p)
	}
	return j, nil
}

// Eval implements Program.
func (j *junction) Eval(b *batch.Batch, sel []int32) (*batch.Vec, error) {
	j.out.Resize(b.N)
	open := sel
	if open == nil {
		open = batch.Seq(0, b.N)
	}
	for _, i := range open {
		j.out.B[i] = j.all
	}
	for k, p := range j.args {
		if len(open) == 0 {
			break
		}
		v, err := p.Eval(b, open)
		if err != nil {
			return nil, err
		}
		next := j.bufs[k&1][:0]
		for _, i := range open {
			switch r := kernel.At(v, int(i)); {
			case v.IsNull(r):
				j.out.SetNull(int(i))
				next = append(next, i)
			case v.B[r] != j.all: // decided
				j.out.SetValid(int(i))
				j.out.B[i] = !j.all
			default:
				next = append(next, i)
			}
		}
		j.bufs[k&1], open = next, next
	}
	return j.out, nil
}

// isNull is IS [NOT] NULL.
type isNull struct {
	arg     Program
	negated bool
	out     *batch.Vec
}

// Eval implements Program.
func (p *isNull) Eval(b *batch.Batch, sel []int32) (*batch.Vec, error) {
	v, err := p.arg.Eval(b, sel)
	if err != nil {
		return nil, err
	}
	p.out.Resize(b.N)
	for i := range b.N {
		p.out.B[i] = v.IsNull(i) != p.negated
	}
	return p.out, nil
}

// field is a member of a ROW: NULL where the row is.
type field struct {
	row   Program
	index int
	out   batch.Vec
}

// Eval implements Program.
func (p *field) Eval(b *batch.Batch, sel []int32) (*batch.Vec, error) {
	v, err := p.row.Eval(b, sel)
	if err != nil {
		return nil, err
	}
	kid := v.Kids[p.index]
	if v.Valid == nil && !v.Const {
		return kid, nil
	}
	p.out = *kid // shares the values; validity becomes its own
	p.out.Const = v.Const
	p.out.Valid = nil
	if v.Valid != nil {
		p.out.Valid = append([]uint64(nil), v.Valid...)
	}
	if kid.Valid != nil {
		p.out.AndValid(kid.Valid)
	}
	return &p.out, nil
}
