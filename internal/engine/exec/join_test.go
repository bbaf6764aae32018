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

// joinCase joins (id BIGINT, a STRING) with (id BIGINT, b BIGINT) by id.
func joinCase(kind plan.JoinKind, cond func(fields []types.Field) plan.Expr) optest.Case {
	l := []types.Field{{Name: "id", Type: types.BigIntType}, {Name: "a", Type: types.StringType}}
	r := []types.Field{{Name: "id", Type: types.BigIntType}, {Name: "b", Type: types.BigIntType}}
	node := &plan.Join{Left: &changing{plan.Values{Fields: l}}, Right: &changing{plan.Values{Fields: r}}, Kind: kind,
		LeftKeys: []int{0}, RightKeys: []int{0}}
	if cond != nil {
		node.Cond = cond(node.Schema())
	}
	return optest.Case{Inputs: [][]types.Field{l, r}, New: func() (op.Operator, error) {
		return NewJoin(node, &expr.Compiler{Env: &fn.Env{}})
	}}
}

func TestInnerJoinKeepsRowKinds(t *testing.T) {
	c := joinCase(plan.InnerJoin, nil)
	c.Script = `
		+I 1 x
		+I NULL n
		watermark 0
		2> +I 1 10
		2> +I NULL 99      # a NULL agrees with nothing
		2> +I 2 20
		watermark 1
		-U 1 x
		+U 1 y
		watermark 2
		+I 2 z
		watermark 3
		2> -D 1 10
		2> -D 1 11         # never came
		2> -D NULL 99`
	c.Want = `
		watermark 0
		+I 1 x 1 10
		watermark 1
		-U 1 x 1 10
		+U 1 y 1 10
		watermark 2
		+I 2 z 2 20
		watermark 3
		-D 1 y 1 10`
	optest.Check(t, c)
}

// Equal rows are as many as came.
func TestJoinOfEqualRows(t *testing.T) {
	c := joinCase(plan.InnerJoin, nil)
	c.Script = `
		+I 1 x
		+I 1 x
		2> +I 1 10
		watermark 0
		-D 1 x
		watermark 1
		2> +I 1 11`
	c.Want = `
		+I 1 x 1 10
		+I 1 x 1 10
		watermark 0
		-D 1 x 1 10
		watermark 1
		+I 1 x 1 11`
	optest.Check(t, c)
}

func TestLeftJoinFillsWithNulls(t *testing.T) {
	c := joinCase(plan.LeftJoin, nil)
	c.Script = `
		+I 1 x
		watermark 0
		2> +I 1 10
		watermark 1
		2> +I 1 11
		watermark 2
		2> -D 1 10
		watermark 3
		2> -D 1 11
		watermark 4
		-D 1 x
		watermark 5
		2> +I 2 20`
	c.Want = `
		+I 1 x NULL NULL
		watermark 0
		-D 1 x NULL NULL
		+I 1 x 1 10
		watermark 1
		+I 1 x 1 11
		watermark 2
		-D 1 x 1 10
		watermark 3
		-D 1 x 1 11
		+I 1 x NULL NULL
		watermark 4
		-D 1 x NULL NULL
		watermark 5`
	optest.Check(t, c)
}

// The condition decides what a match is, also for the rows that have none.
func TestFullJoinWithCondition(t *testing.T) {
	c := joinCase(plan.FullJoin, func(fs []types.Field) plan.Expr {
		return &plan.Call{Def: fn.BuiltIn().Lookup(">"), T: types.BooleanType, Args: []plan.Expr{
			&plan.Col{Index: 3, T: fs[3].Type}, &plan.Lit{Value: int64(10), T: types.BigIntType.WithNull(false)}}}
	})
	c.Script = `
		2> +I 1 10
		2> +I 1 11
		watermark 0
		+I 1 x
		watermark 1
		+I 3 y
		watermark 2
		-D 1 x`
	c.Want = `
		+I NULL NULL 1 10
		+I NULL NULL 1 11
		watermark 0
		-D NULL NULL 1 11
		+I 1 x 1 11
		watermark 1
		+I 3 y NULL NULL
		watermark 2
		-D 1 x 1 11
		+I NULL NULL 1 11`
	optest.Check(t, c)
}

func TestSemiJoin(t *testing.T) {
	c := joinCase(plan.SemiJoin, nil)
	c.Script = `
		+I 1 x
		+I NULL n
		watermark 0
		2> +I 1 10
		watermark 1
		2> +I 1 11         # one match is enough
		watermark 2
		+U 1 y
		watermark 3
		2> -D 1 10
		2> -D 1 11
		watermark 4
		-D 1 x             # nobody knows of it any more
		2> +I 1 12`
	c.Want = `
		watermark 0
		+I 1 x
		watermark 1
		watermark 2
		+U 1 y
		watermark 3
		-D 1 x
		-D 1 y
		watermark 4
		+I 1 y`
	optest.Check(t, c)
}

func TestAntiJoin(t *testing.T) {
	c := joinCase(plan.AntiJoin, nil)
	c.Script = `
		2> +I 2 20
		+I 1 x
		+I 2 y
		+I NULL n
		watermark 0
		2> +I 1 10
		watermark 1
		2> -U 1 10
		watermark 2
		2> -D 2 20`
	c.Want = `
		+I 1 x
		+I NULL n
		watermark 0
		-D 1 x
		watermark 1
		+I 1 x
		watermark 2
		+I 2 y`
	optest.Check(t, c)
}
