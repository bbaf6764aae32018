package bind

import (
	"slices"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

var joinKinds = map[ast.JoinKind]plan.JoinKind{ast.Inner: plan.InnerJoin, ast.Left: plan.LeftJoin,
	ast.Right: plan.RightJoin, ast.Full: plan.FullJoin, ast.Cross: plan.InnerJoin, ast.Comma: plan.InnerJoin}

// join binds a JOIN of two table references.
func (b *Binder) join(t *ast.Join) (plan.Node, *scope, error) {
	l, ls, err := b.from(t.Left)
	if err != nil {
		return nil, nil, err
	}
	if n, sc, ok, err := b.lateral(t, l, ls); ok || err != nil {
		return n, sc, err
	}
	r, rs, err := b.from(t.Right)
	if err != nil {
		return nil, nil, err
	}
	j := &plan.Join{Left: l, Right: r, Kind: joinKinds[t.Kind], At: t.Pos()}
	sc := joinScope(j, ls, rs)
	using := t.Using
	if t.Natural {
		using = commonColumns(ls, rs)
	}
	switch {
	case len(using) > 0:
		return b.joinUsing(t, j, ls, rs, using)
	case t.On != nil:
		if j.Cond, err = b.condition(t.On, sc, "ON clause"); err != nil {
			return nil, nil, err
		}
	}
	return j, sc, nil
}

// joinScope is the scope of both sides: the columns of j under their own names.
func joinScope(j *plan.Join, l, r *scope) *scope {
	out := j.Schema()
	sc := &scope{rel: append(slices.Clone(l.rel), r.rel...)}
	for i, f := range append(slices.Clone(l.fields), r.fields...) {
		sc.fields = append(sc.fields, types.Field{Name: f.Name, Type: out[i].Type})
	}
	return sc
}

// commonColumns are the names that both sides have, for NATURAL JOIN.
func commonColumns(l, r *scope) []ast.Ident {
	var names []ast.Ident
	for _, f := range l.fields {
		if slices.ContainsFunc(r.fields, func(g types.Field) bool { return g.Name == f.Name }) {
			names = append(names, ast.Ident{Name: f.Name})
		}
	}
	return names
}

// joinUsing joins by equal columns, each of which comes out once, first: the
// left one, or where that may be missing the one that is there.
func (b *Binder) joinUsing(t *ast.Join, j *plan.Join, l, r *scope, using []ast.Ident) (plan.Node, *scope, error) {
	x := &exprs{b: b}
	out := j.Schema()
	merged := map[int]bool{}
	c := &plan.Calc{Input: j}
	sc := &scope{}
	add := func(e plan.Expr, name, rel string) {
		f := types.Field{Name: name, Type: e.Type()}
		c.Select, c.Fields = append(c.Select, e), append(c.Fields, f)
		sc.fields, sc.rel = append(sc.fields, f), append(sc.rel, rel)
	}
	var conds []plan.Expr
	for _, id := range using {
		li, _, err := l.column(ast.Name{id}, []string{id.Name})
		if err != nil {
			return nil, nil, err
		}
		ri, _, err := r.column(ast.Name{id}, []string{id.Name})
		if err != nil {
			return nil, nil, err
		}
		ri += len(l.fields)
		left, right := &plan.Col{Index: li, T: out[li].Type}, &plan.Col{Index: ri, T: out[ri].Type}
		eq, err := x.apply(t, "=", []plan.Expr{left, right})
		if err != nil {
			return nil, nil, err
		}
		conds, merged[li], merged[ri] = append(conds, eq), true, true
		switch j.Kind {
		case plan.RightJoin:
			add(right, id.Name, "")
		case plan.FullJoin:
			ct, ok := types.Common(left.T, right.T)
			if !ok {
				return nil, nil, invalid(id, "type", "Column '%s' is %s on the left and %s on the right", id.Name, left.T, right.T)
			}
			add(&plan.Case{When: []plan.Expr{&plan.IsNull{Arg: left, Negated: true}}, Then: []plan.Expr{castTo(left, ct, false, true)},
				Else: castTo(right, ct, false, true), T: ct}, id.Name, "")
		default:
			add(left, id.Name, "")
		}
	}
	j.Cond = And(conds...)
	all := joinScope(j, l, r)
	for i, f := range all.fields {
		if !merged[i] {
			add(&plan.Col{Index: i, T: f.Type}, f.Name, all.rel[i])
		}
	}
	return c, sc, nil
}
