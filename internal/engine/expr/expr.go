// Package expr compiles bound expressions to trees of kernels.
//
// Vocabulary. A Program computes one column from a batch, for a selection of
// its rows; rows outside the selection are neither computed nor defined, so an
// error (a division by zero) in a row that a filter or a CASE excludes does
// not happen. The vector a Program returns is the Program's own, or a column
// of the batch, and holds until the next Eval.
//
// Programs are for one goroutine. They know nothing of SQL text.
package expr

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Program computes a column.
type Program interface {
	// Eval computes the rows sel (nil: all b.N) of b.
	Eval(b *batch.Batch, sel []int32) (*batch.Vec, error)
}

// Python makes the kernel of a user's Python function for its argument types.
type Python func(name string, args []types.Type, ret types.Type) (kernel.Func, error)

// Compiler compiles the expressions of one operator.
type Compiler struct {
	Env    *fn.Env
	Python Python // nil where there are no Python functions
}

// Compile makes a Program of e.
func (c *Compiler) Compile(e plan.Expr) (Program, error) {
	switch e := e.(type) {
	case *plan.Col:
		return column(e.Index), nil
	case *plan.Lit:
		return literal(e)
	case *plan.Call:
		return c.call(e)
	case *plan.Cast:
		f, err := fn.Cast(c.Env, e.Arg.Type(), e.T, e.Try)
		if err != nil {
			return nil, err
		}
		return c.kernel(f, e.T, e.Arg)
	case *plan.Case:
		return c.caseWhen(e)
	case *plan.And:
		return c.junction(e.Args, true)
	case *plan.Or:
		return c.junction(e.Args, false)
	case *plan.Not:
		return c.kernel(kernel.Lift1(func(x bool) bool { return !x }), e.Type(), e.Arg)
	case *plan.IsNull:
		arg, err := c.Compile(e.Arg)
		return &isNull{arg: arg, negated: e.Negated, out: batch.NewVec(e.Type(), 0)}, err
	case *plan.FieldOf:
		row, err := c.Compile(e.Row)
		return &field{row: row, index: e.Index, out: *batch.NewVec(e.T, 0)}, err
	case *plan.UDF:
		return c.udf(e)
	}
	return nil, fmt.Errorf("no kernel for expression %T", e)
}

func (c *Compiler) call(e *plan.Call) (Program, error) {
	args := make([]fn.Arg, len(e.Args))
	for i, a := range e.Args {
		args[i] = fn.Arg{Type: a.Type()}
		if l, ok := a.(*plan.Lit); ok {
			args[i].Literal = l.Value
		}
	}
	f, err := e.Def.Compile(c.Env, args, e.T)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Def.Name, err)
	}
	return c.kernel(f, e.T, e.Args...)
}

func (c *Compiler) udf(e *plan.UDF) (Program, error) {
	if c.Python == nil {
		return nil, fmt.Errorf("function %s is a Python function, and this job has no Python program", e.Name)
	}
	ts := make([]types.Type, len(e.Args))
	for i, a := range e.Args {
		ts[i] = a.Type()
	}
	f, err := c.Python(e.Name, ts, e.T)
	if err != nil {
		return nil, err
	}
	return c.kernel(f, e.T, e.Args...)
}

// column is a column of the batch as it stands.
type column int

// Eval implements Program.
func (i column) Eval(b *batch.Batch, _ []int32) (*batch.Vec, error) { return b.Cols[i], nil }

// constant is a vector of one row.
type constant struct{ v *batch.Vec }

// Eval implements Program.
func (c constant) Eval(*batch.Batch, []int32) (*batch.Vec, error) { return c.v, nil }

func literal(e *plan.Lit) (Program, error) {
	v := batch.NewVec(e.T, 1)
	if e.Value == nil {
		v.AppendNull()
		v.Const = true
		return constant{v}, nil
	}
	switch x := e.Value.(type) {
	case bool:
		v.AppendBool(x)
	case string:
		v.AppendString(x)
	default:
		v.Resize(1)
		if err := setNumber(v, x); err != nil {
			return nil, err
		}
	}
	v.Const = true
	return constant{v}, nil
}

// setNumber puts a literal's number into row 0 of v, in v's layout.
func setNumber(v *batch.Vec, x any) error {
	switch n := x.(type) {
	case int64:
		switch v.Type.Phys() {
		case types.PhysI8:
			v.I8[0] = int8(n)
			return nil
		case types.PhysI16:
			v.I16[0] = int16(n)
			return nil
		case types.PhysI32:
			v.I32[0] = int32(n)
			return nil
		case types.PhysI64:
			v.I64[0] = n
			return nil
		}
	case float64:
		switch v.Type.Phys() {
		case types.PhysF32:
			v.F32[0] = float32(n)
			return nil
		case types.PhysF64:
			v.F64[0] = n
			return nil
		}
	case decimal128.Num:
		v.I128[0] = n
		return nil
	}
	return fmt.Errorf("a literal of Go type %T cannot be a %s", x, v.Type)
}

// apply runs a kernel over the values of other programs.
type apply struct {
	f    kernel.Func
	args []Program
	in   []*batch.Vec
	out  *batch.Vec
}

func (c *Compiler) kernel(f kernel.Func, t types.Type, args ...plan.Expr) (Program, error) {
	a := &apply{f: f, in: make([]*batch.Vec, len(args)), out: batch.NewVec(t, 0)}
	for _, e := range args {
		p, err := c.Compile(e)
		if err != nil {
			return nil, err
		}
		a.args = append(a.args, p)
	}
	return a, nil
}

// Eval implements Program.
func (a *apply) Eval(b *batch.Batch, sel []int32) (*batch.Vec, error) {
	for i, p := range a.args {
		v, err := p.Eval(b, sel)
		if err != nil {
			return nil, err
		}
		a.in[i] = v
	}
	a.out.Resize(b.N)
	if err := a.f(a.in, sel, b.N, a.out); err != nil {
		return nil, err
	}
	return a.out, nil
}
