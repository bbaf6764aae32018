package fn

import (
	"fmt"
	"math"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// arithmetic are the operators + - * / % and the unary minus
// (ScalarOperatorGens).
func arithmetic() []*Def {
	return []*Def{
		binaryOp("+", "a + b", "The sum; of a date or timestamp and an interval, the later moment.", inferPlus),
		binaryOp("-", "a - b", "The difference; of a date or timestamp and an interval, the earlier moment.", inferMinus),
		binaryOp("*", "a * b", "The product.", inferTimes),
		binaryOp("/", "a / b", "The quotient: of whole numbers cut towards zero; a division of whole numbers or decimals by zero fails.", inferDivide),
		binaryOp("%", "a % b", "The remainder, with the sign of a.", inferMod),
		{
			Name: "NEGATE", Family: "arithmetic", Usage: "-a", Doc: "The number or interval with the other sign.",
			Infer: func(args []Arg) (Typed, error) {
				if len(args) != 1 || !args[0].Type.IsNumeric() && !args[0].Type.IsInterval() {
					return Typed{}, fmt.Errorf("'-' takes a number or an interval")
				}
				return Typed{Ret: args[0].Type.Plain()}, nil
			},
			Compile: func(_ *Env, _ []Arg, ret types.Type) (kernel.Func, error) { return negate(ret) },
		},
	}
}

func binaryOp(name, usage, doc string, infer func(a, b types.Type) (types.Type, []types.Type)) *Def {
	return &Def{Name: name, Family: "arithmetic", Usage: usage, Doc: doc,
		Infer: func(args []Arg) (Typed, error) {
			if len(args) != 2 {
				return Typed{}, fmt.Errorf("'%s' takes two arguments", name)
			}
			a, b := args[0].Type.Plain(), args[1].Type.Plain()
			if a.Kind == types.Null {
				a = b.WithNull(true)
			}
			if b.Kind == types.Null {
				b = a.WithNull(true)
			}
			ret, cast := infer(a, b)
			if ret.Kind == types.Null {
				return Typed{}, fmt.Errorf("no '%s' of %s and %s", name, a, b)
			}
			ret.NotNull = a.NotNull && b.NotNull
			return Typed{Ret: ret, Args: cast}, nil
		},
		Compile: func(_ *Env, args []Arg, ret types.Type) (kernel.Func, error) {
			return compileArithmetic(name, args[0].Type, args[1].Type, ret)
		},
	}
}

// numericPair is the type two numbers are brought to when neither is a
// DECIMAL (a DECIMAL beside a FLOAT or DOUBLE becomes DOUBLE).
func numericPair(a, b types.Type) (types.Type, []types.Type) {
	t, _ := types.Common(a, b)
	return t, []types.Type{t.WithNull(a.Nullable()), t.WithNull(b.Nullable())}
}

func exactDecimals(a, b types.Type) bool {
	return a.IsExact() && b.IsExact() && (a.Kind == types.Decimal || b.Kind == types.Decimal)
}

func inferPlus(a, b types.Type) (types.Type, []types.Type) {
	switch {
	case exactDecimals(a, b):
		return decimalResult(a, b, func(p1, s1, p2, s2 int32) (int32, int32) {
			s := max(s1, s2)
			return max(p1-s1, p2-s2) + s + 1, s
		})
	case a.IsNumeric() && b.IsNumeric():
		return numericPair(a, b)
	case (a.IsTimestamp() || a.Kind == types.Date) && b.IsInterval():
		return a, nil // of its own precision: a DATE plus hours is a DATE
	case a.IsInterval() && (b.IsTimestamp() || b.Kind == types.Date):
		return b, nil
	case a.Kind == types.Time && b.Kind == types.IntervalDS, a.IsInterval() && a.Kind == b.Kind:
		return a, nil
	}
	return types.Type{}, nil
}

func inferMinus(a, b types.Type) (types.Type, []types.Type) {
	if a.IsInterval() && !b.IsInterval() {
		return types.Type{}, nil
	}
	return inferPlus(a, b)
}

func inferTimes(a, b types.Type) (types.Type, []types.Type) {
	switch {
	case exactDecimals(a, b):
		return decimalResult(a, b, func(p1, s1, p2, s2 int32) (int32, int32) { return p1 + p2 + 1, s1 + s2 })
	case a.IsNumeric() && b.IsNumeric():
		return numericPair(a, b)
	case a.IsInterval() && b.IsInteger():
		return a, []types.Type{a, types.BigIntType.WithNull(b.Nullable())}
	case a.IsInteger() && b.IsInterval():
		return b, []types.Type{types.BigIntType.WithNull(a.Nullable()), b}
	}
	return types.Type{}, nil
}

func inferDivide(a, b types.Type) (types.Type, []types.Type) {
	if exactDecimals(a, b) {
		return decimalResult(a, b, func(p1, s1, p2, s2 int32) (int32, int32) {
			s := max(6, s1+p2+1)
			return p1 - s1 + s2 + s, s
		})
	}
	if a.IsNumeric() && b.IsNumeric() {
		return numericPair(a, b)
	}
	return types.Type{}, nil
}

// inferMod: of whole numbers, DECIMAL(p, 0) included, the type of the divisor.
func inferMod(a, b types.Type) (types.Type, []types.Type) {
	if !a.IsNumeric() || !b.IsNumeric() {
		return types.Type{}, nil
	}
	if !exactDecimals(a, b) {
		t, cast := numericPair(a, b)
		if t.IsInteger() {
			t = b
		}
		return t, cast
	}
	t, cast := decimalResult(a, b, func(p1, s1, p2, s2 int32) (int32, int32) {
		s := max(s1, s2)
		return min(p1-s1, p2-s2) + s, s
	})
	if a.Scale == 0 && b.Scale == 0 {
		t = b
	}
	return t, cast
}

// decimalResult applies a rule of LogicalTypeMerging; digits over 38 are taken
// from the fraction, of which min(scale, 6) stay.
func decimalResult(a, b types.Type, rule func(p1, s1, p2, s2 int32) (int32, int32)) (types.Type, []types.Type) {
	x, y := types.AsDecimal(a), types.AsDecimal(b)
	p, s := rule(x.Prec, x.Scale, y.Prec, y.Scale)
	if p > maxDecimalDigits {
		whole := p - s
		s = max(maxDecimalDigits-whole, min(s, 6))
		p = maxDecimalDigits
	}
	return types.DecimalType(p, s), []types.Type{x, y}
}

func compileArithmetic(op string, a, b, ret types.Type) (kernel.Func, error) {
	switch {
	case a.Kind == types.Decimal && ret.IsInteger():
		return decimalToInteger(decimalArithmetic(op, a, b, types.AsDecimal(ret)), types.AsDecimal(ret)), nil
	case ret.Kind == types.Decimal:
		return decimalArithmetic(op, a, b, ret), nil
	case op == "%" && ret.IsInteger() && ret.Kind != a.Kind:
		return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
			x, y := integerAt(in[0], kernel.At(in[0], i)), integerAt(in[1], kernel.At(in[1], i))
			if y == 0 {
				return errZero
			}
			putNumber(out, i, 0, x%y)
			return nil
		}), nil
	case a.IsInterval() || b.IsInterval():
		return intervalArithmetic(op, a, b, ret)
	}
	switch ret.Kind {
	case types.TinyInt:
		return integerOp[int8](op), nil
	case types.SmallInt:
		return integerOp[int16](op), nil
	case types.Int:
		return integerOp[int32](op), nil
	case types.BigInt:
		return integerOp[int64](op), nil
	case types.Float:
		return floatOp[float32](op), nil
	case types.Double:
		return floatOp[float64](op), nil
	}
	return nil, fmt.Errorf("no '%s' of %s and %s", op, a, b)
}

// decimalToInteger brings the result of f, a whole DECIMAL of type t, to an
// integer type.
func decimalToInteger(f kernel.Func, t types.Type) kernel.Func {
	tmp, cast := batch.NewVec(t, 0), numericCast(t, types.BigIntType)
	return func(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error {
		tmp.Resize(n)
		if err := f(in, sel, n, tmp); err != nil {
			return err
		}
		return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error { return cast(in[0], i, out, i) })([]*batch.Vec{tmp}, sel, n, out)
	}
}

// errZero is Java's ArithmeticException.
var errZero = errs.New(errs.Failed, "arithmetic.division-by-zero", "/ by zero").WithHint("use NULLIF(divisor, 0), or divide as DOUBLE")

// integerOp wraps around, as Java's arithmetic does.
func integerOp[T int8 | int16 | int32 | int64](op string) kernel.Func {
	switch op {
	case "+":
		return kernel.Lift2(func(a, b T) T { return a + b })
	case "-":
		return kernel.Lift2(func(a, b T) T { return a - b })
	case "*":
		return kernel.Lift2(func(a, b T) T { return a * b })
	}
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		a, b := kernel.Slice[T](in[0])[kernel.At(in[0], i)], kernel.Slice[T](in[1])[kernel.At(in[1], i)]
		if b == 0 {
			return errZero
		}
		r := kernel.Slice[T](out)
		if op == "/" {
			r[i] = a / b
		} else {
			r[i] = a % b
		}
		return nil
	})
}

func floatOp[T float32 | float64](op string) kernel.Func {
	switch op {
	case "+":
		return kernel.Lift2(func(a, b T) T { return a + b })
	case "-":
		return kernel.Lift2(func(a, b T) T { return a - b })
	case "*":
		return kernel.Lift2(func(a, b T) T { return a * b })
	case "/":
		return kernel.Lift2(func(a, b T) T { return a / b })
	}
	return kernel.Lift2(func(a, b T) T { return T(math.Mod(float64(a), float64(b))) })
}

func negate(t types.Type) (kernel.Func, error) {
	switch t.Phys() {
	case types.PhysI8:
		return kernel.Lift1(func(x int8) int8 { return -x }), nil
	case types.PhysI16:
		return kernel.Lift1(func(x int16) int16 { return -x }), nil
	case types.PhysI32:
		return kernel.Lift1(func(x int32) int32 { return -x }), nil
	case types.PhysI64:
		return kernel.Lift1(func(x int64) int64 { return -x }), nil
	case types.PhysF32:
		return kernel.Lift1(func(x float32) float32 { return -x }), nil
	case types.PhysF64:
		return kernel.Lift1(func(x float64) float64 { return -x }), nil
	}
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		out.I128[i] = in[0].I128[kernel.At(in[0], i)].Negate()
		return nil
	}), nil
}

// intervalArithmetic moves moments, and adds up intervals.
func intervalArithmetic(op string, a, b, ret types.Type) (kernel.Func, error) {
	sign := int64(1)
	if op == "-" {
		sign = -1
	}
	if a.IsInterval() && !b.IsInterval() && op != "*" { // interval + moment
		f, err := intervalArithmetic(op, b, a, ret)
		if err != nil {
			return nil, err
		}
		return func(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error {
			return f([]*batch.Vec{in[1], in[0]}, sel, n, out)
		}, nil
	}
	switch {
	case op == "*" && ret.Kind == types.IntervalYM:
		return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
			out.I32[i] = int32(wide(in[0], i) * wide(in[1], i))
			return nil
		}), nil
	case op == "*":
		return kernel.Lift2(func(x, y int64) int64 { return x * y }), nil
	case a.Kind == types.IntervalYM && b.Kind == types.IntervalYM:
		return kernel.Lift2(func(x, y int32) int32 { return x + int32(sign)*y }), nil
	case a.Kind == types.IntervalDS && b.Kind == types.IntervalDS:
		return kernel.Lift2(func(x, y int64) int64 { return x + sign*y }), nil
	case a.IsTimestamp() && b.Kind == types.IntervalDS:
		per := a.UnitsPerMilli()
		return kernel.Lift2(func(x, y int64) int64 { return x + sign*y*per }), nil
	case a.IsTimestamp():
		per := a.UnitsPerMilli()
		return kernel.Lift2(func(x int64, months int32) int64 {
			day := floorDiv(x, 86_400_000*per)
			return addMonths(day, int64(months)*sign)*86_400_000*per + (x - day*86_400_000*per)
		}), nil
	case a.Kind == types.Date && b.Kind == types.IntervalYM:
		return kernel.Lift2(func(x, months int32) int32 { return int32(addMonths(int64(x), int64(months)*sign)) }), nil
	case a.Kind == types.Date:
		return kernel.Lift2(func(x int32, ms int64) int32 { return int32(floorDiv(int64(x)*86_400_000+sign*ms, 86_400_000)) }), nil
	case a.Kind == types.Time:
		return kernel.Lift2(func(x int32, ms int64) int32 {
			t := (int64(x) + sign*ms) % 86_400_000
			if t < 0 {
				t += 86_400_000
			}
			return int32(t)
		}), nil
	}
	return nil, fmt.Errorf("no '%s' of %s and %s", op, a, b)
}

// wide is an integer or year-month interval as an int64.
func wide(v *batch.Vec, i int) int64 {
	i = kernel.At(v, i)
	if v.Type.Phys() == types.PhysI32 {
		return int64(v.I32[i])
	}
	return v.I64[i]
}
