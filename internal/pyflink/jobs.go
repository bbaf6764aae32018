package pyflink

import (
	"context"

	"weir/internal/errs"
)

// onJob answers calls of a JobClient.
func (s *Server) onJob(ctx context.Context, r *request) (any, error) {
	s.mu.Lock()
	j := s.jobs[r.Job]
	s.mu.Unlock()
	if j == nil {
		return nil, errs.New(errs.Invalid, "pyflink.job-id", "there is no job %s in this program", r.Job)
	}
	switch r.Op {
	case "job_status":
		return map[string]string{"status": string(j.Status().State)}, nil
	case "job_cancel":
		j.Cancel()
		return nil, nil
	case "job_wait":
		return s.waitJob(ctx, j)
	}
	if r.Drain {
		return nil, errs.New(errs.Unsupported, "pyflink.drain",
			"stop_with_savepoint(advance_to_end_of_event_time=True) is not supported by Weir").
			WithHint("stop without draining; open windows stay in the savepoint")
	}
	m, err := j.Savepoint(ctx, r.Dir, r.Stop)
	if err != nil {
		return nil, err
	}
	return map[string]any{"path": r.Dir, "id": m.ID}, nil
}
