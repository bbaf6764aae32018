package session

import (
	"context"
	"errors"

	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// createTableAs executes CREATE TABLE … AS and REPLACE TABLE … AS: the table is
// declared, and a job fills it. Where the job cannot be started there is no
// table, or the one that was to be replaced.
func (s *Session) createTableAs(ctx context.Context, st *ast.CreateTable) (*Result, error) {
	p := s.catalog.Path(st.Name.Strings())
	before, err := s.target(st, p)
	if err != nil {
		return nil, err
	}
	if !before.IsZero() && !st.OrReplace && !st.Replace { // IF NOT EXISTS
		return ok(), nil
	}
	t, insert, err := s.tableAs(st, p)
	if err != nil {
		return nil, err
	}
	s.catalog.Put(p, catalog.Object{Table: t})
	r, err := s.insert(ctx, []*ast.Insert{insert})
	if err == nil {
		return r, nil
	}
	if undo := s.restore(p, before); undo != nil {
		return nil, undo
	}
	return nil, err
}

// restore puts back what was at p before a table was put there.
func (s *Session) restore(p catalog.Path, before catalog.Object) error {
	if before.IsZero() {
		return s.catalog.Drop(p, "Table", false, true)
	}
	s.catalog.Put(p, before)
	return nil
}

// bindTableAs binds the INSERT of CREATE TABLE … AS and leaves no table.
func (s *Session) bindTableAs(st *ast.CreateTable) (plan.Node, error) {
	p := s.catalog.Path(st.Name.Strings())
	before, err := s.target(st, p)
	if err != nil {
		return nil, err
	}
	t, insert, err := s.tableAs(st, p)
	if err != nil {
		return nil, err
	}
	s.catalog.Put(p, catalog.Object{Table: t})
	n, err := s.binder().Insert(insert)
	return n, errors.Join(err, s.restore(p, before))
}

// gatherTableAs declares the table of CREATE TABLE … AS in a statement set, and
// leaves filling it to the set's job.
func (s *Session) gatherTableAs(st *ast.CreateTable) (*Result, error) {
	p := s.catalog.Path(st.Name.Strings())
	before, err := s.target(st, p)
	if err != nil || !before.IsZero() && !st.OrReplace && !st.Replace {
		return ok(), err
	}
	t, insert, err := s.tableAs(st, p)
	if err != nil {
		return nil, err
	}
	s.catalog.Put(p, catalog.Object{Table: t})
	s.set = append(s.set, insert)
	return ok(), nil
}

// target is the table that is to be replaced, if there is one.
func (s *Session) target(st *ast.CreateTable, p catalog.Path) (catalog.Object, error) {
	if st.Temporary {
		return catalog.Object{}, invalid(st, "ctas", "CREATE TABLE AS SELECT syntax does not support to create temporary table yet.")
	}
	before := s.catalog.Permanent(p)
	if st.Replace && before.IsZero() {
		return before, invalid(st.Name, "table-not-found", "The table %s to be replaced doesn't exist. You can try to use CREATE TABLE AS statement or CREATE OR REPLACE TABLE AS statement.", p.Quoted())
	}
	if _, err := s.catalog.Free(p, false, st.IfNotExists || st.OrReplace || st.Replace); err != nil {
		return before, placed(st.Name, err)
	}
	return before, nil
}

// tableAs is the table that a query and a declaration make together, and the
// INSERT that fills it (MergeTableAsUtil): the columns declared come before
// those of the query alone.
func (s *Session) tableAs(st *ast.CreateTable, p catalog.Path) (*catalog.Table, *ast.Insert, error) {
	n, err := s.binder().Query(st.As)
	if err != nil {
		return nil, nil, err
	}
	fields := n.Schema()
	t := &catalog.Table{Path: p, Options: map[string]string{}}
	own := *st
	own.Columns = nil
	named := map[string]ast.Column{}
	for _, c := range st.Columns {
		if c.Kind == ast.Physical && find(fields, c.Name.Last()) >= 0 {
			named[c.Name.Last()] = c
			continue
		}
		own.Columns = append(own.Columns, c)
	}
	bare := own
	bare.Watermark, bare.Constraints, bare.PartitionBy, bare.Distribution, bare.Options = nil, nil, nil, nil, nil
	if err := declare(&bare, t, merge{}); err != nil {
		return nil, nil, err
	}
	order, err := columnOrder(st, fields)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range order {
		col := catalog.Column{Name: fields[i].Name, Type: fields[i].Type.Plain()}
		if c, ok := named[col.Name]; ok {
			if col, err = column(c); err != nil {
				return nil, nil, err
			}
			if !types.Implicit(fields[i].Type, col.Type) {
				return nil, nil, invalid(c.Name, "ctas", "Incompatible types for sink column '%s' at position %d. The source column has type '%s', while the target column has type '%s'.",
					col.Name, i+1, fields[i].Type.Plain(), col.Type)
			}
		}
		t.Columns = append(t.Columns, col)
	}
	own.Columns = nil
	if err := declare(&own, t, merge{}); err != nil {
		return nil, nil, err
	}
	for _, k := range t.PrimaryKey {
		if i := t.Index(k); i >= 0 && !t.Columns[i].Type.NotNull {
			return nil, nil, invalid(st, "constraint", "Invalid primary key '%s'. Column '%s' is nullable.", t.KeyName, k)
		}
	}
	if err := s.checkDeclared(st, t); err != nil {
		return nil, nil, err
	}
	in := &ast.Insert{At: st.At, Table: ast.NameOf(p.Catalog, p.Database, p.Object), Query: st.As}
	for _, name := range plan.Names(fields) {
		in.Columns = append(in.Columns, ast.NameOf(name))
	}
	return t, in, nil
}

func find(fields []types.Field, name string) int {
	for i, f := range fields {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// columnOrder is the order of the query's columns in the table: that of the
// names of CREATE TABLE t (a, b) AS, where there are some.
func columnOrder(st *ast.CreateTable, fields []types.Field) ([]int, error) {
	order := make([]int, len(fields))
	for i := range order {
		order[i] = i
	}
	if st.ColumnNames == nil {
		return order, nil
	}
	if len(st.ColumnNames) != len(fields) {
		return nil, invalid(st.ColumnNames[0], "ctas", "The number of columns in the column list must match the number of columns in the source schema.")
	}
	for i, n := range st.ColumnNames {
		if order[i] = find(fields, n.Last()); order[i] < 0 {
			return nil, invalid(n, "ctas", "Column '%s' not found in the source schema.", n.Last())
		}
	}
	return order, nil
}
