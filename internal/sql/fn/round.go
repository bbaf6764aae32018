package fn

import (
	"bytes"
	"math"
	"math/big"
	"strconv"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// roundings are ROUND and TRUNCATE.
func roundings() []*Def {
	return []*Def{
		rounding("ROUND", "The number rounded half up to a number of decimal places, or with a negative one to tens, hundreds …", true,
			Example{"ROUND(-12.345, 2)", "-12.35"}, Example{"ROUND(123, -2)", "100"}, Example{"ROUND(2.5e0)", "3.0"}),
		rounding("TRUNCATE", "The number cut to a number of decimal places, or with a negative one to tens, hundreds …", false,
			Example{"TRUNCATE(42.345, 2)", "42.34"}, Example{"TRUNCATE(-42.9)", "-42"}),
	}
}

func rounding(name, doc string, halfUp bool, examples ...Example) *Def {
	return &Def{Name: name, Family: "arithmetic", Usage: name + "(numeric [, integer])", Doc: doc, Examples: examples,
		Infer: operands(roundedType, wantNumber, optional(wantInt)),
		Compile: func(_ *Env, args []Arg, ret types.Type) (kernel.Func, error) {
			return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
				places := int32(0)
				if len(in) == 2 {
					places = in[1].I32[kernel.At(in[1], i)]
				}
				return roundTo(in[0], kernel.At(in[0], i), out, i, places, halfUp)
			}), nil
		}}
}

// roundedType is the result of ROUND: the argument's type; of a DECIMAL, with
// the scale that is left (LogicalTypeMerging.findRoundDecimalType).
func roundedType(args []Arg) types.Type {
	t := args[0].Type
	if t.Kind != types.Decimal {
		return t
	}
	places := int64(0)
	if len(args) == 2 {
		n, ok := args[1].Literal.(int64)
		if !ok {
			return t
		}
		places = n
	}
	switch {
	case places >= int64(t.Scale):
		return t
	case places < 0:
		return types.DecimalType(min(maxDecimalDigits, 1+t.Prec-t.Scale), 0)
	}
	return types.DecimalType(1+t.Prec-t.Scale+int32(places), int32(places))
}

// roundTo rounds row i of in, by way of its decimal digits as Java's
// BigDecimal has them, into row at of out.
func roundTo(in *batch.Vec, i int, out *batch.Vec, at int, places int32, halfUp bool) error {
	switch t := in.Type; {
	case t.Kind == types.Decimal:
		setDecimal(out, at, rescaleDecimal(roundUnscaled(decimalAt(in, i).BigInt(), t.Scale, places, halfUp), t.Scale, out.Type.Scale))
	case t.IsInteger():
		n := integerAt(in, i)
		if places < 0 {
			n = int64(roundUnscaled(big.NewInt(n), 0, places, halfUp).Uint64()) * signum(n)
		}
		putNumber(out, at, 0, n)
	default:
		f := floatAt(in, i)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return errs.New(errs.Failed, "function.not-finite", "Infinite or NaN").WithHint("ROUND and TRUNCATE take finite numbers")
		}
		bits := 64
		if t.Kind == types.Float {
			bits = 32
		}
		f, err := roundFloat(f, bits, places, halfUp)
		if err != nil {
			return err
		}
		putNumber(out, at, f, 0)
	}
	return nil
}

// roundFloat rounds the shortest digits that identify f, as BigDecimal.valueOf
// has them.
func roundFloat(f float64, bits int, places int32, halfUp bool) (float64, error) {
	var memory [64]byte
	text := strconv.AppendFloat(memory[:0], f, 'f', -1, 64)
	point := bytes.IndexByte(text, '.')
	if point < 0 && places >= 0 || point >= 0 && len(text)-point-1 <= int(places) {
		return f, nil
	}
	if places >= 0 {
		return strconv.ParseFloat(string(roundText(text, point+1+int(places), halfUp)), bits)
	}
	x, scale := unscaledText(text)
	f, err := strconv.ParseFloat(roundUnscaled(x, scale, places, halfUp).String()+"e-"+strconv.Itoa(int(scale)), bits)
	if math.IsInf(f, 0) {
		err = nil // what Java's doubleValue gives
	}
	return f, err
}

// roundText rounds decimal digits to the first n characters, in place.
func roundText(text []byte, n int, halfUp bool) []byte {
	up := halfUp && text[n] >= '5'
	for k := n - 1; k >= 0 && up; k-- {
		switch {
		case text[k] == '9':
			text[k] = '0'
		case text[k] >= '0':
			text[k]++
			up = false
		case text[k] == '-':
			return append([]byte("-1"), text[1:n]...)
		}
	}
	if up {
		return append([]byte("1"), text[:n]...)
	}
	return text[:n]
}

// roundUnscaled rounds x, of the given scale, and keeps the scale.
func roundUnscaled(x *big.Int, scale, places int32, halfUp bool) *big.Int {
	drop := int64(scale) - int64(places)
	if drop <= 0 {
		return x
	}
	if drop > 400 { // more digits than any number has
		return new(big.Int)
	}
	unit := pow10(int32(drop))
	if halfUp {
		return new(big.Int).Mul(divHalfUp(x, unit), unit)
	}
	return new(big.Int).Mul(x.Quo(x, unit), unit)
}

// unscaledText reads "-12.50" as -1250 of scale 2.
func unscaledText(s []byte) (*big.Int, int32) {
	digits := make([]byte, 0, len(s))
	scale, point := 0, false
	for k := range len(s) {
		switch {
		case s[k] == '.':
			point = true
			continue
		case point:
			scale++
		}
		digits = append(digits, s[k])
	}
	x, _ := new(big.Int).SetString(string(digits), 10) // FormatFloat's own digits
	return x, int32(scale)
}
