package run

import (
	"fmt"
	"math"
	"reflect"
	"time"

	"weir/internal/batch"
)

// innerTask is fed by other tasks.
type innerTask struct {
	task
	in       []*channel
	clock    *inputClock
	opened   []bool   // channels that have delivered their opening
	unopened int      // those that have not: until there is none no rows are taken
	blocked  []bool   // channels that have delivered the barrier
	ended    []bool   // channels that have ended
	aligned  *barrier // the checkpoint being aligned
	idle     bool
}

// run takes messages until every channel has ended.
func (t *innerTask) run() error {
	for {
		m, ch, timer, err := t.next()
		if err != nil {
			return err
		}
		if timer {
			if err := t.chain.procAdvance(t.a.job.cfg.Clock.Now().UnixMilli()); err != nil {
				return err
			}
			continue
		}
		if done, err := t.take(m, ch); done || err != nil {
			return err
		}
	}
}

func (t *innerTask) take(m message, ch int) (bool, error) {
	switch {
	case m.rows != nil:
		return false, t.rows(m.rows, ch)
	case m.status != nil && !t.opened[ch]:
		return false, t.channelOpen(ch, m.status)
	case m.status != nil:
		return false, t.channelIdle(ch, m.status)
	case m.barrier != nil:
		t.aligned, t.blocked[ch] = m.barrier, true
		return false, t.alignedNow()
	case m.end:
		t.ended[ch] = true
		t.clock.wms[ch] = math.MaxInt64
		for _, e := range t.ended {
			if !e {
				return false, t.alignedNow()
			}
		}
		return true, t.end(ack{})
	}
	return false, fmt.Errorf("empty message between tasks")
}

// alignedNow snapshots when every channel that is still open has delivered the
// barrier.
func (t *innerTask) alignedNow() error {
	if t.aligned == nil {
		return nil
	}
	for ch := range t.in {
		if !t.blocked[ch] && !t.ended[ch] {
			return nil
		}
	}
	b := t.aligned
	t.aligned = nil
	clear(t.blocked)
	return t.snapshot(b, ack{})
}

func (t *innerTask) rows(b *batch.Batch, ch int) error {
	t.recordsIn.Add(int64(b.N))
	t.bytesIn.Add(b.Bytes())
	b.Marks = t.clock.combine(ch, b.Marks)
	t.active()
	t.noteMarks(b)
	start, blocked := t.time.clock.Now(), t.time.blocked.ns.Load()
	err := t.chain.take(t.in[ch].input, b)
	t.time.work(start, blocked)
	t.in[ch].recycle(b)
	if err != nil {
		return err
	}
	t.noteWindows()
	if t.quiet() {
		return t.out.flush()
	}
	return nil
}

// quiet reports whether no channel has anything waiting.
func (t *innerTask) quiet() bool {
	for _, ch := range t.in {
		if len(ch.c) > 0 {
			return false
		}
	}
	return true
}

// channelOpen takes a channel's opening; with the last one the task opens its own
// output.
func (t *innerTask) channelOpen(ch int, s *status) error {
	t.opened[ch] = true
	t.unopened--
	if s.idle {
		_, _, t.idle = t.clock.setIdle(ch, s.wakes)
	}
	if t.unopened > 0 {
		return nil
	}
	return t.out.say(t.idle)
}

// active ends idleness.
func (t *innerTask) active() {
	if t.idle {
		t.idle = false
		t.out.wake()
	}
}

func (t *innerTask) channelIdle(ch int, s *status) error {
	wm, moved, all := t.clock.setIdle(ch, s.wakes)
	if moved {
		b := &batch.Batch{Marks: []batch.Mark{{Row: -1, Watermark: wm}}}
		t.noteMarks(b)
		if err := t.chain.head.Emit(b); err != nil {
			return err
		}
		t.noteWindows()
	}
	if all && !t.idle {
		t.idle = true
		return t.out.sleep()
	}
	return t.out.flush()
}

// next waits for a message on a channel that is not blocked, or for the wall
// clock.
func (t *innerTask) next() (m message, ch int, timer bool, err error) {
	var tick <-chan time.Time
	if at := t.chain.nextProcTimer(); at != math.MaxInt64 {
		c, stop := t.a.job.cfg.Clock.After(time.Duration(max(0, at-t.a.job.cfg.Clock.Now().UnixMilli())) * time.Millisecond)
		defer stop()
		tick = c
	}
	if len(t.in) == 1 {
		select {
		case m = <-t.in[0].c:
			return m, 0, false, nil
		case <-tick:
			return m, 0, true, nil
		case <-t.ctx.Done():
			return m, 0, false, contextCause(t.ctx)
		}
	}
	cases := []reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(t.ctx.Done())},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(tick)},
	}
	var of []int
	for i, c := range t.in {
		if !t.blocked[i] && !t.ended[i] && (t.unopened == 0 || !t.opened[i]) {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c.c)})
			of = append(of, i)
		}
	}
	k, v, _ := reflect.Select(cases)
	switch k {
	case 0:
		return m, 0, false, contextCause(t.ctx)
	case 1:
		return m, 0, true, nil
	}
	return v.Interface().(message), of[k-2], false, nil
}
