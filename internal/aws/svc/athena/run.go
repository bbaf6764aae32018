package athena

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"weir/internal/athena/dialect"
	"weir/internal/athena/worker"
	api "weir/internal/aws/api/athena"
	"weir/internal/aws/wire"
)

// run is an execution under way.
type run struct {
	s      *Service
	call   *wire.Call // as who started it
	cred   Credentials
	rec    execRec
	stmt   parsed
	limit  int64
	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{}
	begun  time.Time
	plan   time.Duration
	looks  chan struct{} // places for requests about single objects
}

var errStopped = errors.New("Query cancelled by user")

func runKey(region, id string) string { return region + "/" + id }

// launch sets an execution going; callers hold mu.
func (s *Service) launch(c *wire.Call, rec execRec, p parsed, limit int64) {
	r := &run{s: s, rec: rec, stmt: p, limit: limit, done: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancelCause(s.base)
	call := *c
	call.Context = r.ctx
	r.call = &call
	s.running[runKey(rec.Region, *rec.Exec.QueryExecutionId)] = r
	s.wg.Go(r.run)
}

// recover ends the executions that a dead server left behind.
func (s *Service) recover() error {
	for rec, err := range s.execs.Scan(nil, nil) {
		if err != nil {
			return err
		}
		switch *rec.Exec.Status.State {
		case api.QueryExecutionStateQueued, api.QueryExecutionStateRunning:
		default:
			continue
		}
		r := &run{s: s, rec: rec}
		r.rec.Exec.Status.AthenaError = &api.AthenaError{ErrorCategory: new(int32(1)), ErrorType: new(int32(0)), Retryable: new(true),
			ErrorMessage: new("The server was stopped while the query ran")}
		if err := r.finish(api.QueryExecutionStateFailed, "The server was stopped while the query ran"); err != nil {
			return err
		}
	}
	if names, err := s.FS.List(s.Dir); err == nil {
		for _, n := range names {
			if err := s.FS.RemoveAll(s.FS.PathJoin(s.Dir, n)); err != nil {
				return err
			}
		}
	}
	return s.FS.MkdirAll(s.Dir, 0o700)
}

// run is an execution's life.
func (r *run) run() {
	defer close(r.done)
	defer r.cancel(nil)
	err := r.turn()
	if err == nil {
		err = r.work()
		<-r.s.slots
	}
	state, reason := api.QueryExecutionStateSucceeded, ""
	switch {
	case r.ctx.Err() != nil && errors.Is(context.Cause(r.ctx), errStopped):
		state, reason = api.QueryExecutionStateCancelled, errStopped.Error()
	case err != nil:
		state, reason = api.QueryExecutionStateFailed, r.fault(err)
	}
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	delete(r.s.running, runKey(r.rec.Region, *r.rec.Exec.QueryExecutionId))
	// A store that cannot be written is broken: every call says so, and the next
	// start ends this execution.
	_ = r.finish(state, reason)
}

// Wait returns when the execution of an id, in any region, is not under way.
func (s *Service) Wait(id string) {
	s.mu.Lock()
	var runs []*run
	for _, r := range s.running {
		if *r.rec.Exec.QueryExecutionId == id {
			runs = append(runs, r)
		}
	}
	s.mu.Unlock()
	for _, r := range runs {
		<-r.done
	}
}

// turn waits for one of the places and marks the execution RUNNING.
func (r *run) turn() error {
	queued := r.s.Clock.Now()
	select {
	case r.s.slots <- struct{}{}:
	case <-r.ctx.Done():
		return context.Cause(r.ctx)
	}
	r.begun = r.s.Clock.Now()
	r.rec.Exec.Statistics.QueryQueueTimeInMillis = new(r.begun.Sub(queued).Milliseconds())
	r.rec.Exec.Status.State = new(api.QueryExecutionStateRunning)
	if err := r.s.execs.Put(r.rec, r.rec.Region, *r.rec.Exec.QueryExecutionId); err != nil {
		<-r.s.slots
		return err
	}
	timeout, stop := r.s.Clock.After(r.s.Timeout)
	go func() {
		select {
		case <-timeout:
			r.cancel(&worker.Failure{Code: "EXCEEDED_TIME_LIMIT", Msg: "Query timeout: Query exceeded maximum time limit of " + r.s.Timeout.String()})
		case <-r.done:
		}
		stop()
	}()
	return nil
}

func (r *run) work() error {
	secret, token, _, _, err := r.s.Keys.Credentials(r.ctx, r.call.Principal.AccessKey)
	if err != nil {
		return fmt.Errorf("the keys of %s are no longer valid: %w", r.call.Principal.ARN, err)
	}
	r.cred = Credentials{AccessKeyID: r.call.Principal.AccessKey, SecretAccessKey: secret, SessionToken: token}
	if r.stmt.ddl != nil {
		return r.statement()
	}
	return r.query()
}

// fault is an error in Athena's words; it also fills in AthenaError.
func (r *run) fault(err error) string {
	if cause := context.Cause(r.ctx); r.ctx.Err() != nil && cause != nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	var f *worker.Failure
	var d *dialect.Error
	var w *wire.Error
	category, text := int32(2), err.Error()
	switch {
	case errors.As(err, &f):
		text = f.Error()
		if f.Code == "GENERIC_INTERNAL_ERROR" {
			category = 1
		}
	case errors.As(err, &d):
		text = d.Error()
	case errors.As(err, &w):
		text = w.Message
		if strings.HasPrefix(w.Code, "AccessDenied") {
			text = "Insufficient permissions to execute the query. " + w.Message
		}
	case r.s.base.Err() != nil:
		category, text = 1, "The server was stopped while the query ran"
	}
	r.rec.Exec.Status.AthenaError = &api.AthenaError{ErrorCategory: new(category), ErrorType: new(int32(1000)), Retryable: new(category == 1), ErrorMessage: new(text)}
	if category == 1 {
		r.rec.Exec.Status.AthenaError.ErrorType = new(int32(0))
	}
	return text
}

// finish records the end of an execution.
func (r *run) finish(state, reason string) error {
	now := r.s.Clock.Now()
	e := &r.rec.Exec
	e.Status.State, e.Status.CompletionDateTime = new(state), new(now)
	if reason != "" {
		e.Status.StateChangeReason = new(reason)
	}
	st := e.Statistics
	total := now.Sub(deref(e.Status.SubmissionDateTime)).Milliseconds()
	engine := total
	if !r.begun.IsZero() {
		engine = now.Sub(r.begun).Milliseconds()
	}
	st.TotalExecutionTimeInMillis, st.EngineExecutionTimeInMillis = new(total), new(engine)
	st.ServiceProcessingTimeInMillis, st.ServicePreProcessingTimeInMillis = new(int64(0)), new(int64(0))
	if st.DataScannedInBytes == nil {
		st.DataScannedInBytes = new(int64(0))
	}
	if r.stmt.ddl == nil {
		st.QueryPlanningTimeInMillis = new(r.plan.Milliseconds())
	}
	st.ResultReuseInformation = &api.ResultReuseInformation{ReusedPreviousResult: false}
	return r.s.execs.Put(r.rec, r.rec.Region, *e.QueryExecutionId)
}

// put writes the result and its metadata; the metadata first, so that a result
// never stands without.
func (r *run) put(body io.ReadSeeker, size int64, contentType string) error {
	location := *r.rec.Exec.ResultConfiguration.OutputLocation
	bucket, key := splitPath(location)
	id := *r.rec.Exec.QueryExecutionId
	meta := metadata(engineID(*r.rec.Exec.Status.SubmissionDateTime, id), r.rec.Columns)
	err := r.s.Objects.Put(r.ctx, r.cred, bucket, key+".metadata", "application/octet-stream", bytes.NewReader(meta), int64(len(meta)))
	if err == nil {
		err = r.s.Objects.Put(r.ctx, r.cred, bucket, key, contentType, body, size)
	}
	if err != nil {
		return &worker.Failure{Msg: fmt.Sprintf("Access denied or failure when writing output to url: %s: %v. Please ensure you are allowed to access the S3 bucket.", location, err)}
	}
	r.rec.Bytes = size
	return nil
}

// splitPath cuts s3://bucket/key.
func splitPath(location string) (bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(location, "s3://"), "/")
	return bucket, key
}
