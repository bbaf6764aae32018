package run

import (
	"context"
	"sync/atomic"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/engine/state"
	"weir/internal/types"
)

// queueLen is the number of messages a channel between tasks holds; a full
// channel is backpressure.
const queueLen = 8

// message is what flows between tasks: exactly one of its parts is set. The
// first on every channel is its opening.
type message struct {
	rows    *batch.Batch // the receiver's to keep
	barrier *barrier
	status  *status
	end     bool
}

// channel is one sender's way to one receiver.
type channel struct {
	c     chan message
	free  chan *batch.Batch // emptied batches on their way back
	wakes atomic.Int64      // how often the sender has become active (see status)
	input int               // of the receiving operator, that takes the rows
}

func newChannel(input int) *channel {
	return &channel{input: input, c: make(chan message, queueLen), free: make(chan *batch.Batch, queueLen+2)}
}

// send delivers m, or fails when the attempt is over.
func (ch *channel) send(ctx context.Context, m message) error {
	select {
	case ch.c <- m:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// empty is a batch to fill.
func (ch *channel) empty(fields []types.Field) *batch.Batch {
	select {
	case b := <-ch.free:
		b.Reset()
		return b
	default:
		return batch.New(fields, 0)
	}
}

// recycle gives a batch back.
func (ch *channel) recycle(b *batch.Batch) {
	select {
	case ch.free <- b:
	default:
	}
}

// exchange sends a task's output to the tasks of one vertex behind.
type exchange struct {
	ctx    context.Context
	task   *taskInfo // the sender
	fields []types.Field
	keys   []int // nil: by position, to has one receiver
	to     []*channel
	fill   []*batch.Batch
	cols   []*batch.Vec
	hashes []uint64
	parts  [][]int32
}

func newExchange(ctx context.Context, fields []types.Field, keys []int, to []*channel) *exchange {
	return &exchange{ctx: ctx, fields: fields, keys: keys, to: to,
		fill: make([]*batch.Batch, len(to)), parts: make([][]int32, len(to))}
}

// Emit implements op.Output: rows are copied into the receivers' batches, and
// each receiver gets every mark at the place among its rows.
func (x *exchange) Emit(b *batch.Batch) error {
	if len(x.to) == 1 {
		return x.add(0, b, b.Sel, true)
	}
	from := 0
	for _, m := range b.Marks {
		if to := int(m.Row) + 1; to > from {
			s := b.Slice(from, to)
			if err := x.deal(&s); err != nil {
				return err
			}
			from = to
		}
		for i := range x.to {
			x.mark(i, m.Watermark)
		}
	}
	if from < b.N {
		s := b.Slice(from, b.N)
		return x.deal(&s)
	}
	return nil
}

// deal copies the rows of b to the receivers of their keys.
func (x *exchange) deal(b *batch.Batch) error {
	x.cols = x.cols[:0]
	for _, k := range x.keys {
		x.cols = append(x.cols, b.Cols[k])
	}
	if len(x.hashes) < b.N {
		x.hashes = make([]uint64, max(b.N, batch.MaxRows))
	}
	state.Hash(x.cols, b.Sel, b.N, x.hashes)
	for i := range x.parts {
		x.parts[i] = x.parts[i][:0]
	}
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	for _, i := range sel {
		t := op.Instance(op.KeyGroup(x.hashes[i], op.DefaultMaxParallelism), op.DefaultMaxParallelism, len(x.to))
		x.parts[t] = append(x.parts[t], i)
	}
	for t, p := range x.parts {
		if len(p) == 0 {
			continue
		}
		if err := x.add(t, b, p, false); err != nil {
			return err
		}
	}
	return nil
}

// add copies rows to receiver t, with marks when asked, and sends what is full.
func (x *exchange) add(t int, b *batch.Batch, sel []int32, marks bool) error {
	f := x.filling(t)
	part := batch.Batch{Cols: b.Cols, N: b.N, Sel: sel, Kinds: b.Kinds}
	base := f.N
	if part.Rows() > 0 {
		f.Append(&part)
	}
	if marks {
		for _, m := range b.Marks {
			f.Marks = append(f.Marks, batch.Mark{Row: int32(base + rowsUpTo(&part, m.Row) - 1), Watermark: m.Watermark})
		}
	}
	if f.N >= batch.MaxRows {
		return x.flushTo(t)
	}
	return nil
}

// rowsUpTo is how many rows of b are numbered row or less.
func rowsUpTo(b *batch.Batch, row int32) int {
	if b.N == 0 {
		return 0
	}
	s := b.Slice(0, int(row)+1)
	if s.Sel == nil {
		return min(int(row)+1, b.N)
	}
	return len(s.Sel)
}

func (x *exchange) filling(t int) *batch.Batch {
	if x.fill[t] == nil {
		x.fill[t] = x.to[t].empty(x.fields)
	}
	return x.fill[t]
}

// mark puts a watermark behind the rows for receiver t.
func (x *exchange) mark(t int, wm int64) {
	f := x.filling(t)
	row := int32(f.N - 1)
	if n := len(f.Marks); n > 0 && f.Marks[n-1].Row == row {
		f.Marks[n-1].Watermark = wm
		return
	}
	f.Marks = append(f.Marks, batch.Mark{Row: row, Watermark: wm})
}

// flush sends everything collected.
func (x *exchange) flush() error {
	for t := range x.to {
		if err := x.flushTo(t); err != nil {
			return err
		}
	}
	return nil
}

func (x *exchange) flushTo(t int) error {
	f := x.fill[t]
	if f == nil || f.N == 0 && len(f.Marks) == 0 {
		return nil
	}
	x.fill[t] = nil
	x.task.bytesOut.Add(f.Bytes())
	return x.send(x.to[t], message{rows: f})
}

// send delivers m; the time that the receiver is full is backpressure.
func (x *exchange) send(ch *channel, m message) error {
	select {
	case ch.c <- m:
		return nil
	default:
	}
	start := x.task.time.clock.Now()
	err := ch.send(x.ctx, m)
	x.task.time.blocked.add(x.task.time.clock.Now().Sub(start))
	return err
}

// broadcast sends m to every receiver, after what was collected.
func (x *exchange) broadcast(m message) error {
	if err := x.flush(); err != nil {
		return err
	}
	for _, ch := range x.to {
		if err := x.send(ch, m); err != nil {
			return err
		}
	}
	return nil
}

// outputs is the output of a task's chain: the exchanges to the vertices
// behind, or nothing.
type outputs []*exchange

// Emit implements op.Output.
func (o outputs) Emit(b *batch.Batch) error {
	for _, x := range o {
		if err := x.Emit(b); err != nil {
			return err
		}
	}
	return nil
}

func (o outputs) flush() error {
	for _, x := range o {
		if err := x.flush(); err != nil {
			return err
		}
	}
	return nil
}

func (o outputs) broadcast(m message) error {
	for _, x := range o {
		if err := x.broadcast(m); err != nil {
			return err
		}
	}
	return nil
}
