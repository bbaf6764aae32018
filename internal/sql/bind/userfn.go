package bind

import (
	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/sql/plan"
)

// userCall binds a call of a user's function.
func (x *exprs) userCall(at ast.Node, f *catalog.Function, args []plan.Expr) (plan.Expr, error) {
	if f.Language != "PYTHON" {
		return nil, errs.New(errs.Unsupported, "function.language",
			"function %s is written in %s, and this version of Weir runs functions written in Python only", f.Name, f.Language).At(at.Pos())
	}
	if f.Args != nil {
		if len(args) != len(f.Args) {
			return nil, invalid(at, "function-arguments", "%s takes %d arguments, got %d", f.Name, len(f.Args), len(args))
		}
		for i := range args {
			args[i] = castTo(args[i], f.Args[i], false, true)
		}
	}
	return &plan.UDF{Name: f.Name, Args: args, T: f.Result}, nil
}
