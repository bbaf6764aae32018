package run

import (
	"errors"
	"math"
	"time"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/engine/op"
	"weir/internal/errs"
)

// command is what the coordinator tells a source task.
type command struct {
	splits  []connector.Split
	barrier *barrier
	begun   bool // the splits there are at the start have been given out
	noMore  bool // no further splits will come
	// succeeded is a split read to its end whose children have been given out.
	succeeded string
}

// openWithin is how long, in ms, a source task waits to hear from its splits
// before it opens its output as one that holds event time back.
const openWithin = 1000

// sourceTask reads splits and runs the chain behind them.
type sourceTask struct {
	task
	reader   connector.Reader
	commands chan command
	ends     chan<- finished // tells the coordinator of a split read to its end
	pending  int             // splits being read
	begun    bool
	noMore   bool
	bounded  bool
	stopped  bool
	finished []string
	nextTick int64
	begunAt  int64
	opened   bool // the opening has been sent
	idle     bool
	wm       int64
}

// run reads until the splits end, a stop, or an error.
func (t *sourceTask) run() error {
	for {
		if done, err := t.commandsNow(); err != nil || done {
			return err
		}
		if err := t.tick(); err != nil {
			return err
		}
		if t.stopped {
			if err := t.wait(); err != nil {
				return err
			}
			continue
		}
		read, err := t.poll()
		if err != nil {
			return err
		}
		if t.noMore && t.pending == 0 {
			if err := t.opening(true); err != nil {
				return err
			}
			return t.end(ack{finished: t.finished})
		}
		if !read {
			if err := t.flush(); err != nil {
				return err
			}
			if err := t.wait(); err != nil {
				return err
			}
		}
	}
}

// commandsNow takes every command that is waiting.
func (t *sourceTask) commandsNow() (bool, error) {
	for {
		select {
		case c := <-t.commands:
			if err := t.obey(c); err != nil {
				return true, err
			}
		case <-t.ctx.Done():
			return true, t.cause()
		default:
			return false, nil
		}
	}
}

func (t *sourceTask) cause() error { return contextCause(t.ctx) }

func (t *sourceTask) obey(c command) error {
	if len(c.splits) > 0 {
		if t.chain.split != nil {
			for _, s := range c.splits {
				t.chain.split.AddSplit(s.ID)
			}
		}
		t.pending += len(c.splits)
		t.active()
		t.nextTick = 0 // a restored split's watermark is sent on at once
		return t.reader.Add(c.splits)
	}
	if c.begun {
		t.begun, t.begunAt, t.nextTick = true, t.a.job.cfg.Clock.Now().UnixMilli(), 0
	}
	if c.noMore {
		t.noMore = true
		t.letGo(t.finished...)
	}
	if c.succeeded != "" {
		t.letGo(c.succeeded)
	}
	if c.barrier != nil {
		if err := t.opening(false); err != nil {
			return err
		}
		positions, err := t.reader.Positions()
		if err != nil {
			return err
		}
		if err := t.snapshot(c.barrier, ack{positions: positions, finished: t.finished}); err != nil {
			return err
		}
		t.stopped = c.barrier.stop
	}
	return nil
}

// opening sends the opening, once.
func (t *sourceTask) opening(idle bool) error {
	if t.opened {
		return nil
	}
	t.opened, t.idle = true, idle
	return t.out.say(idle)
}

// active ends idleness.
func (t *sourceTask) active() {
	if t.idle {
		t.idle = false
		t.out.wake()
	}
}

// tick tells the chain the time, and the tasks behind when all splits idle.
func (t *sourceTask) tick() error {
	now := t.a.job.cfg.Clock.Now().UnixMilli()
	if now >= t.chain.nextProcTimer() {
		if err := t.chain.procAdvance(now); err != nil {
			return err
		}
	}
	if now < t.nextTick {
		return nil
	}
	t.nextTick = now + tickInterval
	if t.chain.split == nil {
		if t.begun {
			return t.opening(t.pending == 0)
		}
		return nil
	}
	if err := t.chain.split.Tick(now); err != nil {
		return err
	}
	ws := t.chain.split.Watermarks()
	t.splits.Store(&ws)
	t.wm = max(wmOf(ws, t.wm), t.chain.split.Sent())
	t.watermark.Store(t.wm)
	t.noteWindows()
	idle := t.begun // before that a task knows nothing
	for _, w := range ws {
		idle = idle && w.Idle
	}
	switch {
	case !t.opened && (idle || t.begun && now-t.begunAt >= openWithin):
		return t.opening(idle)
	case t.opened && idle && !t.idle:
		t.idle = true
		return t.out.sleep()
	}
	return nil
}

// wmOf is the watermark of a source task for the outside.
func wmOf(ws []op.SplitWatermark, last int64) int64 {
	wm, furthest := int64(math.MaxInt64), int64(math.MinInt64)
	for _, w := range ws {
		furthest = max(furthest, w.Watermark)
		if !w.Idle {
			wm = min(wm, w.Watermark)
		}
	}
	if wm == math.MaxInt64 { // all are idle
		wm = furthest
	}
	return max(wm, last)
}

// poll reads one batch of one split and sends it through the chain.
func (t *sourceTask) poll() (bool, error) {
	t.batch.Reset()
	f, ok, err := t.reader.Poll(t.batch)
	if err != nil || !ok {
		return false, err
	}
	t.bytesIn.Add(f.Bytes)
	if err := t.emit(f); err != nil {
		return false, err
	}
	if f.Done {
		t.pending--
		t.finished = append(t.finished, f.Split)
		if t.bounded || t.noMore { // nothing follows it
			t.letGo(f.Split)
		}
		return true, t.ended(f.Split)
	}
	return true, nil
}

// letGo drops the event time of splits read to their ends.
func (t *sourceTask) letGo(ids ...string) {
	if t.chain.split == nil {
		return
	}
	for _, id := range ids {
		t.chain.split.EndSplit(id)
	}
}

// ended tells the coordinator of a split read to its end, and listens to it while
// it has no ear.
func (t *sourceTask) ended(id string) error {
	for {
		select {
		case t.ends <- finished{t, id}:
			return nil
		case c := <-t.commands:
			if err := t.obey(c); err != nil {
				return err
			}
		case <-t.ctx.Done():
			return t.cause()
		}
	}
}

func (t *sourceTask) emit(f connector.Fetch) error {
	split := t.chain.split
	if split != nil && f.Split != "" {
		split.BeginSplit(f.Split)
	}
	switch {
	case t.batch.N > 0:
		if err := t.opening(false); err != nil {
			return err
		}
		t.active()
		t.recordsIn.Add(int64(t.batch.N))
		start, blocked := t.time.clock.Now(), t.time.blocked.ns.Load()
		if err := t.chain.head.Emit(t.batch); err != nil {
			return t.located(err)
		}
		t.time.work(start, blocked)
		t.noteWindows()
	case !f.AtTip && !f.Done:
		t.active()
		if split != nil {
			split.Behind(f.Split)
		}
	}
	if f.AtTip && split != nil {
		split.AtTip(f.Split)
		if !t.opened {
			t.nextTick = 0 // perhaps all are, and the output can be opened
		}
	}
	return nil
}

// located adds to the failure at a row which record it came from.
func (t *sourceTask) located(err error) error {
	var re *op.RowError
	l, ok := t.reader.(connector.Locator)
	if !ok || !errors.As(err, &re) {
		return err
	}
	where := l.Locate(re.Row)
	if where == "" {
		return err
	}
	return errs.New(errs.KindOf(re.Err), errs.CodeOf(re.Err), "%s", where).Because(re.Err)
}

// flush sends on what was collected; before the opening that is only marks,
// which wait.
func (t *sourceTask) flush() error {
	if !t.opened {
		return nil
	}
	return t.out.flush()
}

// wait sleeps until there may be something to do.
func (t *sourceTask) wait() error {
	now := t.a.job.cfg.Clock.Now().UnixMilli()
	d := max(1, min(t.nextTick, t.chain.nextProcTimer())-now)
	timer, stop := t.a.job.cfg.Clock.After(time.Duration(d) * time.Millisecond)
	defer stop()
	wake := t.reader.Wake()
	if t.stopped {
		wake = nil
	}
	select {
	case c := <-t.commands:
		return t.obey(c)
	case <-wake:
	case <-timer:
	case <-t.ctx.Done():
		return t.cause()
	}
	return nil
}

// newSourceTask makes the task's reader and batch.
func (t *sourceTask) open(v *Vertex) error {
	if err := t.task.open(v); err != nil {
		return err
	}
	r, err := v.Source.Source.Reader(t.ctx, t.index, v.Parallelism, t.scope.Operator(v.sourceName()))
	if err != nil {
		return err
	}
	t.reader, t.wm, t.bounded = r, math.MinInt64, v.Source.Source.Bounded()
	t.batch = batch.New(v.Source.Fields, batch.MaxRows)
	return nil
}
