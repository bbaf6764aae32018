package run

import (
	"crypto/md5"
	"fmt"
	"strings"
	"time"

	"weir/internal/engine/ckpt"
	"weir/internal/obs"
)

// What a job tells its log, in the words and under the loggers of Flink's
// JobMaster: users' log queries and alarms look for them ("switched from RUNNING
// to RESTARTING", "Completed checkpoint").
const (
	executionGraph           = "org.apache.flink.runtime.executiongraph.ExecutionGraph"
	jobMaster                = "org.apache.flink.runtime.jobmaster.JobMaster"
	checkpointCoordinator    = "org.apache.flink.runtime.checkpoint.CheckpointCoordinator"
	checkpointFailureManager = "org.apache.flink.runtime.checkpoint.CheckpointFailureManager"
)

// manager is what stands where Flink names the TaskManager of a deployment.
const manager = "flink-taskmanager-1-1 @ localhost (dataPort=-1)"

func (j *Job) logState(from, to State) {
	j.cfg.Log.Info(fmt.Sprintf("Job %s (%s) switched from state %s to %s.", j.Graph.Name, j.ID, from, to), obs.AttrLogger, executionGraph)
}

// logFailure tells of a failure that no task's own line tells.
func (j *Job) logFailure(e Exception) {
	if e.Task == "" {
		j.cfg.Log.Info("Trying to recover from a global failure.", obs.AttrLogger, jobMaster, obs.AttrError, e.Err.Error())
	}
}

func (j *Job) logRestore(from *ckpt.Checkpoint) {
	kind := "Checkpoint"
	if from.Manifest.Savepoint {
		kind = "Savepoint"
	}
	j.cfg.Log.Info(fmt.Sprintf("Restoring job %s from %s %d @ %d for %s located at %s.", j.ID, kind, from.Manifest.ID,
		from.Manifest.Time, j.ID, from.Dir), obs.AttrLogger, checkpointCoordinator)
}

func (j *Job) logTriggered(id int64, savepoint bool, at time.Time) {
	kind := "CheckpointType{name='Checkpoint', sharingFilesStrategy=FORWARD_BACKWARD}"
	if savepoint {
		kind = "SavepointType{name='Savepoint', postCheckpointAction=NONE, formatType=CANONICAL}"
	}
	j.cfg.Log.Info(fmt.Sprintf("Triggering checkpoint %d (type=%s) @ %d for job %s.", id, kind, at.UnixMilli(), j.ID),
		obs.AttrLogger, checkpointCoordinator)
}

func (j *Job) logCompleted(m *ckpt.Manifest, took time.Duration) {
	j.cfg.Log.Info(fmt.Sprintf("Completed checkpoint %d for job %s (%d bytes, checkpointDuration=%d ms, finalizationTime=0 ms).",
		m.ID, j.ID, m.Size(), took.Milliseconds()), obs.AttrLogger, checkpointCoordinator)
}

// logGivenUp tells of a checkpoint that failed; failed counts those in a row.
func (j *Job) logGivenUp(id int64, failed int, cause error) {
	j.cfg.Log.Warn(fmt.Sprintf("Failed to trigger or complete checkpoint %d for job %s. (%d consecutive failed attempts so far)", id, j.ID, failed),
		obs.AttrLogger, checkpointFailureManager, obs.AttrError, cause.Error())
}

// taskLog tells what becomes of one attempt of a task.
type taskLog struct {
	job  *Job
	name string // "Source: ticks[1] (1/2)"
	id   string // 32 hex digits, Flink's ExecutionAttemptID
	at   string // the state it is in
}

func (j *Job) taskLog(vertex, name string, index, attempt int) *taskLog {
	id := md5.Sum(fmt.Appendf(nil, "%s_%s_%d_%d", j.ID, vertex, index, attempt)) // a name, not a secret
	l := &taskLog{job: j, name: name, id: fmt.Sprintf("%x_%s_%d_%d", id[:8], vertex, index, attempt), at: string(Created)}
	l.to("SCHEDULED")
	l.to("DEPLOYING")
	j.cfg.Log.Info(fmt.Sprintf("Deploying %s (attempt #%d) with attempt id %s and vertex id %s_%d to %s", name, attempt, l.id, vertex, index, manager),
		obs.AttrLogger, executionGraph)
	return l
}

func (l *taskLog) to(state string) {
	l.job.cfg.Log.Info(strings.Join([]string{l.name, " (", l.id, ") switched from ", l.at, " to ", state, "."}, ""),
		obs.AttrLogger, executionGraph)
	l.at = state
}

// ended tells how the task ended; cancelled, that its attempt was being given up.
func (l *taskLog) ended(err error, cancelled bool) {
	switch {
	case err == nil:
		l.to("FINISHED")
	case cancelled:
		l.to("CANCELED")
	default:
		l.job.cfg.Log.Warn(fmt.Sprintf("%s (%s) switched from %s to FAILED on %s.", l.name, l.id, l.at, manager),
			obs.AttrLogger, executionGraph, obs.AttrError, err.Error())
	}
}
