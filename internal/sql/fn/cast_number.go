package fn

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"weir/internal/batch"
	"weir/internal/types"
)

// integerAt is an integer of any width.
func integerAt(v *batch.Vec, i int) int64 {
	switch v.Type.Phys() {
	case types.PhysI8:
		return int64(v.I8[i])
	case types.PhysI16:
		return int64(v.I16[i])
	case types.PhysI32:
		return int64(v.I32[i])
	}
	return v.I64[i]
}

// numericCast converts between numbers as Java's casts do: integers wrap,
// doubles saturate at INT and BIGINT and wrap below, decimals round half up
// and are NULL where they have too many digits.
func numericCast(from, to types.Type) castRow {
	switch {
	case to.Kind == types.Decimal && from.IsApprox():
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			f := floatAt(in, i)
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return fmt.Errorf("Infinite or NaN")
			}
			r, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64)) // of the printed digits (BigDecimal.valueOf)
			if !ok {
				return fmt.Errorf("%v is not a number", f)
			}
			setDecimal(out, at, roundRat(r, to.Scale))
			return nil
		}
	case to.Kind == types.Decimal:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			if from.Kind == types.Decimal {
				setDecimal(out, at, rescaleDecimal(decimalAt(in, i).BigInt(), from.Scale, to.Scale))
				return nil
			}
			setDecimal(out, at, rescaleDecimal(big.NewInt(integerAt(in, i)), 0, to.Scale))
			return nil
		}
	case from.Kind == types.Decimal:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			x := decimalAt(in, i).BigInt()
			if to.IsApprox() {
				f, _ := new(big.Rat).SetFrac(x, pow10(from.Scale)).Float64()
				putNumber(out, at, f, 0)
				return nil
			}
			q := new(big.Int).Quo(x, pow10(from.Scale))
			putNumber(out, at, 0, int64(new(big.Int).And(q, new(big.Int).SetUint64(math.MaxUint64)).Uint64()))
			return nil
		}
	case from.IsApprox():
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			f := floatAt(in, i)
			putNumber(out, at, f, saturate(f, to.Kind == types.BigInt))
			return nil
		}
	}
	return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
		n := integerAt(in, i)
		putNumber(out, at, float64(n), n)
		return nil
	}
}

func floatAt(v *batch.Vec, i int) float64 {
	if v.Type.Phys() == types.PhysF32 {
		return float64(v.F32[i])
	}
	return v.F64[i]
}

// saturate is Java's cast of a double to long or int: cut towards zero, held
// at the limits, NaN is 0.
func saturate(f float64, long bool) int64 {
	lo, hi := float64(math.MinInt32), float64(math.MaxInt32)
	if long {
		lo, hi = math.MinInt64, math.MaxInt64
	}
	switch {
	case f != f:
		return 0
	case f <= lo:
		return int64(lo)
	case f >= hi && long:
		return math.MaxInt64
	case f >= hi:
		return math.MaxInt32
	}
	return int64(f)
}

// putNumber sets a number in out's own layout: from n for the integers, from f
// for the others.
func putNumber(out *batch.Vec, at int, f float64, n int64) {
	switch out.Type.Phys() {
	case types.PhysI8:
		out.I8[at] = int8(n)
	case types.PhysI16:
		out.I16[at] = int16(n)
	case types.PhysI32:
		out.I32[at] = int32(n)
	case types.PhysI64:
		out.I64[at] = n
	case types.PhysF32:
		out.F32[at] = float32(f)
	case types.PhysF64:
		out.F64[at] = f
	}
}

// roundRat is r × 10^scale, rounded half up.
func roundRat(r *big.Rat, scale int32) *big.Int {
	return divHalfUp(new(big.Int).Mul(r.Num(), pow10(scale)), r.Denom())
}
