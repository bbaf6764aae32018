package exec

import (
	"fmt"
	"time"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// WindowTVF gives each row its windows (AlignedWindowTableFunctionOperator);
// a row of several windows comes out once for each, the earliest window first.
// It keeps nothing and drops nothing as late.
type WindowTVF struct {
	op.Stateless
	slicing
	node *plan.WindowTVF
	zone *time.Location
	out  *batch.Batch
}

// NewWindowTVF makes the operator of node.
func NewWindowTVF(node *plan.WindowTVF, zone *time.Location) (*WindowTVF, error) {
	if node.Window.Kind == plan.Session {
		return nil, fmt.Errorf("SESSION windows are not supported by this version of Weir")
	}
	w := &WindowTVF{slicing: slicing{node.Window}, node: node, out: batch.New(node.Schema(), 0)}
	if node.Window.LTZ {
		w.zone = zone
	}
	return w, nil
}

// Process implements op.Operator.
func (w *WindowTVF) Process(_ int, b *batch.Batch) error {
	times := b.Cols[w.TimeCol]
	unit := times.Type.UnitsPerMilli()
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	for _, i := range sel {
		if times.IsNull(int(i)) {
			return &op.RowError{Row: int(i), Err: errs.New(errs.Failed, "watermark.null",
				"RowTime field should not be null, please convert it to a non-null long value.")}
		}
		ts := floorDiv(times.I64[kernel.At(times, int(i))], unit)
		if w.Proctime {
			ts = w.Context.Clock.Now().UnixMilli()
		}
		local := ts
		if w.zone != nil {
			_, off := time.UnixMilli(ts).In(w.zone).Zone()
			local += int64(off) * 1000
		}
		first := w.sliceEnd(local)
		for end := first; end <= w.lastWindow(first); end += w.Slide {
			w.append(b, int(i), w.start(end), end, local-ts)
			if w.out.N == batch.MaxRows {
				if err := w.flush(); err != nil {
					return err
				}
			}
		}
	}
	return w.flush()
}

// append adds row i with one of its windows; shift is local time less UTC.
func (w *WindowTVF) append(b *batch.Batch, i int, start, end, shift int64) {
	n := len(b.Cols)
	for c, v := range b.Cols {
		w.out.Cols[c].AppendFrom(v, i)
	}
	w.out.Cols[n].AppendI64(start)
	w.out.Cols[n+1].AppendI64(end)
	last := end - 1
	if w.out.Cols[n+2].Type.Kind == types.TimestampLTZ {
		last -= shift
	}
	w.out.Cols[n+2].AppendI64(last)
	w.out.N++
}

func (w *WindowTVF) flush() error {
	if w.out.N == 0 {
		return nil
	}
	err := w.Context.Out.Emit(w.out)
	w.out.Reset()
	return err
}
