package opt

import (
	"weir/internal/sql/plan"
)

// mergeCalcs makes one Calc of two, unless that would compute a volatile or
// costly expression of the lower one twice.
var mergeCalcs = Rule{"MergeCalcs", func(n plan.Node) plan.Node {
	top, ok := n.(*plan.Calc)
	if !ok {
		return n
	}
	low, ok := top.Input.(*plan.Calc)
	if !ok || !mayInline(top, low) {
		return n
	}
	m := &plan.Calc{Input: low.Input, Fields: top.Fields, Where: low.Where}
	if top.Where != nil {
		w := plan.Inline(top.Where, low.Select)
		if m.Where == nil {
			m.Where = w
		} else {
			m.Where = &plan.And{Args: append(conjuncts(m.Where), conjuncts(w)...)}
		}
	}
	for _, e := range top.Select {
		m.Select = append(m.Select, plan.Inline(e, low.Select))
	}
	return m
}}

func conjuncts(e plan.Expr) []plan.Expr {
	if a, ok := e.(*plan.And); ok {
		return a.Args[:len(a.Args):len(a.Args)]
	}
	return []plan.Expr{e}
}

// mayInline reports whether every column of low that is more than a column or
// a literal is used at most once by top, and none of them is volatile.
func mayInline(top, low *plan.Calc) bool {
	uses := make([]int, len(low.Select))
	count := func(e plan.Expr) {
		plan.MapExpr(e, func(x plan.Expr) plan.Expr {
			if c, ok := x.(*plan.Col); ok {
				uses[c.Index]++
			}
			return x
		})
	}
	count(top.Where)
	for _, e := range top.Select {
		count(e)
	}
	for i, e := range low.Select {
		switch e.(type) {
		case *plan.Col, *plan.Lit:
			continue
		}
		if uses[i] > 1 || uses[i] > 0 && volatile(e) {
			return false
		}
	}
	return true
}

func volatile(e plan.Expr) bool {
	found := false
	plan.MapExpr(e, func(x plan.Expr) plan.Expr {
		switch f := x.(type) {
		case *plan.Call:
			found = found || f.Def.Volatile
		case *plan.UDF:
			found = true
		}
		return x
	})
	return found
}

// dropIdentityCalc removes a Calc that passes its input through under the same
// names.
var dropIdentityCalc = Rule{"DropIdentityCalc", func(n plan.Node) plan.Node {
	c, ok := n.(*plan.Calc)
	if !ok || c.Where != nil {
		return n
	}
	in := c.Input.Schema()
	if len(in) != len(c.Select) {
		return n
	}
	for i, e := range c.Select {
		col, ok := e.(*plan.Col)
		if !ok || col.Index != i || c.Fields[i].Name != in[i].Name || !c.Fields[i].Type.Equal(in[i].Type) {
			return n
		}
	}
	return c.Input
}}
