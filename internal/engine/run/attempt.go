package run

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"weir/internal/connector"
	"weir/internal/engine/ckpt"
	"weir/internal/errs"
)

// attempt is one run of all of a job's tasks.
type attempt struct {
	job    *Job
	number int              // of the attempts before it
	from   *ckpt.Checkpoint // nil: from nothing
	ctx    context.Context
	cancel context.CancelCauseFunc

	sources []*sourceCoordinator
	sinks   []*sinkCommitter
	// abandoned are checkpoints given up, removed when no task writes any more.
	abandoned []*ckpt.Writing
	acks      chan ack
	exits     chan error
	wg        sync.WaitGroup // tasks and their background work
}

// newAttempt is an attempt from a checkpoint (nil: from nothing), after number others.
func newAttempt(j *Job, from *ckpt.Checkpoint, number int) *attempt {
	return &attempt{job: j, from: from, number: number}
}

// run starts every task, coordinates, and returns when all have ended.
func (a *attempt) run(ctx context.Context) error {
	a.ctx, a.cancel = context.WithCancelCause(ctx)
	defer a.cancel(nil)
	n := a.job.Graph.tasks()
	if a.from != nil {
		a.job.restored(a.from)
	}
	a.acks, a.exits = make(chan ack, 4*n+4), make(chan error, 2*n+4)
	err := a.openSinks()
	if err == nil {
		err = a.start()
	}
	if err == nil {
		err = newCoordinator(a).run()
	}
	a.cancel(err)
	a.wg.Wait()
	for _, w := range a.abandoned {
		if aerr := w.Abort(); err == nil {
			err = aerr
		}
	}
	for _, s := range a.sinks {
		if cerr := s.close(); err == nil {
			err = cerr
		}
	}
	return err
}

// openSinks makes the committers and commits again what the checkpoint holds.
func (a *attempt) openSinks() error {
	for _, s := range a.job.Graph.Sinks {
		c, err := newSinkCommitter(a.ctx, s, a.from)
		if err != nil {
			return fmt.Errorf("opening %s: %w", s.Identity, err)
		}
		a.sinks = append(a.sinks, c)
		if a.from == nil {
			continue
		}
		if m, ok := a.from.Manifest.Sink(s.Identity); ok {
			if err := c.commit(a.ctx, m.Committables, m.Watermark, a.job.cfg.Clock.Now().UnixMilli(), false); err != nil {
				return err
			}
		}
	}
	return nil
}

// start makes the tasks and the channels between them, and sets them going.
func (a *attempt) start() error {
	g := a.job.Graph
	in := make([][][]*channel, len(g.Vertices)) // by vertex, task: its channels
	for v, vx := range g.Vertices {
		in[v] = make([][]*channel, vx.Parallelism)
	}
	outs := make([][]outputs, len(g.Vertices))
	for v, vx := range g.Vertices {
		outs[v] = make([]outputs, vx.Parallelism)
	}
	for v, vx := range g.Vertices {
		for _, e := range vx.Inputs {
			a.connect(g.Vertices[e.From], outs[e.From], e, in[v])
		}
	}
	var infos []*taskInfo
	for v, vx := range g.Vertices {
		info, err := a.startVertex(v, vx, in[v], outs[v])
		if err != nil {
			return err
		}
		infos = append(infos, info...)
	}
	a.job.setTasks(infos)
	a.background(func() { a.watch(infos) })
	for _, s := range a.sources {
		if err := s.start(); err != nil {
			return err
		}
	}
	return nil
}

// connect makes the channels of one edge.
func (a *attempt) connect(from *Vertex, outs []outputs, e Edge, in [][]*channel) {
	for i := range outs {
		var to []*channel
		if e.Keys == nil { // one receiver, by position
			ch := newChannel(e.Input)
			t := i % len(in)
			in[t] = append(in[t], ch)
			to = []*channel{ch}
		} else {
			for t := range in {
				ch := newChannel(e.Input)
				in[t] = append(in[t], ch)
				to = append(to, ch)
			}
		}
		outs[i] = append(outs[i], newExchange(a.ctx, from.Out, e.Keys, to))
	}
}

func (a *attempt) startVertex(v int, vx *Vertex, in [][]*channel, outs []outputs) ([]*taskInfo, error) {
	var infos []*taskInfo
	var sc *sourceCoordinator
	if vx.Source != nil {
		sc = &sourceCoordinator{a: a, spec: vx.Source, finished: make(chan finished, 1024), triggers: make(chan *barrier, 1)}
		a.sources = append(a.sources, sc)
	}
	for i := range vx.Parallelism {
		info := newTaskInfo(v, i, fmt.Sprintf("%s (%d/%d)", vx.Name, i+1, vx.Parallelism), a.job.cfg.Metrics.Task(vx.ID, vx.Name, i), a.job.cfg.Clock)
		for _, x := range outs[i] {
			x.task = info
		}
		info.source = sc != nil
		infos = append(infos, info)
		l := a.job.taskLog(vx.ID, info.name, i, a.number)
		t := task{taskInfo: info, ctx: a.ctx, a: a, out: outs[i], ack: func(k ack) { a.acks <- k }}
		if sc != nil {
			st := &sourceTask{task: t, commands: make(chan command, 64), ends: sc.finished}
			sc.tasks = append(sc.tasks, st)
			a.goTask(info, l, func() error { return st.open(vx) }, st.run, func() error {
				return errors.Join(closeReader(st.reader), closeChain(st.chain))
			})
			continue
		}
		it := &innerTask{task: t, in: in[i], clock: newInputClock(in[i]), unopened: len(in[i]),
			opened: make([]bool, len(in[i])), blocked: make([]bool, len(in[i])), ended: make([]bool, len(in[i]))}
		a.goTask(info, l, func() error { return it.open(vx) }, it.run, func() error { return closeChain(it.chain) })
	}
	return infos, nil
}

func closeReader(r connector.Reader) error {
	if r == nil {
		return nil
	}
	return r.Close()
}

func closeChain(c *chain) error {
	if c == nil {
		return nil
	}
	return c.close()
}

// goTask runs a task on its own goroutine; a panic in it is a bug that fails
// the job, not the process.
func (a *attempt) goTask(info *taskInfo, l *taskLog, open, run, close func() error) {
	a.wg.Add(1)
	go func() {
		defer a.wg.Done()
		l.to("INITIALIZING")
		err := guarded(open)
		if err == nil {
			l.to("RUNNING")
			err = guarded(run)
		}
		if cerr := guarded(close); err == nil {
			err = cerr
		}
		l.ended(err, a.ctx.Err() != nil)
		if err != nil {
			err = &TaskError{Task: info.name, Err: err}
		}
		a.exits <- err
	}()
}

func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errs.New(errs.Bug, "engine.panic", "internal error: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// background runs f beside the tasks; the attempt waits for it.
func (a *attempt) background(f func()) {
	a.wg.Add(1)
	go func() {
		defer a.wg.Done()
		f()
	}()
}

// TaskError is an error with the task it happened in.
type TaskError struct {
	Task string
	Err  error
}

// Error is "task: cause".
func (e *TaskError) Error() string { return e.Task + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *TaskError) Unwrap() error { return e.Err }
