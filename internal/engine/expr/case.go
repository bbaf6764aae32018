package expr

import (
	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/sql/plan"
)

// caseWhen computes each branch for the rows that take it, and puts the
// branches together.
type caseWhen struct {
	when, then []Program // a last branch without condition is ELSE
	out        *batch.Vec
	branch     []int32 // by physical row: which branch it takes, -1 for none
	values     []*batch.Vec
}

func (c *Compiler) caseWhen(e *plan.Case) (Program, error) {
	w := &caseWhen{out: batch.NewVec(e.T, 0)}
	for i := range e.When {
		cond, err := c.Compile(e.When[i])
		if err != nil {
			return nil, err
		}
		then, err := c.Compile(e.Then[i])
		if err != nil {
			return nil, err
		}
		w.when, w.then = append(w.when, cond), append(w.then, then)
	}
	if e.Else != nil {
		p, err := c.Compile(e.Else)
		if err != nil {
			return nil, err
		}
		w.then = append(w.then, p)
	}
	w.values = make([]*batch.Vec, len(w.then))
	return w, nil
}

// Eval implements Program.
func (w *caseWhen) Eval(b *batch.Batch, sel []int32) (*batch.Vec, error) {
	open := sel
	if open == nil {
		open = batch.Seq(0, b.N)
	}
	all := open
	if cap(w.branch) < b.N {
		w.branch = make([]int32, b.N)
	}
	w.branch = w.branch[:b.N]
	for _, i := range all {
		w.branch[i] = -1
	}
	for k, p := range w.then {
		taken := open
		if k < len(w.when) {
			var err error
			if taken, err = Select(w.when[k], b, open, nil); err != nil {
				return nil, err
			}
		}
		for _, i := range taken {
			w.branch[i] = int32(k)
		}
		v, err := p.Eval(b, taken)
		if err != nil {
			return nil, err
		}
		w.values[k] = v
		open = without(open, w.branch)
	}
	return w.merge(all, b.N), nil
}

// without is the rows of sel that have taken no branch yet.
func without(sel []int32, branch []int32) []int32 {
	var rest []int32
	for _, i := range sel {
		if branch[i] < 0 {
			rest = append(rest, i)
		}
	}
	if rest == nil {
		rest = []int32{}
	}
	return rest
}

// merge appends, row by row, the value of the branch taken.
func (w *caseWhen) merge(sel []int32, n int) *batch.Vec {
	w.out.Reset()
	for _, i := range sel {
		kernel.Pad(w.out, int(i))
		if k := w.branch[i]; k >= 0 {
			w.out.AppendFrom(w.values[k], int(i))
		} else {
			w.out.AppendNull()
		}
	}
	kernel.Pad(w.out, n)
	return w.out
}
