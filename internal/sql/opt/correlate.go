package opt

import (
	"slices"

	"weir/internal/sql/plan"
)

// pruneCorrelate leaves the columns of a Correlate's input out that the Calc
// above does not use, and below it those that it does not need itself.
var pruneCorrelate = Rule{"PruneCorrelate", func(n plan.Node) plan.Node {
	top, ok := n.(*plan.Calc)
	if !ok {
		return n
	}
	c, ok := top.Input.(*plan.Correlate)
	if !ok {
		return n
	}
	used := map[int]bool{}
	plan.Columns(top.Where, used)
	for _, e := range top.Select {
		plan.Columns(e, used)
	}
	d, place := *c, map[int]int{}
	d.Keep = nil
	for i, k := range c.Keep {
		if used[i] {
			place[i] = len(d.Keep)
			d.Keep = append(d.Keep, k)
		}
	}
	for i := range c.Fields {
		place[len(c.Keep)+i] = len(d.Keep) + i
	}
	narrow := narrowCorrelate(&d)
	if len(d.Keep) == len(c.Keep) && !narrow {
		return n
	}
	to := func(i int) int { return place[i] }
	t := &plan.Calc{Input: &d, Where: plan.Shift(top.Where, to), Fields: top.Fields}
	for _, e := range top.Select {
		t.Select = append(t.Select, plan.Shift(e, to))
	}
	return t
}}

// narrowCorrelate puts a projection under c, unless it needs every column.
func narrowCorrelate(c *plan.Correlate) bool {
	in := c.Input.Schema()
	need := map[int]bool{}
	for _, k := range c.Keep {
		need[k] = true
	}
	plan.Columns(c.Expr, need)
	plan.Columns(c.Cond, need)
	pre, place := &plan.Calc{Input: c.Input}, map[int]int{}
	for i, f := range in {
		if need[i] {
			place[i] = len(pre.Select)
			pre.Select, pre.Fields = append(pre.Select, &plan.Col{Index: i, T: f.Type}), append(pre.Fields, f)
		}
	}
	if len(pre.Select) == len(in) || len(pre.Select) == 0 {
		return false
	}
	to := func(i int) int {
		if i >= len(in) {
			return len(pre.Select) + i - len(in)
		}
		return place[i]
	}
	c.Input, c.Expr, c.Cond = pre, plan.Shift(c.Expr, to), plan.Shift(c.Cond, to)
	c.Keep = slices.Clone(c.Keep)
	for i, k := range c.Keep {
		c.Keep[i] = to(k)
	}
	return true
}
