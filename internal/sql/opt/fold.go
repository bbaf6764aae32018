package opt

import "weir/internal/sql/plan"

// foldConstants replaces the expressions of a Calc that name no column by
// their values.
func foldConstants(fold Fold) Rule {
	return Rule{"FoldConstants", func(n plan.Node) plan.Node {
		c, ok := n.(*plan.Calc)
		if !ok || fold == nil {
			return n
		}
		changed := false
		replace := func(e plan.Expr) plan.Expr {
			switch e.(type) {
			case *plan.Lit, *plan.Col:
				return e
			}
			used := map[int]bool{}
			plan.Columns(e, used)
			if len(used) > 0 {
				return e
			}
			lit, ok := fold(e)
			if !ok {
				return e
			}
			changed = true
			return lit
		}
		d := *c
		d.Where = plan.MapExpr(c.Where, replace)
		d.Select = make([]plan.Expr, len(c.Select))
		for i, e := range c.Select {
			d.Select[i] = plan.MapExpr(e, replace)
		}
		if !changed {
			return n
		}
		return &d
	}}
}
