package exec

import (
	"testing"

	"weir/internal/engine/op"
	"weir/internal/engine/op/optest"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// sortCase sorts ticks by time and then, when asked, by v, the greatest first.
func sortCase(attr types.TimeAttr, byValue bool) optest.Case {
	in := append([]types.Field(nil), ticks...)
	in[2].Type.Attr = attr
	node := &plan.TemporalSort{Input: &plan.Values{Fields: in}, Order: []plan.SortKey{{Col: 2}}}
	if byValue {
		node.Order = append(node.Order, plan.SortKey{Col: 1, Desc: true, NullsLast: true})
	}
	return optest.Case{Inputs: [][]types.Field{in}, New: func() (op.Operator, error) { return NewTemporalSort(node), nil }}
}

// A row is late when rows of its time have been sent, not when the watermark has
// passed it.
func TestSortByEventTime(t *testing.T) {
	c := sortCase(types.Rowtime, false)
	c.Script = `
		+I a 1 20
		+I b 2 -5
		+I c 1 10
		+I d 9 10
		watermark 15
		+I e 1 10        # late
		+I f 1 12        # not late
		+I g 1 14
		watermark 16`
	c.Want = `
		+I b 2 -5
		+I c 1 10
		+I d 9 10
		watermark 15
		+I f 1 12
		+I g 1 14
		watermark 16
		+I a 1 20`
	optest.Check(t, c)
}

func TestSortByEventTimeAndValue(t *testing.T) {
	c := sortCase(types.Rowtime, true)
	c.Script = `
		+I a 1 10
		+I b NULL 10
		+I c 3 10
		+I d 3 10
		+I e 5 5`
	c.Want = `
		+I e 5 5
		+I c 3 10
		+I d 3 10
		+I a 1 10
		+I b NULL 10`
	optest.Check(t, c)
}

func TestSortByProcessingTime(t *testing.T) {
	c := sortCase(types.Proctime, true)
	c.Script = `
		clock 5
		+I a 1 0
		+I b 3 0
		clock 6
		+I c 9 0
		+I d 10 0
		clock 7`
	c.Want = `
		+I b 3 0
		+I a 1 0
		+I d 10 0
		+I c 9 0`
	optest.Check(t, c)
	plain := sortCase(types.Proctime, false)
	plain.Script, plain.Want = `
		+I a 1 0
		+I b 3 0`, `
		+I a 1 0
		+I b 3 0`
	optest.Check(t, plain)
}
