package session

import (
	"context"
	"errors"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/types"
)

// command executes what is neither a query nor an INSERT.
func (s *Session) command(ctx context.Context, stmt ast.Statement) (*Result, error) {
	switch st := stmt.(type) {
	case *ast.CreateTable:
		return s.createTable(ctx, st)
	case *ast.CreateView:
		return s.createView(st)
	case *ast.CreateFunction:
		return s.createFunction(st)
	case *ast.CreateDatabase:
		return s.createDatabase(st)
	case *ast.CreateCatalog:
		return s.createCatalog(st)
	case *ast.Alter:
		return s.alter(st)
	case *ast.AlterFunction:
		return s.alterFunction(st)
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
		return s.resetOption(st)
	case *ast.LoadModule:
		return s.loadModule(st)
	case *ast.UnloadModule:
		return s.unloadModule(st)
	case *ast.UseModules:
		return s.useModules(st)
	case *ast.StopJob:
		return s.stopJob(ctx, st)
	}
	return nil, s.refuse(stmt)
}

// done is the result of a statement that gives nothing but its success.
func done(at ast.Node, err error) (*Result, error) {
	if err != nil {
		return nil, placed(at, err)
	}
	return ok(), nil
}

// placed gives an error the place of a node, if it has none.
func placed(at ast.Node, err error) error {
	var e *errs.Error
	if errors.As(err, &e) && e.Pos.IsZero() {
		e.Pos = at.Pos()
	}
	return err
}

func invalid(at ast.Node, code, format string, args ...any) *errs.Error {
	return errs.New(errs.Invalid, "sql."+code, format, args...).At(at.Pos())
}

func unsupported(at ast.Node, code, format string, args ...any) *errs.Error {
	return errs.New(errs.Unsupported, "sql."+code, format, args...).At(at.Pos())
}

// drop drops any kind of object.
func (s *Session) drop(st *ast.Drop) (*Result, error) {
	name := st.Name.Strings()
	switch st.What {
	case ast.TableObject:
		return done(st.Name, s.catalog.Drop(s.catalog.Path(name), "Table", st.Temporary, st.IfExists))
	case ast.ViewObject:
		return done(st.Name, s.catalog.Drop(s.catalog.Path(name), "View", st.Temporary, st.IfExists))
	case ast.FunctionObject:
		if st.System {
			return done(st.Name, s.catalog.DropSystem(st.Name.Last(), st.IfExists))
		}
		return done(st.Name, s.catalog.DropFunction(name, st.Temporary, st.IfExists))
	case ast.CatalogObject:
		return done(st.Name, s.catalog.DropCatalog(st.Name.Last(), st.IfExists))
	case ast.DatabaseObject:
		db, err := s.database(st.Name, "drop")
		if err != nil {
			return nil, err
		}
		return done(st.Name, s.catalog.DropDatabase(db, st.IfExists, st.Cascade))
	}
	return nil, s.refuseKind(st, "DROP", st.What)
}

// alter alters any kind of object but a function.
func (s *Session) alter(st *ast.Alter) (*Result, error) {
	switch st.What {
	case ast.TableObject:
		return s.alterTable(st)
	case ast.ViewObject:
		return s.alterView(st)
	case ast.DatabaseObject:
		return s.alterDatabase(st)
	case ast.CatalogObject:
		return s.alterCatalog(st)
	}
	return nil, s.refuseKind(st, "ALTER", st.What)
}

// table is a result of texts.
func table(columns []string, rows ...[]*string) *Result {
	r := &Result{Rows: rows}
	if rows == nil {
		r.Rows = [][]*string{}
	}
	for _, c := range columns {
		r.Columns = append(r.Columns, types.Field{Name: c, Type: types.StringType})
	}
	return r
}

// rowsOf is a result of one column.
func rowsOf(column string, values []string) *Result {
	r := table([]string{column})
	for _, v := range values {
		r.Rows = append(r.Rows, []*string{new(v)})
	}
	return r
}

// pairs are the rows of DESCRIBE: a name and a value each; "" is no value.
func pairs(values ...string) *Result {
	r := table([]string{"info name", "info value"})
	for i := 0; i < len(values); i += 2 {
		row := []*string{new(values[i]), nil}
		if values[i+1] != "" {
			row[1] = new(values[i+1])
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}
