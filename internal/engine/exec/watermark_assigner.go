package exec

import (
	"math"

	"weir/internal/batch"
	"weir/internal/engine/expr"
	"weir/internal/engine/op"
	"weir/internal/errs"
	"weir/internal/sql/plan"
)

// WatermarkOptions are the session options that watermarks depend on.
type WatermarkOptions struct {
	// Interval is pipeline.auto-watermark-interval: a watermark is sent at the
	// row that moves it by more than this, otherwise when the clock has passed
	// as much. 0 sends every one.
	Interval int64
	// IdleTimeout is table.exec.source.idle-timeout (or the connector's own):
	// a split without rows for so long does not hold the watermark back. 0 is
	// Weir's rule: a split read to its tip for TipIdle, or that is empty from
	// the start.
	IdleTimeout int64
	// Single keeps one watermark for all splits of a task, as Flink's
	// WatermarkAssignerOperator does (weir.source.watermark-per-split = false).
	Single bool
}

// TipIdle is how long, in ms, a split must have been at its tip to be idle.
const TipIdle = 1000

// WatermarkAssigner marks where the watermark moves
// (WatermarkAssignerOperator): the greatest value of an expression, for each
// split, and of the splits that are not idle the least. A row is passed on
// before the watermark it moves.
type WatermarkAssigner struct {
	op.Stateless
	opts    WatermarkOptions
	rowtime int
	prog    expr.Program

	splits map[string]*splitClock
	// restored are the watermarks of splits before a restart: by split, so
	// that they follow a split to another task.
	restored map[string]int64
	cur      *splitClock
	last     int64 // the watermark sent last
	lastAt   int64 // and when the clock last passed the interval
	now      int64
	out      batch.Batch
	pending  []batch.Mark
}

// splitClock is the event time of one split.
type splitClock struct {
	id       string
	wm       int64
	seen     bool  // it has had a row
	tipSince int64 // at its tip since then; 0: not at its tip
	tipAt    int64 // when its source last said so
	rowAt    int64 // when it last had a row
}

// NewWatermarkAssigner makes the operator of node.
func NewWatermarkAssigner(node *plan.WatermarkAssigner, c *expr.Compiler, opts WatermarkOptions) (*WatermarkAssigner, error) {
	p, err := c.Compile(node.Expr)
	return &WatermarkAssigner{opts: opts, rowtime: node.Rowtime, prog: p, splits: map[string]*splitClock{}}, err
}

// Transparent implements op.Transparent.
func (*WatermarkAssigner) Transparent() {}

// AddSplit implements op.SplitAware.
func (w *WatermarkAssigner) AddSplit(id string) {
	if w.opts.Single {
		id = ""
	}
	if w.splits[id] == nil {
		s := &splitClock{id: id, wm: math.MinInt64, rowAt: w.now}
		if wm, ok := w.restored[id]; ok {
			s.wm, s.seen = wm, true
		}
		w.splits[id] = s
	}
}

// BeginSplit implements op.SplitAware.
func (w *WatermarkAssigner) BeginSplit(id string) {
	w.AddSplit(id)
	if w.opts.Single {
		id = ""
	}
	w.cur = w.splits[id]
}

// AtTip implements op.SplitAware.
func (w *WatermarkAssigner) AtTip(id string) {
	s := w.splits[id]
	if s == nil {
		return
	}
	s.tipAt = max(w.now, 1)
	if s.tipSince == 0 {
		s.tipSince = s.tipAt
	}
}

// Behind implements op.SplitAware: the split is not idle, whatever it was.
func (w *WatermarkAssigner) Behind(id string) {
	if w.opts.Single {
		id = ""
	}
	if s := w.splits[id]; s != nil {
		s.tipSince, s.rowAt = 0, w.now
	}
}

// EndSplit implements op.SplitAware.
func (w *WatermarkAssigner) EndSplit(id string) {
	if !w.opts.Single {
		delete(w.splits, id)
	}
}

// Tick implements op.SplitAware.
func (w *WatermarkAssigner) Tick(now int64) error {
	if w.now == 0 { // the splits of the start are silent from now on, not from 1970
		for _, s := range w.splits {
			s.rowAt = now
		}
	}
	w.now = now
	if now-w.lastAt < w.opts.Interval {
		return nil
	}
	w.lastAt = now
	wm := w.least(nil)
	if wm <= w.last {
		return nil
	}
	w.last = wm
	w.pending = append(w.pending[:0], batch.Mark{Row: -1, Watermark: wm})
	return w.Context.Out.Emit(&batch.Batch{Cols: w.out.Cols, Marks: w.pending})
}

// Watermarks is, for people, where each split's event time stands and
// whether it is idle.
func (w *WatermarkAssigner) Watermarks() []op.SplitWatermark {
	var all []op.SplitWatermark
	for _, s := range w.splits {
		all = append(all, op.SplitWatermark{Split: s.id, Watermark: s.wm, Idle: w.idle(s)})
	}
	return all
}

// Sent implements op.SplitAware.
func (w *WatermarkAssigner) Sent() int64 {
	if w.last == 0 {
		return op.MinWatermark
	}
	return w.last
}

// idle reports whether s does not hold the watermark back. A split whose source
// has said nothing for a while (a call is being repeated) is not known to be at
// its tip: what has come meanwhile must not be late when it is read.
func (w *WatermarkAssigner) idle(s *splitClock) bool {
	if w.opts.IdleTimeout > 0 {
		return w.now-s.rowAt >= w.opts.IdleTimeout
	}
	if s.tipSince == 0 || w.now-s.tipAt > TipIdle {
		return false
	}
	return !s.seen || s.tipAt-s.tipSince >= TipIdle
}

// least is the least watermark of the splits that are not idle, but for
// except; MaxInt64 when there is none. When all are idle the greatest counts, as if
// the one furthest ahead had been the last to go idle: in which order they did, or
// at which tick, is chance (StatusWatermarkValve has it so).
func (w *WatermarkAssigner) least(except *splitClock) int64 {
	wm := int64(math.MaxInt64)
	for _, s := range w.splits {
		if s != except && !w.idle(s) {
			wm = min(wm, s.wm)
		}
	}
	if wm < math.MaxInt64 || except != nil {
		return wm
	}
	wm = math.MinInt64
	for _, s := range w.splits {
		wm = max(wm, s.wm)
	}
	return wm
}

// Process implements op.Operator.
func (w *WatermarkAssigner) Process(_ int, b *batch.Batch) error {
	if w.cur == nil {
		w.BeginSplit("")
	}
	if times := b.Cols[w.rowtime]; times.Valid != nil {
		if row := firstNull(b, w.rowtime); row >= 0 {
			return &op.RowError{Row: row, Err: errs.New(errs.Failed, "watermark.null",
				"RowTime field should not be null, please convert it to a non-null long value.")}
		}
	}
	v, err := w.prog.Eval(b, b.Sel)
	if err != nil {
		return failingRow(err, b, b.Sel, w.prog)
	}
	s := w.cur
	s.seen, s.tipSince, s.rowAt = true, 0, w.now
	others := w.least(s)
	unit := v.Type.UnitsPerMilli()
	w.out = *b
	w.out.Marks = w.out.Marks[:0:0]
	marks := w.pending[:0]
	row := func(i int32) {
		if v.Valid != nil && v.IsNull(int(i)) {
			return
		}
		wm := v.I64[i]
		if unit != 1 {
			wm = floorDiv(wm, unit)
		}
		if wm <= s.wm {
			return
		}
		s.wm = wm
		if c := min(wm, others); c-w.last > w.opts.Interval {
			marks = append(marks, batch.Mark{Row: i, Watermark: c})
			w.last = c
		}
	}
	if b.Sel != nil {
		for _, i := range b.Sel {
			row(i)
		}
	} else {
		for i := range int32(b.N) {
			row(i)
		}
	}
	w.pending, w.out.Marks = marks, marks
	return w.Context.Out.Emit(&w.out)
}
