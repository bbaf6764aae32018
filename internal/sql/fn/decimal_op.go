package fn

import (
	"math/big"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// decimalArithmetic computes exactly, rounds half up to the result's scale,
// and is NULL where the result has too many digits.
func decimalArithmetic(op string, a, b, ret types.Type) kernel.Func {
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		x := decimalAt(in[0], kernel.At(in[0], i)).BigInt()
		y := decimalAt(in[1], kernel.At(in[1], i)).BigInt()
		if (op == "/" || op == "%") && y.Sign() == 0 {
			return errZero
		}
		setDecimal(out, i, decimalOp(op, x, y, a.Scale, b.Scale, ret.Scale))
		return nil
	})
}

// decimalOp is the unscaled result at scale s.
func decimalOp(op string, x, y *big.Int, sa, sb, s int32) *big.Int {
	switch op {
	case "*":
		return rescaleDecimal(x.Mul(x, y), sa+sb, s)
	case "/":
		// x/10^sa ÷ y/10^sb at scale s is x·10^(s+sb-sa) ÷ y
		if up := s + sb - sa; up >= 0 {
			return divHalfUp(x.Mul(x, pow10(up)), y)
		} else {
			return divHalfUp(x, y.Mul(y, pow10(-up)))
		}
	}
	m := max(sa, sb)
	x.Mul(x, pow10(m-sa))
	y.Mul(y, pow10(m-sb))
	switch op {
	case "+":
		x.Add(x, y)
	case "-":
		x.Sub(x, y)
	case "%":
		x.Rem(x, y)
	}
	return rescaleDecimal(x, m, s)
}

func pow10(n int32) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// rescaleDecimal brings an unscaled value from one scale to another, rounding
// half up.
func rescaleDecimal(x *big.Int, from, to int32) *big.Int {
	if to >= from {
		return x.Mul(x, pow10(to-from))
	}
	return divHalfUp(x, pow10(from-to))
}

// setDecimal writes row i of a DECIMAL vector: NULL when x has too many digits.
func setDecimal(out *batch.Vec, i int, x *big.Int) {
	if x.CmpAbs(pow10(out.Type.Prec)) >= 0 {
		out.SetNull(i)
		return
	}
	if out.Type.Phys() == types.PhysI64 {
		out.I64[i] = x.Int64()
		return
	}
	out.I128[i] = decimal128.FromBigInt(x)
}
