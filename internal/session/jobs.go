package session

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"weir/internal/engine/ckpt"
	"weir/internal/errs"
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

// stopJob executes STOP JOB. With a savepoint it is answered when that is
// complete, with its folder.
func (s *Session) stopJob(ctx context.Context, st *ast.StopJob) (*Result, error) {
	j, err := s.job(st, st.ID, "Could not find Flink job (%s)")
	switch {
	case err != nil:
		return nil, err
	case st.Drain:
		return nil, unsupported(st, "drain", "STOP JOB … WITH DRAIN is not supported").
			WithHint("stop without draining; open windows stay in the savepoint")
	case !st.Savepoint:
		j.Cancel()
		return ok(), nil
	}
	dir, err := localFolder(s.first("execution.checkpointing.savepoint-dir", "state.savepoints.dir"))
	if err != nil {
		return nil, placed(st, err)
	}
	if dir == "" {
		return nil, invalid(st, "savepoint", "Config key [execution.checkpointing.savepoint-dir] is not set. It has to name the folder for savepoints")
	}
	dir = path.Join(dir, fmt.Sprintf("savepoint-%s-%012x", j.ID[:6], s.random()&(1<<48-1)))
	if _, err := j.Savepoint(ctx, dir, true); err != nil {
		return nil, errs.New(errs.Failed, "savepoint", "Could not stop job %s with a savepoint", j.ID).Because(err)
	}
	return rowsOf("savepoint path", []string{dir}), nil
}

// first is the value of the first option of some that is set.
func (s *Session) first(keys ...string) string {
	for _, k := range keys {
		if v := s.options[k]; v != "" {
			return v
		}
	}
	return ""
}

// localFolder is a folder of this machine, from its path or file: URI.
func localFolder(uri string) (string, error) {
	if scheme, rest, ok := strings.Cut(uri, "://"); ok {
		if scheme != "file" {
			return "", errs.New(errs.Unsupported, "savepoint.path", "savepoints cannot be in '%s': a session keeps them in a folder of this machine", uri)
		}
		return rest, nil
	}
	return strings.TrimPrefix(uri, "file:"), nil
}

// recovery is the savepoint that a job begins from, as the configuration says.
func (s *Session) recovery() (*ckpt.Checkpoint, error) {
	dir, err := localFolder(s.first("execution.state-recovery.path", "execution.savepoint.path"))
	if err != nil || dir == "" {
		return nil, err
	}
	c, err := ckpt.Open(s.cfg.FS, dir)
	if err != nil {
		return nil, errs.New(errs.Invalid, "savepoint.path", "Failed to restore from the savepoint '%s'", dir).Because(err)
	}
	return c, nil
}
