package session

import (
	"context"
	"regexp"
	"sort"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/types"
)

// command executes what is neither a query nor an INSERT.
func (s *Session) command(_ context.Context, stmt ast.Statement) (*Result, error) {
	switch st := stmt.(type) {
	case *ast.CreateTable:
		return s.createTable(st)
	case *ast.CreateView:
		return s.createView(st)
	case *ast.CreateFunction:
		return s.createFunction(st)
	case *ast.CreateDatabase:
		return s.createDatabase(st)
	case *ast.Drop:
		return s.drop(st)
	case *ast.Show:
		return s.show(st)
	case *ast.Describe:
		return s.describe(st)
	case *ast.Use:
		return s.use(st)
	case *ast.Set:
		return s.setOption(st)
	case *ast.Reset:
		if st.Key == nil {
			s.options = map[string]string{}
		} else {
			delete(s.options, st.Key.Value)
		}
		return ok(), nil
	case *ast.Jar:
		return nil, errs.New(errs.Unsupported, "sql.jar", "ADD JAR is not supported: Weir runs no Java code; its own connectors need no jar").At(st.Pos())
	}
	return nil, errs.New(errs.Unsupported, "sql.statement", "this statement is not supported by this version of Weir").At(stmt.Pos())
}

// SetOption sets a configuration option, as TableConfig does.
func (s *Session) SetOption(key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options[key] = value
}

// Option is a configuration option's value.
func (s *Session) Option(key string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.options[key]
	return v, ok
}

func (s *Session) setOption(st *ast.Set) (*Result, error) {
	if st.Key != nil {
		s.options[st.Key.Value] = st.Value.Value
		return ok(), nil
	}
	r := &Result{Columns: []types.Field{{Name: "key", Type: types.StringType}, {Name: "value", Type: types.StringType}}, Rows: [][]*string{}}
	keys := make([]string, 0, len(s.options))
	for k := range s.options {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		r.Rows = append(r.Rows, []*string{new(k), new(s.options[k])})
	}
	return r, nil
}

func (s *Session) createDatabase(st *ast.CreateDatabase) (*Result, error) {
	db := s.database(st.Name)
	dbs := s.catalog.databases[db.Catalog]
	if dbs == nil {
		return nil, errs.New(errs.Invalid, "sql.catalog-not-found", "Catalog %s does not exist", db.Catalog).At(st.Name.Pos())
	}
	if dbs[db.Database] && !st.IfNotExists {
		return nil, errs.New(errs.Invalid, "sql.exists", "Database %s already exists in Catalog %s.", db.Database, db.Catalog).At(st.Name.Pos())
	}
	dbs[db.Database] = true
	return ok(), nil
}

func (s *Session) use(st *ast.Use) (*Result, error) {
	if st.What == ast.CatalogObject {
		name := st.Name.Last()
		if s.catalog.databases[name] == nil {
			return nil, errs.New(errs.Invalid, "sql.catalog-not-found", "A catalog with name [%s] does not exist.", name).At(st.Name.Pos())
		}
		s.catalog.current = catalog.Path{Catalog: name, Database: catalog.DefaultDatabase}
		return ok(), nil
	}
	db := s.database(st.Name)
	if !s.catalog.databases[db.Catalog][db.Database] {
		return nil, errs.New(errs.Invalid, "sql.database-not-found", "A database with name [%s] does not exist in the catalog: [%s].", db.Database, db.Catalog).At(st.Name.Pos())
	}
	s.catalog.current = db
	return ok(), nil
}

func (s *Session) show(st *ast.Show) (*Result, error) {
	db := s.catalog.current
	if len(st.Name) > 0 && st.Prep != "" && st.What != "COLUMNS" {
		db = s.database(st.Name)
	}
	var names []string
	column := ""
	switch st.What {
	case "TABLES":
		names, column = append(list(s.catalog.tables, db), list(s.catalog.views, db)...), "table name"
		sort.Strings(names)
	case "VIEWS":
		names, column = list(s.catalog.views, db), "view name"
	case "CATALOGS":
		names, column = keys(s.catalog.databases), "catalog name"
	case "DATABASES":
		names, column = keys(s.catalog.databases[db.Catalog]), "database name"
	case "CURRENT CATALOG":
		return rowsOf("current catalog name", []string{db.Catalog}), nil
	case "CURRENT DATABASE":
		return rowsOf("current database name", []string{db.Database}), nil
	case "FUNCTIONS", "USER FUNCTIONS":
		names, column = s.functionNames(st.What == "USER FUNCTIONS"), "function name"
	case "CREATE TABLE", "CREATE VIEW":
		return s.showCreate(st)
	case "COLUMNS":
		return s.describe(&ast.Describe{At: st.At, What: ast.TableObject, Name: st.Name})
	case "JOBS":
		return s.showJobs(), nil
	default:
		return nil, errs.New(errs.Unsupported, "sql.show", "SHOW %s is not supported by this version of Weir", st.What).At(st.Pos())
	}
	return rowsOf(column, filter(names, st)), nil
}

func keys[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	sort.Strings(names)
	return names
}

// filter applies LIKE and ILIKE.
func filter(names []string, st *ast.Show) []string {
	if st.Pattern == nil {
		return names
	}
	p := regexp.QuoteMeta(st.Pattern.Value)
	p = "^" + strings.NewReplacer("%", ".*", "_", ".").Replace(p) + "$"
	if st.Like == "ILIKE" {
		p = "(?i)" + p
	}
	re := regexp.MustCompile(p)
	kept := []string{}
	for _, n := range names {
		if re.MatchString(n) != st.Not {
			kept = append(kept, n)
		}
	}
	return kept
}

func (s *Session) functionNames(user bool) []string {
	var names []string
	for _, f := range s.catalog.functions {
		names = append(names, strings.ToLower(f.Name))
	}
	if !user {
		for _, n := range s.funcs.Names() {
			names = append(names, strings.ToLower(n))
		}
	}
	sort.Strings(names)
	return names
}

func (s *Session) showJobs() *Result {
	r := &Result{Columns: []types.Field{{Name: "job id", Type: types.StringType}, {Name: "job name", Type: types.StringType},
		{Name: "status", Type: types.StringType}}, Rows: [][]*string{}}
	for _, j := range s.jobs {
		r.Rows = append(r.Rows, []*string{new(j.ID), new(j.Graph.Name), new(string(j.Status().State))})
	}
	return r
}

// ResetOption takes a configuration option away.
func (s *Session) ResetOption(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.options, key)
}
