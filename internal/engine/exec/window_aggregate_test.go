package exec

import (
	"testing"
	"time"

	"weir/internal/engine/op"
	"weir/internal/engine/op/optest"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// ticks are the columns of the window tests' input: k STRING, v BIGINT, ts
// TIMESTAMP(3).
var ticks = []types.Field{{Name: "k", Type: types.StringType}, {Name: "v", Type: types.BigIntType}, {Name: "ts", Type: types.TimestampType(3)}}

// windowCase groups ticks by k and window, and counts and adds up.
func windowCase(w plan.Window, zone *time.Location) optest.Case {
	w.TimeCol = 2
	fns := fn.BuiltIn()
	moment := ticks[2].Type
	if w.LTZ {
		moment = types.TimestampLTZType(3)
	}
	in := append(ticks[:2:2], types.Field{Name: "ts", Type: moment})
	node := &plan.WindowAggregate{Input: &plan.Values{Fields: in}, Window: w, Keys: []int{0},
		Aggs: []plan.AggCall{
			{Def: fns.Lookup("COUNT"), Filter: -1, T: types.BigIntType, Name: "n"},
			{Def: fns.Lookup("SUM"), Args: []int{1}, Filter: -1, T: types.BigIntType, Name: "s"},
		},
		Props: []plan.PropField{{Prop: plan.WindowStart, Name: "window_start", T: types.TimestampType(3)}, {Prop: plan.WindowEnd, Name: "window_end", T: types.TimestampType(3)}}}
	return optest.Case{Inputs: [][]types.Field{in}, New: func() (op.Operator, error) { return NewWindowAggregate(node, zone) }}
}

func TestTumble(t *testing.T) {
	c := windowCase(plan.Window{Kind: plan.Tumble, Size: 10, Slide: 10}, nil)
	c.Script = `
		+I a 1 0
		+I b 2 9
		+I a 4 10
		+I a NULL 5
		watermark 8        # the first window ends with time 9
		+I a 8 9
		watermark 9
		+I a 16 3          # late
		+I b NULL 19
		watermark 12
		+I c 32 12
		+I NULL 64 100`
	c.Want = `
		watermark 8
		+I a 3 9 0 10
		+I b 1 2 0 10
		watermark 9
		watermark 12
		+I a 1 4 10 20
		+I b 1 NULL 10 20
		+I c 1 32 10 20
		+I NULL 1 64 100 110`
	optest.Check(t, c)
}

func TestTumbleBefore1970AndOffset(t *testing.T) {
	c := windowCase(plan.Window{Kind: plan.Tumble, Size: 10, Slide: 10, Offset: 3}, nil)
	c.Script = `
		+I a 1 -8
		+I a 2 -7
		+I a 4 2
		+I a 8 3`
	c.Want = `
		+I a 1 1 -17 -7
		+I a 2 6 -7 3
		+I a 1 8 3 13`
	optest.Check(t, c)
}

func TestHop(t *testing.T) {
	c := windowCase(plan.Window{Kind: plan.Hop, Size: 10, Slide: 5}, nil)
	c.Script = `
		+I a 1 2
		+I a 2 7
		watermark 9         # the windows to 5 and to 10
		+I a 4 8            # late for [0, 10), in time for [5, 15)
		+I a 8 4            # late for both of its windows
		watermark 14`
	c.Want = `
		+I a 1 1 -5 5
		+I a 2 3 0 10
		watermark 9
		+I a 2 6 5 15
		watermark 14`
	optest.Check(t, c)
}

func TestCumulate(t *testing.T) {
	c := windowCase(plan.Window{Kind: plan.Cumulate, Size: 15, Slide: 5}, nil)
	c.Script = `
		+I a 1 1
		+I a 2 12
		watermark 6
		+I a 4 3            # late for [0, 5), in time for the longer two
		+I b 8 16`
	c.Want = `
		+I a 1 1 0 5
		watermark 6
		+I a 2 5 0 10
		+I a 3 7 0 15
		+I b 1 8 15 20
		+I b 1 8 15 25
		+I b 1 8 15 30`
	optest.Check(t, c)
}

// The day on which Berlin's clocks went forward has 23 hours.
func TestWindowsOfInstantsFollowTheZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	day := int64(24 * 3600 * 1000)
	c := windowCase(plan.Window{Kind: plan.Tumble, Size: day, Slide: day, LTZ: true}, berlin)
	c.Script = `
		+I a 1 1616886000000     # 2021-03-28 00:00 in Berlin
		+I a 2 1616968799999     # its last millisecond, 23 hours later
		watermark 1616968799998
		watermark 1616968799999
		+I a 4 1616968800000`
	c.Want = `
		watermark 1616968799998
		+I a 2 3 1616889600000 1616976000000
		watermark 1616968799999
		+I a 1 4 1616976000000 1617062400000`
	optest.Check(t, c)
}

func TestProcessingTimeWindows(t *testing.T) {
	c := windowCase(plan.Window{Kind: plan.Tumble, Size: 10, Slide: 10, Proctime: true}, nil)
	c.Script = `
		clock 3
		+I a 1 77
		clock 9
		+I a 2 78           # still open when its window's last millisecond begins
		clock 25
		+I b 4 79`
	c.Want = `
		+I a 1 1 0 10`
	optest.Check(t, c)
}
