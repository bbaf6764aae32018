// Package session is a Flink TableEnvironment: catalogs, configuration, and
// statements that become jobs. The SQL Gateway, `weir run`, `weir sql` and
// PyFlink programs all drive one.
//
// Vocabulary. A statement is executed and gives a Result: a short table for
// SHOW and the like, a job for INSERT, rows as they come for a query. A job
// runs on after its statement; Wait waits for it.
//
// Invariants. A statement that fails has changed nothing. Statements are
// executed one at a time; a session's methods may be called from any
// goroutine. It must not know AWS, Python or HTTP.
package session

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/engine/ckpt"
	"weir/internal/engine/expr"
	"weir/internal/engine/run"
	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/obs"
	"weir/internal/sql/ast"
	"weir/internal/sql/bind"
	"weir/internal/sql/catalog"
	"weir/internal/sql/fn"
	"weir/internal/sql/parser"
	"weir/internal/sql/plan"
	"weir/internal/types"
	"weir/internal/vfs"
)

// Config is what a session runs on.
type Config struct {
	Clock      clock.Clock
	FS         vfs.FS
	Rand       io.Reader
	Log        *slog.Logger
	Metrics    *obs.Registry
	Connectors map[string]*connector.Factory
	Formats    map[string]*format.Format
	Env        *connector.Env
	// Profile is the Flink version whose behaviour is wanted: "1.11"; "" is
	// the newest.
	Profile string
	// Checkpoints opens the checkpoint store of the n-th job of the session.
	Checkpoints func(n int) (*ckpt.Store, error)
	// Restore is the snapshot that the first job begins from; nil is its
	// store's newest checkpoint.
	Restore               *ckpt.Checkpoint
	AllowNonRestoredState bool
	// Retries are the restarts of a failed job when nothing is configured.
	Retries run.RestartStrategy
	// Defaults is the configuration a session begins with, and RESET goes back to.
	Defaults map[string]string
	// Overrides are options of jobs that go before what is set in the session.
	Overrides map[string]string
	// OnJob is told of every job before it starts; may be nil.
	OnJob func(*run.Job)
	// JSON: rows of queries also come as JSON (Row.JSON).
	JSON bool
	// WithoutRule says which optimiser rules are not applied, by name; nil is
	// none. It is for tests: no rule may be seen in an answer.
	WithoutRule func(rule string) bool
}

// Session executes statements.
type Session struct {
	cfg     Config
	funcs   *fn.Registry
	mu      sync.Mutex // one statement at a time
	catalog *catalog.Manager
	modules modules
	options map[string]string
	python  expr.Python
	jobs    []*Job
	started int           // jobs so far
	set     []*ast.Insert // of BEGIN STATEMENT SET
	inSet   bool
}

// New makes a session.
func New(cfg Config) *Session {
	return &Session{cfg: cfg, funcs: fn.BuiltIn(), catalog: catalog.New(), modules: newModules(), options: defaults(cfg)}
}

func defaults(cfg Config) map[string]string {
	options := map[string]string{}
	maps.Copy(options, cfg.Defaults)
	return options
}

// UsePython sets the maker of Python functions' kernels.
func (s *Session) UsePython(p expr.Python) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.python = p
}

// Result is what a statement gives.
type Result struct {
	// Columns and Rows are the answer, as text cells; NULL is a nil cell. For a
	// query Rows is nil and Stream has the rows.
	Columns []types.Field
	Rows    [][]*string
	Stream  *Stream
	// Job is set when the statement started one.
	Job *Job
}

// ok is the result of a statement that has none.
func ok() *Result {
	text := "OK"
	return &Result{Columns: []types.Field{{Name: "result", Type: types.StringType}}, Rows: [][]*string{{&text}}}
}

// ExecuteSQL executes one statement.
func (s *Session) ExecuteSQL(ctx context.Context, text string) (*Result, error) {
	stmt, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	return s.Execute(ctx, stmt)
}

// Execute executes one parsed statement. ctx bounds what the statement does
// before it returns; a job it starts lives until it ends or is cancelled. With
// table.dml-sync an INSERT returns when its job has ended.
func (s *Session) Execute(ctx context.Context, stmt ast.Statement) (*Result, error) {
	r, err := s.execute(ctx, stmt)
	if err != nil || r.Job == nil || r.Stream != nil {
		return r, err
	}
	if v, _ := s.Option("table.dml-sync"); !strings.EqualFold(v, "true") {
		return r, nil
	}
	if err := r.Job.Wait(ctx); err != nil {
		r.Job.Cancel()
		return nil, err
	}
	return r, nil
}

func (s *Session) execute(ctx context.Context, stmt ast.Statement) (*Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inSet {
		return s.gather(ctx, stmt)
	}
	switch st := stmt.(type) {
	case *ast.Insert:
		return s.insert(ctx, []*ast.Insert{st})
	case *ast.StatementSet:
		return s.insert(ctx, st.Inserts)
	case *ast.Execute:
		switch inner := st.Stmt.(type) {
		case *ast.Insert:
			return s.insert(ctx, []*ast.Insert{inner})
		case *ast.StatementSet:
			return s.insert(ctx, inner.Inserts)
		case ast.Query:
			return s.query(ctx, inner)
		}
	case *ast.BeginStatementSet:
		s.inSet, s.set = true, nil
		return ok(), nil
	case *ast.End:
		return nil, invalid(st, "statement-set", "No Statement Set to submit. 'END' statement should be used after 'BEGIN STATEMENT SET'.")
	case ast.Query:
		return s.query(ctx, st)
	case *ast.Explain:
		return s.explain(ctx, st)
	}
	return s.command(ctx, stmt)
}

// gather takes a statement between BEGIN STATEMENT SET and END. What is wrong
// with an INSERT is told at once, and the set goes on without it.
func (s *Session) gather(ctx context.Context, stmt ast.Statement) (*Result, error) {
	switch st := stmt.(type) {
	case *ast.Insert:
		if _, err := s.binder().Insert(st); err != nil {
			return nil, err
		}
		s.set = append(s.set, st)
		return ok(), nil
	case *ast.CreateTable:
		if st.As != nil {
			return s.gatherTableAs(st)
		}
	case *ast.End:
		set := s.set
		s.inSet, s.set = false, nil
		if len(set) == 0 {
			return ok(), nil
		}
		return s.insert(ctx, set)
	}
	return nil, invalid(stmt, "statement-set", "Only 'INSERT/CREATE TABLE AS' statement is allowed in Statement Set or use 'END' statement to submit Statement Set.")
}

// Jobs are the jobs started so far.
func (s *Session) Jobs() []*Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Job(nil), s.jobs...)
}

// Forget drops a job that has ended, so that a session with many queries holds
// on to none of them.
func (s *Session) Forget(j *Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs = slices.DeleteFunc(s.jobs, func(k *Job) bool { return k == j })
}

// Options is a copy of the configuration.
func (s *Session) Options() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.options)
}

// Schema is the columns of a query.
func (s *Session) Schema(q ast.Query) ([]types.Field, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.binder().Query(q)
	if err != nil {
		return nil, err
	}
	return n.Schema(), nil
}

// CreateTemporaryView names a query.
func (s *Session) CreateTemporaryView(name ast.Name, q ast.Query) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.createView(&ast.CreateView{Temporary: true, Name: name, Query: q})
	return err
}

// binder binds against the session's catalogs.
func (s *Session) binder() *bind.Binder { return &bind.Binder{Catalog: s.catalog, Funcs: s.funcs} }

// fnEnv is what functions may use of the session.
func (s *Session) fnEnv() (*fn.Env, error) {
	zone := time.UTC
	if name, ok := s.options["table.local-time-zone"]; ok && name != "default" {
		if zone = fn.ZoneByName(name); zone == nil {
			return nil, errs.New(errs.Invalid, "option.value", "table.local-time-zone '%s' is not a time zone", name).
				WithHint("it is a name of the tz database such as 'Europe/Berlin', or an offset such as 'GMT+03:00'")
		}
	}
	legacy := s.options["table.exec.legacy-cast-behaviour"] == "ENABLED" || olderThan(s.cfg.Profile, 1, 15) && s.options["table.exec.legacy-cast-behaviour"] == ""
	env := &fn.Env{Clock: s.cfg.Clock, Zone: zone, Rand: s.random, LegacyCast: legacy, JavaDoubles11: true}
	if strings.EqualFold(s.options["execution.runtime-mode"], "batch") {
		env.Started = s.cfg.Clock.Now()
	}
	return env, nil
}

// random is a random number for RAND, UUID and the like.
func (s *Session) random() uint64 {
	var b [8]byte
	if _, err := io.ReadFull(s.cfg.Rand, b[:]); err != nil {
		panic("reading random bytes: " + err.Error()) // the system's source does not fail
	}
	x := uint64(0)
	for _, c := range b {
		x = x<<8 | uint64(c)
	}
	return x
}

// sinks binds inserts.
func (s *Session) sinks(inserts []*ast.Insert) ([]plan.Node, error) {
	var roots []plan.Node
	for _, st := range inserts {
		n, err := s.binder().Insert(st)
		if err != nil {
			return nil, err
		}
		if n, err = s.optimize(n); err != nil {
			return nil, err
		}
		roots = append(roots, n)
	}
	return roots, nil
}
