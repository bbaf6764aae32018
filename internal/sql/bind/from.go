package bind

import (
	"fmt"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
)

// from binds an element of FROM and the scope it makes.
func (b *Binder) from(t ast.TableRef) (plan.Node, *scope, error) {
	switch t := t.(type) {
	case *ast.Table:
		n, err := b.table(t)
		if err != nil {
			return nil, nil, err
		}
		return n, scopeOf(n.Schema(), t.Name.Last()), nil
	case *ast.Aliased:
		if u, ok := t.Table.(*ast.Unnest); ok {
			return b.unnestAlone(u, t)
		}
		n, _, err := b.from(t.Table)
		if err != nil {
			return nil, nil, err
		}
		if n, err = rename(t, n, t.Columns); err != nil {
			return nil, nil, err
		}
		return n, scopeOf(n.Schema(), t.Alias.Name), nil
	case *ast.Derived:
		n, err := b.query(t.Query)
		if err != nil {
			return nil, nil, err
		}
		return n, scopeOf(n.Schema(), ""), nil
	case *ast.TableFunc:
		if tvfParams[strings.ToUpper(t.Call.Name.Last())] == nil {
			return nil, nil, b.tableFunction(t, &scope{})
		}
		n, err := b.windowTVF(t)
		if err != nil {
			return nil, nil, err
		}
		return n, scopeOf(n.Schema(), ""), nil
	case *ast.Join:
		return b.join(t)
	case *ast.Unnest:
		return b.unnestAlone(t, nil)
	case *ast.Match:
		return nil, nil, unsupported(t, "MATCH_RECOGNIZE is")
	case *ast.Sample:
		return nil, nil, unsupported(t, "TABLESAMPLE is")
	}
	return nil, nil, fmt.Errorf("no table reference %T", t)
}

// unnestAlone binds UNNEST that is joined with nothing.
func (b *Binder) unnestAlone(u *ast.Unnest, alias *ast.Aliased) (plan.Node, *scope, error) {
	c, sc, err := b.unnest(u, &plan.Values{Rows: [][]plan.Expr{{}}}, &scope{}, alias)
	if err != nil {
		return nil, nil, err
	}
	return c, sc, nil
}

// table binds a table or view by its name.
func (b *Binder) table(t *ast.Table) (plan.Node, error) {
	if t.AsOf != nil {
		return nil, unsupported(t, "FOR SYSTEM_TIME AS OF is")
	}
	if len(t.Name) == 1 {
		for i := len(b.ctes) - 1; i >= 0; i-- {
			if n, ok := b.ctes[i][t.Name[0].Name]; ok {
				return n, nil
			}
		}
	}
	table, view := b.Catalog.Table(t.Name.Strings())
	switch {
	case table != nil:
		b.found.table(t, table.Path)
		return b.scan(t, table)
	case view != nil:
		b.found.table(t, view.Path)
		return b.view(t, view)
	}
	what, within := b.Catalog.Missing(t.Name.Strings())
	e := invalid(t.Name, "table-not-found", "Object '%s' not found", what)
	if within != "" {
		e.Msg += " within '" + within + "'"
	}
	if near := errs.Nearest(t.Name.Last(), b.Catalog.Names()); near != "" {
		return nil, e.WithHint("did you mean '%s'?", near)
	}
	return nil, e
}
