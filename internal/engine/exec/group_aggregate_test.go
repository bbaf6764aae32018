package exec

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"weir/internal/engine/op"
	"weir/internal/engine/op/optest"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// pairs are the columns of the group tests' input: k STRING, v BIGINT, big
// BOOLEAN.
var pairs = []types.Field{{Name: "k", Type: types.StringType}, {Name: "v", Type: types.BigIntType}, {Name: "big", Type: types.BooleanType}}

// changing is an input whose rows are also updated and deleted.
type changing struct{ plan.Values }

func (*changing) Changelog() plan.Changes { return plan.All }

// call is an aggregate of v as SQL has it: "COUNT(*)", "SUM(v) FILTER big".
func call(text string) plan.AggCall {
	name, rest, _ := strings.Cut(text, "(")
	c := plan.AggCall{Def: fn.BuiltIn().Lookup(name), Filter: -1, T: types.BigIntType, Name: text}
	if strings.Contains(rest, "v)") {
		c.Args = []int{1}
	}
	c.Distinct = strings.HasPrefix(rest, "DISTINCT")
	if strings.HasSuffix(rest, "FILTER big") {
		c.Filter = 2
	}
	return c
}

func groupCase(in plan.Node, keys []int, onlyAfter bool, calls ...string) optest.Case {
	node := &plan.Aggregate{Input: in, Keys: keys, OnlyAfter: onlyAfter}
	for _, c := range calls {
		node.Aggs = append(node.Aggs, call(c))
	}
	return optest.Case{Inputs: [][]types.Field{pairs}, New: func() (op.Operator, error) { return NewGroupAggregate(node) }}
}

func TestGroupAggregate(t *testing.T) {
	c := groupCase(&plan.Values{Fields: pairs}, []int{0}, false, "COUNT(*)", "SUM(v)", "COUNT(DISTINCT v)", "SUM(v) FILTER big")
	c.Script = `
		+I a 1 false
		watermark 0
		+I a 5 true
		watermark 1
		+I NULL 5 NULL
		watermark 2
		+I a 5 NULL
		watermark 3
		+I NULL NULL true`
	c.Want = `
		+I a 1 1 1 NULL
		watermark 0
		-U a 1 1 1 NULL
		+U a 2 6 2 5
		watermark 1
		+I NULL 1 5 1 NULL
		watermark 2
		-U a 2 6 2 5
		+U a 3 11 2 5
		watermark 3
		-U NULL 1 5 1 NULL
		+U NULL 2 5 1 NULL`
	optest.Check(t, c)
}

func TestGroupAggregateSendsNothingWhereNothingChanges(t *testing.T) {
	c := groupCase(&plan.Values{Fields: pairs}, []int{0}, true, "MAX(v)")
	c.Script = `
		+I a 5 NULL
		+I a 3 NULL
		+I a NULL NULL
		+I a 6 NULL`
	c.Want = `
		+I a 5
		+U a 6`
	optest.Check(t, c)
}

// Without aggregates it is DISTINCT.
func TestDistinct(t *testing.T) {
	c := groupCase(&changing{plan.Values{Fields: pairs}}, []int{0}, false)
	c.Script = `
		+I a 1 NULL
		+I a 2 NULL
		-D a 1 NULL
		-D a 2 NULL
		-D a 3 NULL         # never came
		+I a 4 NULL`
	c.Want = `
		+I a
		-D a
		+I a`
	optest.Check(t, c)
}

func TestGroupAggregateTakesRowsBack(t *testing.T) {
	c := groupCase(&changing{plan.Values{Fields: pairs}}, nil, false, "COUNT(*)", "MIN(v)", "MAX(v)", "SUM(DISTINCT v)")
	c.Script = `
		+I a 3 NULL
		+I b 1 NULL
		+I c 1 NULL
		-U b 1 NULL
		+U b 9 NULL
		-D c 1 NULL
		-D a 3 NULL
		-D b 9 NULL`
	c.Want = `
		+I 1 3 3 3
		-U 1 3 3 3
		+U 2 1 3 4
		-U 2 1 3 4
		+U 3 1 3 4
		-U 3 1 3 4
		+U 2 1 3 4
		-U 2 1 3 4
		+U 3 1 9 13
		-U 3 1 9 13
		+U 2 3 9 12
		-U 2 3 9 12
		+U 1 9 9 9
		-D 1 9 9 9`
	optest.Check(t, c)
}

// Thousands of groups come and go; what is left equals what a map counts.
func TestDeadGroupsAreLetGo(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	rows := map[string][]int64{}
	var script strings.Builder
	for i := range 20_000 {
		k := fmt.Sprint("k", i/4+r.IntN(3))
		if vs := rows[k]; len(vs) > 0 && r.IntN(2) == 0 {
			fmt.Fprintf(&script, "-D %s %d NULL\n", k, vs[0])
			rows[k] = vs[1:]
			continue
		}
		v := int64(r.IntN(10))
		fmt.Fprintf(&script, "+I %s %d NULL\n", k, v)
		rows[k] = append(rows[k], v)
	}
	script.WriteString("watermark 0\n")
	for k, vs := range rows { // the sum of each that is left is seen once more
		if len(vs) > 0 {
			fmt.Fprintf(&script, "+I %s 100 NULL\n", k)
		}
	}
	c := groupCase(&changing{plan.Values{Fields: pairs}}, []int{0}, true, "COUNT(*)", "SUM(v)")
	c.Script = script.String()
	out, err := optest.Output(c)
	if err != nil {
		t.Fatal(err)
	}
	_, last, _ := strings.Cut(out, "watermark 0\n")
	got := map[string]string{}
	for line := range strings.Lines(last) {
		f := strings.Fields(line)
		got[f[1]] = f[2] + " " + f[3]
	}
	for k, vs := range rows {
		sum := int64(100)
		for _, v := range vs {
			sum += v
		}
		if want := fmt.Sprintf("%d %d", len(vs)+1, sum); len(vs) > 0 && got[k] != want {
			t.Fatalf("%s: got %s, want %s", k, got[k], want)
		}
	}
}
