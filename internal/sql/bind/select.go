package bind

import (
	"fmt"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// selectQuery binds SELECT.
func (b *Binder) selectQuery(q *ast.Select) (plan.Node, error) {
	var in plan.Node = &plan.Values{Rows: [][]plan.Expr{{}}}
	sc := &scope{}
	if q.From != nil {
		var err error
		if in, sc, err = b.from(q.From); err != nil {
			return nil, err
		}
	}
	if q.Where != nil {
		var err error
		if in, err = b.where(q.Where, in, sc); err != nil {
			return nil, err
		}
	}
	items, err := b.expand(q.Items, sc)
	if err != nil {
		return nil, err
	}
	b.found.items(q, items, sc)
	if q.GroupBy != nil || q.Having != nil || b.anyAggregate(items) {
		if q.Qualify != nil {
			return nil, unsupported(q.Qualify, "QUALIFY over groups is")
		}
		in, err = b.aggregate(q, items, in, sc)
	} else {
		in, err = b.project(q, items, in, sc)
	}
	if err != nil || !q.Distinct {
		return in, err
	}
	return distinct(q, in), nil
}

func (b *Binder) condition(e ast.Expr, sc *scope, clause string) (plan.Expr, error) {
	c, err := (&exprs{b: b, scope: sc, clause: clause}).bind(e)
	if err != nil {
		return nil, err
	}
	return toBoolean(e, c)
}

// item is an element of the SELECT list after stars are expanded.
type item struct {
	expr ast.Expr
	col  int    // of an expanded star; -1 otherwise
	name string // "" when it has to be made
}

// expand replaces * and t.* by the columns they stand for.
func (b *Binder) expand(items []ast.SelectItem, sc *scope) ([]item, error) {
	var out []item
	for _, it := range items {
		star, ok := it.Expr.(*ast.Star)
		if !ok {
			out = append(out, item{it.Expr, -1, outputName(it)})
			continue
		}
		found := false
		for i, f := range sc.fields {
			if q := star.Qualifier.Last(); q == "" || sc.rel[i] == q {
				out, found = append(out, item{it.Expr, i, f.Name}), true
			}
		}
		if fields, ok := sc.expandRow(star); !found && ok {
			out, found = append(out, fields...), true
		}
		if !found {
			return nil, invalid(star, "table-not-found", "Unknown identifier '%s'", star.Qualifier.Last())
		}
	}
	return out, nil
}

// outputName is the name of a column: its alias, or the last part of a
// column's name; "" otherwise.
func outputName(it ast.SelectItem) string {
	if it.Alias.Name != "" {
		return it.Alias.Name
	}
	switch e := it.Expr.(type) {
	case *ast.Ref:
		return e.Parts.Last()
	case *ast.Field:
		return e.Name.Name
	}
	return ""
}

// fieldNames names columns as Calcite does: EXPR$i where there is no name, and
// a number appended where one is taken.
func fieldNames(items []item, es []plan.Expr) []types.Field {
	taken := map[string]bool{}
	fs := make([]types.Field, len(es))
	for i, e := range es {
		name := items[i].name
		if name == "" {
			name = fmt.Sprintf("EXPR$%d", i)
		}
		unique := name
		for k := 0; taken[unique]; k++ {
			unique = fmt.Sprintf("%s%d", name, k)
		}
		taken[unique] = true
		fs[i] = types.Field{Name: unique, Type: e.Type()}
	}
	return fs
}

// project binds the SELECT list, and QUALIFY, over rows or over windows of rows.
func (b *Binder) project(q *ast.Select, items []item, in plan.Node, sc *scope) (plan.Node, error) {
	over := newOvers(sc, q.Windows)
	x := &exprs{b: b, scope: sc, over: over, clause: "SELECT without GROUP BY"}
	es, err := x.items(items)
	if err != nil {
		return nil, err
	}
	fields := fieldNames(items, es)
	if q.Qualify != nil {
		cond, err := x.qualify(q.Qualify, items, es)
		if err != nil {
			return nil, err
		}
		es = append(es, cond)
	}
	in = over.finish(in, es)
	c := &plan.Calc{Input: in, Select: es[:len(fields)], Fields: fields}
	if q.Qualify != nil {
		c.Where = es[len(fields)]
	}
	return c, nil
}

// qualify binds QUALIFY, which may also name the columns of the SELECT list.
func (x *exprs) qualify(e ast.Expr, items []item, es []plan.Expr) (plan.Expr, error) {
	x.clause, x.aliases = "QUALIFY clause", map[string]plan.Expr{}
	for i, it := range items {
		if it.name != "" && it.col < 0 {
			x.aliases[it.name] = es[i]
		}
	}
	cond, err := x.bind(e)
	if err != nil {
		return nil, err
	}
	return toBoolean(e, cond)
}

func (x *exprs) items(items []item) ([]plan.Expr, error) {
	es := make([]plan.Expr, len(items))
	for i, it := range items {
		var err error
		if it.col >= 0 {
			es[i] = &plan.Col{Index: it.col, T: x.scope.fields[it.col].Type}
			if x.agg != nil {
				f := ast.NameOf(x.scope.fields[it.col].Name)
				es[i], err = x.bind(&ast.Ref{Parts: f})
			}
		} else {
			es[i], err = x.bind(it.expr)
		}
		if err != nil {
			return nil, err
		}
	}
	return es, nil
}
