package exec

import (
	"math"
	"slices"

	"weir/internal/batch"
	"weir/internal/engine/state"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// advance fires, in order, every window that ends by the watermark.
func (w *WindowAggregate) advance(wm int64) error {
	for len(w.open) > 0 {
		end := max(w.next, w.open[0].end)
		if !fired(end, wm) {
			break
		}
		if err := w.fire(end); err != nil {
			return err
		}
		w.next = end + w.Slide
		w.drop(end)
	}
	w.wm = wm
	w.skipFired()
	return nil
}

// skipFired moves next past the windows the watermark has passed, also where
// there was nothing to fire: a late row of a HOP slice counts only for the
// windows still to come, and a restored instance must not fire again what
// another one has fired.
func (w *WindowAggregate) skipFired() {
	if w.wm > math.MinInt64 && w.wm < math.MaxInt64-w.Slide-1 {
		w.next = max(w.next, w.sliceEnd(w.wm+1))
	}
}

// drop lets go of the slices whose last window was the one ending at end.
func (w *WindowAggregate) drop(end int64) {
	kept := w.open[:0]
	for _, s := range w.open {
		if w.lastWindow(s.end) > end {
			kept = append(kept, s)
		}
	}
	clear(w.open[len(kept):])
	w.open = kept
}

// fire emits the window that ends at end.
func (w *WindowAggregate) fire(end int64) error {
	start := w.start(end)
	var in []*slice
	for _, s := range w.open {
		if s.end > start && s.end <= end {
			in = append(in, s)
		}
	}
	switch len(in) {
	case 0:
		return nil
	case 1:
		return w.emit(in[0], start, end)
	}
	m, err := w.merge(in)
	if err != nil {
		return err
	}
	return w.emit(m, start, end)
}

// merge adds up slices into the scratch slice, in Flink's order: those of HOP
// newest first.
func (w *WindowAggregate) merge(in []*slice) (*slice, error) {
	if w.merged == nil {
		s, err := w.newSlice(0, in[0].keys.Len())
		if err != nil {
			return nil, err
		}
		w.merged = s
	}
	m := w.merged
	for g := range m.keys.Len() {
		for _, a := range m.aggs {
			a.Clear(g)
		}
	}
	m.keys.Reset()
	forward := w.Legacy || w.Kind == plan.Cumulate
	for k := range in {
		s := in[len(in)-1-k]
		if forward {
			s = in[k]
		}
		if err := w.mergeSlice(s, func(c plan.AggCall) bool { return forward || !c.Def.Ordered }); err != nil {
			return nil, err
		}
	}
	if forward || !slices.ContainsFunc(w.node.Aggs, func(c plan.AggCall) bool { return c.Def.Ordered }) {
		return m, nil
	}
	for _, s := range in {
		if err := w.mergeSlice(s, func(c plan.AggCall) bool { return c.Def.Ordered }); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// mergeSlice adds those accumulators of s into the scratch slice that which
// names.
func (w *WindowAggregate) mergeSlice(s *slice, which func(plan.AggCall) bool) error {
	m := w.merged
	w.groups = m.keys.Groups(s.keys.Cols(), s.keys.Hashes(), nil, s.keys.Len(), w.groups[:0])
	for i, a := range m.aggs {
		a.Grow(m.keys.Len())
		if !which(w.node.Aggs[i]) {
			continue
		}
		for from, to := range w.groups {
			if err := a.Merge(int(to), s.aggs[i], from); err != nil {
				return err
			}
		}
	}
	return nil
}

// emit sends one row for each key of s, in batches.
func (w *WindowAggregate) emit(s *slice, start, end int64) error {
	nk, na := len(w.node.Keys), len(w.node.Aggs)
	for from := 0; from < s.keys.Len(); from += batch.MaxRows {
		to := min(from+batch.MaxRows, s.keys.Len())
		w.out.Reset()
		sel := batch.Seq(from, to)
		for k := range nk {
			w.out.Cols[k].AppendSel(s.keys.Cols()[k], sel, 0)
		}
		for i, a := range s.aggs {
			for g := from; g < to; g++ {
				if err := a.Result(g, w.out.Cols[nk+i]); err != nil {
					return err
				}
			}
		}
		for i, p := range w.node.Props {
			w.emitProp(p, w.out.Cols[nk+na+i], start, end, to-from)
		}
		w.out.N = to - from
		if err := w.ctx.Out.Emit(w.out); err != nil {
			return err
		}
	}
	return nil
}

// emitProp appends a window property n times.
func (w *WindowAggregate) emitProp(p plan.PropField, out *batch.Vec, start, end int64, n int) {
	ms := start
	switch p.Prop {
	case plan.WindowEnd:
		ms = end
	case plan.WindowTime, plan.WindowProctime:
		ms = end - 1
	}
	if p.T.Kind == types.TimestampLTZ {
		ms = w.instant(ms)
	}
	if p.Prop == plan.WindowProctime {
		ms = w.ctx.Clock.Now().UnixMilli()
	}
	for range n {
		out.AppendI64(ms * p.T.UnitsPerMilli())
	}
}

// addAt adds the rows of b at a processing time.
func (w *WindowAggregate) addAt(now int64, b *batch.Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	state.Hash(w.keys, b.Sel, b.N, w.hashes)
	return w.addTo(w.sliceEnd(w.local(now)), b, b.Sel)
}

// NextProcTimer implements op.ProcTimer.
func (w *WindowAggregate) NextProcTimer() int64 {
	if !w.Proctime || len(w.open) == 0 {
		return math.MaxInt64
	}
	return w.instant(max(w.next, w.open[0].end)) - 1
}

// ProcAdvance implements op.ProcTimer.
func (w *WindowAggregate) ProcAdvance(now int64) error {
	if !w.Proctime {
		return nil
	}
	return w.advance(w.local(now))
}
