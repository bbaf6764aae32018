package bind

import (
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/sql/plan"
)

// Expansion is what the names of a query stand for, as they were found when it
// was bound.
type Expansion struct {
	tables map[ast.Node]catalog.Path
	refs   map[*ast.Ref]ast.Name
	stars  map[*ast.Select][]ast.SelectItem
}

// Expand binds a query and makes it independent of the session's current
// database and of columns added later, as a view keeps it: tables get their
// whole path, columns their table, and stars are written out.
func (b *Binder) Expand(q ast.Query) (plan.Node, error) {
	b.found = &Expansion{tables: map[ast.Node]catalog.Path{}, refs: map[*ast.Ref]ast.Name{}, stars: map[*ast.Select][]ast.SelectItem{}}
	defer func() { b.found = nil }()
	n, err := b.query(q)
	if err != nil {
		return nil, err
	}
	ast.Walk(q, b.found.apply)
	return n, nil
}

// Twice is a column of a query whose name one behind it has too; nil where all
// names differ.
func Twice(q ast.Query) (at ast.Node, name string) {
	s, ok := q.(*ast.Select)
	if !ok {
		return nil, ""
	}
	seen := map[string]ast.Node{}
	for _, it := range s.Items {
		if name = outputName(it); name != "" && seen[name] != nil {
			return seen[name], name
		}
		seen[name] = it.Expr
	}
	return nil, ""
}

func (x *Expansion) apply(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Table:
		if p, ok := x.tables[n]; ok {
			n.Name = ast.NameOf(p.Catalog, p.Database, p.Object)
		}
	case *ast.TableQuery:
		if p, ok := x.tables[n]; ok {
			n.Name = ast.NameOf(p.Catalog, p.Database, p.Object)
		}
	case *ast.Ref:
		if name, ok := x.refs[n]; ok {
			n.Parts = name
		}
	case *ast.Select:
		if items, ok := x.stars[n]; ok {
			n.Items = items
		}
	}
	return true
}

// table is told that n stands for the table or view of a path.
func (x *Expansion) table(n ast.Node, p catalog.Path) {
	if x != nil {
		x.tables[n] = p
	}
}

// ref is told that a column was found in sc.
func (x *Expansion) ref(e *ast.Ref, sc *scope) {
	if x == nil || x.refs[e] != nil {
		return
	}
	if i, used, err := sc.column(e.Parts, e.Parts.Strings()); err == nil && sc.rel[i] != "" {
		x.refs[e] = append(ast.NameOf(sc.rel[i], sc.fields[i].Name), e.Parts[used:]...)
	}
}

// items is told what the list of a SELECT became. A star over columns that no
// name tells apart is left as it is.
func (x *Expansion) items(q *ast.Select, items []item, sc *scope) {
	if x == nil || len(items) == len(q.Items) && !hasStar(q.Items) {
		return
	}
	var out []ast.SelectItem
	k := 0
	for _, it := range items {
		if it.col < 0 {
			for k < len(q.Items)-1 && isStar(q.Items[k]) {
				k++
			}
			s := ast.SelectItem{Expr: it.expr}
			if k < len(q.Items) && q.Items[k].Expr == it.expr {
				s = q.Items[k]
				k++
			}
			out = append(out, s)
			continue
		}
		var star ast.At
		if e, ok := it.expr.(*ast.Star); ok {
			star = e.At
		}
		name := ast.NameOf(sc.fields[it.col].Name)
		if rel := sc.rel[it.col]; rel != "" {
			name = ast.NameOf(rel, sc.fields[it.col].Name)
		}
		if i, _, err := sc.column(name, name.Strings()); err != nil || i != it.col {
			return
		}
		out = append(out, ast.SelectItem{Expr: &ast.Ref{At: star, Parts: name}})
	}
	x.stars[q] = out
}

func hasStar(items []ast.SelectItem) bool {
	for _, it := range items {
		if isStar(it) {
			return true
		}
	}
	return false
}

func isStar(it ast.SelectItem) bool {
	_, ok := it.Expr.(*ast.Star)
	return ok
}
