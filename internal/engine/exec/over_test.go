package exec

import (
	"strings"
	"testing"

	"weir/internal/engine/op"
	"weir/internal/engine/op/optest"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// overCase adds to ticks, in partitions of k, the number, the sum and the least
// of v over a frame.
func overCase(f plan.Frame, attr types.TimeAttr, calls ...string) optest.Case {
	in := append([]types.Field(nil), ticks...)
	in[2].Type.Attr = attr
	node := &plan.Over{Input: &plan.Values{Fields: in}, Partition: []int{0}, Order: []plan.SortKey{{Col: 2}}, Frame: f}
	for _, name := range calls {
		c := plan.AggCall{Def: fn.BuiltIn().Lookup(name), Filter: -1, T: types.BigIntType, Name: strings.ToLower(name)}
		if c.Def.Class == fn.Aggregate {
			c.Args = []int{1}
		}
		node.Calls = append(node.Calls, c)
	}
	return optest.Case{Inputs: [][]types.Field{in}, New: func() (op.Operator, error) { return NewOver(node) }}
}

var frameAggs = []string{"COUNT", "SUM", "MIN"}

// Rows leave in the order of time; one at or before the watermark is late.
func TestOverRowsUnbounded(t *testing.T) {
	c := overCase(plan.Frame{Rows: true, Preceding: plan.Unbounded}, types.Rowtime, frameAggs...)
	c.Script = `
		+I a 5 20
		+I a 1 10
		+I b 7 10
		+I a 2 10
		watermark 10
		+I a 9 10        # late
		+I a 9 11
		+I a NULL 25
		watermark 20`
	c.Want = `
		+I a 1 10 1 1 1
		+I a 2 10 2 3 1
		+I b 7 10 1 7 7
		watermark 10
		+I a 9 11 3 12 1
		+I a 5 20 4 17 1
		watermark 20
		+I a NULL 25 4 17 1`
	optest.Check(t, c)
}

// Rows of one time are peers: each sees all of them.
func TestOverRangeUnbounded(t *testing.T) {
	c := overCase(plan.Frame{Preceding: plan.Unbounded}, types.Rowtime, frameAggs...)
	c.Script = `
		+I a 5 20
		+I a 3 10
		+I b 7 10
		+I a 2 10
		watermark 20
		+I a 1 30
		+I a 4 30`
	c.Want = `
		+I a 3 10 2 5 2
		+I a 2 10 2 5 2
		+I b 7 10 1 7 7
		+I a 5 20 3 10 2
		watermark 20
		+I a 1 30 5 15 1
		+I a 4 30 5 15 1`
	optest.Check(t, c)
}

// A row is late when its partition has fired at its time or after, whatever the
// watermark; before 1970 every row is (RowTimeRowsBoundedPrecedingFunction).
func TestOverRowsBounded(t *testing.T) {
	c := overCase(plan.Frame{Rows: true, Preceding: 1}, types.Rowtime, frameAggs...)
	c.Script = `
		+I a 1 10
		+I a 5 20
		+I a 8 0         # at 1970
		watermark 30
		+I a 9 20        # late
		+I b 6 5         # not late: b has not fired
		+I a 4 25
		+I a 2 40
		watermark 31
		+I a NULL 45`
	c.Want = `
		+I a 1 10 1 1 1
		+I a 5 20 2 6 1
		watermark 30
		+I b 6 5 1 6 6
		+I a 4 25 2 9 4
		watermark 31
		+I a 2 40 2 6 2
		+I a NULL 45 1 2 2`
	optest.Check(t, c)
}

// The frame reaches back 10 ms. A partition is forgotten 1.5 times as long
// after its first row: then a row at any time is taken again.
func TestOverRangeBounded(t *testing.T) {
	c := overCase(plan.Frame{Preceding: 10}, types.Rowtime, frameAggs...)
	c.Script = `
		+I a 1 10
		+I a 5 20
		+I a 3 20
		watermark 20
		+I a 9 20        # late
		+I a 4 21
		watermark 30
		watermark 100
		+I a 7 15
		watermark 101`
	c.Want = `
		+I a 1 10 1 1 1
		+I a 5 20 3 9 1
		+I a 3 20 3 9 1
		watermark 20
		+I a 4 21 3 12 3
		watermark 30
		watermark 100
		+I a 7 15 1 7 7
		watermark 101`
	optest.Check(t, c)
}

func TestOverProctime(t *testing.T) {
	rows := `
		clock 10
		+I a 1 0
		+I b 7 0
		+I a 5 0
		clock 20
		+I a 3 0
		clock 40
		+I a 2 0
		clock 41`
	for _, k := range []struct {
		name  string
		frame plan.Frame
		want  string
	}{
		{"unbounded", plan.Frame{Preceding: plan.Unbounded}, `
			+I a 1 0 1 1 1
			+I b 7 0 1 7 7
			+I a 5 0 2 6 1
			+I a 3 0 3 9 1
			+I a 2 0 4 11 1`},
		{"rows", plan.Frame{Rows: true, Preceding: 1}, `
			+I a 1 0 1 1 1
			+I b 7 0 1 7 7
			+I a 5 0 2 6 1
			+I a 3 0 2 8 3
			+I a 2 0 2 5 2`},
		{"range", plan.Frame{Preceding: 10}, `
			+I a 1 0 2 6 1
			+I a 5 0 2 6 1
			+I b 7 0 1 7 7
			+I a 3 0 3 9 1
			+I a 2 0 1 2 2`},
	} {
		t.Run(k.name, func(t *testing.T) {
			c := overCase(k.frame, types.Proctime, frameAggs...)
			c.Script, c.Want = rows, k.want
			optest.Check(t, c)
		})
	}
}

func TestRanksOverTime(t *testing.T) {
	c := overCase(plan.Frame{Preceding: plan.Unbounded}, types.Rowtime, "RANK", "DENSE_RANK")
	c.Script = `
		+I a 1 30
		+I a 2 10
		+I a 3 10
		watermark 20
		+I a 4 30
		+I a 5 40`
	c.Want = `
		+I a 2 10 1 1
		+I a 3 10 1 1
		watermark 20
		+I a 1 30 3 2
		+I a 4 30 3 2
		+I a 5 40 5 3`
	optest.Check(t, c)
	n := overCase(plan.Frame{Rows: true, Preceding: plan.Unbounded}, types.Rowtime, "ROW_NUMBER")
	n.Script = c.Script
	n.Want = `
		+I a 2 10 1
		+I a 3 10 2
		watermark 20
		+I a 1 30 3
		+I a 4 30 4
		+I a 5 40 5`
	optest.Check(t, n)
}
