package fn

import (
	"fmt"
	"math"
	"math/big"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// numbers are the functions of numbers: ABS, ROUND, SIN.
func numbers() []*Def {
	defs := []*Def{
		{
			Name: "ABS", Family: "arithmetic", Usage: "ABS(numeric)", Doc: "The number or interval without its sign.",
			Examples: []Example{{"ABS(-5)", "5"}, {"ABS(-1.50)", "1.50"}},
			Infer:    operands(firstType, wantNumberOrInterval),
			Compile: func(_ *Env, _ []Arg, ret types.Type) (kernel.Func, error) {
				return eachNumber(ret, func(x int64) int64 { return abs(x) }, math.Abs, (*big.Int).Abs), nil
			},
		},
		{
			Name: "SIGN", Family: "arithmetic", Usage: "SIGN(numeric)", Doc: "-1, 0 or 1: the sign of the number, as a number of its type.",
			Examples: []Example{{"SIGN(-7)", "-1"}, {"SIGN(2.5e0)", "1.0"}, {"SIGN(1.1)", "1.0"}},
			Infer:    operands(firstType, wantNumber),
			Compile: func(_ *Env, _ []Arg, ret types.Type) (kernel.Func, error) {
				one := pow10(ret.Scale)
				return eachNumber(ret, signum[int64], signum[float64], func(z, x *big.Int) *big.Int {
					return z.Mul(one, big.NewInt(int64(x.Sign())))
				}), nil
			},
		},
		{
			Name: "MOD", Family: "arithmetic", Usage: "MOD(numeric1, numeric2)",
			Doc:      "The remainder of the division of two exact numbers, with the sign of the first; a division by zero fails.",
			Examples: []Example{{"MOD(-26, 5)", "-1"}, {"MOD(7.5, 2)", "1.5"}},
			Infer: func(args []Arg) (Typed, error) {
				t, err := operands(firstType, wantExact, wantExact)(args)
				if err != nil {
					return t, err
				}
				t.Ret, t.Args = inferMod(t.Args[0], t.Args[1])
				t.Ret.NotNull = args[0].Type.NotNull && args[1].Type.NotNull
				return t, nil
			},
			Compile: func(_ *Env, args []Arg, ret types.Type) (kernel.Func, error) {
				return compileArithmetic("%", args[0].Type, args[1].Type, ret)
			},
		},
		floorOrCeil("FLOOR", "The greatest whole number that is not greater, or with a unit the moment at which the unit that holds it began.",
			math.Floor, func(q *big.Int, r int) *big.Int { return step(q, r < 0, -1) },
			Example{"FLOOR(-2.5)", "-3"}, Example{"FLOOR(TIMESTAMP '2018-03-20 06:44:31' TO HOUR)", "2018-03-20 06:00:00"}),
		floorOrCeil("CEIL", "The least whole number that is not less, or with a unit the moment at which the next one begins.",
			math.Ceil, func(q *big.Int, r int) *big.Int { return step(q, r > 0, 1) },
			Example{"CEIL(2.5)", "3"}, Example{"CEIL(DATE '2018-03-20' TO MONTH)", "2018-04-01"}),
	}
	return append(append(append(append(defs, doubles()...), roundings()...), randoms()...), digits()...)
}

// What Calcite's functions of numbers and of text ask for.
var (
	anInteger            = family("INTEGER", types.Type.IsInteger, types.IntType)
	aText                = family("CHARACTER", types.Type.IsString, types.StringType)
	wantExact            = family("EXACT_NUMERIC", types.Type.IsExact, types.IntType)
	wantNumberOrInterval = family("NUMERIC", func(t types.Type) bool { return t.IsNumeric() || t.IsInterval() }, types.IntType)
)

// firstType is the type of the first argument.
func firstType(args []Arg) types.Type { return args[0].Type }

func signum[T int64 | float64](x T) T {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // 0, -0.0, NaN
}

func step(q *big.Int, do bool, by int64) *big.Int {
	if do {
		return q.Add(q, big.NewInt(by))
	}
	return q
}

// eachNumber makes the kernel of a function from a numeric or interval type to
// itself, given for whole numbers, for floating point and for the unscaled
// value of a DECIMAL (where nil, that of whole numbers).
func eachNumber(t types.Type, whole func(int64) int64, float func(float64) float64, unscaled func(z, x *big.Int) *big.Int) kernel.Func {
	switch t.Kind {
	case types.TinyInt:
		return kernel.Lift1(func(x int8) int8 { return int8(whole(int64(x))) })
	case types.SmallInt:
		return kernel.Lift1(func(x int16) int16 { return int16(whole(int64(x))) })
	case types.Int, types.IntervalYM:
		return kernel.Lift1(func(x int32) int32 { return int32(whole(int64(x))) })
	case types.BigInt, types.IntervalDS:
		return kernel.Lift1(whole)
	case types.Float:
		return kernel.Lift1(func(x float32) float32 { return float32(float(float64(x))) })
	case types.Double:
		return kernel.Lift1(float)
	}
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		x := decimalAt(in[0], kernel.At(in[0], i)).BigInt()
		setDecimal(out, i, unscaled(x, x))
		return nil
	})
}

// floorOrCeil is FLOOR or CEIL: of a number, or of a moment to a unit. adjust
// turns a DECIMAL's quotient and the sign of its remainder into the result.
func floorOrCeil(name, doc string, float func(float64) float64, adjust func(q *big.Int, remainder int) *big.Int, examples ...Example) *Def {
	d := &Def{Name: name, Family: "arithmetic", Usage: fmt.Sprintf("%s(numeric) or %s(timepoint TO unit)", name, name), Doc: doc, Examples: examples}
	if name == "CEIL" {
		d.Aliases = []string{"CEILING"}
	}
	d.Infer = func(args []Arg) (Typed, error) {
		if len(args) == 2 {
			return operands(firstType, wantMoment, wantUnit)(args)
		}
		return operands(func(args []Arg) types.Type {
			t := args[0].Type
			t.Scale = 0
			return t
		}, wantNumberOrInterval)(args)
	}
	d.Compile = func(env *Env, args []Arg, ret types.Type) (kernel.Func, error) {
		if len(args) == 2 {
			return roundMoment(env, args, name == "CEIL")
		}
		if ret.Kind != types.Decimal {
			return eachNumber(ret, func(x int64) int64 { return x }, float, nil), nil
		}
		unit := pow10(args[0].Type.Scale)
		return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
			q, r := new(big.Int).QuoRem(decimalAt(in[0], kernel.At(in[0], i)).BigInt(), unit, new(big.Int))
			setDecimal(out, i, adjust(q, r.Sign()))
			return nil
		}), nil
	}
	return d
}
