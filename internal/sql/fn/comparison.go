package fn

import (
	"bytes"
	"fmt"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// comparisons are = <> < <= > >= and IS [NOT] DISTINCT FROM.
func comparisons() []*Def {
	var defs []*Def
	for _, op := range []struct{ name, doc string }{
		{"=", "Whether a equals b; NULL when either is."}, {"<>", "Whether a differs from b; NULL when either is."},
		{"<", "Whether a is less than b."}, {"<=", "Whether a is at most b."},
		{">", "Whether a is greater than b."}, {">=", "Whether a is at least b."},
	} {
		name := op.name
		defs = append(defs, &Def{Name: name, Family: "comparison", Usage: "a " + name + " b", Doc: op.doc,
			Infer: func(args []Arg) (Typed, error) { return inferComparison(name, args) },
			Compile: func(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
				return comparison(name, args[0].Type)
			}})
	}
	for _, negated := range []bool{false, true} {
		name := map[bool]string{false: "IS DISTINCT FROM", true: "IS NOT DISTINCT FROM"}[negated]
		defs = append(defs, &Def{Name: name, Family: "comparison", Usage: "a " + name + " b",
			Doc: "Comparison in which NULL is a value like others; never NULL itself.",
			Infer: func(args []Arg) (Typed, error) {
				t, err := inferComparison("=", args)
				t.Ret.NotNull = true
				return t, err
			},
			Compile: func(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) { return distinct(args[0].Type, negated) },
		})
	}
	return defs
}

func inferComparison(op string, args []Arg) (Typed, error) {
	if len(args) != 2 {
		return Typed{}, fmt.Errorf("'%s' takes two arguments", op)
	}
	a, b := args[0].Type.Plain(), args[1].Type.Plain()
	t, ok := types.Common(a, b)
	// Flink compares a string with a time or a boolean as the latter; with a
	// number it only orders it.
	switch {
	case ok:
	case (a.IsString() && b.IsNumeric() || a.IsNumeric() && b.IsString()) && (op == "=" || op == "<>"):
		return Typed{}, errs.New(errs.Invalid, "sql.comparison", "implicit type conversion between %s and %s is not supported now", rootName(a), rootName(b)).
			WithHint("CAST one side to the type of the other")
	case a.IsString() && !b.IsNested() && CanCast(a, b):
		t, ok = b, true
	case b.IsString() && !a.IsNested() && CanCast(b, a):
		t, ok = a, true
	}
	if !ok || t.IsNested() && op != "=" && op != "<>" {
		return Typed{}, fmt.Errorf("%s and %s cannot be compared", a, b)
	}
	return Typed{Ret: types.BooleanType.WithNull(a.Nullable() || b.Nullable()),
		Args: []types.Type{t.WithNull(a.Nullable()), t.WithNull(b.Nullable())}}, nil
}

// rootName is the type without parameters, as Flink's LogicalTypeRoot has it.
func rootName(t types.Type) string {
	if t.Kind == types.Int {
		return "INTEGER"
	}
	return t.Kind.String()
}

// comparison makes the kernel of op for two values of type t.
func comparison(op string, t types.Type) (kernel.Func, error) {
	switch t.Phys() {
	case types.PhysI8:
		return compare[int8](op), nil
	case types.PhysI16:
		return compare[int16](op), nil
	case types.PhysI32:
		return compare[int32](op), nil
	case types.PhysI64:
		return compare[int64](op), nil
	case types.PhysF32:
		return compare[float32](op), nil
	case types.PhysF64:
		return compare[float64](op), nil
	}
	if t.Kind == types.Null {
		return kernel.Row(func([]*batch.Vec, int, *batch.Vec) error { return nil }), nil
	}
	if t.IsNested() {
		return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
			out.B[i] = batch.Same(in[0], i, in[1], i) == (op == "=")
			return nil
		}), nil
	}
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		out.B[i] = holds(op, order3(in[0], kernel.At(in[0], i), in[1], kernel.At(in[1], i)))
		return nil
	}), nil
}

func compare[T int8 | int16 | int32 | int64 | float32 | float64](op string) kernel.Func {
	switch op {
	case "=":
		return kernel.Lift2(func(a, b T) bool { return a == b })
	case "<>":
		return kernel.Lift2(func(a, b T) bool { return a != b })
	case "<":
		return kernel.Lift2(func(a, b T) bool { return a < b })
	case "<=":
		return kernel.Lift2(func(a, b T) bool { return a <= b })
	case ">":
		return kernel.Lift2(func(a, b T) bool { return a > b })
	}
	return kernel.Lift2(func(a, b T) bool { return a >= b })
}

// order3 is the order of two values of one type with bytes, booleans or 128
// bits: negative, zero, positive.
func order3(a *batch.Vec, i int, b *batch.Vec, j int) int {
	switch a.Type.Phys() {
	case types.PhysBool:
		switch {
		case a.B[i] == b.B[j]:
			return 0
		case b.B[j]:
			return -1
		}
		return 1
	case types.PhysI128:
		return a.I128[i].Cmp(b.I128[j])
	}
	return bytes.Compare(a.Bytes(i), b.Bytes(j))
}

func holds(op string, c int) bool {
	switch op {
	case "=":
		return c == 0
	case "<>":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// distinct makes the kernel of IS [NOT] DISTINCT FROM.
func distinct(t types.Type, negated bool) (kernel.Func, error) {
	eq, err := comparison("=", t)
	if err != nil {
		return nil, err
	}
	scratch := batch.NewVec(types.BooleanType, 0)
	return func(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error {
		scratch.Resize(n)
		if err := eq(in, sel, n, scratch); err != nil {
			return err
		}
		return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
			x, y := in[0].IsNull(i), in[1].IsNull(i)
			same := x && y || !x && !y && scratch.B[i]
			out.B[i] = same == negated
			return nil
		})(in, sel, n, out)
	}, nil
}
