package session

import (
	"context"
	"slices"

	"weir/internal/sql/ast"
	"weir/internal/types"
)

// showJobs lists jobs as SHOW JOBS and DESCRIBE JOB do.
func (s *Session) showJobs(jobs []*Job) *Result {
	r := table([]string{"job id", "job name", "status", "start time"})
	r.Columns[3].Type = types.TimestampLTZType(3)
	for _, j := range slices.Backward(jobs) { // the newest first
		status := j.Status()
		var start *string
		for _, at := range status.Since {
			if text := at.UTC().Format("2006-01-02T15:04:05.000"); start == nil || text < *start {
				start = &text
			}
		}
		r.Rows = append(r.Rows, []*string{new(j.ID), new(j.Graph.Name), new(string(status.State)), start})
	}
	return r
}

// job is a job of this session by its id.
func (s *Session) job(at ast.Node, id, format string) (*Job, error) {
	for _, j := range s.jobs {
		if j.ID == id {
			return j, nil
		}
	}
	return nil, invalid(at, "job-not-found", format, id)
}

func (s *Session) describeJob(st *ast.Describe) (*Result, error) {
	j, err := s.job(st, st.Job.Value, "Described job %s does not exist in the cluster.")
	if err != nil {
		return nil, err
	}
	return s.showJobs([]*Job{j}), nil
}

// stopJob executes STOP JOB.
func (s *Session) stopJob(_ context.Context, st *ast.StopJob) (*Result, error) {
	j, err := s.job(st, st.ID, "Could not find Flink job (%s)")
	if err != nil {
		return nil, err
	}
	if st.Savepoint {
		return nil, unsupported(st, "savepoint", "STOP JOB … WITH SAVEPOINT is not supported in a session, which has no folder for savepoints").
			WithHint("STOP JOB alone ends the job; an application of `weir serve` is stopped with a snapshot")
	}
	j.Cancel()
	return ok(), nil
}
