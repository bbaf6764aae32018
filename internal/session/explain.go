package session

import (
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// explain prints the plans of a statement as Flink does: the tree as bound,
// and as it runs.
func (s *Session) explain(e *ast.Explain) (*Result, error) {
	changelog := false
	for _, d := range e.Details {
		switch d {
		case "CHANGELOG_MODE":
			changelog = true
		case "ESTIMATED_COST", "PLAN_ADVICE", "JSON_EXECUTION_PLAN":
			return nil, errs.New(errs.Unsupported, "sql.explain", "EXPLAIN %s is not supported by this version of Weir", d).At(e.Pos())
		}
	}
	var bound, optimized []plan.Node
	add := func(n plan.Node, err error) error {
		if err != nil {
			return err
		}
		o, err := s.optimize(n)
		bound, optimized = append(bound, n), append(optimized, o)
		return err
	}
	var err error
	switch st := e.Stmt.(type) {
	case ast.Query:
		err = add(s.binder().Query(st))
	case *ast.Insert:
		err = add(s.binder().Insert(st))
	case *ast.StatementSet:
		for _, i := range st.Inserts {
			if err = add(s.binder().Insert(i)); err != nil {
				break
			}
		}
	default:
		err = errs.New(errs.Invalid, "sql.explain", "EXPLAIN takes a query, an INSERT or a statement set").At(e.Pos())
	}
	if err != nil {
		return nil, err
	}
	text := "== Logical Plan ==\n" + trees(bound, false) + "\n== Optimized Execution Plan ==\n" + trees(optimized, changelog)
	return &Result{Columns: []types.Field{{Name: "result", Type: types.StringType}}, Rows: [][]*string{{&text}}}, nil
}

func trees(ns []plan.Node, changelog bool) string {
	var b strings.Builder
	for _, n := range ns {
		b.WriteString(plan.Explain(n, changelog))
	}
	return b.String()
}
