// Package program runs one program, a SQL script or PyFlink, in this process:
// it makes its sessions, starts its Python, and waits for its jobs. `weir run`
// and the process of an application both use it.
//
// Vocabulary. A program submits jobs; it has ended when it has returned and all
// its jobs have. Stop lets the jobs take a last checkpoint and end.
//
// The Python process and all that it starts end with Run, whatever happens.
package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"weir/internal/app"
	"weir/internal/engine/run"
	"weir/internal/errs"
	"weir/internal/session"
	"weir/internal/sql/parser"
	"weir/internal/tableau"
	"weir/internal/types"
	"weir/internal/vfs"
)

// Config is what a program runs with.
type Config struct {
	// Session is the configuration of every session the program opens.
	Session session.Config
	// Options are set in every session before the program's own.
	Options map[string]string
	// Python is the interpreter; "" is python3.
	Python string
	// Dir is a folder of the program's own, for its socket; Packages one where
	// the pyflink package is unpacked and kept.
	Dir, Packages string
	// Env is the environment of the Python process.
	Env            []string
	Stdout, Stderr io.Writer
	// Detached: Run returns as soon as the program has, with its jobs running.
	Detached bool
}

// Program is what to run.
type Program struct {
	Kind       app.Kind
	Entry      string
	Args       []string
	PyFiles    []string
	Properties string // path of application_properties.json, or ""
}

// Runner runs one program.
type Runner struct {
	cfg Config
	mu  sync.Mutex
	all []*session.Session
}

// New makes a Runner.
func New(cfg Config) *Runner { return &Runner{cfg: cfg} }

// Run runs p and, unless Detached, waits for its jobs. The error is the
// program's, or that of the first job that failed; a *Failure when Python
// raised.
func (r *Runner) Run(ctx context.Context, p Program) error {
	var err error
	if p.Kind == app.SQL {
		err = r.sql(ctx, p)
	} else {
		err = r.python(ctx, p)
	}
	if err != nil {
		r.Cancel()
		return err
	}
	if r.cfg.Detached {
		return nil
	}
	return r.Wait(ctx)
}

// Failure is a Python program that raised, or exited with a code.
type Failure struct {
	Code      int
	Class     string // of the exception: "ValidationException"; "" for an exit code
	Message   string
	Traceback string
	// Lost: the process ended before it could say how: it was killed.
	Lost bool
}

// Error is the exception's line.
func (f *Failure) Error() string {
	if f.Message == "" {
		return fmt.Sprintf("Python process exits with code: %d", f.Code)
	}
	return f.Message
}

// OfJob reports whether it was a job that failed, not the program.
func (f *Failure) OfJob() bool { return f.Class == "JobExecutionException" }

// newSession makes a session with the options given.
func (r *Runner) newSession() *session.Session {
	cfg := r.cfg.Session
	r.mu.Lock()
	first := len(r.all) == 0
	r.mu.Unlock()
	if !first {
		cfg.Restore = nil
	}
	cfg.Defaults = r.cfg.Options
	s := session.New(cfg)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, s)
	return s
}

// Jobs are all jobs started so far.
func (r *Runner) Jobs() []*session.Job {
	r.mu.Lock()
	all := append([]*session.Session(nil), r.all...)
	r.mu.Unlock()
	var jobs []*session.Job
	for _, s := range all {
		jobs = append(jobs, s.Jobs()...)
	}
	return jobs
}

// Wait waits for every job; the error is that of the first that failed.
func (r *Runner) Wait(ctx context.Context) error {
	var failures []error
	for _, j := range r.Jobs() {
		if err := j.Wait(ctx); err != nil && !errors.Is(err, run.ErrCanceled) {
			failures = append(failures, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failures...)
}

// Stop lets every running job take a checkpoint and end.
func (r *Runner) Stop(ctx context.Context) error {
	var failures []error
	for _, j := range r.Jobs() {
		if st := j.Status().State; st != run.Running && st != run.Restarting && st != run.Created {
			continue
		}
		if _, err := j.Savepoint(ctx, "", true); err != nil {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// Cancel ends every job at once.
func (r *Runner) Cancel() {
	for _, j := range r.Jobs() {
		j.Cancel()
		<-j.Done()
	}
}

// sql runs a script: statements in order, the jobs of INSERTs side by side,
// a query's rows printed as they come.
func (r *Runner) sql(ctx context.Context, p Program) error {
	text, err := vfs.ReadFile(r.cfg.Session.FS, p.Entry)
	if err != nil {
		return errs.New(errs.Invalid, "program.file", "the script %s cannot be read", p.Entry).Because(err)
	}
	statements, err := parser.ParseScript(string(text))
	if err != nil {
		return err
	}
	s := r.newSession()
	for _, st := range statements {
		res, err := s.Execute(ctx, st.Statement)
		if err != nil {
			return err
		}
		if err := r.show(ctx, res); err != nil {
			return err
		}
	}
	return nil
}

// show prints a statement's result; nothing for a bare OK or a job.
func (r *Runner) show(ctx context.Context, res *session.Result) error {
	switch {
	case res.Stream != nil:
		return r.stream(ctx, res)
	case res.Job != nil, len(res.Columns) == 1 && res.Columns[0].Name == "result" && len(res.Rows) == 1 && *res.Rows[0][0] == "OK":
		return nil
	case len(res.Columns) == 1 && res.Columns[0].Name == "result": // a text of lines: EXPLAIN, SHOW CREATE
		_, err := fmt.Fprintln(r.cfg.Stdout, *res.Rows[0][0])
		return err
	}
	t := tableau.Fitted(res.Columns, res.Rows, "<NULL>")
	t.Header(r.cfg.Stdout)
	for _, row := range res.Rows {
		t.Row(r.cfg.Stdout, "", row)
	}
	t.Footer(r.cfg.Stdout, len(res.Rows))
	return nil
}

// stream prints the rows of a query until it ends.
func (r *Runner) stream(ctx context.Context, res *session.Result) error {
	t := tableau.New(plain(res.Columns), true, "<NULL>")
	n := 0
	for {
		row, err := res.Stream.Next(ctx)
		if errors.Is(err, io.EOF) {
			t.Footer(r.cfg.Stdout, n)
			return nil
		}
		if err != nil {
			return err
		}
		if n == 0 {
			t.Header(r.cfg.Stdout)
		}
		n++
		t.Row(r.cfg.Stdout, row.Kind.String(), row.Cells)
	}
}

func plain(fields []types.Field) []types.Field {
	fs := append([]types.Field(nil), fields...)
	for i := range fs {
		fs[i].Type = fs[i].Type.Plain()
	}
	return fs
}
