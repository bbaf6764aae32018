package exec

import (
	"slices"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/sql/plan"
)

// Expand makes of each row one for each grouping set (StreamExecExpand), one
// behind the other.
type Expand struct {
	op.Stateless
	node *plan.Expand
	// null is, by column, whether it is NULL in each set.
	null [][]bool
	out  *batch.Batch
}

// NewExpand makes the operator of node.
func NewExpand(node *plan.Expand) *Expand {
	e := &Expand{node: node, out: batch.New(node.Schema(), 0)}
	for c := range node.Input.Schema() {
		in := make([]bool, len(node.Sets))
		for s, set := range node.Sets {
			in[s] = slices.Contains(set.Nulls, c)
		}
		e.null = append(e.null, in)
	}
	return e
}

// Process implements op.Operator.
func (e *Expand) Process(_ int, b *batch.Batch) error {
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	atOnce := max(1, batch.MaxRows/len(e.node.Sets))
	for len(sel) > 0 {
		n := min(atOnce, len(sel))
		if err := e.expand(b, sel[:n]); err != nil {
			return err
		}
		sel = sel[n:]
	}
	return nil
}

// expand emits the rows of sel, a column after the other.
func (e *Expand) expand(b *batch.Batch, sel []int32) error {
	e.out.Reset()
	for c, v := range b.Cols {
		out := e.out.Cols[c]
		for _, i := range sel {
			for _, null := range e.null[c] {
				if null {
					out.AppendNull()
				} else {
					out.AppendFrom(v, int(i))
				}
			}
		}
	}
	id := e.out.Cols[len(b.Cols)]
	for _, i := range sel {
		for _, s := range e.node.Sets {
			id.AppendI64(s.ID)
			if b.Kinds != nil {
				e.out.Kinds = append(e.out.Kinds, b.Kinds[i])
			}
		}
	}
	e.out.N = len(sel) * len(e.node.Sets)
	return e.Context.Out.Emit(e.out)
}
