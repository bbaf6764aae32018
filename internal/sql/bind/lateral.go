package bind

import (
	"slices"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// lateralQuery binds l JOIN LATERAL (query): the conditions by which the query
// looks at the rows of l become those of a join. Where the query is a Top-N,
// it is that of each value of the columns they compare.
func (b *Binder) lateralQuery(t *ast.Join, l plan.Node, ls *scope, d *ast.Derived, alias *ast.Aliased) (plan.Node, *scope, error) {
	kind := joinKinds[t.Kind]
	if kind == plan.RightJoin || kind == plan.FullJoin || t.Natural || len(t.Using) > 0 {
		return nil, nil, unsupported(t, "LATERAL but on the right of CROSS, INNER and LEFT JOIN is")
	}
	width := len(l.Schema())
	sub, own, conds, err := b.lateralSide(d.Query, ls, width)
	if err != nil {
		return nil, nil, err
	}
	var zero map[int]bool
	if kind == plan.LeftJoin {
		if zero, err = zeroes(d.Query, sub, own, len(conds)); err != nil {
			return nil, nil, err
		}
	}
	j := &plan.Join{Left: l, Right: sub, Kind: kind, At: t.Pos()}
	rel := scopeOf(slices.Clone(sub.Schema()[:own]), "")
	if alias != nil {
		rel = scopeOf(rel.fields, alias.Alias.Name)
		if err := renameFields(alias, rel.fields, alias.Columns); err != nil {
			return nil, nil, err
		}
	}
	sc := joinScope(j, ls, rel)
	if t.On != nil {
		on, err := b.condition(t.On, sc, "ON clause")
		if err != nil {
			return nil, nil, err
		}
		if lit, ok := on.(*plan.Lit); len(zero) > 0 && (!ok || lit.Value != true) {
			return nil, nil, unsupported(t.On, "LEFT JOIN LATERAL of a COUNT on another condition than TRUE is")
		}
		conds = append(conds, on)
	}
	j.Cond = And(conds...)
	out := j.Schema()[:width+own]
	c := &plan.Calc{Input: j, Select: identity(out), Fields: out}
	for i := range zero {
		count := c.Select[width+i]
		t := count.Type().WithNull(false)
		c.Select[width+i] = &plan.Case{When: []plan.Expr{&plan.IsNull{Arg: count}}, Then: []plan.Expr{&plan.Lit{Value: int64(0), T: t}}, Else: count, T: t}
		c.Fields[width+i].Type, sc.fields[width+i].Type = t, t
	}
	return c, sc, nil
}

// zeroes are the columns of sub, the aggregation of all rows there are for the
// keys compared, that are 0 and not NULL where there is no row: its COUNTs.
func zeroes(q ast.Query, sub plan.Node, own, keys int) (map[int]bool, error) {
	top, ok := sub.(*plan.Calc)
	if !ok {
		return nil, nil
	}
	agg, ok := top.Input.(*plan.Aggregate)
	if !ok || len(agg.Keys) != keys {
		return nil, nil
	}
	zero := map[int]bool{}
	for i, e := range top.Select[:own] {
		c, ok := e.(*plan.Col)
		if !ok || top.Where != nil {
			return nil, unsupported(q, "an aggregation in LEFT JOIN LATERAL that computes more than aggregates, or has HAVING, is")
		}
		if agg.Aggs[c.Index-keys].Def.Name == "COUNT" {
			zero[i] = true
		}
	}
	return zero, nil
}

// lateralSide is the query without its conditions on the columns around it, of
// which there are width, and these conditions. Its first own columns are those
// that the query selects.
func (b *Binder) lateralSide(q ast.Query, ls *scope, width int) (n plan.Node, own int, conds []plan.Expr, err error) {
	if o, ok := q.(*ast.Ordered); ok && len(o.OrderBy) > 0 && o.Limit != nil {
		return b.lateralTopN(o, ls, width)
	}
	around := b.outer
	b.outer = ls
	whole, err := b.query(q)
	b.outer = around
	if err != nil {
		return nil, 0, nil, err
	}
	if n, conds, err = b.groupedSide(q, whole, width); n != nil || err != nil {
		return n, len(whole.Schema()), conds, err
	}
	n, conds = decorrelate(whole, width)
	return n, len(whole.Schema()), conds, onlyInside(q, n)
}

// groupedSide is lateralSide of an aggregation: it groups by the columns that
// are compared too, so that, as in Flink, a value without rows has no result.
// The node is nil when whole is no aggregation that looks at the query around.
func (b *Binder) groupedSide(q ast.Query, whole plan.Node, width int) (plan.Node, []plan.Expr, error) {
	top, ok := whole.(*plan.Calc)
	if !ok {
		return nil, nil, nil
	}
	agg, ok := top.Input.(*plan.Aggregate)
	if !ok {
		return nil, nil, nil
	}
	inner, conds := decorrelate(agg.Input, width)
	if len(conds) == 0 {
		return nil, nil, nil
	}
	if err := onlyInside(q, inner); err != nil {
		return nil, nil, err
	}
	a := *agg
	a.Input, a.Keys = inner, slices.Clone(agg.Keys)
	nk := len(agg.Keys)
	shift := func(i int) int {
		if i < nk {
			return i
		}
		return i + len(conds)
	}
	out := &plan.Calc{Where: plan.Shift(top.Where, shift), Fields: slices.Clone(top.Fields)}
	for _, e := range top.Select {
		out.Select = append(out.Select, plan.Shift(e, shift))
	}
	for i, c := range conds {
		outside, col := equality(c, width)
		if col == nil {
			return nil, nil, unsupported(q, "an aggregation in LATERAL that compares with the query around it otherwise than by '=' is")
		}
		a.Keys = append(a.Keys, col.Index-width)
		var err error
		if conds[i], err = b.passKey(q, out, outside, &plan.Col{Index: nk + i, T: col.T.Plain()}, width, inner.Schema()[col.Index-width].Name); err != nil {
			return nil, nil, err
		}
	}
	out.Input = &a
	return out, conds, nil
}

// passKey lets out pass key on, and is the condition that it equals outside, a
// value of the width columns around.
func (b *Binder) passKey(at ast.Node, out *plan.Calc, outside plan.Expr, key *plan.Col, width int, name string) (plan.Expr, error) {
	e := &plan.Col{Index: width + len(out.Select), T: key.T}
	out.Select, out.Fields = append(out.Select, key), append(out.Fields, types.Field{Name: name, Type: key.T})
	return (&exprs{b: b}).apply(at, "=", []plan.Expr{outside, e})
}

// lateralTopN is lateralSide of ORDER BY … LIMIT.
func (b *Binder) lateralTopN(q *ast.Ordered, ls *scope, width int) (plan.Node, int, []plan.Expr, error) {
	around := b.outer
	b.outer = ls
	whole, err := b.ordered(q)
	b.outer = around
	if err != nil {
		return nil, 0, nil, err
	}
	top := whole.(*plan.Calc)
	rank := top.Input.(*plan.Rank)
	pre := rank.Input.(*plan.Calc)
	inner, conds := decorrelate(pre.Input, width)
	if err := onlyInside(q, inner); err != nil {
		return nil, 0, nil, err
	}
	p, r := *pre, *rank
	p.Input, p.Select, p.Fields = inner, slices.Clone(pre.Select), slices.Clone(pre.Fields)
	out := &plan.Calc{Select: slices.Clone(top.Select), Fields: slices.Clone(top.Fields)}
	for i, c := range conds {
		outside, col := equality(c, width)
		if col == nil {
			return nil, 0, nil, unsupported(q, "a Top-N in LATERAL that compares with the query around it otherwise than by '=' is")
		}
		at := len(p.Select)
		f := types.Field{Name: inner.Schema()[col.Index-width].Name, Type: col.T.Plain()}
		p.Select, p.Fields = append(p.Select, &plan.Col{Index: col.Index - width, T: col.T}), append(p.Fields, f)
		r.Partition = append(r.Partition, at)
		if conds[i], err = b.passKey(q, out, outside, &plan.Col{Index: at, T: f.Type}, width, f.Name); err != nil {
			return nil, 0, nil, err
		}
	}
	r.Input, out.Input = &p, &r
	return out, len(top.Select), conds, nil
}

// equality is what c compares a column behind the first width with: an
// expression of those. The column is nil where it is another condition.
func equality(c plan.Expr, width int) (outside plan.Expr, col *plan.Col) {
	call, ok := c.(*plan.Call)
	if !ok || call.Def.Name != "=" {
		return nil, nil
	}
	for i, a := range call.Args {
		other, used := call.Args[1-i], map[int]bool{}
		plan.Columns(other, used)
		inside, isCol := a.(*plan.Col)
		for k := range used {
			isCol = isCol && k < width
		}
		if isCol && inside.Index >= width {
			return other, inside
		}
	}
	return nil, nil
}
