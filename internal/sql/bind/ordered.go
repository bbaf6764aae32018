package bind

import (
	"math"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// ordered binds ORDER BY, OFFSET and LIMIT: LIMIT alone takes the first rows
// that come, with ORDER BY it keeps the first of all so far.
func (b *Binder) ordered(q *ast.Ordered) (plan.Node, error) {
	n, err := b.query(q.Body)
	if err != nil {
		return nil, err
	}
	offset, err := count(q.Offset, 0)
	if err != nil {
		return nil, err
	}
	limit, err := count(q.Limit, -1)
	if err != nil {
		return nil, err
	}
	switch {
	case len(q.OrderBy) == 0:
		return &plan.Limit{Input: n, Offset: offset, Count: limit}, nil
	case limit < 0:
		return nil, unsupported(q.OrderBy[0], "ORDER BY without LIMIT is")
	}
	return b.sortLimit(q, n, offset, limit)
}

// count is the number of LIMIT or OFFSET.
func count(e ast.Expr, none int64) (int64, error) {
	if e == nil {
		return none, nil
	}
	l, ok, err := literal(e)
	if err != nil {
		return 0, err
	}
	if ok {
		if n, whole := l.(*plan.Lit).Value.(int64); whole && l.Type().IsInteger() {
			return n, nil
		}
	}
	return 0, invalid(e, "limit", "LIMIT and OFFSET take a whole number")
}

// sortLimit keeps the rows from offset on, in order; limit of them.
func (b *Binder) sortLimit(q *ast.Ordered, n plan.Node, offset, limit int64) (plan.Node, error) {
	in := n.Schema()
	x := &exprs{b: b, scope: scopeOf(in, ""), clause: "ORDER BY clause"}
	r := &plan.Rank{From: offset + 1, To: offset + limit}
	if limit > math.MaxInt64-offset {
		r.To = math.MaxInt64
	}
	pre := &plan.Calc{Input: n, Select: identity(in), Fields: append([]types.Field(nil), in...)}
	for _, it := range q.OrderBy {
		e, err := x.orderItem(it)
		if err != nil {
			return nil, err
		}
		col, ok := e.(*plan.Col)
		if !ok {
			col = &plan.Col{Index: len(pre.Select), T: e.Type()}
			pre.Select, pre.Fields = append(pre.Select, e), append(pre.Fields, types.Field{Name: "$s", Type: e.Type()})
		}
		r.Order = append(r.Order, sortKey(col.Index, it))
	}
	r.Input = pre
	out := r.Schema()
	return &plan.Calc{Input: r, Select: identity(out[:len(in)]), Fields: out[:len(in)]}, nil
}

// orderItem binds an item of ORDER BY over the columns that come out: by name,
// by number, or an expression of them.
func (x *exprs) orderItem(it ast.OrderItem) (plan.Expr, error) {
	e, err := x.bind(it.Expr)
	if err != nil {
		return nil, err
	}
	l, ok := e.(*plan.Lit)
	if !ok {
		return e, nil
	}
	n, whole := l.Value.(int64)
	if !whole || !l.T.IsInteger() || n < 1 || int(n) > len(x.scope.fields) {
		return nil, invalid(it.Expr, "order-by", "Ordinal out of range: there are %d columns", len(x.scope.fields))
	}
	return &plan.Col{Index: int(n) - 1, T: x.scope.fields[n-1].Type}, nil
}
