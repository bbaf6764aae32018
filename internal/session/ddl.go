package session

import (
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/bind"
	"weir/internal/sql/catalog"
	"weir/internal/types"
)

// createTable declares a table. Types and names are checked now; options when
// the table is first used, as in Flink; computed columns and the watermark are
// bound now so that a mistake is reported where it is written.
func (s *Session) createTable(st *ast.CreateTable) (*Result, error) {
	switch {
	case st.As != nil:
		return nil, errs.New(errs.Unsupported, "sql.ctas", "CREATE TABLE … AS is not supported by this version of Weir").At(st.Pos())
	case st.Distribution != nil:
		return nil, errs.New(errs.Unsupported, "sql.distribution", "DISTRIBUTED BY is not supported by this version of Weir").At(st.Distribution.Pos())
	case len(st.Connection) > 0:
		return nil, errs.New(errs.Unsupported, "sql.connection", "USING CONNECTION is not supported by this version of Weir").At(st.Pos())
	}
	p := s.catalog.path(st.Name.Strings())
	if exists, err := s.catalog.free(st.Name, p, "Table", st.IfNotExists); err != nil || exists {
		return ok(), err
	}
	t := &catalog.Table{Path: p, Options: map[string]string{}, Temporary: st.Temporary}
	if st.Like != nil {
		if err := s.like(st.Like, t); err != nil {
			return nil, err
		}
	}
	if err := declare(st, t); err != nil {
		return nil, err
	}
	if err := checkTable(st, t); err != nil {
		return nil, err
	}
	s.catalog.tables[p] = t
	if _, err := s.binder().Query(&ast.TableQuery{At: st.At, Name: ast.NameOf(p.Catalog, p.Database, p.Object)}); err != nil {
		delete(s.catalog.tables, p)
		return nil, err
	}
	return ok(), nil
}

// like starts a table from another one (INCLUDING ALL, the default of LIKE).
func (s *Session) like(l *ast.TableLike, t *catalog.Table) error {
	from, _ := s.catalog.Table(l.Name.Strings())
	if from == nil {
		return errs.New(errs.Invalid, "sql.table-not-found", "Source table '%s' of the LIKE clause not found in the catalog", strings.Join(l.Name.Strings(), ".")).At(l.Pos())
	}
	drop := map[string]bool{}
	for _, r := range l.Rules {
		if r.Merge == "EXCLUDING" {
			drop[r.Feature] = true
		}
	}
	if drop["ALL"] {
		drop = map[string]bool{"OPTIONS": true, "GENERATED": true, "METADATA": true, "WATERMARKS": true, "PARTITIONS": true, "CONSTRAINTS": true}
	}
	for _, c := range from.Columns {
		if c.Computed != nil && drop["GENERATED"] || c.Metadata != "" && drop["METADATA"] {
			continue
		}
		t.Columns = append(t.Columns, c)
	}
	if !drop["OPTIONS"] {
		for k, v := range from.Options {
			t.Options[k] = v
		}
	}
	if !drop["WATERMARKS"] {
		t.Watermark = from.Watermark
	}
	if !drop["PARTITIONS"] {
		t.PartitionKeys = from.PartitionKeys
	}
	if !drop["CONSTRAINTS"] {
		t.PrimaryKey = from.PrimaryKey
	}
	return nil
}

// declare adds what the statement itself says.
func declare(st *ast.CreateTable, t *catalog.Table) error {
	for _, c := range st.Columns {
		col := catalog.Column{Name: c.Name.Last(), Computed: c.Expr, Virtual: c.Virtual}
		if c.Comment != nil {
			col.Comment = c.Comment.Value
		}
		if c.Type != nil {
			var err error
			if col.Type, err = bind.Type(c.Type); err != nil {
				return err
			}
		}
		if c.Kind == ast.Metadata {
			col.Metadata = col.Name
			if c.MetaKey != nil {
				col.Metadata = c.MetaKey.Value
			}
		}
		t.Columns = append(t.Columns, col)
		if c.Constraint != nil && !c.Constraint.Unique {
			if err := primaryKey(t, c.Constraint, []ast.Ident{{At: c.At, Name: col.Name}}); err != nil {
				return err
			}
		}
	}
	for i := range st.Constraints {
		if err := primaryKey(t, &st.Constraints[i], st.Constraints[i].Columns); err != nil {
			return err
		}
	}
	if w := st.Watermark; w != nil {
		t.Watermark = &catalog.Watermark{Column: strings.Join(w.Column.Strings(), "."), Expr: w.Expr, Text: ast.SQL(w.Expr)}
	}
	if st.PartitionBy != nil {
		t.PartitionKeys = nil
	}
	for _, k := range st.PartitionBy {
		t.PartitionKeys = append(t.PartitionKeys, k.Name)
	}
	for _, o := range st.Options {
		t.Options[o.Key] = o.Value
	}
	if st.Comment != nil {
		t.Comment = st.Comment.Value
	}
	return nil
}

func primaryKey(t *catalog.Table, c *ast.Constraint, cols []ast.Ident) error {
	if c.Unique {
		return errs.New(errs.Invalid, "sql.constraint", "UNIQUE constraint is not supported yet").At(c.Pos())
	}
	if c.Enforced != ast.NotEnforced {
		return errs.New(errs.Invalid, "sql.constraint", "Flink doesn't support ENFORCED mode for PRIMARY KEY constraint. ENFORCED/NOT ENFORCED  controls if the constraint checks are performed on the incoming/outgoing data. Flink does not own the data therefore the only supported mode is the NOT ENFORCED mode").At(c.Pos())
	}
	if t.PrimaryKey != nil {
		return errs.New(errs.Invalid, "sql.constraint", "Duplicate primary key definition").At(c.Pos())
	}
	for _, id := range cols {
		t.PrimaryKey = append(t.PrimaryKey, id.Name)
	}
	return nil
}

// checkTable checks names that refer to columns.
func checkTable(st *ast.CreateTable, t *catalog.Table) error {
	byName := map[string]int{}
	for i, c := range t.Columns {
		if _, twice := byName[c.Name]; twice {
			return errs.New(errs.Invalid, "sql.duplicate-column", "A column named '%s' already exists in the base table.", c.Name).At(st.Pos())
		}
		byName[c.Name] = i
	}
	for _, k := range t.PrimaryKey {
		i, ok := byName[k]
		if !ok {
			return errs.New(errs.Invalid, "sql.column-not-found", "Primary key column '%s' is not defined in the schema", k).At(st.Pos())
		}
		t.Columns[i].Type.NotNull = true
	}
	for i, k := range t.PartitionKeys {
		if _, ok := byName[k]; !ok {
			at := st.Pos()
			if i < len(st.PartitionBy) {
				at = st.PartitionBy[i].Pos()
			}
			return errs.New(errs.Invalid, "sql.column-not-found", "Partition column '%s' not defined in the table schema. Available columns: [%s]", k, columnNames(t)).At(at)
		}
	}
	return nil
}

func columnNames(t *catalog.Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = "'" + c.Name + "'"
	}
	return strings.Join(names, ", ")
}

// createView names a query, after binding it.
func (s *Session) createView(st *ast.CreateView) (*Result, error) {
	p := s.catalog.path(st.Name.Strings())
	if exists, err := s.catalog.free(st.Name, p, "View", st.IfNotExists); err != nil || exists {
		return ok(), err
	}
	n, err := s.binder().Query(st.Query)
	if err != nil {
		return nil, err
	}
	v := &catalog.View{Path: p, Query: st.Query, Text: ast.SQL(st.Query), Temporary: st.Temporary}
	for _, c := range st.Columns {
		v.Columns = append(v.Columns, c.Name)
	}
	if len(v.Columns) > 0 && len(v.Columns) != len(n.Schema()) {
		return nil, errs.New(errs.Invalid, "sql.columns", "VIEW definition and input fields not match:\n\tDef fields: %v.\n\tInput fields: %d columns.", v.Columns, len(n.Schema())).At(st.Pos())
	}
	s.catalog.views[p] = v
	return ok(), nil
}

// RegisterFunction makes a user's function known under its name.
func (s *Session) RegisterFunction(f *catalog.Function) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catalog.functions[strings.ToLower(f.Name)] = f
}

// createFunction declares a function written in Python; its types come from
// the program that registers it.
func (s *Session) createFunction(st *ast.CreateFunction) (*Result, error) {
	lang := st.Language
	if lang == "" {
		lang = "JAVA"
	}
	if lang != "PYTHON" {
		return nil, errs.New(errs.Unsupported, "function.language",
			"functions written in %s are not supported by this version of Weir: it runs Python functions, registered by a PyFlink program", lang).At(st.Pos())
	}
	return nil, errs.New(errs.Unsupported, "function.python",
		"CREATE FUNCTION … LANGUAGE PYTHON is not supported by this version of Weir").At(st.Pos()).
		WithHint("register the function from the PyFlink program: create_temporary_function('%s', f)", st.Name.Last())
}

func (s *Session) drop(st *ast.Drop) (*Result, error) {
	p := s.catalog.path(st.Name.Strings())
	missing := func(kind, name string) (*Result, error) {
		if st.IfExists {
			return ok(), nil
		}
		return nil, errs.New(errs.Invalid, "sql.not-found", "%s with identifier '%s' does not exist.", kind, name).At(st.Name.Pos())
	}
	switch st.What {
	case ast.TableObject:
		if s.catalog.tables[p] == nil {
			return missing("Table", p.String())
		}
		delete(s.catalog.tables, p)
	case ast.ViewObject:
		if s.catalog.views[p] == nil {
			return missing("View", p.String())
		}
		delete(s.catalog.views, p)
	case ast.FunctionObject:
		name := strings.ToLower(st.Name.Last())
		if s.catalog.functions[name] == nil {
			return missing("Function", st.Name.Last())
		}
		delete(s.catalog.functions, name)
	case ast.DatabaseObject:
		return s.dropDatabase(st)
	default:
		return nil, errs.New(errs.Unsupported, "sql.drop", "DROP %s is not supported by this version of Weir", st.What).At(st.Pos())
	}
	return ok(), nil
}

func (s *Session) dropDatabase(st *ast.Drop) (*Result, error) {
	db := s.database(st.Name)
	if !s.catalog.databases[db.Catalog][db.Database] {
		if st.IfExists {
			return ok(), nil
		}
		return nil, errs.New(errs.Invalid, "sql.database-not-found", "Database %s does not exist in Catalog %s.", db.Database, db.Catalog).At(st.Name.Pos())
	}
	if n := len(list(s.catalog.tables, db)) + len(list(s.catalog.views, db)); n > 0 && !st.Cascade {
		return nil, errs.New(errs.Invalid, "sql.database-not-empty", "Database %s in catalog %s is not empty.", db.Database, db.Catalog).At(st.Name.Pos())
	}
	for _, n := range list(s.catalog.tables, db) {
		delete(s.catalog.tables, catalog.Path{Catalog: db.Catalog, Database: db.Database, Object: n})
	}
	for _, n := range list(s.catalog.views, db) {
		delete(s.catalog.views, catalog.Path{Catalog: db.Catalog, Database: db.Database, Object: n})
	}
	delete(s.catalog.databases[db.Catalog], db.Database)
	return ok(), nil
}

// database completes the name of a database.
func (s *Session) database(name ast.Name) catalog.Path {
	db := catalog.Path{Catalog: s.catalog.current.Catalog, Database: s.catalog.current.Database}
	switch parts := name.Strings(); len(parts) {
	case 1:
		db.Database = parts[0]
	case 2:
		db.Catalog, db.Database = parts[0], parts[1]
	}
	return db
}

// rowsOf is a result of one column.
func rowsOf(column string, values []string) *Result {
	r := &Result{Columns: []types.Field{{Name: column, Type: types.StringType}}, Rows: [][]*string{}}
	for _, v := range values {
		r.Rows = append(r.Rows, []*string{new(v)})
	}
	return r
}
