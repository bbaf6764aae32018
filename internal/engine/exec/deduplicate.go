package exec

import (
	"math"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/engine/state"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/obs"
	"weir/internal/sql/plan"
)

// Deduplicate keeps the first or the last row of each key
// (StreamExecDeduplicate). The last row is sent at once, and again when there
// is a later one. The first in the order in which rows come is sent at once;
// the first in event time when the watermark reaches it, so that it never
// changes (RowTimeDeduplicateKeepFirstRowFunction).
type Deduplicate struct {
	op.Stateless
	node     *plan.Deduplicate
	proctime bool
	late     *obs.Counter
	accTable
	slots  []slot // by group
	rows   keptRows
	timers timerHeap
	wm     int64

	keyCols []*batch.Vec
	hashes  []uint64
	groups  []int32
	sel     []int32
	out     *batch.Batch
}

// slot is what is kept of a key: the last row or the one that waits, -1: none;
// and whether its first row has been sent.
type slot struct {
	row  int32
	sent bool
}

// NewDeduplicate makes the operator of node.
func NewDeduplicate(node *plan.Deduplicate) *Deduplicate {
	in := node.Input.Schema()
	return &Deduplicate{node: node, proctime: node.Proctime(), wm: math.MinInt64, rows: newKeptRows(in),
		accTable: newAccTable(fieldsAt(in, node.Key), nil, 0), out: batch.New(in, 0)}
}

// Open implements op.Operator.
func (d *Deduplicate) Open(ctx *op.Context) error {
	d.late = ctx.Scope.Counter("numLateRecordsDropped")
	return d.Stateless.Open(ctx)
}

// waits reports whether rows are sent at the watermark.
func (d *Deduplicate) waits() bool { return !d.proctime && !d.node.Last }

// Process implements op.Operator.
func (d *Deduplicate) Process(_ int, b *batch.Batch) error {
	d.compact()
	d.keyCols = d.keyCols[:0]
	for _, k := range d.node.Key {
		d.keyCols = append(d.keyCols, b.Cols[k])
	}
	if len(d.hashes) < b.N {
		d.hashes = make([]uint64, max(b.N, batch.MaxRows))
	}
	state.Hash(d.keyCols, b.Sel, b.N, d.hashes)
	d.groups = d.keys.Groups(d.keyCols, d.hashes, b.Sel, b.N, d.groups[:0])
	d.grow()
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	if d.proctime && !d.node.Last {
		return d.passFirst(b, sel)
	}
	for k, i := range sel {
		if err := d.take(&d.slots[d.groups[k]], d.groups[k], b, int(i)); err != nil {
			return err
		}
	}
	return d.flush()
}

func (d *Deduplicate) grow() {
	for len(d.slots) < d.keys.Len() {
		d.slots = append(d.slots, slot{row: -1})
	}
}

// passFirst passes on the rows whose key is new.
func (d *Deduplicate) passFirst(b *batch.Batch, sel []int32) error {
	d.sel = d.sel[:0]
	for k, i := range sel {
		if s := &d.slots[d.groups[k]]; !s.sent {
			s.sent = true
			d.sel = append(d.sel, i)
		}
	}
	if len(d.sel) == 0 {
		return nil
	}
	return d.Context.Out.Emit(&batch.Batch{Cols: b.Cols, N: b.N, Sel: d.sel})
}

// take keeps a row if it goes before, or after, the one that is kept.
func (d *Deduplicate) take(s *slot, g int32, b *batch.Batch, i int) error {
	ts := int64(0)
	if !d.proctime {
		v := b.Cols[d.node.Time]
		if v.IsNull(i) {
			return &op.RowError{Row: i, Err: errs.New(errs.Failed, "watermark.null",
				"RowTime field should not be null, please convert it to a non-null long value.")}
		}
		ts = floorDiv(v.I64[kernel.At(v, i)], v.Type.UnitsPerMilli())
	}
	if d.node.Last {
		return d.last(s, b, i, ts)
	}
	switch {
	case ts < d.wm:
		d.late.Inc()
		return nil
	case s.sent, s.row >= 0 && ts >= d.rows.times[s.row]:
		return nil
	}
	d.replace(s, b, i, ts)
	d.timers.push(timer{ts, g, s.row})
	return nil
}

// replace keeps row i instead of the one that is kept.
func (d *Deduplicate) replace(s *slot, b *batch.Batch, i int, ts int64) {
	if s.row >= 0 {
		d.rows.drop(1)
	}
	s.row = d.rows.add(b.Cols, i, ts)
}

// last sends row i, unless it goes before the one kept. In processing time a row
// that equals it is not sent again.
func (d *Deduplicate) last(s *slot, b *batch.Batch, i int, ts int64) error {
	old := s.row
	if old >= 0 && (!d.proctime && ts < d.rows.times[old] || d.proctime && d.same(old, b, i)) {
		return nil
	}
	d.replace(s, b, i, ts)
	kind := batch.Insert
	if old >= 0 {
		kind = batch.UpdateAfter
		if !d.node.OnlyAfter {
			d.append(batch.UpdateBefore, old)
		}
	}
	d.append(kind, s.row)
	if d.out.N+2 > batch.MaxRows {
		return d.flush()
	}
	return nil
}

// same reports whether row i equals the one kept.
func (d *Deduplicate) same(row int32, b *batch.Batch, i int) bool {
	for c, v := range d.rows.cols {
		if !state.Equal(v, int(row), b.Cols[c], i) {
			return false
		}
	}
	return true
}

// NextTimer implements op.Operator: every watermark may let rows go that come
// before it.
func (d *Deduplicate) NextTimer() int64 {
	if !d.waits() || d.wm == math.MaxInt64 {
		return op.NoTimer
	}
	return d.wm + 1
}

// Advance implements op.Operator.
func (d *Deduplicate) Advance(wm int64) error {
	if !d.waits() {
		return nil
	}
	d.wm = wm
	for len(d.timers) > 0 && d.timers[0].at <= wm {
		t := d.timers.pop()
		s := &d.slots[t.group]
		if s.row != t.row { // an earlier one has taken its place
			continue
		}
		d.append(batch.Insert, t.row)
		d.rows.drop(1)
		*s = slot{-1, true}
		if d.out.N == batch.MaxRows {
			if err := d.flush(); err != nil {
				return err
			}
		}
	}
	return d.flush()
}

func (d *Deduplicate) append(kind batch.RowKind, row int32) {
	for c, v := range d.rows.cols {
		d.out.Cols[c].AppendFrom(v, int(row))
	}
	d.out.Kinds = append(d.out.Kinds, kind)
	d.out.N++
}

func (d *Deduplicate) flush() error {
	if d.out.N == 0 {
		return nil
	}
	err := d.Context.Out.Emit(d.out)
	d.out.Reset()
	return err
}

// compact makes the rows anew without those let go, once these are most.
func (d *Deduplicate) compact() {
	if d.rows.dead < 1024 || 2*d.rows.dead < d.rows.n {
		return
	}
	fresh := newKeptRows(d.rows.fields)
	d.timers = d.timers[:0]
	for g := range d.slots {
		s := &d.slots[g]
		if s.row < 0 {
			continue
		}
		s.row = fresh.add(d.rows.cols, int(s.row), d.rows.times[s.row])
		if d.waits() {
			d.timers = append(d.timers, timer{fresh.times[s.row], int32(g), s.row})
		}
	}
	d.timers.sort()
	d.rows = fresh
}
