package run

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"weir/internal/clock"
	"weir/internal/engine/ckpt"
	"weir/internal/engine/state"
	"weir/internal/errs"
	"weir/internal/obs"
	"weir/internal/vfs"
)

// Config is how a job is run.
type Config struct {
	Clock   clock.Clock
	Log     *slog.Logger
	Metrics *obs.Registry
	FS      vfs.FS
	Store   *ckpt.Store // where checkpoints go
	// Interval is execution.checkpointing.interval; 0 takes none but the last.
	Interval time.Duration
	MinPause time.Duration
	Timeout  time.Duration // of one checkpoint; 0 is none
	Retained int           // complete checkpoints kept; 0 is 1
	Restart  RestartStrategy
	// Restore is the checkpoint to begin from; nil is the newest in Store, or
	// nothing.
	Restore *ckpt.Checkpoint
	// AllowNonRestoredState lets state be lost that nothing in the graph
	// claims (allowNonRestoredState).
	AllowNonRestoredState bool
}

// RestartStrategy is Flink's fixed-delay strategy.
type RestartStrategy struct {
	Attempts int // restarts before the job fails; -1 is without end
	Delay    time.Duration
}

// State is a job's state, with Flink's names (JobStatus).
type State string

// The states of a job.
const (
	Created    State = "CREATED"
	Running    State = "RUNNING"
	Restarting State = "RESTARTING"
	Failed     State = "FAILED"
	Finished   State = "FINISHED"
	Canceled   State = "CANCELED"
)

// Job is a graph being run. Its methods may be called from any goroutine.
type Job struct {
	ID    string // 32 hex digits
	Graph *Graph
	cfg   Config

	requests chan request
	ended    chan struct{}

	mu      sync.Mutex
	status  Status
	tasks   []*taskInfo
	nextID  int64 // of the next checkpoint
	stopped bool
}

// New makes a job; Run runs it.
func New(id string, g *Graph, cfg Config) *Job {
	j := &Job{ID: id, Graph: g, cfg: cfg, requests: make(chan request), ended: make(chan struct{}), nextID: 1}
	j.status = Status{State: Created, Since: map[State]time.Time{Created: cfg.Clock.Now()}}
	return j
}

// errStopped ends an attempt whose checkpoint for a stop is complete.
var errStopped = errors.New("stopped with a savepoint")

// ErrCanceled is what Run returns when its context was cancelled.
var ErrCanceled = errors.New("job was cancelled")

// Run runs the job to its end, through restarts: nil when every source has
// ended or the job was stopped, ErrCanceled, or the error that ended it.
func (j *Job) Run(ctx context.Context) error {
	defer close(j.ended)
	if err := j.Graph.check(); err != nil {
		j.failed(err)
		j.setState(Failed)
		return err
	}
	from, err := j.restorePoint()
	for restarts := 0; ; restarts++ {
		if err == nil {
			j.setState(Running)
			err = newAttempt(j, from, restarts).run(ctx)
		}
		switch {
		case err == nil, errors.Is(err, errStopped):
			j.setState(Finished)
			return nil
		case ctx.Err() != nil:
			j.setState(Canceled)
			return ErrCanceled
		}
		j.failed(err)
		if s := j.cfg.Restart; s.Attempts >= 0 && restarts >= s.Attempts || errs.KindOf(err) == errs.Lost {
			j.setState(Failed)
			return err
		}
		j.setState(Restarting)
		if !j.pause(ctx, j.cfg.Restart.Delay) {
			j.setState(Canceled)
			return ErrCanceled
		}
		from, err = j.latest()
	}
}

// pause waits, unless the job is cancelled.
func (j *Job) pause(ctx context.Context, d time.Duration) bool {
	c, stop := j.cfg.Clock.After(d)
	defer stop()
	select {
	case <-c:
		return true
	case <-ctx.Done():
		return false
	}
}

// restorePoint is the checkpoint to begin from, checked against the graph.
func (j *Job) restorePoint() (*ckpt.Checkpoint, error) {
	from := j.cfg.Restore
	if from == nil {
		var err error
		if from, err = j.newest(); err != nil || from == nil {
			return nil, err
		}
	}
	m := from.Manifest
	if m.HashVersion != state.HashVersion {
		return nil, fmt.Errorf("checkpoint %d was written with key hash %d; this Weir has %d", m.ID, m.HashVersion, state.HashVersion)
	}
	ids, err := j.Graph.identities()
	if err != nil {
		return nil, err
	}
	if lost := m.Unclaimed(ids); len(lost) > 0 && !j.cfg.AllowNonRestoredState {
		return nil, fmt.Errorf("cannot restore from checkpoint %d: nothing in the program takes the state of %s; restore the program, or allow non-restored state to drop it",
			m.ID, strings.Join(lost, ", "))
	}
	last, err := j.cfg.Store.LastID()
	j.nextID = max(m.ID, last) + 1
	return from, err
}

// latest is the checkpoint to restart from after a failure.
func (j *Job) latest() (*ckpt.Checkpoint, error) {
	from, err := j.newest()
	if err != nil || from != nil {
		return from, err
	}
	return j.cfg.Restore, nil
}

// newest is the newest checkpoint in the store that can be used; of those that
// cannot it tells in the log.
func (j *Job) newest() (*ckpt.Checkpoint, error) {
	c, err := j.cfg.Store.Latest()
	if err == nil && c != nil {
		for _, d := range c.Damaged {
			j.cfg.Log.Warn("A checkpoint is damaged and is not used; an older one is.", "used", c.Manifest.ID, "error", d)
		}
	}
	return c, err
}

// request asks the coordinator for a savepoint.
type request struct {
	dir   string // "": a checkpoint in the store
	stop  bool
	reply chan reply
}

type reply struct {
	m   *ckpt.Manifest
	err error
}

// Savepoint takes a savepoint into dir ("": a checkpoint where the others
// are); with stop the job reads nothing after it and ends when it is complete.
func (j *Job) Savepoint(ctx context.Context, dir string, stop bool) (*ckpt.Manifest, error) {
	r := request{dir: dir, stop: stop, reply: make(chan reply, 1)}
	select {
	case j.requests <- r:
	case <-j.ended:
		return nil, fmt.Errorf("job is %s, not running", j.Status().State)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case a := <-r.reply:
		return a.m, a.err
	case <-j.ended:
		select {
		case a := <-r.reply: // both were ready
			return a.m, a.err
		default:
			return nil, fmt.Errorf("job ended (%s) before the savepoint was complete", j.Status().State)
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// contextCause is why ctx is done.
func contextCause(ctx context.Context) error { return context.Cause(ctx) }
