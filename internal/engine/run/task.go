package run

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/engine/op"
	"weir/internal/obs"
)

// tickInterval is how often, in ms, a source task looks at the clock for its
// watermark (pipeline.auto-watermark-interval's default).
const tickInterval = 200

// taskInfo is what is known of a task from outside; its counters may be read
// at any time.
type taskInfo struct {
	vertex int
	index  int
	name   string // "Source: t[1] (1/2)"
	scope  obs.Scope

	recordsIn  *obs.Counter
	recordsOut *obs.Counter
	bytesIn    *obs.Counter
	bytesOut   *obs.Counter
	watermark  atomic.Int64
	given      atomic.Int64 // the newest watermark that left the chain
	time       *taskTime
	splits     atomic.Pointer[[]op.SplitWatermark]
	done       atomic.Bool
	source     bool
	window     atomic.Pointer[windowWait] // what its windows wait for; nil: none has rows
	fired      atomic.Int64               // how often one has fired
}

// newTaskInfo registers the task's metrics under Flink's names.
func newTaskInfo(vertex, index int, name string, scope obs.Scope, clk clock.Clock) *taskInfo {
	t := &taskInfo{vertex: vertex, index: index, name: name, scope: scope,
		recordsIn: scope.Rated(obs.NumRecordsIn), recordsOut: scope.Rated(obs.NumRecordsOut), bytesIn: scope.Rated(obs.NumBytesIn),
		bytesOut: scope.Rated(obs.NumBytesOut), time: newTaskTime(scope, clk)}
	t.watermark.Store(math.MinInt64)
	t.given.Store(math.MinInt64)
	scope.GaugeFunc(obs.CurrentInputWatermark, func() float64 { return float64(t.watermark.Load()) })
	scope.GaugeFunc(obs.CurrentOutputWatermark, func() float64 { return float64(t.given.Load()) })
	return t
}

// task is a running task.
type task struct {
	*taskInfo
	ctx   context.Context
	a     *attempt
	chain *chain
	out   outputs
	ack   func(ack)
	batch *batch.Batch
	last  *obs.Counter // rows that the chain's last operator gives
	seen  int64        // id of the last barrier passed
}

// open makes the chain, restores its state and opens its operators, the last
// one first, so that an operator may emit while it opens.
func (t *task) open(v *Vertex) error {
	steps, err := v.NewChain()
	if err != nil {
		return err
	}
	t.chain = newChain(steps, counted{t})
	t.countOperators(v)
	for i := len(steps) - 1; i >= 0; i-- {
		if err := t.openStep(steps[i], t.chain.links[i].out, v.Parallelism); err != nil {
			return fmt.Errorf("%s: %w", steps[i].Name, err)
		}
	}
	return nil
}

func (t *task) openStep(s Step, out op.Output, parallelism int) error {
	scope := t.scope.Operator(s.Name)
	if o, ok := s.Op.(Opener); ok {
		if err := o.OpenTask(t.ctx, t.index, parallelism, scope); err != nil {
			return err
		}
	}
	if from := t.a.from; from != nil && s.Identity != "" {
		if o, ok := from.Manifest.Operator(s.Identity); ok {
			lo, hi := op.GroupRange(t.index, op.DefaultMaxParallelism, parallelism)
			if err := s.Op.Restore(restoredState{from, o, lo, hi}); err != nil {
				return fmt.Errorf("restoring from checkpoint %d: %w", from.Manifest.ID, err)
			}
		}
	}
	return s.Op.Open(&op.Context{Ctx: t.ctx, Out: out, Clock: t.a.job.cfg.Clock, Log: t.a.job.cfg.Log,
		Scope: scope, Index: t.index, Parallelism: parallelism})
}

// snapshot freezes the chain and passes the barrier on; the writing happens
// behind the task's back.
func (t *task) snapshot(b *barrier, a ack) error {
	t.seen = b.id
	fs, prepared, err := t.chain.freeze()
	if err != nil {
		return err
	}
	if err := t.out.broadcast(message{barrier: b}); err != nil {
		return err
	}
	a.task, a.barrier, a.prepared = t.taskInfo, b, prepared
	file := fmt.Sprintf("task-%d-%d.state", t.vertex, t.index)
	t.a.background(func() {
		a.size, a.err = writeState(b.writing, file, fs)
		t.ack(a)
	})
	return nil
}

// end finishes the chain and tells the tasks behind.
func (t *task) end(a ack) error {
	if err := t.chain.finish(); err != nil {
		return err
	}
	if err := t.out.broadcast(message{end: true}); err != nil {
		return err
	}
	t.watermark.Store(math.MaxInt64)
	t.done.Store(true)
	a.task, a.final, a.prepared = t.taskInfo, true, t.chain.takePrepared(nil)
	a.seen = t.seen
	t.ack(a)
	return nil
}

// counted counts what leaves a chain, and notes the watermark.
type counted struct{ t *task }

// Emit implements op.Output.
func (c counted) Emit(b *batch.Batch) error {
	if n := b.Rows(); n > 0 {
		c.t.recordsOut.Add(int64(n))
		c.t.last.Add(int64(n))
	}
	if n := len(b.Marks); n > 0 {
		c.t.given.Store(b.Marks[n-1].Watermark)
	}
	return c.t.out.Emit(b)
}

// noteMarks keeps the newest watermark of a batch for the outside.
func (t *taskInfo) noteMarks(b *batch.Batch) {
	if n := len(b.Marks); n > 0 {
		t.watermark.Store(b.Marks[n-1].Watermark)
	}
}
