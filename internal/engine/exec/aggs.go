package exec

import (
	"errors"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// newAggs makes the accumulators of calls over the columns in. retract: rows
// are also taken back.
func newAggs(in []types.Field, calls []plan.AggCall, retract bool) ([]kernel.Agg, error) {
	aggs := make([]kernel.Agg, len(calls))
	for i, c := range calls {
		a, err := newAgg(in, c, retract)
		if err != nil {
			return nil, err
		}
		aggs[i] = a
	}
	return aggs, nil
}

func newAgg(in []types.Field, c plan.AggCall, retract bool) (kernel.Agg, error) {
	if c.Def.Refused != "" {
		return nil, errors.New(c.Def.Refused)
	}
	args := make([]types.Type, len(c.Args))
	for k, a := range c.Args {
		args[k] = in[a].Type
	}
	make := c.Def.NewAgg
	if retract && c.Def.NewRetractable != nil {
		make = c.Def.NewRetractable
	}
	a, err := make(args, c.T)
	if err != nil {
		return nil, err
	}
	if c.Distinct {
		a = newDistinct(a, args)
	}
	if c.Filter >= 0 {
		a = &filtered{Agg: a}
	}
	return a, nil
}

// aggArgs appends the argument columns of c in b: its arguments, then the
// condition of its FILTER.
func aggArgs(dst []*batch.Vec, c plan.AggCall, b *batch.Batch) []*batch.Vec {
	for _, a := range c.Args {
		dst = append(dst, b.Cols[a])
	}
	if c.Filter >= 0 {
		dst = append(dst, b.Cols[c.Filter])
	}
	return dst
}

// filtered is an aggregate with a FILTER: it sees the rows for which its last
// argument is true.
type filtered struct {
	kernel.Agg
	groups []int32
	sel    []int32
}

// Add implements kernel.Agg.
func (f *filtered) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	if f.choose(groups, args[len(args)-1], sel, n); len(f.sel) == 0 {
		return nil
	}
	return f.Agg.Add(f.groups, args[:len(args)-1], f.sel, n)
}

// Retract implements kernel.Agg.
func (f *filtered) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	if f.choose(groups, args[len(args)-1], sel, n); len(f.sel) == 0 {
		return nil
	}
	return f.Agg.Retract(f.groups, args[:len(args)-1], f.sel, n)
}

// choose selects the rows for which cond is true.
func (f *filtered) choose(groups []int32, cond *batch.Vec, sel []int32, n int) {
	f.groups, f.sel = f.groups[:0], f.sel[:0]
	if sel == nil {
		sel = batch.Seq(0, n)
	}
	for k, i := range sel {
		if !cond.IsNull(int(i)) && cond.B[kernel.At(cond, int(i))] {
			f.groups, f.sel = append(f.groups, groups[k]), append(f.sel, i)
		}
	}
}

// Merge implements kernel.Agg.
func (f *filtered) Merge(to int, other kernel.Agg, from int) error {
	return f.Agg.Merge(to, other.(*filtered).Agg, from)
}
