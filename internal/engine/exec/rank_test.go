package exec

import (
	"testing"

	"weir/internal/engine/op"
	"weir/internal/engine/op/optest"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// rankCase ranks pairs by v, the greatest first, in partitions of k.
func rankCase(in plan.Node, from, to int64, number string) optest.Case {
	node := &plan.Rank{Input: in, Partition: []int{0}, Order: []plan.SortKey{{Col: 1, Desc: true, NullsLast: true}}, From: from, To: to, Number: number}
	return optest.Case{Inputs: [][]types.Field{pairs}, New: func() (op.Operator, error) { return NewRank(node), nil }}
}

func TestTopNWithNumbers(t *testing.T) {
	c := rankCase(&plan.Values{Fields: pairs}, 1, 2, "rn")
	c.Script = `
		+I a 1 NULL
		watermark 0
		+I a 5 NULL
		watermark 1
		+I a 5 true         # of equal order: behind
		watermark 2
		+I a 0 NULL         # not among the first two
		+I b NULL NULL
		watermark 3
		+I b 7 NULL`
	c.Want = `
		+I a 1 NULL 1
		watermark 0
		-U a 1 NULL 1
		+U a 5 NULL 1
		+I a 1 NULL 2
		watermark 1
		-U a 1 NULL 2
		+U a 5 true 2
		watermark 2
		+I b NULL NULL 1
		watermark 3
		-U b NULL NULL 1
		+U b 7 NULL 1
		+I b NULL NULL 2`
	optest.Check(t, c)
}

func TestTopNWithoutNumbers(t *testing.T) {
	c := rankCase(&plan.Values{Fields: pairs}, 1, 1, "")
	c.Script = `
		+I a 1 NULL
		watermark 0
		+I a 0 NULL
		watermark 1
		+I a 5 NULL`
	c.Want = `
		+I a 1 NULL
		watermark 0
		watermark 1
		-D a 1 NULL
		+I a 5 NULL`
	optest.Check(t, c)
}

// Places 2 to 3: rows are also pushed into them, and drawn out of them, from
// above.
func TestPlacesInTheMiddle(t *testing.T) {
	c := rankCase(&changing{plan.Values{Fields: pairs}}, 2, 3, "")
	c.Script = `
		+I a 9 NULL
		watermark 0
		+I a 8 NULL
		+I a 7 NULL
		watermark 1
		+I a 10 NULL
		watermark 2
		-D a 8 NULL
		watermark 3
		-D a 10 NULL
		-D a 10 NULL        # never came twice`
	c.Want = `
		watermark 0
		+I a 8 NULL
		+I a 7 NULL
		watermark 1
		-D a 7 NULL
		+I a 9 NULL
		watermark 2
		-D a 8 NULL
		+I a 7 NULL
		watermark 3
		-D a 9 NULL`
	optest.Check(t, c)
}

func TestRankOverChangesWithNumbers(t *testing.T) {
	c := rankCase(&changing{plan.Values{Fields: pairs}}, 1, 2, "rn")
	c.Script = `
		+I a 1 NULL
		+I a 2 NULL
		+I a 3 NULL
		watermark 0
		-U a 2 NULL
		watermark 1
		+U a 4 NULL
		watermark 2
		-D a 4 NULL
		-D a 3 NULL
		-D a 1 NULL`
	c.Want = `
		+I a 1 NULL 1
		-U a 1 NULL 1
		+U a 2 NULL 1
		+I a 1 NULL 2
		-U a 2 NULL 1
		+U a 3 NULL 1
		-U a 1 NULL 2
		+U a 2 NULL 2
		watermark 0
		-U a 2 NULL 2
		+U a 1 NULL 2
		watermark 1
		-U a 3 NULL 1
		+U a 4 NULL 1
		-U a 1 NULL 2
		+U a 3 NULL 2
		watermark 2
		-U a 4 NULL 1
		+U a 3 NULL 1
		-U a 3 NULL 2
		+U a 1 NULL 2
		-U a 3 NULL 1
		+U a 1 NULL 1
		-D a 1 NULL 2
		-D a 1 NULL 1`
	optest.Check(t, c)
}
