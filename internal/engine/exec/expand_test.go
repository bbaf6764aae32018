package exec

import (
	"testing"

	"weir/internal/engine/op"
	"weir/internal/engine/op/optest"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// GROUPING SETS ((k, v), (k), ()): each row becomes three, of its own kind.
func TestExpand(t *testing.T) {
	c := optest.Case{Inputs: [][]types.Field{pairs}, New: func() (op.Operator, error) {
		return NewExpand(&plan.Expand{Input: &plan.Values{Fields: pairs}, Sets: []plan.GroupingSet{{ID: 0}, {ID: 1, Nulls: []int{1}}, {ID: 3, Nulls: []int{0, 1}}}}), nil
	}}
	c.Script = `
		+I a 1 true
		-D NULL 2 false`
	c.Want = `
		+I a 1 true 0
		+I a NULL true 1
		+I NULL NULL true 3
		-D NULL 2 false 0
		-D NULL NULL false 1
		-D NULL NULL false 3`
	optest.Check(t, c)
}
