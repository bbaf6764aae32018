package bind

import (
	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
)

// overlaps is (start1, end1) OVERLAPS (start2, end2), of which an end may be
// an interval: whether the periods, ends included and in either order, share a
// moment (StandardConvertletTable.convertOverlaps).
func (x *exprs) overlaps(e *ast.Binary) (plan.Expr, error) {
	var begin, end [2]plan.Expr
	for i, side := range []ast.Expr{e.L, e.R} {
		row, ok := side.(*ast.Row)
		if !ok || len(row.Elems) != 2 {
			return nil, invalid(side, "overlaps", "OVERLAPS takes two periods: (start, end) or (start, interval)")
		}
		args, err := x.all(row.Elems)
		if err != nil {
			return nil, err
		}
		if !args[0].Type().IsTemporal() {
			return nil, invalid(side, "overlaps", "a period begins at a date, time or timestamp, this is %s", args[0].Type())
		}
		if args[1].Type().IsInterval() {
			if args[1], err = x.apply(side, "+", []plan.Expr{args[0], args[1]}); err != nil {
				return nil, err
			}
		}
		if begin[i], err = x.pick(side, "<=", args[0], args[1]); err != nil {
			return nil, err
		}
		if end[i], err = x.pick(side, ">", args[0], args[1]); err != nil {
			return nil, err
		}
	}
	first, err := x.apply(e, ">=", []plan.Expr{end[0], begin[1]})
	if err != nil {
		return nil, err
	}
	second, err := x.apply(e, ">=", []plan.Expr{end[1], begin[0]})
	return And(first, second), err
}

// pick is a where a op b holds, else b.
func (x *exprs) pick(at ast.Node, op string, a, b plan.Expr) (plan.Expr, error) {
	cond, err := x.apply(at, op, []plan.Expr{a, b})
	if err != nil {
		return nil, err
	}
	t, err := commonType(at, []plan.Expr{a, b})
	if err != nil {
		return nil, err
	}
	return &plan.Case{When: []plan.Expr{cond}, Then: []plan.Expr{castTo(a, t, false, true)}, Else: castTo(b, t, false, true), T: t}, nil
}
