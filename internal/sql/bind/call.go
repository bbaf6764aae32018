package bind

import (
	"slices"
	"strings"
	"unicode"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
)

// callExpr binds a function call: a user's function before a built-in one of
// the same name, as Flink resolves them.
func (x *exprs) callExpr(e *ast.Call) (plan.Expr, error) {
	name := e.Name.Last()
	if e.Over != nil {
		return x.bindOver(e)
	}
	if f := x.b.Catalog.Function(e.Name.Strings()); f != nil {
		args, err := x.all(e.Args)
		if err != nil {
			return nil, err
		}
		return x.userCall(e, f, args)
	}
	def := x.b.Funcs.Lookup(name)
	if def == nil {
		return nil, x.unknownFunction(e, name)
	}
	if def.Class == fn.Ranking || def.Class == fn.Window {
		return nil, invalid(e, "over", "OVER clause is necessary for window functions").
			WithHint("write %s with OVER (PARTITION BY … ORDER BY …)", def.Name)
	}
	if def.Class == fn.Grouping {
		return nil, invalid(e, "group-by", "%s operator may only occur in an aggregate query", strings.ToUpper(name))
	}
	if def.Class == fn.Aggregate {
		return nil, x.misplacedAggregate(e, def.Name)
	}
	if e.Distinct || e.Filter != nil {
		return nil, invalid(e, "aggregate", "DISTINCT and FILTER are for aggregate functions, and %s is none", def.Name)
	}
	args, err := x.all(e.Args)
	if err != nil {
		return nil, err
	}
	r, err := call(e, def, args)
	if c, ok := r.(*plan.Call); ok && forms[def.Name] != nil {
		return forms[def.Name](x, e, c)
	}
	return r, err
}

func (x *exprs) misplacedAggregate(e ast.Expr, name string) error {
	clause := x.clause
	if clause == "" {
		clause = "expression"
	}
	return invalid(e, "aggregate", "Aggregate function %s is not allowed in a %s", name, clause)
}

func (x *exprs) unknownFunction(e *ast.Call, name string) error {
	if w := strings.ToUpper(name); groupWindows[w] || auxiliary[w] != nil {
		return invalid(e, "group-window", "%s is a group window function: it may stand in GROUP BY, or in a SELECT whose GROUP BY has the same window", w)
	}
	args, err := x.all(e.Args)
	sig := name + "(…)"
	if err == nil {
		sig = name + "(" + familyTypes(args) + ")"
	}
	er := invalid(e, "function-not-found", "No match found for function signature %s", sig)
	known := slices.DeleteFunc(x.b.Funcs.Names(), func(n string) bool { return !unicode.IsLetter(rune(n[0])) }) // no operators
	if near := errs.Nearest(name, known); near != "" {
		return er.WithHint("did you mean %s?", near)
	}
	return er
}
