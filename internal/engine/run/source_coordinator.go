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
	finished chan string
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
		case id := <-s.finished:
			s.enum.Finished(id)
			if s.more {
				err = s.discover()
			}
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

// notify tells that a task has read a split to its end.
func (s *sourceCoordinator) notify(id string) {
	select {
	case s.finished <- id:
	case <-s.a.ctx.Done():
	}
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
