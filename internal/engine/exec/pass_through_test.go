package exec

import (
	"strings"
	"testing"

	"weir/internal/batch"
	"weir/internal/engine/expr"
	"weir/internal/engine/op"
	"weir/internal/engine/op/optest"
	"weir/internal/sql/catalog"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

func TestLimit(t *testing.T) {
	c := optest.Case{Inputs: [][]types.Field{ticks}, New: func() (op.Operator, error) {
		return NewLimit(&plan.Limit{Input: &plan.Values{Fields: ticks}, Offset: 1, Count: 2}), nil
	}}
	c.Script = `
		+I a 1 0
		+I b 2 0
		+I c 3 0
		+I d 4 0`
	c.Want = `
		+I b 2 0
		+I c 3 0`
	optest.Check(t, c)
}

// A row whose condition is NULL is dropped, and a division by zero in a row
// that the condition excludes does not happen.
func TestCalcComputesOnlyTheRowsOfItsCondition(t *testing.T) {
	fns := fn.BuiltIn()
	v := &plan.Col{Index: 1, T: types.BigIntType}
	zero := &plan.Lit{Value: int64(0), T: types.BigIntType.WithNull(false)}
	hundred := &plan.Lit{Value: int64(100), T: types.BigIntType.WithNull(false)}
	call := func(name string, t types.Type, args ...plan.Expr) plan.Expr {
		return &plan.Call{Def: fns.Lookup(name), Args: args, T: t}
	}
	node := &plan.Calc{Input: &plan.Values{Fields: ticks}, Where: call("<>", types.BooleanType, v, zero),
		Select: []plan.Expr{&plan.Col{Index: 0, T: types.StringType}, call("/", types.BigIntType, hundred, v)},
		Fields: []types.Field{ticks[0], {Name: "q", Type: types.BigIntType}}}
	c := optest.Case{Inputs: [][]types.Field{ticks}, New: func() (op.Operator, error) {
		return NewCalc(node, &expr.Compiler{Env: &fn.Env{}})
	}}
	c.Script = `
		+I a 3 0
		+I b 0 0
		-U c NULL 0
		-D d -7 0`
	c.Want = `
		+I a 33
		-D d -14`
	optest.Check(t, c)
}

func TestWindowTVF(t *testing.T) {
	node := &plan.WindowTVF{Input: &plan.Values{Fields: ticks}, Window: plan.Window{Kind: plan.Hop, TimeCol: 2, Size: 10, Slide: 5}}
	c := optest.Case{Inputs: [][]types.Field{ticks}, New: func() (op.Operator, error) { return NewWindowTVF(node, nil) }}
	c.Script = `
		+I a 1 7
		watermark 100
		+I b 2 8            # nothing is late: windows are only named here`
	c.Want = `
		+I a 1 7 0 10 9
		+I a 1 7 5 15 14
		watermark 100
		+I b 2 8 0 10 9
		+I b 2 8 5 15 14`
	optest.Check(t, c)
	c.Script = `+I a 1 NULL`
	if _, err := optest.Output(c); err == nil || !strings.Contains(err.Error(), "RowTime field should not be null") {
		t.Errorf("a NULL rowtime: %v", err)
	}
}

func TestSinkRefusesNullInNotNullColumns(t *testing.T) {
	fields := []types.Field{ticks[0], {Name: "v", Type: types.BigIntType.WithNull(false)}, ticks[2]}
	n := newNotNull(&plan.Sink{Table: &catalog.Table{}, Fields: fields})
	for _, c := range []struct {
		row  string
		want string
	}{{"+I NULL 1 NULL", ""}, {"+I a NULL 0", "Column 'v' is NOT NULL"}} {
		_, err := optest.Output(optest.Case{Inputs: [][]types.Field{ticks}, Script: c.row,
			New: func() (op.Operator, error) { return &checking{n: n}, nil }})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.row, err, c.want)
		}
	}
}

// checking is a sink without a writer.
type checking struct {
	op.Stateless
	n *notNull
}

func (c *checking) Process(_ int, b *batch.Batch) error { return c.n.check(b) }
