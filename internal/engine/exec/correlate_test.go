package exec

import (
	"testing"

	"weir/internal/engine/expr"
	"weir/internal/engine/op"
	"weir/internal/engine/op/optest"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Each row is joined with its two texts that are not NULL; an outer join keeps
// the row that has none.
func TestCorrelate(t *testing.T) {
	fields := []types.Field{{Name: "k", Type: types.StringType}, {Name: "o", Type: types.StringType}}
	col := func(i int) plan.Expr { return &plan.Col{Index: i, T: types.StringType} }
	array := &plan.Call{Def: fn.BuiltIn().Lookup("ARRAY"), Args: []plan.Expr{col(0), col(1)}, T: types.ArrayType(types.StringType)}
	for outer, want := range map[bool]string{
		false: `
		+I a a 1
		+I a b 2
		-D NULL c 2`,
		true: `
		+I a a 1
		+I a b 2
		-D NULL c 2
		+I NULL NULL NULL`,
	} {
		node := &plan.Correlate{Input: &plan.Values{Fields: fields}, Keep: []int{0}, Expr: array, Outer: outer, Ordinality: true,
			Cond:   &plan.IsNull{Arg: col(2), Negated: true},
			Fields: []types.Field{{Name: "x", Type: types.StringType}, {Name: "n", Type: types.IntType.WithNull(false)}}}
		optest.Check(t, optest.Case{Inputs: [][]types.Field{fields}, New: func() (op.Operator, error) {
			return NewCorrelate(node, &expr.Compiler{Env: &fn.Env{}})
		}, Script: `
		+I a b
		-D NULL c
		+I NULL NULL`, Want: want})
	}
}
