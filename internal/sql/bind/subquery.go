package bind

import (
	"slices"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// outerCol is a column of the query around a subquery, while the subquery is
// bound. Afterwards it is a column of the left side of a semi-join.
type outerCol struct {
	index int
	t     types.Type
}

// Type implements plan.Expr.
func (c *outerCol) Type() types.Type { return c.t }

// Describe implements plan.Expr.
func (c *outerCol) Describe([]types.Field) string { return "$outer" }

// ref binds a column, in a subquery also one of the query around it.
func (x *exprs) ref(e *ast.Ref) (plan.Expr, error) {
	if a, ok := x.aliases[e.Parts.Last()]; ok && len(e.Parts) == 1 {
		return a, nil
	}
	r, err := x.scope.resolve(e.Parts)
	if err == nil {
		x.b.found.ref(e, x.scope)
	}
	if err == nil || x.b.outer == nil {
		return r, err
	}
	o, outerErr := x.b.outer.resolve(e.Parts)
	if outerErr != nil {
		return nil, err
	}
	x.b.found.ref(e, x.b.outer)
	return plan.MapExpr(o, func(e plan.Expr) plan.Expr {
		if c, ok := e.(*plan.Col); ok {
			return &outerCol{c.Index, c.T}
		}
		return e
	}), nil
}

// where filters in by the condition e. IN (query) and EXISTS (query) in it are
// semi-joins, negated anti-joins.
func (b *Binder) where(e ast.Expr, in plan.Node, sc *scope) (plan.Node, error) {
	var conds []plan.Expr
	var subqueries []ast.Expr
	for _, c := range astConjuncts(e) {
		if hasQuery(c) {
			subqueries = append(subqueries, c)
			continue
		}
		cond, err := b.condition(c, sc, "WHERE clause")
		if err != nil {
			return nil, err
		}
		conds = append(conds, cond)
	}
	if len(conds) > 0 {
		in = &plan.Calc{Input: in, Where: And(conds...), Select: identity(in.Schema()), Fields: in.Schema()}
	}
	for _, s := range subqueries {
		var err error
		if in, err = b.semiJoin(s, in, sc); err != nil {
			return nil, err
		}
	}
	return in, nil
}

func astConjuncts(e ast.Expr) []ast.Expr {
	if b, ok := e.(*ast.Binary); ok && b.Op == ast.And {
		return append(astConjuncts(b.L), astConjuncts(b.R)...)
	}
	return []ast.Expr{e}
}

// hasQuery reports whether e is [NOT] IN (query) or [NOT] EXISTS (query).
func hasQuery(e ast.Expr) bool {
	e, _ = positive(e)
	switch e := e.(type) {
	case *ast.In:
		return e.Query != nil
	case *ast.Exists:
		return true
	}
	return false
}

// positive is e without the NOTs before it, and whether they negate it.
func positive(e ast.Expr) (ast.Expr, bool) {
	negated := false
	for {
		u, ok := e.(*ast.Unary)
		if !ok || u.Op != ast.Not {
			return e, negated
		}
		e, negated = u.X, !negated
	}
}

// semiJoin keeps the rows of in for which the subquery of e has a row, or has
// none when e is negated.
func (b *Binder) semiJoin(e ast.Expr, in plan.Node, sc *scope) (plan.Node, error) {
	inner, negated := positive(e)
	if p, ok := inner.(*ast.In); ok && p.Not {
		negated = !negated
	}
	j := &plan.Join{Left: in, Kind: plan.SemiJoin, At: e.Pos()}
	if negated {
		j.Kind = plan.AntiJoin
	}
	var query ast.Query
	var left []ast.Expr
	switch p := inner.(type) {
	case *ast.In:
		query, left = p.Query, []ast.Expr{p.X}
		if row, ok := p.X.(*ast.Row); ok {
			left = row.Elems
		}
	case *ast.Exists:
		query = p.Query
	}
	width := len(in.Schema())
	sub, conds, err := b.subquery(query, sc, width)
	if err != nil {
		return nil, err
	}
	j.Right = sub
	x := &exprs{b: b, scope: sc, clause: "WHERE clause"}
	if len(left) > 0 && len(left) > len(sub.Schema()) {
		return nil, invalid(e, "columns", "Values passed to IN operator must have compatible types: %d columns and %d", len(left), len(sub.Schema()))
	}
	for i, l := range left {
		v, err := x.bind(l)
		if err != nil {
			return nil, err
		}
		c := &plan.Col{Index: width + i, T: sub.Schema()[i].Type}
		eq, err := x.apply(l, "=", []plan.Expr{v, c})
		if err != nil {
			return nil, err
		}
		if nullable := v.Type().Nullable() || c.T.Nullable(); negated && nullable {
			// x NOT IN (…) is not true where the comparison is unknown.
			eq, j.Singly = &plan.Or{Args: []plan.Expr{eq, &plan.IsNull{Arg: v}, &plan.IsNull{Arg: c}}}, true
		}
		conds = append(conds, eq)
	}
	j.Cond = And(conds...)
	return j, nil
}

// subquery binds a query inside a query whose scope is sc, and takes out of its
// WHERE what looks outside: conditions over the outer columns, of which there
// are width, and then the columns of the node.
func (b *Binder) subquery(q ast.Query, sc *scope, width int) (plan.Node, []plan.Expr, error) {
	around := b.outer
	b.outer = sc
	n, err := b.query(q)
	b.outer = around
	if err != nil {
		return nil, nil, err
	}
	n, conds := decorrelate(n, width)
	return n, conds, onlyInside(q, n)
}

// onlyInside refuses a subquery whose plan n still looks at the query around it.
func onlyInside(q ast.Query, n plan.Node) error {
	correlated := false
	plan.Walk(n, func(m plan.Node) {
		switch m := m.(type) {
		case *plan.Calc:
			for _, e := range append(slices.Clone(m.Select), m.Where) {
				correlated = correlated || looksOutside(e)
			}
		case *plan.Correlate:
			correlated = correlated || looksOutside(m.Expr) || looksOutside(m.Cond)
		case *plan.Join:
			correlated = correlated || looksOutside(m.Cond)
		}
	})
	if correlated {
		return unsupported(q, "a subquery that looks at the query around it elsewhere than in the WHERE of its own rows is")
	}
	return nil
}

func looksOutside(e plan.Expr) bool {
	found := false
	plan.MapExpr(e, func(x plan.Expr) plan.Expr {
		if _, ok := x.(*outerCol); ok {
			found = true
		}
		return x
	})
	return found
}

// decorrelate takes the conditions that look outside from the filter below the
// projection n, which then passes on the columns they need.
func decorrelate(n plan.Node, width int) (plan.Node, []plan.Expr) {
	top, ok := n.(*plan.Calc)
	if !ok {
		return n, nil
	}
	filter, ok := top.Input.(*plan.Calc)
	if !ok || filter.Where == nil {
		return n, nil
	}
	var outside, inside []plan.Expr
	args := []plan.Expr{filter.Where}
	if a, ok := filter.Where.(*plan.And); ok {
		args = a.Args
	}
	for _, e := range args {
		if looksOutside(e) {
			outside = append(outside, e)
		} else {
			inside = append(inside, e)
		}
	}
	if len(outside) == 0 {
		return n, nil
	}
	own := len(top.Select)
	c := &plan.Calc{Select: append(slices.Clone(top.Select), identity(filter.Fields)...),
		Fields: append(slices.Clone(top.Fields), filter.Fields...)}
	c.Input = filter.Input
	if len(inside) > 0 {
		f := *filter
		f.Where = And(inside...)
		c.Input = &f
	}
	for i, e := range outside {
		outside[i] = plan.MapExpr(e, func(x plan.Expr) plan.Expr {
			switch x := x.(type) {
			case *outerCol:
				return &plan.Col{Index: x.index, T: x.t}
			case *plan.Col:
				return &plan.Col{Index: width + own + x.Index, T: x.T}
			}
			return x
		})
	}
	return c, outside
}
