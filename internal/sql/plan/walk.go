package plan

// MapExpr rebuilds e bottom-up, replacing each part by f of it.
func MapExpr(e Expr, f func(Expr) Expr) Expr {
	if e == nil {
		return nil
	}
	list := func(es []Expr) []Expr {
		out := make([]Expr, len(es))
		for i, x := range es {
			out[i] = MapExpr(x, f)
		}
		return out
	}
	switch x := e.(type) {
	case *Call:
		y := *x
		y.Args = list(x.Args)
		e = &y
	case *Cast:
		y := *x
		y.Arg = MapExpr(x.Arg, f)
		e = &y
	case *Case:
		y := *x
		y.When, y.Then, y.Else = list(x.When), list(x.Then), MapExpr(x.Else, f)
		e = &y
	case *And:
		e = &And{list(x.Args)}
	case *Or:
		e = &Or{list(x.Args)}
	case *Not:
		e = &Not{MapExpr(x.Arg, f)}
	case *IsNull:
		e = &IsNull{MapExpr(x.Arg, f), x.Negated}
	case *FieldOf:
		y := *x
		y.Row = MapExpr(x.Row, f)
		e = &y
	case *UDF:
		y := *x
		y.Args = list(x.Args)
		e = &y
	}
	return f(e)
}

// Columns adds to used the columns that e refers to.
func Columns(e Expr, used map[int]bool) {
	MapExpr(e, func(x Expr) Expr {
		if c, ok := x.(*Col); ok {
			used[c.Index] = true
		}
		return x
	})
}

// Shift renumbers the columns of e by to.
func Shift(e Expr, to func(int) int) Expr {
	return MapExpr(e, func(x Expr) Expr {
		if c, ok := x.(*Col); ok {
			return &Col{Index: to(c.Index), T: c.T}
		}
		return x
	})
}

// Inline replaces the columns of e by the expressions they stand for.
func Inline(e Expr, cols []Expr) Expr {
	return MapExpr(e, func(x Expr) Expr {
		if c, ok := x.(*Col); ok {
			return cols[c.Index]
		}
		return x
	})
}
