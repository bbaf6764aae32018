package exec

import (
	"weir/internal/batch"
	"weir/internal/engine/expr"
	"weir/internal/engine/op"
	"weir/internal/kernel"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Calc filters and projects (StreamExecCalc). It narrows the selection and
// computes columns beside the ones it passes through; no row is moved.
type Calc struct {
	op.Stateless
	where expr.Program // nil: every row
	cols  []expr.Program
	// python: it calls Python functions, which are not called again to find the
	// row that failed.
	python bool
	out    batch.Batch
	sel    []int32
}

// NewCalc makes the operator of node.
func NewCalc(node *plan.Calc, c *expr.Compiler) (*Calc, error) {
	x := &Calc{}
	own := *c
	if c.Python != nil {
		python := c.Python
		own.Python = func(name string, args []types.Type, ret types.Type) (kernel.Func, error) {
			x.python = true
			return python(name, args, ret)
		}
	}
	c = &own
	if node.Where != nil {
		p, err := c.Compile(node.Where)
		if err != nil {
			return nil, err
		}
		x.where = p
	}
	for _, e := range node.Select {
		p, err := c.Compile(e)
		if err != nil {
			return nil, err
		}
		x.cols = append(x.cols, p)
	}
	x.out.Cols = make([]*batch.Vec, len(x.cols))
	return x, nil
}

// Transparent implements op.Transparent.
func (*Calc) Transparent() {}

// Process implements op.Operator.
func (x *Calc) Process(_ int, b *batch.Batch) error {
	sel := b.Sel
	if x.where != nil {
		var err error
		if x.sel, err = expr.Select(x.where, b, sel, x.sel); err != nil {
			return x.failed(err, b, b.Sel, x.where)
		}
		sel = x.sel
	}
	for i, p := range x.cols {
		v, err := p.Eval(b, sel)
		if err != nil {
			return x.failed(err, b, sel, p)
		}
		x.out.Cols[i] = v
	}
	x.out.N, x.out.Sel, x.out.Kinds, x.out.Marks = b.N, sel, b.Kinds, b.Marks
	return x.Context.Out.Emit(&x.out)
}

// failed says at which row p failed.
func (x *Calc) failed(err error, b *batch.Batch, sel []int32, p expr.Program) error {
	if x.python {
		return err
	}
	return failingRow(err, b, sel, p)
}
