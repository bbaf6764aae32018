package opt

import (
	"math"

	"weir/internal/sql/plan"
)

// rankFromOver makes Top-N of a condition on the row number of an OVER window:
// only the rows it lets through are kept.
var rankFromOver = Rule{"RankFromOver", func(n plan.Node) plan.Node {
	c, ok := n.(*plan.Calc)
	if !ok || c.Where == nil {
		return n
	}
	o, ok := c.Input.(*plan.Over)
	if !ok || len(o.Calls) != 1 || o.Calls[0].Def.Name != "ROW_NUMBER" {
		return n
	}
	place := len(o.Schema()) - 1
	r := &plan.Rank{Input: o.Input, Partition: o.Partition, Order: o.Order, From: 1, To: math.MaxInt64}
	var rest []plan.Expr
	for _, e := range conjuncts(c.Where) {
		if !bound(e, place, r) {
			rest = append(rest, e)
		}
	}
	if r.To == math.MaxInt64 {
		return n
	}
	used := map[int]bool{}
	plan.Columns(and(rest), used)
	for _, e := range c.Select {
		plan.Columns(e, used)
	}
	if used[place] {
		r.Number = o.Calls[0].Name
	}
	d := *c
	d.Input, d.Where = r, and(rest)
	return &d
}}

// bound narrows r by a condition on the place, if e is one.
func bound(e plan.Expr, place int, r *plan.Rank) bool {
	c, ok := e.(*plan.Call)
	if !ok || len(c.Args) != 2 {
		return false
	}
	name, col, lit := c.Def.Name, c.Args[0], c.Args[1]
	if _, ok := col.(*plan.Lit); ok {
		mirrored := map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
		name, col, lit = mirrored[name], lit, col
	}
	if cast, ok := lit.(*plan.Cast); ok { // an INT beside a BIGINT
		lit = cast.Arg
	}
	at, isCol := col.(*plan.Col)
	l, isLit := lit.(*plan.Lit)
	if !isCol || !isLit || at.Index != place {
		return false
	}
	v, ok := l.Value.(int64)
	if !ok || !l.T.IsInteger() {
		return false
	}
	switch name {
	case "<":
		r.To = min(r.To, v-1)
	case "<=":
		r.To = min(r.To, v)
	case ">":
		r.From = max(r.From, v+1)
	case ">=":
		r.From = max(r.From, v)
	case "=":
		r.From, r.To = max(r.From, v), min(r.To, v)
	default:
		return false
	}
	return true
}
