package exec

import (
	"fmt"
	"math"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/engine/state"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/obs"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Over adds to each row the aggregates over the rows before it
// (StreamExecOverAggregate). Event time: rows wait for the watermark and leave
// in the order of time. Processing time: they leave at once, but for a RANGE
// with a bound, in which the rows of one millisecond are peers and wait for
// its end.
//
// A frame with a bound keeps its rows to take them back out; one without keeps
// the accumulators alone.
type Over struct {
	ctx               *op.Context
	node              *plan.Over
	calls             []plan.AggCall
	proctime, bounded bool
	late              *obs.Counter

	accTable
	newAggs func() ([]kernel.Agg, error)
	parts   []part // by group
	dead    int    // parts that have been let go
	rows    keptRows
	timers  timerHeap
	wm      int64

	keyCols []*batch.Vec
	hashes  []uint64
	groups  []int32
	args    [][]*batch.Vec
	group   [1]int32
	peers   []int32
	value   *batch.Batch // the results of one frame
	out     *batch.Batch
}

// part is what is kept of a partition beside its accumulators.
type part struct {
	used  bool
	frame []int32 // the rows that may have to be taken back, in order
	last  int64   // when it last fired
	// forget is when a RANGE with a bound that had no more rows lets go of the
	// partition; 0: not set.
	forget int64
}

// NewOver makes the operator of node.
func NewOver(node *plan.Over) (*Over, error) {
	in := node.Input.Schema()
	o := &Over{node: node, bounded: node.Frame.Preceding != plan.Unbounded, wm: math.MinInt64,
		proctime: in[node.Order[0].Col].Type.Attr == types.Proctime}
	for _, c := range node.Calls {
		if c.Def.Refused == "" && o.bounded && !c.Def.Retractable && c.Def.NewRetractable == nil {
			return nil, fmt.Errorf("%s cannot take rows back, so its OVER window must be UNBOUNDED PRECEDING", c.Def.Name)
		}
		if c.Def.Class == fn.Ranking {
			c.Args = []int{node.Order[0].Col}
		}
		o.calls = append(o.calls, c)
	}
	o.newAggs = func() ([]kernel.Agg, error) { return newAggs(in, o.calls, o.bounded) }
	aggs, err := o.newAggs()
	if err != nil {
		return nil, err
	}
	o.accTable = newAccTable(fieldsAt(in, node.Partition), aggs, 0)
	o.args = make([][]*batch.Vec, len(aggs))
	o.rows = newKeptRows(in)
	out := node.Schema()
	o.out, o.value = batch.New(out, 0), batch.New(out[len(in):], 1)
	return o, nil
}

// Open implements op.Operator.
func (o *Over) Open(ctx *op.Context) error {
	o.ctx, o.late = ctx, ctx.Scope.Counter("numLateRecordsDropped")
	return nil
}

// immediate reports whether rows leave as they come.
func (o *Over) immediate() bool { return o.proctime && (o.node.Frame.Rows || !o.bounded) }

// Process implements op.Operator.
func (o *Over) Process(_ int, b *batch.Batch) error {
	if err := o.compact(); err != nil {
		return err
	}
	o.keyCols = o.keyCols[:0]
	for _, k := range o.node.Partition {
		o.keyCols = append(o.keyCols, b.Cols[k])
	}
	if len(o.hashes) < b.N {
		o.hashes = make([]uint64, max(b.N, batch.MaxRows))
	}
	state.Hash(o.keyCols, b.Sel, b.N, o.hashes)
	o.groups = o.keys.Groups(o.keyCols, o.hashes, b.Sel, b.N, o.groups[:0])
	o.grow()
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	if o.immediate() && !o.bounded {
		return o.passThrough(b, sel)
	}
	for k, i := range sel {
		ts, err := o.time(b, int(i))
		if err != nil {
			return err
		}
		if err := o.take(o.groups[k], ts, b, int(i)); err != nil {
			return err
		}
	}
	return o.flush()
}

// grow makes room for new partitions.
func (o *Over) grow() {
	n := o.keys.Len()
	for len(o.parts) < n {
		o.parts = append(o.parts, part{})
		o.dead++
	}
	for _, a := range o.aggs {
		a.Grow(n)
	}
}

// time is when row i happens, in ms.
func (o *Over) time(b *batch.Batch, i int) (int64, error) {
	if o.proctime {
		return o.ctx.Clock.Now().UnixMilli(), nil
	}
	v := b.Cols[o.node.Order[0].Col]
	if v.IsNull(i) {
		return 0, &op.RowError{Row: i, Err: errs.New(errs.Failed, "watermark.null",
			"RowTime field should not be null, please convert it to a non-null long value.")}
	}
	return floorDiv(v.I64[kernel.At(v, i)], v.Type.UnitsPerMilli()), nil
}

// passThrough adds each row to its partition and sends it on.
func (o *Over) passThrough(b *batch.Batch, sel []int32) error {
	o.bindArgs(b)
	for k, i := range sel {
		g := o.groups[k]
		o.use(g)
		if err := o.add(g, sel[k:k+1], b.N); err != nil {
			return err
		}
		if err := o.evaluate(g); err != nil {
			return err
		}
		if err := o.emit(b.Cols, i); err != nil {
			return err
		}
	}
	return o.flush()
}

// take keeps row i until it is due, or drops it as late. A partition that has
// not fired counts as fired at 1970, as in Flink.
func (o *Over) take(g int32, ts int64, b *batch.Batch, i int) error {
	p := &o.parts[g]
	if !o.proctime && (o.bounded && ts <= p.last || !o.bounded && ts <= o.wm) {
		o.late.Inc()
		return nil
	}
	o.use(g)
	row := o.rows.add(b.Cols, i, ts)
	if o.immediate() {
		return o.fireRow(g, ts, row)
	}
	o.timers.push(timer{ts, g, row})
	if o.bounded && !o.node.Frame.Rows {
		if reach := o.node.Frame.Preceding; p.forget == 0 || p.forget < ts+reach+1 {
			p.forget = ts + reach + reach/2 + 1
			o.timers.push(timer{p.forget, g, -1})
		}
	}
	return nil
}

// use marks a partition as having something.
func (o *Over) use(g int32) {
	if !o.parts[g].used {
		o.parts[g].used = true
		o.dead--
	}
}

// NextTimer implements op.Operator: every watermark may fire rows that come
// before it.
func (o *Over) NextTimer() int64 {
	if o.proctime || o.wm == math.MaxInt64 {
		return op.NoTimer
	}
	return o.wm + 1
}

// Advance implements op.Operator.
func (o *Over) Advance(wm int64) error {
	if o.proctime {
		return nil
	}
	o.wm = wm
	return o.fire(wm)
}

// NextProcTimer implements op.ProcTimer: peers are complete when their
// millisecond is over.
func (o *Over) NextProcTimer() int64 {
	if !o.proctime || len(o.timers) == 0 {
		return math.MaxInt64
	}
	return o.timers[0].at + 1
}

// ProcAdvance implements op.ProcTimer.
func (o *Over) ProcAdvance(now int64) error {
	if !o.proctime {
		return nil
	}
	return o.fire(now - 1)
}

// Finish implements op.Operator: the rows of the last millisecond leave too.
func (o *Over) Finish() error {
	if !o.proctime {
		return nil
	}
	return o.fire(math.MaxInt64)
}

// Close implements op.Operator.
func (*Over) Close() error { return nil }
