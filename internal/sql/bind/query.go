package bind

import (
	"fmt"
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

func (b *Binder) query(q ast.Query) (plan.Node, error) {
	switch q := q.(type) {
	case *ast.Select:
		return b.selectQuery(q)
	case *ast.With:
		return b.with(q)
	case *ast.SetOp:
		return b.setOp(q)
	case *ast.Values:
		return b.values(q)
	case *ast.TableQuery:
		t := &ast.Table{At: q.At, Name: q.Name}
		n, err := b.table(t)
		if b.found != nil && err == nil {
			b.found.tables[q] = b.found.tables[t]
		}
		return n, err
	case *ast.Ordered:
		return b.ordered(q)
	}
	return nil, fmt.Errorf("no query %T", q)
}

// with binds WITH: each name hides a table of the catalog in what follows it.
func (b *Binder) with(q *ast.With) (plan.Node, error) {
	if q.Recursive {
		return nil, unsupported(q, "WITH RECURSIVE is")
	}
	names := map[string]plan.Node{}
	b.ctes = append(b.ctes, names)
	defer func() { b.ctes = b.ctes[:len(b.ctes)-1] }()
	for _, c := range q.CTEs {
		n, err := b.query(c.Query)
		if err != nil {
			return nil, err
		}
		if n, err = rename(c, n, c.Columns); err != nil {
			return nil, err
		}
		names[c.Name.Name] = n
	}
	return b.query(q.Body)
}

// rename gives the columns of n new names, if there are any.
func rename(at ast.Node, n plan.Node, names []ast.Ident) (plan.Node, error) {
	if len(names) == 0 {
		return n, nil
	}
	fs := append([]types.Field(nil), n.Schema()...)
	if err := renameFields(at, fs, names); err != nil {
		return nil, err
	}
	return &plan.Calc{Input: n, Select: identity(n.Schema()), Fields: fs}, nil
}

// renameFields gives fields other names, if there are any.
func renameFields(at ast.Node, fs []types.Field, names []ast.Ident) error {
	if len(names) == 0 {
		return nil
	}
	if len(names) != len(fs) {
		return invalid(at, "columns", "List of column aliases must have same degree as table; table has %d columns ('%s'), whereas alias list has %d columns",
			len(fs), strings.Join(plan.Names(fs), "', '"), len(names))
	}
	for i := range fs {
		fs[i].Name = names[i].Name
	}
	return nil
}

// convert casts the columns of n to the types of fields, where they differ.
func convert(n plan.Node, fields []types.Field) plan.Node {
	in := n.Schema()
	es, same := identity(in), true
	for i := range es {
		es[i] = castTo(es[i], fields[i].Type, false, true)
		same = same && in[i].Type.Equal(fields[i].Type)
	}
	if same {
		return n
	}
	return &plan.Calc{Input: n, Select: es, Fields: fields}
}

func (b *Binder) values(q *ast.Values) (plan.Node, error) {
	x := &exprs{b: b, scope: &scope{}, clause: "VALUES"}
	v := &plan.Values{}
	for _, row := range q.Rows {
		cells, err := x.all(row.Elems)
		if err != nil {
			return nil, err
		}
		if len(v.Rows) > 0 && len(cells) != len(v.Rows[0]) {
			return nil, invalid(row, "columns", "Values passed to VALUES operator must have compatible types: rows of %d and of %d columns", len(v.Rows[0]), len(cells))
		}
		v.Rows = append(v.Rows, cells)
	}
	for c := range v.Rows[0] {
		col := make([]plan.Expr, len(v.Rows))
		for r := range v.Rows {
			col[r] = v.Rows[r][c]
		}
		t, err := commonType(q, col)
		if err != nil {
			return nil, invalid(q, "columns", "Values passed to VALUES operator must have compatible types: column %d is %s", c+1, bareTypes(col))
		}
		for r := range v.Rows {
			v.Rows[r][c] = castTo(v.Rows[r][c], t, false, true)
		}
		v.Fields = append(v.Fields, types.Field{Name: fmt.Sprintf("EXPR$%d", c), Type: t})
	}
	return v, nil
}
