package fn

import (
	"encoding/binary"
	"math"
	"math/big"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// variance is STDDEV_POP, STDDEV_SAMP, VAR_POP and VAR_SAMP: Welford's sums in
// doubles, brought to the type of the argument at the end ($WELFORD_M2).
type variance struct {
	perGroup[welford]
	sample, root bool
	cast         castRow // of the result to the type of the argument
	x            *batch.Vec
}

// welford is the number of values, their mean, and the sum of the squares of
// their distances from it.
type welford struct {
	n        int64
	mean, m2 float64
}

func newVariance(sample, root bool) func([]types.Type, types.Type) (kernel.Agg, error) {
	return func(_ []types.Type, ret types.Type) (kernel.Agg, error) {
		a := &variance{sample: sample, root: root, x: batch.NewVec(types.DoubleType, 1), cast: numericCast(types.DoubleType, ret)}
		a.x.Resize(1)
		return a, nil
	}
}

// Add implements kernel.Agg.
func (a *variance) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	eachValid(groups, args[0], sel, n, func(g int32, i int) {
		w := &a.of[g]
		w.n++
		x := doubleAt(args[0], i)
		d := x - w.mean
		w.mean += d / float64(w.n)
		w.m2 += d * (x - w.mean)
	})
	return nil
}

// Retract implements kernel.Agg.
func (a *variance) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	eachValid(groups, args[0], sel, n, func(g int32, i int) {
		w := &a.of[g]
		if w.n--; w.n == 0 {
			*w = welford{}
			return
		}
		x := doubleAt(args[0], i)
		d := x - w.mean
		w.mean -= d / float64(w.n)
		w.m2 -= d * (x - w.mean)
	})
	return nil
}

// Merge implements kernel.Agg.
func (a *variance) Merge(to int, other kernel.Agg, from int) error {
	w, o := &a.of[to], other.(*variance).of[from]
	switch {
	case o.n == 0:
		return nil
	case w.n == 0:
		*w = o
		return nil
	}
	n := w.n + o.n
	d := o.mean - w.mean
	w.m2 += o.m2 + d*d*float64(w.n)*float64(o.n)/float64(n)
	w.mean += d * float64(o.n) / float64(n)
	w.n = n
	return nil
}

// Result implements kernel.Agg.
func (a *variance) Result(g int, out *batch.Vec) error {
	w := a.of[g]
	n := w.n
	if a.sample {
		n--
	}
	if w.n <= 0 || n == 0 {
		out.AppendNull()
		return nil
	}
	x := w.m2 / float64(n)
	if a.root {
		x = math.Pow(x, 0.5)
	}
	i := out.Len
	out.AppendNull()
	out.SetValid(i)
	a.x.F64[0] = x
	return a.cast(a.x, 0, out, i)
}

// doubleAt is the number of row i of v, of any numeric type, as a DOUBLE.
func doubleAt(v *batch.Vec, i int) float64 {
	switch {
	case v.Type.Kind == types.Decimal:
		f, _ := new(big.Rat).SetFrac(decimalAt(v, i).BigInt(), pow10(v.Type.Scale)).Float64()
		return f
	case v.Type.IsApprox():
		return floatAt(v, i)
	}
	return float64(integerAt(v, i))
}

// Encode implements kernel.Agg.
func (a *variance) Encode(g int, buf []byte) []byte {
	w := a.of[g]
	return appendBits(appendBits(binary.AppendVarint(buf, w.n), w.mean), w.m2)
}

// Decode implements kernel.Agg.
func (a *variance) Decode(g int, data []byte) ([]byte, error) {
	w := &a.of[g]
	data, err := varint(data, &w.n)
	if err == nil {
		data, err = readBits(data, &w.mean)
	}
	if err != nil {
		return nil, err
	}
	return readBits(data, &w.m2)
}

// Bytes implements kernel.Agg.
func (a *variance) Bytes() int { return 24 * cap(a.of) }
