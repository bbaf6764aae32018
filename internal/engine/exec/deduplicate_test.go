package exec

import (
	"testing"

	"weir/internal/engine/op"
	"weir/internal/engine/op/optest"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// dedupCase keeps one of the ticks of each k.
func dedupCase(attr types.TimeAttr, last, onlyAfter bool) optest.Case {
	in := append([]types.Field(nil), ticks...)
	in[2].Type.Attr = attr
	node := &plan.Deduplicate{Input: &plan.Values{Fields: in}, Key: []int{0}, Time: 2, Last: last, OnlyAfter: onlyAfter}
	return optest.Case{Inputs: [][]types.Field{in}, New: func() (op.Operator, error) { return NewDeduplicate(node), nil }}
}

// The first row waits for the watermark; a row of the watermark's own time is
// not late.
func TestFirstRowOfEventTime(t *testing.T) {
	c := dedupCase(types.Rowtime, false, false)
	c.Script = `
		+I a 1 20
		+I a 2 10
		+I a 3 10        # of equal time: not before
		+I b 4 15
		watermark 9
		+I c 5 9
		+I d 6 8         # late
		watermark 12
		+I a 7 12        # a has been sent
		+I d 8 30
		+I d 9 25
		watermark 15`
	c.Want = `
		watermark 9
		+I c 5 9
		+I a 2 10
		watermark 12
		+I b 4 15
		watermark 15
		+I d 9 25`
	optest.Check(t, c)
}

func TestLastRowOfEventTime(t *testing.T) {
	c := dedupCase(types.Rowtime, true, false)
	c.Script = `
		+I a 1 20
		watermark 1
		+I a 2 10        # before
		watermark 2
		+I a 3 20        # of equal time: it came later
		+I b 4 5
		watermark 3
		+I a 3 20        # sent again, though nothing changes`
	c.Want = `
		+I a 1 20
		watermark 1
		watermark 2
		-U a 1 20
		+U a 3 20
		+I b 4 5
		watermark 3
		-U a 3 20
		+U a 3 20`
	optest.Check(t, c)
}

func TestRowsInTheOrderTheyCome(t *testing.T) {
	script := `
		+I a 1 0
		+I a 2 0
		watermark 1
		+I a 2 0
		+I b 3 0
		+I a 4 0`
	first := dedupCase(types.Proctime, false, false)
	first.Script, first.Want = script, `
		+I a 1 0
		watermark 1
		+I b 3 0`
	optest.Check(t, first)
	last := dedupCase(types.Proctime, true, true)
	last.Script, last.Want = script, `
		+I a 1 0
		+U a 2 0
		watermark 1
		+I b 3 0
		+U a 4 0`
	optest.Check(t, last)
}
