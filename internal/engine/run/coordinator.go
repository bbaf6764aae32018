package run

import (
	"errors"
	"fmt"
	"math"
	"time"

	"weir/internal/connector"
	"weir/internal/engine/ckpt"
	"weir/internal/engine/op"
	"weir/internal/engine/state"
)

// coordinator takes the checkpoints of one attempt.
type coordinator struct {
	a       *attempt
	pending *pendingCheckpoint
	final   map[*taskInfo]ack // tasks that have ended
	left    int               // tasks that run
	// leftover is what tasks prepared at their end and no checkpoint holds yet.
	leftover []preparedSink
	// enumerators is the newest state of each source's enumerator.
	enumerators map[string][]byte
	nextAt      time.Time // of the next checkpoint
}

// pendingCheckpoint is a checkpoint between its trigger and its end.
type pendingCheckpoint struct {
	b       *barrier
	started time.Time
	request *request
	acks    map[*taskInfo]ack
	enums   int
}

func newCoordinator(a *attempt) *coordinator {
	return &coordinator{a: a, final: map[*taskInfo]ack{}, left: a.job.Graph.tasks(), enumerators: map[string][]byte{}}
}

// run coordinates until every task has ended or one has failed.
func (c *coordinator) run() error {
	err := c.loop()
	if p := c.pending; p != nil {
		cause := err
		if cause == nil {
			cause = errors.New("the job ended")
		}
		err = errors.Join(err, c.abort(cause))
	}
	return err
}

func (c *coordinator) loop() error {
	cfg := c.a.job.cfg
	c.nextAt = cfg.Clock.Now().Add(cfg.Interval)
	for c.left > 0 {
		timer, stop := c.timer()
		var requests chan request
		if c.pending == nil {
			requests = c.a.job.requests
		}
		var err error
		select {
		case k := <-c.a.acks:
			err = c.take(k)
		case e := <-c.a.exits:
			c.left--
			if err = e; err == nil {
				err = c.drain()
			}
		case r := <-requests:
			err = c.trigger(&r)
		case <-timer:
			err = c.onTimer()
		case <-c.a.ctx.Done():
			err = contextCause(c.a.ctx)
		}
		stop()
		if err != nil {
			return err
		}
	}
	return c.finish()
}

// drain takes the acks that are waiting.
func (c *coordinator) drain() error {
	for {
		select {
		case k := <-c.a.acks:
			if err := c.take(k); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// timer is the next checkpoint, or the time-out of the one pending.
func (c *coordinator) timer() (<-chan time.Time, func()) {
	cfg := c.a.job.cfg
	now := cfg.Clock.Now()
	switch {
	case c.pending != nil && cfg.Timeout > 0:
		return cfg.Clock.After(c.pending.started.Add(cfg.Timeout).Sub(now))
	case c.pending == nil && cfg.Interval > 0:
		return cfg.Clock.After(c.nextAt.Sub(now))
	}
	return nil, func() {}
}

func (c *coordinator) onTimer() error {
	if c.pending != nil {
		return fmt.Errorf("checkpoint %d expired before completing after %s", c.pending.b.id, c.a.job.cfg.Timeout)
	}
	return c.trigger(nil)
}

// trigger begins a checkpoint; r is the request for a savepoint, nil for the
// periodic one.
func (c *coordinator) trigger(r *request) error {
	j := c.a.job
	id := j.nextID
	j.nextID++
	var w *ckpt.Writing
	var err error
	if r != nil && r.dir != "" {
		w, err = ckpt.Begin(j.cfg.FS, r.dir)
	} else {
		w, err = j.cfg.Store.Begin(id)
	}
	if err != nil {
		if r != nil {
			r.reply <- reply{err: err}
		}
		return err
	}
	b := &barrier{id: id, writing: w, stop: r != nil && r.stop}
	c.pending = &pendingCheckpoint{b: b, started: j.cfg.Clock.Now(), request: r, acks: map[*taskInfo]ack{}}
	j.checkpointTriggered(id, r != nil && r.dir != "")
	for _, s := range c.a.sources {
		s.triggers <- b
	}
	return c.completeIfAll()
}

// take notes a task's or enumerator's part.
func (c *coordinator) take(k ack) error {
	if k.final {
		c.final[k.task] = k
		c.leftover = append(c.leftover, k.prepared...)
		return c.completeIfAll()
	}
	if c.pending == nil || c.pending.b != k.barrier {
		return nil // of a checkpoint that was given up
	}
	if k.err != nil {
		return fmt.Errorf("checkpoint %d failed: %w", k.barrier.id, k.err)
	}
	if k.enumerator != nil {
		c.enumerators[k.enumerator.identity] = k.enumerator.state
		c.pending.enums++
	} else {
		c.pending.acks[k.task] = k
		c.a.job.checkpointAcked(k)
	}
	return c.completeIfAll()
}

// completeIfAll completes the pending checkpoint when every part is there. A
// task that ended without having passed its barrier has nothing to add.
func (c *coordinator) completeIfAll() error {
	p := c.pending
	if p == nil || p.enums < len(c.a.sources) {
		return nil
	}
	have := len(p.acks)
	for t, k := range c.final {
		if _, acked := p.acks[t]; !acked && k.seen < p.b.id {
			have++
		}
	}
	if have < c.a.job.Graph.tasks() {
		return nil
	}
	return c.complete()
}

// complete writes the manifest and lets the sinks commit.
func (c *coordinator) complete() error {
	p := c.pending
	m, err := c.manifest(p.b.id, p.started, p.acks)
	if err != nil {
		return err
	}
	m.Savepoint = p.request != nil && p.request.dir != ""
	if err := p.b.writing.Commit(m); err != nil {
		return err
	}
	c.pending, c.leftover = nil, nil
	end := c.a.job.cfg.Clock.Now()
	c.a.job.checkpointCompleted(m, p.started, end)
	if err := c.commit(m, false); err != nil {
		return err
	}
	if !m.Savepoint {
		if err := c.a.job.cfg.Store.Retain(max(1, c.a.job.cfg.Retained)); err != nil {
			return err
		}
	}
	if p.request != nil {
		p.request.reply <- reply{m: m}
	}
	c.nextAt = p.started.Add(c.a.job.cfg.Interval)
	if soonest := end.Add(c.a.job.cfg.MinPause); c.nextAt.Before(soonest) {
		c.nextAt = soonest
	}
	if p.b.stop {
		return errStopped
	}
	return nil
}

// manifest puts the parts together.
func (c *coordinator) manifest(id int64, at time.Time, acks map[*taskInfo]ack) (*ckpt.Manifest, error) {
	g := c.a.job.Graph
	m := &ckpt.Manifest{ID: id, Time: at.UnixMilli(), HashVersion: state.HashVersion,
		MaxParallelism: op.DefaultMaxParallelism, Program: g.Program, Plan: g.Plan}
	for _, s := range c.a.sources {
		src := ckpt.Source{Identity: s.spec.Identity, Enumerator: c.enumerators[s.spec.Identity]}
		for _, t := range s.tasks {
			k, ok := acks[t.taskInfo]
			if !ok {
				k = c.final[t.taskInfo]
			}
			src.Splits = append(src.Splits, k.positions...)
			src.Finished = append(src.Finished, k.finished...)
		}
		if c.a.from != nil {
			if old, ok := c.a.from.Manifest.Source(s.spec.Identity); ok {
				src.Finished = append(old.Finished[:len(old.Finished):len(old.Finished)], src.Finished...)
			}
		}
		m.Sources = append(m.Sources, src)
	}
	prepared := c.leftover
	for _, k := range acks {
		prepared = append(prepared[:len(prepared):len(prepared)], k.prepared...)
	}
	for _, s := range c.a.sinks {
		cs, wm := []connector.Committable(nil), int64(math.MaxInt64)
		for _, p := range prepared {
			if p.identity == s.spec.Identity {
				cs, wm = append(cs, p.cs...), min(wm, p.watermark)
			}
		}
		sink, err := s.manifest(cs, wm)
		if err != nil {
			return nil, err
		}
		m.Sinks = append(m.Sinks, sink)
	}
	return m, nil
}

func (c *coordinator) commit(m *ckpt.Manifest, end bool) error {
	now := c.a.job.cfg.Clock.Now().UnixMilli()
	for i, s := range c.a.sinks {
		if err := s.commit(c.a.ctx, m.Sinks[i].Committables, m.Sinks[i].Watermark, now, end); err != nil {
			return err
		}
	}
	return nil
}

// finish takes the last checkpoint of a job whose sources have all ended, and
// commits it.
func (c *coordinator) finish() error {
	if err := c.drain(); err != nil {
		return err
	}
	if p := c.pending; p != nil {
		if err := c.abort(errors.New("the job finished")); err != nil {
			return err
		}
	}
	j := c.a.job
	id := j.nextID
	j.nextID++
	w, err := j.cfg.Store.Begin(id)
	if err != nil {
		return err
	}
	m, err := c.manifest(id, j.cfg.Clock.Now(), nil)
	if err != nil {
		return err
	}
	if err := w.Commit(m); err != nil {
		return err
	}
	return c.commit(m, true)
}

// abort gives the pending checkpoint up.
func (c *coordinator) abort(cause error) error {
	p := c.pending
	c.pending = nil
	c.a.job.checkpointFailed(p.b.id, cause)
	if p.request != nil {
		p.request.reply <- reply{err: fmt.Errorf("savepoint failed: %w", cause)}
	}
	c.a.abandoned = append(c.a.abandoned, p.b.writing)
	return nil
}
