package exec

import (
	"weir/internal/batch"
	"weir/internal/engine/expr"
	"weir/internal/engine/op"
	"weir/internal/kernel"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Correlate joins each row with the elements of one of its collections
// (StreamExecCorrelate with UNNEST). A NULL among the rows of an ARRAY of ROWs
// is no element, as in Flink.
type Correlate struct {
	op.Stateless
	node    *plan.Correlate
	of      expr.Program
	cond    expr.Program // nil: every element
	isRow   bool
	pairs   []pair
	matched []pair
	wide    *batch.Batch // what cond looks at
	sel     []int32
	out     *batch.Batch
}

// pair is a row and one of its elements, the n-th; element -1 stands for none.
type pair struct{ row, element, n int32 }

// NewCorrelate makes the operator of node.
func NewCorrelate(node *plan.Correlate, c *expr.Compiler) (*Correlate, error) {
	x := &Correlate{node: node, out: batch.New(node.Schema(), 0)}
	var err error
	if x.of, err = c.Compile(node.Expr); err != nil {
		return nil, err
	}
	t := node.Expr.Type()
	x.isRow = t.Kind != types.Map && t.Elem.Kind == types.Row
	if node.Cond != nil {
		x.wide = batch.New(append(append([]types.Field(nil), node.Input.Schema()...), node.Fields...), 0)
		x.cond, err = c.Compile(node.Cond)
	}
	return x, err
}

// Process implements op.Operator.
func (x *Correlate) Process(_ int, b *batch.Batch) error {
	lists, err := x.of.Eval(b, b.Sel)
	if err != nil {
		return failingRow(err, b, b.Sel, x.of)
	}
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	for len(sel) > 0 {
		n := x.pair(lists, sel)
		if err := x.match(b, lists, sel[:n]); err != nil {
			return err
		}
		sel = sel[n:]
		for from := 0; from < len(x.pairs); from += batch.MaxRows {
			if err := x.emit(b, lists, x.pairs[from:min(len(x.pairs), from+batch.MaxRows)]); err != nil {
				return err
			}
		}
	}
	return nil
}

// pair lists the elements of the rows of sel, until they fill a batch, and
// returns of how many rows.
func (x *Correlate) pair(lists *batch.Vec, sel []int32) int {
	x.pairs = x.pairs[:0]
	for k, row := range sel {
		if len(x.pairs) >= batch.MaxRows {
			return k
		}
		before := len(x.pairs)
		if !lists.IsNull(int(row)) {
			x.elements(lists, row)
		}
		if len(x.pairs) == before && x.node.Outer && x.cond == nil {
			x.pairs = append(x.pairs, pair{row, -1, 0})
		}
	}
	return len(sel)
}

// elements lists the elements of one row; those of a MULTISET as often as they
// are in it.
func (x *Correlate) elements(lists *batch.Vec, row int32) {
	from, to := lists.Range(int(row))
	n := int32(0)
	for e := from; e < to; e++ {
		times := int32(1)
		if lists.Type.Kind == types.Multiset {
			times = lists.Kids[1].I32[e]
		}
		for range times {
			n++
			if !x.isRow || !lists.Kids[0].IsNull(e) {
				x.pairs = append(x.pairs, pair{row, int32(e), n})
			}
		}
	}
}

// match keeps the pairs for which the condition is true, and of an outer join a
// pair for each row of sel that has none left.
func (x *Correlate) match(b *batch.Batch, lists *batch.Vec, sel []int32) error {
	if x.cond == nil {
		return nil
	}
	x.wide.Reset()
	for c, v := range b.Cols {
		for _, p := range x.pairs {
			x.wide.Cols[c].AppendFrom(v, int(p.row))
		}
	}
	x.appendElements(x.wide.Cols[len(b.Cols):], lists, x.pairs)
	x.wide.N = len(x.pairs)
	var err error
	if x.sel, err = expr.Select(x.cond, x.wide, nil, x.sel); err != nil {
		return err
	}
	x.matched = x.matched[:0]
	at := 0
	for _, row := range sel {
		before := len(x.matched)
		for ; at < len(x.sel) && x.pairs[x.sel[at]].row == row; at++ {
			x.matched = append(x.matched, x.pairs[x.sel[at]])
		}
		if len(x.matched) == before && x.node.Outer {
			x.matched = append(x.matched, pair{row, -1, 0})
		}
	}
	x.pairs, x.matched = x.matched, x.pairs
	return nil
}

// emit sends the rows of pairs on.
func (x *Correlate) emit(b *batch.Batch, lists *batch.Vec, pairs []pair) error {
	x.out.Reset()
	for c, k := range x.node.Keep {
		for _, p := range pairs {
			x.out.Cols[c].AppendFrom(b.Cols[k], int(p.row))
		}
	}
	x.appendElements(x.out.Cols[len(x.node.Keep):], lists, pairs)
	if b.Kinds != nil {
		for _, p := range pairs {
			x.out.Kinds = append(x.out.Kinds, b.Kinds[p.row])
		}
	}
	x.out.N = len(pairs)
	return x.Context.Out.Emit(x.out)
}

// appendElements appends the elements' columns to cols.
func (x *Correlate) appendElements(cols []*batch.Vec, lists *batch.Vec, pairs []pair) {
	var from []*batch.Vec
	switch {
	case lists.Type.Kind == types.Map:
		from = lists.Kids
	case x.isRow:
		from = lists.Kids[0].Kids
	default:
		from = lists.Kids[:1]
	}
	for c, v := range from {
		for _, p := range pairs {
			if p.element < 0 {
				cols[c].AppendNull()
			} else {
				cols[c].AppendFrom(v, kernel.At(v, int(p.element)))
			}
		}
	}
	if !x.node.Ordinality {
		return
	}
	for _, p := range pairs {
		if p.element < 0 {
			cols[len(from)].AppendNull()
		} else {
			cols[len(from)].AppendI32(p.n)
		}
	}
}
