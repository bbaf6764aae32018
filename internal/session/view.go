package session

import (
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/bind"
	"weir/internal/sql/catalog"
	"weir/internal/sql/plan"
)

// createView names a query, after binding it.
func (s *Session) createView(st *ast.CreateView) (*Result, error) {
	p := s.catalog.Path(st.Name.Strings())
	if exists, err := s.catalog.Free(p, st.Temporary, st.IfNotExists); err != nil || exists {
		return done(st.Name, err)
	}
	v := &catalog.View{Path: p, Comment: text(st.Comment), Temporary: st.Temporary}
	var names []string
	for _, c := range st.Columns {
		names = append(names, c.Name)
	}
	if err := s.define(v, st, st.Query, names); err != nil {
		return nil, err
	}
	s.catalog.Put(p, catalog.Object{View: v})
	return ok(), nil
}

// define gives a view its query. names are those of its columns; nil takes the
// query's own.
func (s *Session) define(v *catalog.View, at ast.Node, q ast.Query, names []string) error {
	n, err := s.binder().Expand(q)
	if err != nil {
		return err
	}
	have := plan.Names(n.Schema())
	if names != nil && len(names) != len(have) {
		return invalid(at, "columns", "VIEW definition and input fields not match:\n\tDef fields: [%s].\n\tInput fields: [%s].",
			strings.Join(names, ", "), strings.Join(have, ", "))
	}
	if at, name := bind.Twice(q); at != nil && names == nil {
		return invalid(at, "duplicate-column", "A column with the same name %s has been defined at line %d, column %d.",
			ast.QuoteIdent(name), at.Pos().Line, at.Pos().Col)
	}
	v.Query, v.Columns = q, have
	if names != nil {
		v.Columns = names
	}
	return nil
}

// alterView renames a view or gives it another query.
func (s *Session) alterView(st *ast.Alter) (*Result, error) {
	p := s.catalog.Path(st.Name.Strings())
	o := s.catalog.Permanent(p)
	switch {
	case o.IsZero() || !s.catalog.Temporary(p).IsZero():
		return nil, invalid(st.Name, "table-not-found", "View %s doesn't exist or is a temporary view.", p.Quoted())
	case o.View == nil:
		return nil, invalid(st.Name, "alter", "ALTER VIEW for a table is not allowed")
	}
	switch a := st.Action.(type) {
	case *ast.Rename:
		return s.rename(st, p, "VIEW", a.To)
	case *ast.AsQuery:
		v := *o.View
		if err := s.define(&v, st, a.Query, nil); err != nil {
			return nil, err
		}
		s.catalog.Put(p, catalog.Object{View: &v})
	}
	return ok(), nil
}

// rename gives a table or view another name in its database.
func (s *Session) rename(st *ast.Alter, p catalog.Path, kind string, to ast.Name) (*Result, error) {
	target := p
	target.Object = to.Last()
	if !s.catalog.Permanent(target).IsZero() {
		return nil, invalid(st, "exists", "Could not execute ALTER %s %s RENAME TO %s", kind, p, s.catalog.Path(to.Strings())).
			Because(catalog.AlreadyExist(target))
	}
	s.catalog.Rename(p, target.Object)
	return ok(), nil
}

func viewText(v *catalog.View) string {
	create := "CREATE VIEW "
	if v.Temporary {
		create = "CREATE TEMPORARY VIEW "
	}
	names := make([]string, len(v.Columns))
	for i, c := range v.Columns {
		names[i] = "  " + ast.QuoteIdent(c)
	}
	return create + v.Path.Quoted() + " (\n" + strings.Join(names, ",\n") + "\n)" + commentText(v.Comment) + "\nAS " + ast.Lines(v.Query) + "\n"
}
