package exec

import (
	"fmt"
	"math"
	"slices"
	"time"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/engine/state"
	"weir/internal/kernel"
	"weir/internal/obs"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// WindowAggregate computes aggregates per key and window of time
// (StreamExecWindowAggregate, StreamExecGroupWindowAggregate).
//
// Rows are added to the slice their time is in; when the watermark passes the
// end of a window, its slices are merged, those of HOP newest first as Flink
// does (oldest first for legacy group windows), and a row for each key is emitted, in the
// order in which keys appeared. A row is late, counted and dropped when the
// last window of its slice has fired.
type WindowAggregate struct {
	node *plan.WindowAggregate
	slicing
	newAggs   func() ([]kernel.Agg, error)
	keyFields []types.Field
	zone      *time.Location // of the windows, when the time attribute is LTZ; else nil

	ctx    *op.Context
	late   *obs.Counter
	wm     int64 // in the windows' time zone
	next   int64 // the end of the next window to fire is at least this
	open   []*slice
	merged *slice // scratch for windows of several slices
	out    *batch.Batch

	hashes []uint64
	groups []int32
	keys   []*batch.Vec
	args   [][]*batch.Vec
	split  map[int64][]int32
}

// slice is the state of one slice.
type slice struct {
	end int64
	accTable
}

// NewWindowAggregate makes the operator of node. zone is the session's time
// zone. Flink: table.local-time-zone.
func NewWindowAggregate(node *plan.WindowAggregate, zone *time.Location) (*WindowAggregate, error) {
	if node.Window.Kind == plan.Session {
		return nil, fmt.Errorf("SESSION windows are not supported by this version of Weir")
	}
	w := &WindowAggregate{node: node, slicing: slicing{node.Window}, wm: math.MinInt64, next: math.MinInt64,
		split: map[int64][]int32{}}
	if node.Window.LTZ {
		w.zone = zone
	}
	in := node.Input.Schema()
	w.keyFields = fieldsAt(in, node.Keys)
	w.newAggs = func() ([]kernel.Agg, error) { return newAggs(in, node.Aggs, false) }
	w.args = make([][]*batch.Vec, len(node.Aggs))
	_, err := w.newAggs() // refuse what cannot run before the job starts
	return w, err
}

// Open implements op.Operator.
func (w *WindowAggregate) Open(ctx *op.Context) error {
	w.ctx = ctx
	w.late = ctx.Scope.Counter("numLateRecordsDropped")
	w.out = batch.New(w.node.Schema(), 0)
	return nil
}

// local is an instant in the windows' time zone.
func (w *WindowAggregate) local(ms int64) int64 {
	if w.zone == nil || ms == math.MaxInt64 || ms == math.MinInt64 {
		return ms
	}
	_, offset := time.UnixMilli(ms).In(w.zone).Zone()
	return ms + int64(offset)*1000
}

// instant is the first instant whose local time in the windows' zone is ms
// (TimeWindowUtil.toEpochMills).
func (w *WindowAggregate) instant(ms int64) int64 { return instantIn(w.zone, ms) }

// instantIn is the first instant whose local time in zone is ms; without a zone
// it is ms.
func instantIn(zone *time.Location, ms int64) int64 {
	if zone == nil || ms == math.MaxInt64 || ms == math.MinInt64 {
		return ms
	}
	t := time.UnixMilli(ms).UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone).UnixMilli()
}

// NextWindow implements op.Windowed.
func (w *WindowAggregate) NextWindow() (end, every int64, ok bool) {
	if w.Proctime || len(w.open) == 0 {
		return 0, 0, false
	}
	return w.instant(max(w.next, w.open[0].end)), w.Slide, true
}

// Process implements op.Operator.
func (w *WindowAggregate) Process(_ int, b *batch.Batch) error {
	w.keys = w.keys[:0]
	for _, k := range w.node.Keys {
		w.keys = append(w.keys, b.Cols[k])
	}
	if len(w.hashes) < b.N {
		w.hashes = make([]uint64, max(b.N, batch.MaxRows))
	}
	if w.Proctime {
		return w.addAt(w.ctx.Clock.Now().UnixMilli(), b)
	}
	state.Hash(w.keys, b.Sel, b.N, w.hashes)
	times := b.Cols[w.TimeCol]
	if one, ok := w.oneSlice(times, b); ok {
		return w.addTo(one, b, b.Sel)
	}
	order := w.splitRows(times, b)
	for _, end := range order {
		if err := w.addTo(end, b, w.split[end]); err != nil {
			return err
		}
	}
	return nil
}

// oneSlice is the slice that all rows of b are in, if they are in one.
func (w *WindowAggregate) oneSlice(times *batch.Vec, b *batch.Batch) (int64, bool) {
	if w.zone != nil || times.Const || b.Rows() == 0 {
		return 0, false
	}
	u := times.Type.UnitsPerMilli()
	first := 0
	if b.Sel != nil {
		first = int(b.Sel[0])
	}
	end := w.sliceEnd(floorDiv(times.I64[first], u))
	from, to := (end-w.Slide)*u, end*u
	if b.Sel != nil {
		for _, i := range b.Sel {
			if t := times.I64[i]; t < from || t >= to {
				return 0, false
			}
		}
		return end, true
	}
	for _, t := range times.I64[:b.N] {
		if t < from || t >= to {
			return 0, false
		}
	}
	return end, true
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// splitRows puts the rows of b, in order, into w.split by slice, and returns
// the slices in ascending order.
func (w *WindowAggregate) splitRows(times *batch.Vec, b *batch.Batch) []int64 {
	for end, sel := range w.split {
		if len(sel) == 0 {
			delete(w.split, end)
			continue
		}
		w.split[end] = sel[:0]
	}
	u := times.Type.UnitsPerMilli()
	end, sel := int64(math.MinInt64), []int32(nil)
	add := func(i int32) {
		ts := w.local(floorDiv(times.I64[kernel.At(times, int(i))], u))
		if ts >= end || ts < end-w.Slide || sel == nil {
			if sel != nil {
				w.split[end] = sel
			}
			end = w.sliceEnd(ts)
			sel = w.split[end]
			if sel == nil {
				sel = make([]int32, 0, 64)
			}
		}
		sel = append(sel, i)
	}
	if b.Sel != nil {
		for _, i := range b.Sel {
			add(i)
		}
	} else {
		for i := range int32(b.N) {
			add(i)
		}
	}
	if sel != nil {
		w.split[end] = sel
	}
	ends := make([]int64, 0, len(w.split))
	for e, s := range w.split {
		if len(s) > 0 {
			ends = append(ends, e)
		}
	}
	slices.Sort(ends)
	return ends
}

// addTo accumulates rows into the slice ending at end, unless they are late.
func (w *WindowAggregate) addTo(end int64, b *batch.Batch, sel []int32) error {
	if fired(w.lastWindow(end), w.wm) {
		n := b.N
		if sel != nil {
			n = len(sel)
		}
		w.late.Add(int64(n))
		return nil
	}
	s, err := w.slice(end)
	if err != nil {
		return err
	}
	w.groups = s.keys.Groups(w.keys, w.hashes, sel, b.N, w.groups[:0])
	for i, a := range s.aggs {
		w.args[i] = aggArgs(w.args[i][:0], w.node.Aggs[i], b)
		a.Grow(s.keys.Len())
		if err := a.Add(w.groups, w.args[i], sel, b.N); err != nil {
			return fmt.Errorf("%s: %w", w.node.Aggs[i].Def.Name, err)
		}
	}
	return nil
}

// slice is the open slice ending at end.
func (w *WindowAggregate) slice(end int64) (*slice, error) {
	at, ok := slices.BinarySearchFunc(w.open, end, func(s *slice, e int64) int { return cmp(s.end, e) })
	if ok {
		return w.open[at], nil
	}
	hint := 0
	if at > 0 {
		hint = w.open[at-1].keys.Len()
	}
	s, err := w.newSlice(end, hint)
	if err == nil {
		w.open = slices.Insert(w.open, at, s)
	}
	return s, err
}

func (w *WindowAggregate) newSlice(end int64, hint int) (*slice, error) {
	aggs, err := w.newAggs()
	return &slice{end: end, accTable: newAccTable(w.keyFields, aggs, hint)}, err
}

// fieldsAt are the columns of fields that cols names.
func fieldsAt(fields []types.Field, cols []int) []types.Field {
	fs := make([]types.Field, len(cols))
	for i, c := range cols {
		fs[i] = fields[c]
	}
	return fs
}

func cmp(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// NextTimer implements op.Operator: the end of the slice the watermark is in,
// at which windows fire and rows become late.
func (w *WindowAggregate) NextTimer() int64 {
	if w.Proctime {
		return op.NoTimer
	}
	if w.wm == math.MinInt64 {
		return math.MinInt64 + 1
	}
	return w.instant(w.sliceEnd(w.wm+1)) - 1
}

// Advance implements op.Operator.
func (w *WindowAggregate) Advance(wm int64) error {
	if w.Proctime {
		return nil
	}
	return w.advance(w.local(wm))
}

// Finish implements op.Operator. Windows of processing time that are still
// open are not emitted, as in Flink.
func (w *WindowAggregate) Finish() error { return nil }

// Close implements op.Operator.
func (w *WindowAggregate) Close() error { return nil }
