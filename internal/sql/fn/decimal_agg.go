package fn

import (
	"encoding/binary"
	"math/big"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// maxDecimalDigits is the greatest precision of a DECIMAL.
const maxDecimalDigits = 38

// decimalAt is the unscaled value of row i of a DECIMAL vector.
func decimalAt(v *batch.Vec, i int) decimal128.Num {
	if v.Type.Phys() == types.PhysI64 {
		return decimal128.FromI64(v.I64[i])
	}
	return v.I128[i]
}

// appendDecimal appends an unscaled value, or NULL when it has more digits
// than the vector's precision (DecimalData.fromBigDecimal).
func appendDecimal(out *batch.Vec, x decimal128.Num) {
	i := out.Len
	out.AppendNull()
	if !x.FitsInPrecision(out.Type.Prec) {
		return
	}
	out.SetValid(i)
	if out.Type.Phys() == types.PhysI64 {
		out.I64[i] = int64(x.LowBits())
		return
	}
	out.I128[i] = x
}

// decimalSum is SUM of DECIMAL. A sum that overflows 38 digits is NULL from
// then on, as Flink's decimal addition makes it.
type decimalSum struct {
	arg  types.Type
	sum  []decimal128.Num
	over []bool
	n    counts
}

// Grow implements kernel.Agg.
func (a *decimalSum) Grow(n int) {
	a.n.grow(n)
	for len(a.sum) < n {
		a.sum, a.over = append(a.sum, decimal128.Num{}), append(a.over, false)
	}
}

func (a *decimalSum) add(g int, x decimal128.Num, by int64) {
	a.n[g] += by
	a.sum[g] = a.sum[g].Add(x)
	if !a.sum[g].FitsInPrecision(maxDecimalDigits) {
		a.over[g] = true
	}
}

// Add implements kernel.Agg.
func (a *decimalSum) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	eachValid(groups, args[0], sel, n, func(g int32, i int) { a.add(int(g), decimalAt(args[0], i), 1) })
	return nil
}

// Retract implements kernel.Agg.
func (a *decimalSum) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	eachValid(groups, args[0], sel, n, func(g int32, i int) { a.add(int(g), decimalAt(args[0], i).Negate(), -1) })
	return nil
}

// Merge implements kernel.Agg.
func (a *decimalSum) Merge(to int, other kernel.Agg, from int) error {
	o := other.(*decimalSum)
	a.add(to, o.sum[from], o.n[from])
	a.over[to] = a.over[to] || o.over[from]
	return nil
}

// Result implements kernel.Agg.
func (a *decimalSum) Result(g int, out *batch.Vec) error {
	if a.n[g] == 0 || a.over[g] {
		out.AppendNull()
		return nil
	}
	appendDecimal(out, a.sum[g])
	return nil
}

// Clear implements kernel.Agg.
func (a *decimalSum) Clear(g int) { a.sum[g], a.over[g], a.n[g] = decimal128.Num{}, false, 0 }

// Encode implements kernel.Agg.
func (a *decimalSum) Encode(g int, buf []byte) []byte {
	buf = binary.AppendVarint(buf, a.n[g])
	if a.over[g] {
		buf = append(buf, 1)
	} else {
		buf = append(buf, 0)
	}
	return append(buf, rawBytes(&a.sum[g])...)
}

// Decode implements kernel.Agg.
func (a *decimalSum) Decode(g int, data []byte) ([]byte, error) {
	data, err := varint(data, &a.n[g])
	if err != nil {
		return nil, err
	}
	if len(data) < 17 {
		return nil, errShort
	}
	a.over[g] = data[0] != 0
	copy(rawBytes(&a.sum[g]), data[1:])
	return data[17:], nil
}

// Bytes implements kernel.Agg.
func (a *decimalSum) Bytes() int { return 25 * cap(a.sum) }

// decimalAvg is AVG of DECIMAL: the sum divided, rounded half up to the
// result's scale.
type decimalAvg struct {
	decimalSum
	ret types.Type
}

// Merge implements kernel.Agg.
func (a *decimalAvg) Merge(to int, other kernel.Agg, from int) error {
	return a.decimalSum.Merge(to, &other.(*decimalAvg).decimalSum, from)
}

// Result implements kernel.Agg.
func (a *decimalAvg) Result(g int, out *batch.Vec) error {
	if a.n[g] == 0 || a.over[g] {
		out.AppendNull()
		return nil
	}
	x := a.sum[g].BigInt()
	x.Mul(x, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(a.ret.Scale-a.arg.Scale)), nil))
	q := divHalfUp(x, big.NewInt(a.n[g]))
	if q.BitLen() > 127 {
		out.AppendNull()
		return nil
	}
	appendDecimal(out, decimal128.FromBigInt(q))
	return nil
}

// divHalfUp is a/b rounded to the nearest integer, halves away from zero
// (RoundingMode.HALF_UP).
func divHalfUp(a, b *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(a, b, new(big.Int))
	if r.Lsh(r.Abs(r), 1).CmpAbs(b) >= 0 {
		if (a.Sign() < 0) != (b.Sign() < 0) {
			return q.Sub(q, big.NewInt(1))
		}
		return q.Add(q, big.NewInt(1))
	}
	return q
}
