package exec

import (
	"testing"
	"time"

	"weir/internal/engine/op"
	"weir/internal/engine/op/optest"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// windowRankCase ranks rows of k, v and their window's start and end by v in
// partitions of k and window.
func windowRankCase(r plan.WindowRank, zone *time.Location) optest.Case {
	moment := types.TimestampType(3).WithNull(false)
	in := append(ticks[:2:2], types.Field{Name: "window_start", Type: moment}, types.Field{Name: "window_end", Type: moment})
	r.Input, r.Start, r.End, r.Partition = &plan.Values{Fields: in}, 2, 3, []int{0}
	r.Window.LTZ = zone != nil
	return optest.Case{Inputs: [][]types.Field{in}, New: func() (op.Operator, error) { return NewWindowRank(&r, zone), nil }}
}

func TestWindowRank(t *testing.T) {
	c := windowRankCase(plan.WindowRank{Order: []plan.SortKey{{Col: 1, Desc: true, NullsLast: true}}, From: 1, To: 2, Number: "rn"}, nil)
	c.Script = `
		+I a 1 0 10
		+I a 5 0 10
		+I b NULL 0 10
		+I a 3 0 10
		+I a 9 10 20
		watermark 8
		+I a 5 0 10       # of equal order: behind
		watermark 9
		+I a 7 0 10       # late
		+I a 8 10 20
		+I a 7 10 20`
	c.Want = `
		watermark 8
		+I a 5 0 10 1
		+I a 5 0 10 2
		+I b NULL 0 10 1
		watermark 9
		+I a 9 10 20 1
		+I a 8 10 20 2`
	optest.Check(t, c)
}

// Places 2 to 2, and a zone two hours ahead: its windows end two hours earlier.
func TestWindowRankInZone(t *testing.T) {
	c := windowRankCase(plan.WindowRank{Order: []plan.SortKey{{Col: 1}}, From: 2, To: 2}, time.FixedZone("", 7200))
	c.Script = `
		+I a 1 7200000 7200010
		+I a 2 7200000 7200010
		+I a 3 7200000 7200010
		watermark 8
		watermark 9`
	c.Want = `
		watermark 8
		+I a 2 7200000 7200010
		watermark 9`
	optest.Check(t, c)
}

// Of equal times the last row is the one that came last, the first the one that
// came first: here v is the time, and the row has a name.
func TestWindowDeduplicate(t *testing.T) {
	for _, k := range []struct {
		desc bool
		want string
	}{{false, "+I a 1 x 0 10"}, {true, "+I a 5 z 0 10"}} {
		moment := types.TimestampType(3).WithNull(false)
		in := append(ticks[:2:2], types.Field{Name: "name", Type: types.StringType}, types.Field{Name: "ws", Type: moment}, types.Field{Name: "we", Type: moment})
		r := &plan.WindowRank{Input: &plan.Values{Fields: in}, Start: 3, End: 4, Partition: []int{0},
			Order: []plan.SortKey{{Col: 1, Desc: k.desc, NullsLast: k.desc}}, From: 1, To: 1, Deduplicate: true}
		optest.Check(t, optest.Case{Inputs: [][]types.Field{in}, New: func() (op.Operator, error) { return NewWindowRank(r, nil), nil },
			Script: `
				+I a 1 x 0 10
				+I a 5 y 0 10
				+I a 1 w 0 10
				+I a 5 z 0 10
				+I a 3 v 0 10`,
			Want: k.want})
	}
}
