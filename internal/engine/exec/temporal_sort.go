package exec

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/obs"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// TemporalSort sends rows in the order of time (StreamExecTemporalSort): those of
// event time when the watermark reaches them; a row that is not behind the last
// one sent is dropped as late. In processing time the rows of a millisecond are
// sent, sorted, when it is over; without further keys they are in order as they
// come.
type TemporalSort struct {
	op.Stateless
	node     *plan.TemporalSort
	proctime bool
	late     *obs.Counter
	rows     keptRows
	timers   timerHeap
	wm       int64
	last     int64 // the time of the rows sent last
	peers    []int32
	out      *batch.Batch
}

// NewTemporalSort makes the operator of node.
func NewTemporalSort(node *plan.TemporalSort) *TemporalSort {
	in := node.Input.Schema()
	return &TemporalSort{node: node, proctime: in[node.Order[0].Col].Type.Attr == types.Proctime, wm: math.MinInt64, last: math.MinInt64,
		rows: newKeptRows(in), out: batch.New(in, 0)}
}

// Open implements op.Operator.
func (t *TemporalSort) Open(ctx *op.Context) error {
	t.late = ctx.Scope.Counter("numLateRecordsDropped")
	return t.Stateless.Open(ctx)
}

// Process implements op.Operator.
func (t *TemporalSort) Process(_ int, b *batch.Batch) error {
	if t.proctime && len(t.node.Order) == 1 {
		return t.Context.Out.Emit(&batch.Batch{Cols: b.Cols, N: b.N, Sel: b.Sel})
	}
	if t.rows.reuse(); t.rows.dead >= 1024 && 2*t.rows.dead >= t.rows.n {
		t.compact()
	}
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	now, v := t.Context.Clock.Now().UnixMilli(), b.Cols[t.node.Order[0].Col]
	unit := v.Type.UnitsPerMilli()
	for _, i := range sel {
		ts := now
		if !t.proctime {
			if v.IsNull(int(i)) {
				return &op.RowError{Row: int(i), Err: errs.New(errs.Failed, "watermark.null",
					"RowTime field should not be null, please convert it to a non-null long value.")}
			}
			if ts = floorDiv(v.I64[kernel.At(v, int(i))], unit); ts <= t.last {
				t.late.Inc()
				continue
			}
		}
		t.timers.push(timer{ts, 0, t.rows.add(b.Cols, int(i), ts)})
	}
	return nil
}

// NextTimer implements op.Operator: every watermark may let rows go that come
// before it.
func (t *TemporalSort) NextTimer() int64 {
	if t.proctime || t.wm == math.MaxInt64 {
		return op.NoTimer
	}
	return t.wm + 1
}

// Advance implements op.Operator.
func (t *TemporalSort) Advance(wm int64) error {
	if t.proctime {
		return nil
	}
	t.wm = wm
	return t.fire(wm)
}

// NextProcTimer implements op.ProcTimer.
func (t *TemporalSort) NextProcTimer() int64 {
	if !t.proctime || len(t.timers) == 0 {
		return math.MaxInt64
	}
	return t.timers[0].at + 1
}

// ProcAdvance implements op.ProcTimer.
func (t *TemporalSort) ProcAdvance(now int64) error {
	if !t.proctime {
		return nil
	}
	return t.fire(now - 1)
}

// Finish implements op.Operator: the rows of the last millisecond leave too.
func (t *TemporalSort) Finish() error { return t.fire(math.MaxInt64) }

// fire sends the rows up to a time.
func (t *TemporalSort) fire(to int64) error {
	for len(t.timers) > 0 && t.timers[0].at <= to {
		t.last = t.timers[0].at
		t.peers = t.peers[:0]
		for len(t.timers) > 0 && t.timers[0].at == t.last {
			t.peers = append(t.peers, t.timers.pop().row)
		}
		if rest := t.node.Order[1:]; len(rest) > 0 && len(t.peers) > 1 {
			slices.SortStableFunc(t.peers, func(a, b int32) int { return compareRows(rest, t.rows.cols, int(a), t.rows.cols, int(b)) })
		}
		for _, row := range t.peers {
			for c, v := range t.rows.cols {
				t.out.Cols[c].AppendFrom(v, int(row))
			}
			if t.out.N++; t.out.N == batch.MaxRows {
				if err := t.flush(); err != nil {
					return err
				}
			}
		}
		t.rows.drop(len(t.peers))
	}
	return t.flush()
}

func (t *TemporalSort) flush() error {
	if t.out.N == 0 {
		return nil
	}
	err := t.Context.Out.Emit(t.out)
	t.out.Reset()
	return err
}

// compact makes the rows anew without those sent.
func (t *TemporalSort) compact() {
	fresh := newKeptRows(t.rows.fields)
	t.timers.sort()
	for k, m := range t.timers {
		t.timers[k].row = fresh.add(t.rows.cols, int(m.row), m.at)
	}
	t.rows = fresh
}

// The piece of a TemporalSort's state, version 1: the time of the rows sent last,
// then the rows that wait. All rows come to one instance, so it is the first key
// group's.
const sortPiece = "sort"

// Snapshot implements op.Operator.
func (t *TemporalSort) Snapshot() (op.WriteFunc, error) {
	t.timers.sort()
	waiting := make([]int32, len(t.timers))
	for k, m := range t.timers {
		waiting[k] = m.row
	}
	buf := t.rows.encode(binary.AppendVarint(nil, t.last), waiting)
	return func(w op.StateWriter) error { return w.Write(sortPiece, 0, 1, buf) }, nil
}

// Restore implements op.Operator.
func (t *TemporalSort) Restore(r op.StateReader) error {
	return r.Read(sortPiece, func(_, version int, data []byte) error {
		if version != 1 {
			return fmt.Errorf("snapshot of a sort has unknown version %d", version)
		}
		last, w := binary.Varint(data)
		if w <= 0 {
			return errShortRows
		}
		t.last = last
		_, err := t.rows.decode(data[w:], func(row int32) { t.timers.push(timer{t.rows.times[row], 0, row}) })
		return err
	})
}
