package run

import (
	"errors"
	"fmt"
	"math"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/obs"
)

// chain is the operators of one task, each emitting into the next and the
// last into out.
type chain struct {
	steps    []Step
	links    []*link
	head     op.Output
	procs    []op.ProcTimer
	windowed []op.Windowed
	split    op.SplitAware // the watermark assigner of a source's chain, if any
}

// newChain links steps; contexts are given by open.
func newChain(steps []Step, out op.Output) *chain {
	c := &chain{steps: steps, links: make([]*link, len(steps)), head: out}
	for i := len(steps) - 1; i >= 0; i-- {
		l := &link{op: steps[i].Op, name: steps[i].Name, next: c.head, out: c.head, wm: math.MinInt64, in: new(obs.Counter), before: new(obs.Counter)}
		if _, l.transparent = steps[i].Op.(op.Transparent); !l.transparent {
			l.out = renumbered{c.head}
		}
		if p, ok := steps[i].Op.(op.ProcTimer); ok {
			c.procs = append(c.procs, p)
		}
		if w, ok := steps[i].Op.(op.Windowed); ok {
			c.windowed = append(c.windowed, w)
		}
		if s, ok := steps[i].Op.(op.SplitAware); ok {
			c.split = s
		}
		c.links[i], c.head = l, l
	}
	return c
}

// take gives b to the first operator as rows of one of its inputs.
func (c *chain) take(input int, b *batch.Batch) error {
	if input == 0 {
		return c.head.Emit(b)
	}
	l := c.links[0]
	l.input = input
	defer func() { l.input = 0 }()
	return l.Emit(b)
}

// each calls f for every step in order with the output it is to emit into.
func (c *chain) each(f func(s Step, out op.Output) error) error {
	for i, s := range c.steps {
		if err := f(s, c.links[i].out); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

// nextProcTimer is the earliest wall-clock time any operator waits for.
func (c *chain) nextProcTimer() int64 {
	t := int64(math.MaxInt64)
	for _, p := range c.procs {
		t = min(t, p.NextProcTimer())
	}
	return t
}

// procAdvance tells the operators that wait for it that the clock is at now.
func (c *chain) procAdvance(now int64) error {
	for _, p := range c.procs {
		if p.NextProcTimer() <= now {
			if err := p.ProcAdvance(now); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish ends the input of every operator in order.
func (c *chain) finish() error {
	end := &batch.Batch{Marks: []batch.Mark{{Row: -1, Watermark: op.MaxWatermark}}}
	if err := c.head.Emit(end); err != nil {
		return err
	}
	return c.each(func(s Step, _ op.Output) error { return s.Op.Finish() })
}

// close closes every operator; all are closed whatever goes wrong.
func (c *chain) close() error {
	var errs []error
	for _, s := range c.steps {
		if err := s.Op.Close(); err != nil {
			errs = append(errs, fmt.Errorf("closing %s: %w", s.Name, err))
		}
	}
	return errors.Join(errs...)
}

// link feeds one operator, cutting batches at the marks it waits for.
type link struct {
	op          op.Operator
	name        string
	transparent bool
	next        op.Output
	out         op.Output // next, as the operator has it
	input       int       // of op, that the rows are for
	wm          int64     // the watermark passed on last
	mark        [1]batch.Mark
	// in counts the rows the operator is given; before counts the same rows as
	// those the operator before it gives.
	in, before *obs.Counter
}

// Emit implements op.Output.
func (l *link) Emit(b *batch.Batch) error {
	if n := int64(b.Rows()); n > 0 {
		l.in.Add(n)
		l.before.Add(n)
	}
	if l.transparent {
		if b.Rows() > 0 {
			return l.op.Process(l.input, b)
		}
		if n := len(b.Marks); n > 0 { // in a batch of no columns: b's are not those behind the operator
			l.mark[0] = batch.Mark{Row: -1, Watermark: b.Marks[n-1].Watermark}
			return l.next.Emit(&batch.Batch{Marks: l.mark[:]})
		}
		return nil
	}
	from := 0
	for _, m := range b.Marks {
		if m.Watermark < l.op.NextTimer() {
			continue
		}
		to := int(m.Row) + 1
		if err := l.process(b, from, to); err != nil {
			return err
		}
		from = max(from, to)
		if err := l.op.Advance(m.Watermark); err != nil {
			return err
		}
		if err := l.forward(m.Watermark); err != nil {
			return err
		}
	}
	if err := l.process(b, from, b.N); err != nil {
		return err
	}
	if n := len(b.Marks); n > 0 {
		return l.forward(b.Marks[n-1].Watermark)
	}
	return nil
}

// process gives the operator the rows of b numbered from … to-1.
func (l *link) process(b *batch.Batch, from, to int) error {
	if from >= to {
		return nil
	}
	s := b.Slice(from, to)
	if s.Rows() == 0 {
		return nil
	}
	return l.op.Process(l.input, &s)
}

// forward passes a watermark on, when it is news.
func (l *link) forward(wm int64) error {
	if wm <= l.wm {
		return nil
	}
	l.wm = wm
	l.mark[0] = batch.Mark{Row: -1, Watermark: wm}
	return l.next.Emit(&batch.Batch{Marks: l.mark[:]})
}

// renumbered is the output of an operator whose rows are others than those it was
// given: the number of a row behind it says nothing of a row before it.
type renumbered struct{ next op.Output }

// Emit implements op.Output.
func (r renumbered) Emit(b *batch.Batch) error {
	if err := r.next.Emit(b); err != nil {
		return op.Unplaced(err)
	}
	return nil
}

// discard is the output of a chain's last operator when nothing follows.
type discard struct{}

// Emit implements op.Output.
func (discard) Emit(*batch.Batch) error { return nil }
