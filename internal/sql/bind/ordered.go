package bind

import (
	"fmt"
	"math"
	"slices"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// ordered binds ORDER BY, OFFSET and LIMIT: LIMIT alone takes the first rows
// that come, with ORDER BY it keeps the first of all so far, and alone
// it sorts by time.
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
	case limit < 0 && offset > 0:
		return nil, unsupported(q.Offset, "ORDER BY with OFFSET and without LIMIT is")
	}
	in, keys, err := b.sortKeys(q, n)
	if err != nil {
		return nil, err
	}
	var sorted plan.Node = &plan.TemporalSort{Input: in, Order: keys, At: q.OrderBy[0].Pos()}
	if limit >= 0 {
		r := &plan.Rank{Input: in, Order: keys, From: offset + 1, To: offset + limit}
		if limit > math.MaxInt64-offset {
			r.To = math.MaxInt64
		}
		sorted = r
	}
	out := sorted.Schema()[:len(n.Schema())]
	return &plan.Calc{Input: sorted, Select: identity(out), Fields: out}, nil
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

// sortKeys gives the rows of q's body, which is bound as n, with what they are
// ordered by behind their columns.
func (b *Binder) sortKeys(q *ast.Ordered, n plan.Node) (plan.Node, []plan.SortKey, error) {
	x := &exprs{b: b, scope: scopeOf(n.Schema(), ""), clause: "ORDER BY clause"}
	es := make([]plan.Expr, len(q.OrderBy))
	var hidden []int // the items that no column that comes out has
	var failed error
	for i, it := range q.OrderBy {
		e, err := x.orderItem(it)
		if es[i] = e; err != nil {
			if hidden = append(hidden, i); failed == nil {
				failed = err
			}
		}
	}
	if failed != nil {
		base := len(n.Schema())
		if n = b.withHidden(q, hidden); n == nil {
			return nil, nil, failed
		}
		for k, i := range hidden {
			es[i] = &plan.Col{Index: base + k, T: n.Schema()[base+k].Type}
		}
	}
	in := n.Schema()
	pre := &plan.Calc{Input: n, Select: identity(in), Fields: slices.Clone(in)}
	var keys []plan.SortKey
	for i, e := range es {
		col, ok := e.(*plan.Col)
		if !ok {
			col = &plan.Col{Index: len(pre.Select), T: e.Type()}
			pre.Select, pre.Fields = append(pre.Select, e), append(pre.Fields, types.Field{Name: "$s", Type: e.Type()})
		}
		keys = append(keys, sortKey(col.Index, q.OrderBy[i]))
	}
	return pre, keys, nil
}

// withHidden binds q's body with some items of its ORDER BY as further columns;
// nil when they are no columns of what it selects from either.
func (b *Binder) withHidden(q *ast.Ordered, items []int) plan.Node {
	s, ok := q.Body.(*ast.Select)
	if !ok || s.Distinct {
		return nil
	}
	wide := *s
	wide.Items = slices.Clone(s.Items)
	for k, i := range items {
		it := q.OrderBy[i]
		wide.Items = append(wide.Items, ast.SelectItem{At: it.At, Expr: it.Expr, Alias: ast.Ident{At: it.At, Name: fmt.Sprintf("$s%d", k)}})
	}
	n, err := b.query(&wide)
	if err != nil { // the error of the item itself says more
		return nil
	}
	return n
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
