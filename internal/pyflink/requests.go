package pyflink

import (
	"context"
	"fmt"

	"weir/internal/errs"
	"weir/internal/pyflink/tableapi"
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/sql/parser"
	"weir/internal/types"
)

// request is a call of the program; Op says which and so which fields are used.
type request struct {
	Op  string `json:"op"`
	Env int    `json:"env"`

	Streaming bool              `json:"streaming"` // open
	Catalog   string            `json:"catalog"`
	Database  string            `json:"database"`
	Config    map[string]string `json:"config"`

	SQL        string             `json:"sql"`
	Tree       *tableapi.Tree     `json:"tree"`
	Insert     *tableapi.Insert   `json:"insert"`
	Statement  *tableapi.Insert   `json:"statement"`
	Statements []*tableapi.Insert `json:"statements"`
	Details    []string           `json:"details"`
	Path       string             `json:"path"`
	Temporary  bool               `json:"temporary"`
	Ignore     bool               `json:"ignore"`
	What       string             `json:"what"`
	Key        string             `json:"key"`
	Value      *string            `json:"value"`
	Scope      string             `json:"scope"` // register_function
	Definition *tableapi.Function `json:"definition"`
	Result     int                `json:"result"`
	Job        string             `json:"job"`
	TimeoutMs  *int64             `json:"timeout_ms"`
	Dir        string             `json:"dir"`
	Stop       bool               `json:"stop"`
	Drain      bool               `json:"drain"`
	Code       int                `json:"code"` // program_end
	Error      *map[string]string `json:"error"`
}

// calls by name. Those of a table environment get it.
func (s *Server) answer(ctx context.Context, r *request) (any, error) {
	switch r.Op {
	case "open":
		return s.open(ctx, r)
	case "program_end":
		return nil, s.programEnd(r)
	case "result_fetch", "result_print", "result_wait", "result_close":
		return s.onResult(ctx, r)
	case "job_status", "job_cancel", "job_wait", "job_savepoint":
		return s.onJob(ctx, r)
	}
	s.mu.Lock()
	if r.Env < 0 || r.Env >= len(s.envs) {
		s.mu.Unlock()
		return nil, errs.New(errs.Bug, "pyflink.env", "there is no table environment %d", r.Env)
	}
	e := s.envs[r.Env]
	s.mu.Unlock()
	return s.onEnvironment(ctx, e, r)
}

func (s *Server) onEnvironment(ctx context.Context, e *environment, r *request) (any, error) {
	switch r.Op {
	case "execute_sql":
		return s.executeSQL(ctx, e, r.SQL)
	case "execute":
		q, err := e.tr.Query(r.Tree)
		if err != nil {
			return nil, err
		}
		return s.run(ctx, e, q)
	case "execute_insert":
		in, err := e.tr.Statement(r.Insert)
		if err != nil {
			return nil, err
		}
		return s.run(ctx, e, in)
	case "execute_statement_set":
		set, err := e.statementSet(r.Statements)
		if err != nil {
			return nil, err
		}
		return s.run(ctx, e, set)
	case "schema":
		return e.schema(r.Tree)
	case "check_insert":
		return e.checkInsert(ctx, r.Statement)
	case "explain":
		return e.explain(ctx, r)
	case "create_view":
		return nil, e.createView(ctx, r)
	case "config_set":
		return nil, e.configure(ctx, r.Key, r.Value)
	case "register_function":
		return nil, e.registerNamed(r)
	case "drop":
		return e.drop(ctx, r.What, r.Path)
	case "list":
		return e.list(ctx, r.What)
	case "current":
		return e.current(ctx)
	}
	return nil, errs.New(errs.Bug, "pyflink.request", "the Python package asks for %q, which this weir does not know: is its version another one?", r.Op)
}

func (s *Server) open(ctx context.Context, r *request) (any, error) {
	ses, err := s.cfg.NewSession(ctx, Settings{Streaming: r.Streaming, Catalog: r.Catalog, Database: r.Database, Config: r.Config})
	if err != nil {
		return nil, err
	}
	e := &environment{Session: ses, streaming: r.Streaming, inline: map[string]string{}, functions: map[string]*tableapi.Function{}}
	e.tr = tableapi.New(e)
	for k, v := range r.Config {
		e.SetOption(k, v)
	}
	e.UsePython(s.python(e))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.envs = append(s.envs, e)
	return map[string]any{"env": len(s.envs) - 1, "config": r.Config}, nil
}

func (s *Server) programEnd(r *request) error {
	o := &Outcome{Code: r.Code}
	if r.Error != nil {
		e := *r.Error
		o.Class, o.Message, o.Traceback = e["class"], e["message"], e["traceback"]
	}
	s.end(o)
	return nil
}

func (e *environment) statementSet(ins []*tableapi.Insert) (*ast.StatementSet, error) {
	set := &ast.StatementSet{}
	for _, in := range ins {
		st, err := e.tr.Statement(in)
		if err != nil {
			return nil, err
		}
		set.Inserts = append(set.Inserts, st)
	}
	return set, nil
}

type column struct {
	Name string         `json:"name"`
	Type *tableapi.Type `json:"type"`
	Text string         `json:"text"`
}

func columns(fs []types.Field) []column {
	out := make([]column, len(fs))
	for i, f := range fs {
		out[i] = column{f.Name, tableapi.TypeOf(f.Type), f.Type.String()}
	}
	return out
}

func (e *environment) schema(tree *tableapi.Tree) (any, error) {
	q, err := e.tr.Query(tree)
	if err != nil {
		return nil, err
	}
	fs, err := e.Schema(q)
	if err != nil {
		return nil, err
	}
	return map[string]any{"columns": columns(fs)}, nil
}

// checkInsert finds an insert's mistakes when it is added to a set.
func (e *environment) checkInsert(ctx context.Context, in *tableapi.Insert) (any, error) {
	st, err := e.tr.Statement(in)
	if err != nil {
		return nil, err
	}
	_, err = e.Execute(ctx, &ast.Explain{At: st.At, Stmt: st})
	return nil, err
}

func (e *environment) explain(ctx context.Context, r *request) (any, error) {
	x := &ast.Explain{Details: r.Details}
	switch {
	case r.Tree != nil:
		q, err := e.tr.Query(r.Tree)
		if err != nil {
			return nil, err
		}
		x.Stmt = q
	case len(r.Statements) == 1 && r.Statements[0].Tree == nil:
		stmt, err := parser.Parse(r.Statements[0].SQL)
		if err != nil {
			return nil, err
		}
		x.Stmt = stmt
	default:
		set, err := e.statementSet(r.Statements)
		if err != nil {
			return nil, err
		}
		x.Stmt = set
	}
	res, err := e.Execute(ctx, x)
	if err != nil {
		return nil, err
	}
	text := ""
	for _, row := range res.Rows {
		text += *row[0]
	}
	return map[string]any{"text": text}, nil
}

func (e *environment) createView(ctx context.Context, r *request) error {
	name, err := tableapi.ParsePath(r.Path)
	if err != nil {
		return err
	}
	q, err := e.tr.Query(r.Tree)
	if err != nil {
		return err
	}
	if r.Temporary {
		return e.CreateTemporaryView(name, q)
	}
	_, err = e.Execute(ctx, &ast.CreateView{Name: name, IfNotExists: r.Ignore, Query: q})
	return err
}

func (e *environment) configure(ctx context.Context, key string, value *string) error {
	if value == nil {
		_, err := e.Execute(ctx, &ast.Reset{Key: &ast.String{Value: key}})
		return err
	}
	e.SetOption(key, *value)
	return nil
}

// drops are the objects that a program can drop, as DROP has them.
var drops = map[string]ast.Drop{
	"temporary_table":           {What: ast.TableObject, Temporary: true},
	"temporary_view":            {What: ast.ViewObject, Temporary: true},
	"temporary_function":        {What: ast.FunctionObject, Temporary: true},
	"temporary_system_function": {What: ast.FunctionObject, Temporary: true, System: true},
	"function":                  {What: ast.FunctionObject},
}

func (e *environment) drop(ctx context.Context, what, path string) (any, error) {
	d, known := drops[what]
	if !known {
		return nil, errs.New(errs.Bug, "pyflink.drop", "nothing called %s can be dropped", what)
	}
	var err error
	if d.Name, err = tableapi.ParsePath(path); err != nil {
		return nil, err
	}
	_, err = e.Execute(ctx, &d)
	if errs.CodeOf(err) == "sql.not-found" {
		return map[string]bool{"existed": false}, nil
	}
	return map[string]bool{"existed": true}, err
}

// lists are the lists that a program can ask for, as SHOW has them.
var lists = map[string]string{"catalogs": "CATALOGS", "databases": "DATABASES", "tables": "TABLES", "views": "VIEWS",
	"temporary_tables": "TEMPORARY TABLES", "temporary_views": "TEMPORARY VIEWS",
	"functions": "FUNCTIONS", "user_defined_functions": "USER FUNCTIONS", "modules": "MODULES"}

func (e *environment) list(ctx context.Context, what string) (any, error) {
	show, ok := lists[what]
	if !ok {
		return nil, errs.New(errs.Unsupported, "pyflink.list", "TableEnvironment.list_%s() is not supported by Weir", what)
	}
	names, err := e.show(ctx, show)
	return map[string][]string{"names": names}, err
}

func (e *environment) show(ctx context.Context, what string) ([]string, error) {
	res, err := e.Execute(ctx, &ast.Show{What: what})
	if err != nil {
		return nil, err
	}
	names := make([]string, len(res.Rows))
	for i, row := range res.Rows {
		names[i] = *row[0]
	}
	return names, nil
}

func (e *environment) current(ctx context.Context) (any, error) {
	out := map[string]string{}
	for key, what := range map[string]string{"catalog": "CURRENT CATALOG", "database": "CURRENT DATABASE"} {
		names, err := e.show(ctx, what)
		if err != nil {
			return nil, err
		}
		out[key] = names[0]
	}
	return out, nil
}

// registerNamed gives a Python function a name: as it is for a system function,
// otherwise a path.
func (e *environment) registerNamed(r *request) error {
	if r.Scope == "temporary_system" {
		return e.register(&catalog.Function{Name: r.Path, System: true}, r.Definition)
	}
	name, err := tableapi.ParsePath(r.Path)
	if err != nil {
		return err
	}
	path := name.Strings()
	return e.register(&catalog.Function{Name: name.Last(), Qualifier: path[:len(path)-1]}, r.Definition)
}

// register gives a Python function a name.
func (e *environment) register(c *catalog.Function, f *tableapi.Function) (err error) {
	c.Language, c.Class, c.Deterministic = "PYTHON", f.Key, f.Deterministic
	if c.Result, err = f.Result.SQLType(); err != nil {
		return fmt.Errorf("the result type of %s: %w", f.Name, err)
	}
	for i, in := range f.Inputs {
		t, err := in.SQLType()
		if err != nil {
			return fmt.Errorf("argument %d of %s: %w", i+1, f.Name, err)
		}
		c.Args = append(c.Args, t)
	}
	if f.Inputs != nil && c.Args == nil {
		c.Args = []types.Type{}
	}
	e.mu.Lock()
	e.functions[fold(c.Name)] = f
	e.mu.Unlock()
	e.RegisterFunction(c)
	return nil
}

// Inline implements tableapi.Scope.
func (e *environment) Inline(f *tableapi.Function) (string, error) {
	e.mu.Lock()
	name := e.inline[f.Key]
	e.mu.Unlock()
	if name != "" {
		return name, nil
	}
	name = fmt.Sprintf("%s$%s", f.Name, f.Key)
	if err := e.register(&catalog.Function{Name: name, System: true}, f); err != nil {
		return "", err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inline[f.Key] = name
	return name, nil
}
