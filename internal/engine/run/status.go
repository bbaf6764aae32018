package run

import (
	"time"

	"weir/internal/engine/ckpt"
	"weir/internal/engine/op"
)

// Status is what is known of a job at one moment.
type Status struct {
	State    State
	Since    map[State]time.Time // when each state was last entered
	Started  time.Time
	Ended    time.Time // zero while it runs
	Restarts int
	// Exceptions are the failures, newest first, at most maxHistory.
	Exceptions  []Exception
	Checkpoints CheckpointStats
	Tasks       []TaskStatus
	// Silence says why no window fires, when none has for a while; "" otherwise.
	Silence string
}

// Exception is a failure of the job.
type Exception struct {
	At   time.Time
	Task string // "" for the coordinator
	Err  error
}

// CheckpointStats are the counts and the latest checkpoints.
type CheckpointStats struct {
	Restored, Total, InProgress, Completed, Failed int
	// History is newest first, at most maxHistory.
	History []CheckpointStatus
	// LastRestored is the id of the checkpoint restored from, 0 for none, and
	// when.
	LastRestored   int64
	LastRestoredAt time.Time
}

// CheckpointStatus is one checkpoint.
type CheckpointStatus struct {
	ID        int64
	State     string // IN_PROGRESS, COMPLETED, FAILED
	Savepoint bool
	Triggered time.Time
	Ended     time.Time
	Size      int64
	Failure   string
	Acks      []TaskAck // of the tasks that have answered
}

// TaskAck is a task's part of a checkpoint.
type TaskAck struct {
	Vertex, Index int
	At            time.Time
	Size          int64
}

// TaskStatus is one task.
type TaskStatus struct {
	Vertex, Index         int
	Name                  string
	RecordsIn, RecordsOut int64
	BytesIn, BytesOut     int64
	Watermark             int64               // ms; math.MinInt64 before the first
	Busy, Blocked         time.Duration       // Blocked: held up by backpressure
	Splits                []op.SplitWatermark // of a source
	Done                  bool
}

// maxHistory bounds what is kept of the past.
const maxHistory = 16

// Status is a copy of what is known now.
func (j *Job) Status() Status {
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.status
	s.Since = make(map[State]time.Time, len(j.status.Since))
	for k, v := range j.status.Since {
		s.Since[k] = v
	}
	s.Exceptions = append([]Exception(nil), s.Exceptions...)
	s.Checkpoints.History = append([]CheckpointStatus(nil), s.Checkpoints.History...)
	s.Tasks = nil
	for _, t := range j.tasks {
		ts := TaskStatus{Vertex: t.vertex, Index: t.index, Name: t.name, RecordsIn: t.recordsIn.Value(),
			RecordsOut: t.recordsOut.Value(), BytesIn: t.bytesIn.Value(), Watermark: t.watermark.Load(),
			BytesOut: t.bytesOut.Value(), Busy: time.Duration(t.time.busy.ns.Load()), Blocked: time.Duration(t.time.blocked.ns.Load()), Done: t.done.Load()}
		if p := t.splits.Load(); p != nil {
			ts.Splits = *p
		}
		s.Tasks = append(s.Tasks, ts)
	}
	return s
}

// setState enters a state and says so in the log, in Flink's words.
func (j *Job) setState(s State) {
	j.mu.Lock()
	old := j.status.State
	now := j.cfg.Clock.Now()
	j.status.State, j.status.Since[s] = s, now
	if s == Running && j.status.Started.IsZero() {
		j.status.Started = now
	}
	if s == Failed || s == Finished || s == Canceled {
		j.status.Ended = now
	}
	if s == Restarting {
		j.status.Restarts++
	}
	j.mu.Unlock()
	if old != s {
		j.logState(old, s)
	}
}

// failed notes a failure.
func (j *Job) failed(err error) {
	e := Exception{At: j.cfg.Clock.Now(), Err: err}
	if t, ok := err.(*TaskError); ok {
		e.Task, e.Err = t.Task, t.Err
	}
	j.mu.Lock()
	j.status.Exceptions = prepend(e, j.status.Exceptions)
	j.mu.Unlock()
	j.logFailure(e)
}

func prepend[T any](x T, xs []T) []T {
	xs = append([]T{x}, xs...)
	return xs[:min(len(xs), maxHistory)]
}

func (j *Job) setTasks(ts []*taskInfo) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.tasks = ts
}

func (j *Job) restored(from *ckpt.Checkpoint) {
	j.mu.Lock()
	j.status.Checkpoints.Restored++
	j.status.Checkpoints.LastRestored = from.Manifest.ID
	j.status.Checkpoints.LastRestoredAt = j.cfg.Clock.Now()
	j.mu.Unlock()
	j.logRestore(from)
}

func (j *Job) checkpointTriggered(id int64, savepoint bool) {
	now := j.cfg.Clock.Now()
	j.logTriggered(id, savepoint, now)
	j.mu.Lock()
	defer j.mu.Unlock()
	c := &j.status.Checkpoints
	c.Total++
	c.InProgress = 1
	c.History = prepend(CheckpointStatus{ID: id, State: "IN_PROGRESS", Savepoint: savepoint, Triggered: now}, c.History)
}

// checkpointAcked notes a task's part of the checkpoint under way.
func (j *Job) checkpointAcked(k ack) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if h := j.status.Checkpoints.History; len(h) > 0 && h[0].ID == k.barrier.id {
		h[0].Acks = append(h[0].Acks, TaskAck{Vertex: k.task.vertex, Index: k.task.index, At: j.cfg.Clock.Now(), Size: k.size})
	}
}

func (j *Job) checkpointCompleted(m *ckpt.Manifest, started, ended time.Time) {
	j.endCheckpoint(m.ID, ended, func(s *CheckpointStatus) { s.State, s.Size = "COMPLETED", m.Size() })
	j.logCompleted(m, ended.Sub(started))
}

func (j *Job) checkpointFailed(id int64, cause error) {
	j.endCheckpoint(id, j.cfg.Clock.Now(), func(s *CheckpointStatus) { s.State, s.Failure = "FAILED", cause.Error() })
	j.logGivenUp(id, j.failedInRow(), cause)
}

// failedInRow is how many checkpoints have failed since the last that did not.
func (j *Job) failedInRow() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for n < len(j.status.Checkpoints.History) && j.status.Checkpoints.History[n].State == "FAILED" {
		n++
	}
	return n
}

func (j *Job) endCheckpoint(id int64, at time.Time, f func(*CheckpointStatus)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := &j.status.Checkpoints
	c.InProgress = 0
	for i := range c.History {
		if s := &c.History[i]; s.ID == id {
			s.Ended = at
			f(s)
			if s.State == "COMPLETED" {
				c.Completed++
			} else {
				c.Failed++
			}
		}
	}
}
