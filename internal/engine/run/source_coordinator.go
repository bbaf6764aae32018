package run

import (
	"fmt"
	"time"

	"weir/internal/connector"
)

// sourceCoordinator drives a source's enumerator: it assigns splits to the
// source's tasks, and starts each checkpoint there, on one goroutine, so that
// the enumerator's state and what the readers have been given agree.
type sourceCoordinator struct {
	a        *attempt
	spec     *Source
	tasks    []*sourceTask
	enum     connector.Enumerator
	finished chan finished
	triggers chan *barrier
	load     []int // splits given to each task
	more     bool
}

// start restores the enumerator and the splits, and begins to discover.
func (s *sourceCoordinator) start() error {
	var state []byte
	var splits []connector.Split
	var done []string
	if s.a.from != nil {
		if m, ok := s.a.from.Manifest.Source(s.spec.Identity); ok {
			state, splits, done = m.Enumerator, m.Splits, m.Finished
		}
	}
	enum, err := s.spec.Source.Enumerator(s.a.ctx, state)
	if err != nil {
		return fmt.Errorf("opening %s: %w", s.spec.Identity, err)
	}
	s.enum, s.more, s.load = enum, true, make([]int, len(s.tasks))
	for _, id := range done {
		enum.Finished(id)
	}
	s.a.background(func() {
		if err := s.run(splits); err != nil && s.a.ctx.Err() == nil {
			s.a.exits <- &TaskError{Task: "Source coordinator of " + s.spec.Identity, Err: err}
		}
	})
	return nil
}

func (s *sourceCoordinator) run(splits []connector.Split) error {
	s.assign(splits)
	if err := s.discover(); err != nil {
		return err
	}
	for _, t := range s.tasks {
		s.tell(t, command{begun: true})
	}
	for {
		timer, stop := s.a.job.cfg.Clock.After(time.Duration(s.enum.Interval()) * time.Millisecond)
		if !s.more {
			stop()
			timer = nil
		}
		err := error(nil)
		select {
		case f := <-s.finished:
			err = s.succeed(f)
		case b := <-s.triggers:
			err = s.trigger(b)
		case <-timer:
			err = s.discover()
		case <-s.a.ctx.Done():
			stop()
			return nil
		}
		stop()
		if err != nil {
			return err
		}
	}
}

// finished is a split read to its end.
type finished struct {
	task *sourceTask
	id   string
}

// succeed gives out the splits that follow one read to its end, and only then lets
// that one's event time go: the children of a shard must not be passed before
// they are known.
func (s *sourceCoordinator) succeed(f finished) error {
	s.enum.Finished(f.id)
	if !s.more { // nothing follows; its task knows
		return nil
	}
	if err := s.discover(); err != nil {
		return err
	}
	s.tell(f.task, command{succeeded: f.id})
	return nil
}

// discover asks the enumerator for splits that have become readable.
func (s *sourceCoordinator) discover() error {
	found, more, err := s.enum.Discover(s.a.ctx)
	if err != nil {
		return fmt.Errorf("discovering splits: %w", err)
	}
	s.assign(found)
	if s.more && !more {
		s.more = false
		for _, t := range s.tasks {
			s.tell(t, command{noMore: true})
		}
	}
	return nil
}

// assign gives each split to the task with the fewest.
func (s *sourceCoordinator) assign(splits []connector.Split) {
	given := make([][]connector.Split, len(s.tasks))
	for _, sp := range splits {
		least := 0
		for i, n := range s.load {
			if n < s.load[least] {
				least = i
			}
		}
		s.load[least]++
		given[least] = append(given[least], sp)
	}
	for i, g := range given {
		if len(g) > 0 {
			s.tasks[i].out.wake() // it holds event time from now on, not when it gets to it
			s.tell(s.tasks[i], command{splits: g})
		}
	}
}

// trigger begins checkpoint b at the source's tasks.
func (s *sourceCoordinator) trigger(b *barrier) error {
	state, err := s.enum.Snapshot()
	if err != nil {
		return fmt.Errorf("snapshotting the enumerator: %w", err)
	}
	s.a.acks <- ack{barrier: b, enumerator: &enumeratorState{s.spec.Identity, state}}
	for _, t := range s.tasks {
		s.tell(t, command{barrier: b})
	}
	return nil
}

// tell queues a command; a task that has ended needs none.
func (s *sourceCoordinator) tell(t *sourceTask, c command) {
	select {
	case t.commands <- c:
	case <-s.a.ctx.Done():
	}
}

// enumeratorState is an enumerator's part of a checkpoint.
type enumeratorState struct {
	identity string
	state    []byte
}
