package fn

import (
	"math"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// wantToDouble takes any number, as a DOUBLE.
var wantToDouble = want{what: "<NUMERIC>", as: func(t types.Type) (types.Type, bool) {
	return types.DoubleType, t.IsNumeric() || t.Kind == types.Null
}}

// Java's constants of Math.toDegrees and Math.toRadians.
const (
	radiansToDegrees = 57.29577951308232
	degreesToRadians = 0.017453292519943295
)

// doubles are the functions of a DOUBLE.
func doubles() []*Def {
	defs := []*Def{
		ofDouble("SQRT", "The square root; NaN of a negative number.", math.Sqrt, Example{"SQRT(9)", "3.0"}),
		ofDouble("LN", "The natural logarithm.", math.Log, Example{"LN(1)", "0.0"}),
		ofDouble("LOG10", "The logarithm of base 10.", log10, Example{"LOG10(1000)", "3.0"}),
		ofDouble("LOG2", "The logarithm of base 2.", func(x float64) float64 { return math.Log(x) / math.Ln2 }, Example{"LOG2(8)", "3.0"}),
		ofDouble("EXP", "e to the power of the number.", math.Exp, Example{"EXP(0)", "1.0"}),
		ofDouble("SIN", "The sine of an angle in radians.", math.Sin, Example{"SIN(0)", "0.0"}),
		ofDouble("SINH", "The hyperbolic sine.", math.Sinh, Example{"SINH(0)", "0.0"}),
		ofDouble("COS", "The cosine of an angle in radians.", math.Cos, Example{"COS(0)", "1.0"}),
		ofDouble("COSH", "The hyperbolic cosine.", math.Cosh, Example{"COSH(0)", "1.0"}),
		ofDouble("TAN", "The tangent of an angle in radians.", math.Tan, Example{"TAN(0)", "0.0"}),
		ofDouble("TANH", "The hyperbolic tangent.", math.Tanh, Example{"TANH(0)", "0.0"}),
		ofDouble("COT", "The cotangent of an angle in radians.", func(x float64) float64 { return 1 / math.Tan(x) }, Example{"COT(0)", "Infinity"}),
		ofDouble("ASIN", "The arc sine, in radians; NaN outside of -1 to 1.", math.Asin, Example{"ASIN(0)", "0.0"}),
		ofDouble("ACOS", "The arc cosine, in radians; NaN outside of -1 to 1.", math.Acos, Example{"ACOS(1)", "0.0"}),
		ofDouble("ATAN", "The arc tangent, in radians.", math.Atan, Example{"ATAN(0)", "0.0"}),
		ofDouble("DEGREES", "An angle in radians as degrees.", func(x float64) float64 { return x * radiansToDegrees }, Example{"DEGREES(PI())", "180.0"}),
		ofDouble("RADIANS", "An angle in degrees as radians.", func(x float64) float64 { return x * degreesToRadians }, Example{"RADIANS(180)", "3.141592653589793"}),
		constantOf("PI", "The number π.", math.Pi, "3.141592653589793"),
		constantOf("E", "The base of the natural logarithm.", math.E, "2.718281828459045"),
		{
			Name: "POWER", Family: "arithmetic", Usage: "POWER(numeric1, numeric2)", Doc: "The first number to the power of the second.",
			Examples: []Example{{"POWER(5, 3)", "125.0"}},
			Infer:    operands(gives(types.DoubleType), wantToDouble, wantToDouble),
			Compile:  func(*Env, []Arg, types.Type) (kernel.Func, error) { return kernel.Lift2(power), nil },
		},
		{
			Name: "ATAN2", Family: "arithmetic", Usage: "ATAN2(numeric1, numeric2)", Doc: "The angle, in radians, of the point with ordinate numeric1 and abscissa numeric2.",
			Examples: []Example{{"ATAN2(1, 1)", "0.7853981633974483"}},
			Infer:    operands(gives(types.DoubleType), wantToDouble, wantToDouble),
			Compile:  func(*Env, []Arg, types.Type) (kernel.Func, error) { return kernel.Lift2(math.Atan2), nil },
		},
		{
			Name: "LOG", Family: "arithmetic", Usage: "LOG([base,] numeric)", Doc: "The logarithm: natural, or of the base.",
			Examples: []Example{{"LOG(1)", "0.0"}, {"LOG(2, 8)", "3.0"}},
			Infer:    operands(gives(types.DoubleType), wantToDouble, optional(wantToDouble)),
			Compile: func(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
				if len(args) == 1 {
					return kernel.Lift1(math.Log), nil
				}
				return kernel.Lift2(func(base, x float64) float64 { return math.Log(x) / math.Log(base) }), nil
			},
		},
	}
	return defs
}

func ofDouble(name, doc string, f func(float64) float64, examples ...Example) *Def {
	return &Def{Name: name, Family: "arithmetic", Usage: name + "(numeric)", Doc: doc, Examples: examples,
		Infer:   operands(gives(types.DoubleType), wantToDouble),
		Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) { return kernel.Lift1(f), nil }}
}

func constantOf(name, doc string, x float64, text string) *Def {
	return &Def{Name: name, Family: "arithmetic", Usage: name + "()", Doc: doc, Examples: []Example{{name + "()", text}},
		Infer: operands(gives(types.DoubleType)),
		Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
			return kernel.Row(func(_ []*batch.Vec, i int, out *batch.Vec) error { out.F64[i] = x; return nil }), nil
		}}
}

// power is Java's Math.pow, which differs from C's where the base is 1 or -1:
// a NaN stays one, and so is ±1 to the power of infinity.
func power(x, y float64) float64 {
	if y != 0 && (y != y || math.IsInf(y, 0) && math.Abs(x) == 1) {
		return math.NaN()
	}
	if n := int64(y); float64(n) == y && n >= -64 && n <= 64 {
		if hi, lo := wholePower(x, abs(n)); math.Abs(hi) > 1e-290 && math.Abs(hi) < 1e290 {
			if n >= 0 {
				return hi
			}
			q := 1 / hi
			return q + q*(math.FMA(-q, hi, 1)-q*lo)
		}
	}
	return math.Pow(x, y)
}

// wholePower is x to the power of n, as a sum of two numbers: math.Pow is off
// by some units in the last place, which Java's is not.
func wholePower(x float64, n int64) (hi, lo float64) {
	hi = 1
	bh, bl := x, 0.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			hi, lo = timesPair(hi, lo, bh, bl)
		}
		bh, bl = timesPair(bh, bl, bh, bl)
	}
	return hi, lo
}

// timesPair multiplies numbers that are each a sum of two.
func timesPair(ah, al, bh, bl float64) (hi, lo float64) {
	p := ah * bh
	e := math.FMA(ah, bh, -p) + ah*bl + al*bh
	hi = p + e
	return hi, e - (hi - p)
}

// log10 is fdlibm's, which Java uses: exact for the powers of ten, where
// math.Log10 is not.
func log10(x float64) float64 {
	const (
		ivln10   = 4.34294481903251816668e-01
		log10_2h = 3.01029995663611771306e-01
		log10_2l = 3.69423907715893078616e-13
	)
	if !(x > 0) || math.IsInf(x, 1) {
		return math.Log(x)
	}
	frac, exp := math.Frexp(x) // frac in [0.5, 1)
	k, m := exp-1, 2*frac
	if k < 0 {
		k, m = k+1, frac
	}
	y := float64(k)
	z := y*log10_2l + ivln10*math.Log(m)
	return z + y*log10_2h
}
