package run

import (
	"weir/internal/connector"
	"weir/internal/engine/ckpt"
	"weir/internal/engine/op"
)

// barrier is a checkpoint passing through the job.
type barrier struct {
	id      int64
	writing *ckpt.Writing
	// stop: sources read nothing more after it (stop with savepoint).
	stop bool
}

// ack is a task's part of a checkpoint, or, with final set, what it leaves at
// its end.
type ack struct {
	task      *taskInfo
	barrier   *barrier // nil at the end
	final     bool
	positions []connector.Split // of a source task
	finished  []string          // splits read to the end in this attempt
	prepared  []preparedSink
	seen      int64 // of a final ack: the last barrier the task has passed
	// enumerator is set in the ack of a source coordinator, which has no task.
	enumerator *enumeratorState
	size       int64 // bytes of state
	err        error
}

// preparedSink is what a writer wants committed.
type preparedSink struct {
	identity  string
	cs        []connector.Committable
	watermark int64 // of the writer
}

// frozen is the state of one operator on its way to a file.
type frozen struct {
	step  Step
	write op.WriteFunc
}

// freeze snapshots every operator of the chain.
func (c *chain) freeze() ([]frozen, []preparedSink, error) {
	var fs []frozen
	var ps []preparedSink
	err := c.each(func(s Step, _ op.Output) error {
		w, err := s.Op.Snapshot()
		if err != nil {
			return err
		}
		if w != nil {
			fs = append(fs, frozen{s, w})
		}
		return nil
	})
	ps = c.takePrepared(ps)
	return fs, ps, err
}

func (c *chain) takePrepared(ps []preparedSink) []preparedSink {
	for _, s := range c.steps {
		if p, ok := s.Op.(Prepared); ok {
			id, cs, wm := p.TakePrepared()
			ps = append(ps, preparedSink{id, cs, wm})
		}
	}
	return ps
}

// writeState writes frozen state into the checkpoint's file for the task.
func writeState(w *ckpt.Writing, file string, fs []frozen) (int64, error) {
	if len(fs) == 0 {
		return 0, nil
	}
	t, err := w.Task(file)
	if err != nil {
		return 0, err
	}
	for _, f := range fs {
		t.Operator(f.step.Identity, f.step.Name)
		if err = f.write(t); err != nil {
			break
		}
	}
	if cerr := t.Close(); err == nil {
		err = cerr
	}
	return t.Size(), err
}

// restoredState is the part of a checkpoint that belongs to one instance of an
// operator.
type restoredState struct {
	from *ckpt.Checkpoint
	op   ckpt.Operator
	lo   int // key groups [lo, hi)
	hi   int
}

// Read implements op.StateReader.
func (r restoredState) Read(name string, f func(group, version int, data []byte) error) error {
	return r.from.Read(r.op, name, func(g int) bool { return g == op.AllGroups || g >= r.lo && g < r.hi }, f)
}
