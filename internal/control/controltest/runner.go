// Package controltest is a control.Runner for tests that runs nothing: what its
// jobs do is told by a property group of the application.
//
// The group "fake" has the keys fail (the start fails with that text), hang (the
// start never ends), stop-hangs (a stop takes its snapshot when Release is
// called), end-hangs (the job never ends after that), kill-hangs, snapshot-fails
// (with that text) and finish (the job finishes once it runs). A snapshot is a
// file called MANIFEST that names the run.
package controltest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"weir/internal/control"
	"weir/internal/vfs"
)

// Runner keeps the jobs it was asked for.
type Runner struct {
	FS vfs.FS

	mu       sync.Mutex
	specs    []control.Spec
	jobs     []*Job
	hung     chan struct{}
	once     sync.Once
	released chan struct{}
}

// New makes a Runner.
func New(fs vfs.FS) *Runner {
	return &Runner{FS: fs, hung: make(chan struct{}, 100), released: make(chan struct{})}
}

// Hung receives once for everything that hangs.
func (r *Runner) Hung() <-chan struct{} { return r.hung }

// Release lets what hangs go on, except starts.
func (r *Runner) Release() { r.once.Do(func() { close(r.released) }) }

// hang waits for Release.
func (r *Runner) hang() {
	r.hung <- struct{}{}
	<-r.released
}

// Specs are the jobs started so far.
func (r *Runner) Specs() []control.Spec {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]control.Spec(nil), r.specs...)
}

// Crash ends all jobs as if the server had been killed: without a word.
func (r *Runner) Crash() {
	r.Release()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range r.jobs {
		j.end(errors.New("killed"))
	}
}

// Start implements control.Runner.
func (r *Runner) Start(_ context.Context, s control.Spec) (control.Handle, error) {
	fake, _ := s.Config.Properties.Group("fake")
	if s.Restore != "" && !r.Complete(s.Restore) {
		return nil, fmt.Errorf("there is no snapshot in %s", s.Restore)
	}
	j := &Job{runner: r, Spec: s, fake: fake, done: make(chan struct{})}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.specs = append(r.specs, s)
	r.jobs = append(r.jobs, j)
	return j, nil
}

// Complete implements control.Runner.
func (r *Runner) Complete(dir string) bool {
	_, err := r.FS.Stat(r.FS.PathJoin(dir, "MANIFEST"))
	return err == nil
}

// Clean implements control.Runner.
func (r *Runner) Clean(control.Key) error { return nil }

// Job is a job that does nothing.
type Job struct {
	Spec   control.Spec
	runner *Runner
	fake   map[string]string
	once   sync.Once
	done   chan struct{}
	err    error
}

func (j *Job) end(err error) {
	j.once.Do(func() {
		j.err = err
		close(j.done)
	})
}

// Running implements control.Handle.
func (j *Job) Running(ctx context.Context) error {
	switch {
	case j.fake["fail"] != "":
		return errors.New(strings.ReplaceAll(j.fake["fail"], "|", "\n"))
	case j.fake["hang"] != "":
		j.runner.hung <- struct{}{}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-j.done:
			return j.err
		}
	case j.fake["finish"] != "":
		j.end(nil)
	}
	return nil
}

// Snapshot implements control.Handle.
func (j *Job) Snapshot(_ context.Context, dir string) error {
	if why := j.fake["snapshot-fails"]; why != "" {
		return errors.New(why)
	}
	if err := j.runner.FS.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return vfs.WriteFile(j.runner.FS, j.runner.FS.PathJoin(dir, "MANIFEST"), []byte(j.Spec.Dir))
}

// Stop implements control.Handle.
func (j *Job) Stop(ctx context.Context, dir string) error {
	if j.fake["stop-hangs"] != "" {
		j.runner.hang()
	}
	if dir != "" {
		if err := j.Snapshot(ctx, dir); err != nil {
			return err
		}
	}
	if j.fake["end-hangs"] != "" {
		j.runner.hang()
	}
	j.end(nil)
	return nil
}

// Kill implements control.Handle.
func (j *Job) Kill() {
	if j.fake["kill-hangs"] != "" {
		j.runner.hang()
	}
	j.end(errors.New("killed"))
}

// Done implements control.Handle.
func (j *Job) Done() <-chan struct{} { return j.done }

// Err implements control.Handle.
func (j *Job) Err() error { return j.err }

// REST implements control.Handle: every path answers with itself.
func (j *Job) REST() http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		rec := httptest.NewRecorder()
		_, err := fmt.Fprintf(rec, "REST %s?%s", r.URL.Path, r.URL.RawQuery)
		return rec.Result(), err
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
