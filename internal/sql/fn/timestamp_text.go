package fn

import (
	"math"
	"math/big"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// toTimestampLTZ is TO_TIMESTAMP_LTZ.
func toTimestampLTZ() *Def {
	return &Def{
		Name: "TO_TIMESTAMP_LTZ", Family: "temporal", Since: "1.13",
		Usage: "TO_TIMESTAMP_LTZ(numeric [, precision]), TO_TIMESTAMP_LTZ(string [, pattern [, zone]])",
		Doc: "The instant of a number of seconds since 1970-01-01 00:00:00 UTC (precision 0) or of their 10^precision-th parts (3, milliseconds, when left out), " +
			"or of a string, read by a pattern of Java's DateTimeFormatter as a time in the zone, or in UTC. NULL outside of the years 0 to 9999, and for a string that is no moment.",
		Examples: []Example{{"TO_TIMESTAMP_LTZ(100, 0)", "1970-01-01 00:01:40.000"}, {"TO_TIMESTAMP_LTZ('2023-01-01 08:00:00', 'yyyy-MM-dd HH:mm:ss', 'Asia/Tokyo')", "2022-12-31 23:00:00.000"}},
		Infer:    inferToLTZ,
		Compile: func(env *Env, args []Arg, ret types.Type) (kernel.Func, error) {
			if args[0].Type.IsNumeric() {
				return epochToLTZ(args, ret), nil
			}
			return toTimestamp(env, args, ret)
		},
	}
}

func inferToLTZ(args []Arg) (Typed, error) {
	prec := int32(3)
	ret := func([]Arg) types.Type { return types.TimestampLTZType(prec) }
	if len(args) > 0 && args[0].Type.IsNumeric() {
		if len(args) == 2 {
			if p, ok := args[1].Literal.(int64); ok {
				if p < 0 || p > 9 {
					return Typed{}, errs.New(errs.Invalid, "function.precision", "Precision for TO_TIMESTAMP_LTZ must be between 0 and 9 but was %d.", p)
				}
				prec = max(prec, int32(p))
			}
		}
		return nullable(signature(ret, wantNumber, optional(wantInt)))(args)
	}
	if len(args) > 1 {
		if text, ok := args[1].Literal.(string); ok {
			prec = max(prec, fractionOf(text))
		}
	}
	return nullable(signature(ret, wantText, optional(wantText), optional(wantText)))(args)
}

// fractionOf is the number of digits of fraction that a pattern reads.
func fractionOf(text string) int32 {
	most, run, quoted := 0, 0, false
	for _, c := range text {
		if c == '\'' {
			quoted = !quoted
		}
		if run++; c != 'S' || quoted {
			run = 0
		}
		most = max(most, run)
	}
	return int32(min(most, 9))
}

// The seconds of the years 0 to 9999.
const (
	minEpochSecond = -62_167_219_200
	maxEpochSecond = 253_402_300_799
)

// epochToLTZ makes the kernel of TO_TIMESTAMP_LTZ of a number.
func epochToLTZ(args []Arg, ret types.Type) kernel.Func {
	units := ret.UnitsPerMilli() * 1000 // in a second
	t := args[0].Type
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		prec := int32(3)
		if len(in) == 2 {
			prec = in[1].I32[kernel.At(in[1], i)]
		}
		if prec < 0 || prec > 9 {
			return errs.New(errs.Failed, "function.precision", "Precision for TO_TIMESTAMP_LTZ must be between 0 and 9 but was %d.", prec)
		}
		factor := int64(math.Pow10(int(prec)))
		var sec, rest int64
		switch j := kernel.At(in[0], i); {
		case t.IsApprox():
			f := floatAt(in[0], j) / float64(factor)
			if !(f >= minEpochSecond && f <= maxEpochSecond) {
				out.SetNull(i)
				return nil
			}
			sec = int64(f)
			rest = int64((f - float64(sec)) * float64(units))
			if prec > 0 {
				n := int64(floatAt(in[0], j))
				sec, rest = floorDiv(n, factor), scaled(floorMod(n, factor), factor, units)
			}
		case t.Kind == types.Decimal:
			n := new(big.Int).Quo(decimalAt(in[0], j).BigInt(), pow10(t.Scale))
			if !n.IsInt64() {
				out.SetNull(i)
				return nil
			}
			sec, rest = floorDiv(n.Int64(), factor), scaled(floorMod(n.Int64(), factor), factor, units)
		default:
			n := integerAt(in[0], j)
			sec, rest = floorDiv(n, factor), scaled(floorMod(n, factor), factor, units)
		}
		if sec < minEpochSecond || sec > maxEpochSecond {
			out.SetNull(i)
			return nil
		}
		out.I64[i] = sec*units + rest
		return nil
	})
}

// scaled is x parts of which per make a second, in units.
func scaled(x, per, units int64) int64 {
	if per > units {
		return x / (per / units)
	}
	return x * (units / per)
}

// toTimestamp makes the kernel of TO_TIMESTAMP and of TO_TIMESTAMP_LTZ of a
// string.
func toTimestamp(env *Env, args []Arg, ret types.Type) (kernel.Func, error) {
	per := ret.UnitsPerMilli()
	set := func(out *batch.Vec, i int, day, nanos int64, z *zone) {
		if day*86_400 < minEpochSecond || day*86_400 > maxEpochSecond {
			out.SetNull(i)
			return
		}
		out.I64[i] = z.instant(day*dayMillis*per+nanos*per/1_000_000, per)
	}
	utc := zoneAt(nil)
	if len(args) == 1 {
		return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
			day, nanos, ok := parseTimestamp(in[0].Bytes(i))
			if !ok {
				out.SetNull(i)
				return nil
			}
			set(out, i, day, nanos, utc)
			return nil
		}), nil
	}
	pattern, err := patternOf(env, args, 1, false)
	if err != nil {
		// As in Flink, what no pattern is reads nothing.
		return kernel.RowWithNulls(func(_ []*batch.Vec, i int, out *batch.Vec) error { out.SetNull(i); return nil }), nil
	}
	zones := zoneNames(env, false)
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		z := utc
		if len(in) == 3 {
			z = zones(in[2].Bytes(i))
		}
		p, err := pattern(in, i)
		if err != nil || z == nil {
			out.SetNull(i)
			return nil
		}
		text := in[0].Bytes(i)
		var f fields
		if p.parse(text, &f) {
			if day, nanos, ok := f.resolve(false); ok {
				set(out, i, day, nanos, z)
				return nil
			}
		}
		// '1999-9-10 05:20:10' is taken by every pattern.
		day, nanos, ok := parseTimestamp(text)
		if !ok {
			out.SetNull(i)
			return nil
		}
		set(out, i, day, nanos, z)
		return nil
	}), nil
}
