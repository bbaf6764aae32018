package exec

import (
	"weir/internal/batch"
	"weir/internal/engine/expr"
	"weir/internal/engine/op"
)

// failingRow finds the row at which evaluating programs over rows of b failed with
// err, by evaluating them row by row: kernels do not count rows on the way.
func failingRow(err error, b *batch.Batch, sel []int32, programs ...expr.Program) error {
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	for k := range sel {
		for _, p := range programs {
			if _, again := p.Eval(b, sel[k:k+1:k+1]); again != nil {
				return &op.RowError{Row: int(sel[k]), Err: again}
			}
		}
	}
	return err
}

// firstNull is the first selected row of b with a NULL in column c; -1 when there
// is none.
func firstNull(b *batch.Batch, c int) int {
	v := b.Cols[c]
	if b.Sel == nil {
		for i := range b.N {
			if v.IsNull(i) {
				return i
			}
		}
		return -1
	}
	for _, i := range b.Sel {
		if v.IsNull(int(i)) {
			return int(i)
		}
	}
	return -1
}
