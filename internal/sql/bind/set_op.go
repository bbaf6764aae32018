package bind

import (
	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

var setOpNames = map[ast.SetKind]string{ast.Union: "UNION", ast.Intersect: "INTERSECT", ast.Except: "EXCEPT"}

// setOp binds UNION, INTERSECT and EXCEPT, after bringing both sides to common
// types. Without ALL the rows that come out are distinct; INTERSECT is then a
// semi-join over all columns, EXCEPT an anti-join, NULLs equal to each other
// (ReplaceIntersectWithSemiJoinRule, ReplaceMinusWithAntiJoinRule).
func (b *Binder) setOp(q *ast.SetOp) (plan.Node, error) {
	name := setOpNames[q.Kind]
	if q.Kind != ast.Union && q.All {
		return nil, unsupported(q, name+" ALL is")
	}
	l, r, err := b.setSides(q, name)
	if err != nil {
		return nil, err
	}
	if q.Kind == ast.Union {
		u := union(l, r)
		if q.All {
			return u, nil
		}
		return distinct(q, u), nil
	}
	j := &plan.Join{Left: l, Right: r, Kind: plan.SemiJoin, At: q.Pos()}
	if q.Kind == ast.Except {
		j.Kind = plan.AntiJoin
	}
	for i := range l.Schema() {
		j.LeftKeys, j.RightKeys, j.NullSafe = append(j.LeftKeys, i), append(j.RightKeys, i), append(j.NullSafe, true)
	}
	return distinct(q, j), nil
}

// setSides binds both sides.
func (b *Binder) setSides(q *ast.SetOp, name string) (l, r plan.Node, err error) {
	if q.All {
		name += " ALL"
	}
	if l, err = b.query(q.Left); err != nil {
		return nil, nil, err
	}
	if r, err = b.query(q.Right); err != nil {
		return nil, nil, err
	}
	lf, rf := l.Schema(), r.Schema()
	if len(lf) != len(rf) {
		return nil, nil, invalid(q, "columns", "Column count mismatch in %s: %d and %d", name, len(lf), len(rf))
	}
	fields := make([]types.Field, len(lf))
	for i := range lf {
		t, ok := types.Common(lf[i].Type, rf[i].Type)
		if !ok {
			return nil, nil, invalid(q, "type", "Type mismatch in column %d of %s: %s and %s", i+1, name, lf[i].Type, rf[i].Type)
		}
		fields[i] = types.Field{Name: lf[i].Name, Type: t}
	}
	return convert(l, fields), convert(r, fields), nil
}

// union is the rows of both, flat where a side is a union itself.
func union(l, r plan.Node) *plan.Union {
	u := &plan.Union{Fields: l.Schema()}
	for _, n := range []plan.Node{l, r} {
		if inner, ok := n.(*plan.Union); ok {
			u.Inputs = append(u.Inputs, inner.Inputs...)
			continue
		}
		u.Inputs = append(u.Inputs, n)
	}
	return u
}

// distinct is the rows of n, each once.
func distinct(at ast.Node, n plan.Node) plan.Node {
	keys := make([]int, len(n.Schema()))
	for i := range keys {
		keys[i] = i
	}
	return &plan.Aggregate{Input: n, Keys: keys, At: at.Pos()}
}
