package fn

import (
	"encoding/binary"
	"fmt"
	"math"

	"weir/internal/batch"
	"weir/internal/kernel"
)

// counts is one number a group: the accumulator of COUNT and a part of others.
type counts []int64

func (c *counts) grow(n int) {
	for len(*c) < n {
		*c = append(*c, 0)
	}
}

// eachValid calls f with the group and row of every selected row that is not
// NULL in v.
func eachValid(groups []int32, v *batch.Vec, sel []int32, n int, f func(g int32, i int)) {
	if sel == nil {
		sel = batch.Seq(0, n)
	}
	if v.Valid == nil && !v.Const {
		for k, i := range sel {
			f(groups[k], int(i))
		}
		return
	}
	for k, i := range sel {
		if !v.IsNull(int(i)) {
			f(groups[k], kernel.At(v, int(i)))
		}
	}
}

// countAgg is COUNT.
type countAgg struct {
	star bool
	n    counts
}

// Grow implements kernel.Agg.
func (a *countAgg) Grow(n int) { a.n.grow(n) }

func (a *countAgg) add(by int64, groups []int32, args []*batch.Vec, sel []int32, n int) error {
	if a.star || args[0].Valid == nil && !args[0].Const {
		for _, g := range groups {
			a.n[g] += by
		}
		return nil
	}
	eachValid(groups, args[0], sel, n, func(g int32, _ int) { a.n[g] += by })
	return nil
}

// Add implements kernel.Agg.
func (a *countAgg) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return a.add(1, groups, args, sel, n)
}

// Retract implements kernel.Agg.
func (a *countAgg) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return a.add(-1, groups, args, sel, n)
}

// Merge implements kernel.Agg.
func (a *countAgg) Merge(to int, other kernel.Agg, from int) error {
	a.n[to] += other.(*countAgg).n[from]
	return nil
}

// Result implements kernel.Agg.
func (a *countAgg) Result(g int, out *batch.Vec) error { out.AppendI64(a.n[g]); return nil }

// Clear implements kernel.Agg.
func (a *countAgg) Clear(g int) { a.n[g] = 0 }

// Encode implements kernel.Agg.
func (a *countAgg) Encode(g int, buf []byte) []byte { return binary.AppendVarint(buf, a.n[g]) }

// Decode implements kernel.Agg.
func (a *countAgg) Decode(g int, data []byte) ([]byte, error) { return varint(data, &a.n[g]) }

// Bytes implements kernel.Agg.
func (a *countAgg) Bytes() int { return 8 * cap(a.n) }

func varint(data []byte, x *int64) ([]byte, error) {
	v, w := binary.Varint(data)
	if w <= 0 {
		return nil, errShort
	}
	*x = v
	return data[w:], nil
}

var errShort = fmt.Errorf("snapshot is damaged: an accumulator is cut short")

// number are the types SUM and AVG add up.
type number interface {
	int8 | int16 | int32 | int64 | float32 | float64
}

// sumAgg is SUM in the argument's own type.
type sumAgg[T number] struct {
	sum []T
	n   counts
}

// Grow implements kernel.Agg.
func (a *sumAgg[T]) Grow(n int) {
	a.n.grow(n)
	for len(a.sum) < n {
		a.sum = append(a.sum, 0)
	}
}

// Add implements kernel.Agg.
func (a *sumAgg[T]) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	vals := kernel.Slice[T](args[0])
	eachValid(groups, args[0], sel, n, func(g int32, i int) { a.sum[g] += vals[i]; a.n[g]++ })
	return nil
}

// Retract implements kernel.Agg.
func (a *sumAgg[T]) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	vals := kernel.Slice[T](args[0])
	eachValid(groups, args[0], sel, n, func(g int32, i int) { a.sum[g] -= vals[i]; a.n[g]-- })
	return nil
}

// Merge implements kernel.Agg.
func (a *sumAgg[T]) Merge(to int, other kernel.Agg, from int) error {
	o := other.(*sumAgg[T])
	a.sum[to] += o.sum[from]
	a.n[to] += o.n[from]
	return nil
}

// Result implements kernel.Agg.
func (a *sumAgg[T]) Result(g int, out *batch.Vec) error {
	appendNumber(out, a.sum[g], a.n[g] == 0)
	return nil
}

// appendNumber appends x, or NULL, to a vector of x's layout.
func appendNumber[T number](out *batch.Vec, x T, null bool) {
	i := out.Len
	out.AppendNull()
	if !null {
		out.SetValid(i)
		kernel.Slice[T](out)[i] = x
	}
}

// Clear implements kernel.Agg.
func (a *sumAgg[T]) Clear(g int) { a.sum[g], a.n[g] = 0, 0 }

// Encode implements kernel.Agg.
func (a *sumAgg[T]) Encode(g int, buf []byte) []byte {
	return appendBits(binary.AppendVarint(buf, a.n[g]), a.sum[g])
}

// Decode implements kernel.Agg.
func (a *sumAgg[T]) Decode(g int, data []byte) ([]byte, error) {
	data, err := varint(data, &a.n[g])
	if err != nil {
		return nil, err
	}
	return readBits(data, &a.sum[g])
}

// Bytes implements kernel.Agg.
func (a *sumAgg[T]) Bytes() int { return 8 * (cap(a.n) + cap(a.sum)) }

// appendBits encodes any number in eight bytes.
func appendBits[T number](buf []byte, x T) []byte {
	var b uint64
	switch v := any(x).(type) {
	case float64:
		b = math.Float64bits(v)
	case float32:
		b = uint64(math.Float32bits(v))
	default:
		b = uint64(int64(x))
	}
	return binary.LittleEndian.AppendUint64(buf, b)
}

func readBits[T number](data []byte, x *T) ([]byte, error) {
	if len(data) < 8 {
		return nil, errShort
	}
	b := binary.LittleEndian.Uint64(data)
	switch p := any(x).(type) {
	case *float64:
		*p = math.Float64frombits(b)
	case *float32:
		*p = math.Float32frombits(uint32(b))
	default:
		*x = T(int64(b))
	}
	return data[8:], nil
}

// floatAvg is AVG of FLOAT and DOUBLE: the sum and the quotient are doubles.
type floatAvg[T float32 | float64] struct {
	sum []float64
	n   counts
}

// Grow implements kernel.Agg.
func (a *floatAvg[T]) Grow(n int) {
	a.n.grow(n)
	for len(a.sum) < n {
		a.sum = append(a.sum, 0)
	}
}

// Add implements kernel.Agg.
func (a *floatAvg[T]) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	vals, sum, cnt := kernel.Slice[T](args[0]), a.sum, a.n
	if args[0].Valid == nil && !args[0].Const && sel == nil {
		for k, g := range groups {
			sum[g] += float64(vals[k])
			cnt[g]++
		}
		return nil
	}
	eachValid(groups, args[0], sel, n, func(g int32, i int) { sum[g] += float64(vals[i]); cnt[g]++ })
	return nil
}

// Retract implements kernel.Agg.
func (a *floatAvg[T]) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	vals := kernel.Slice[T](args[0])
	eachValid(groups, args[0], sel, n, func(g int32, i int) { a.sum[g] -= float64(vals[i]); a.n[g]-- })
	return nil
}

// Merge implements kernel.Agg.
func (a *floatAvg[T]) Merge(to int, other kernel.Agg, from int) error {
	o := other.(*floatAvg[T])
	a.sum[to] += o.sum[from]
	a.n[to] += o.n[from]
	return nil
}

// Result implements kernel.Agg.
func (a *floatAvg[T]) Result(g int, out *batch.Vec) error {
	if a.n[g] == 0 {
		out.AppendNull()
		return nil
	}
	appendNumber(out, T(a.sum[g]/float64(a.n[g])), false)
	return nil
}

// Clear implements kernel.Agg.
func (a *floatAvg[T]) Clear(g int) { a.sum[g], a.n[g] = 0, 0 }

// Encode implements kernel.Agg.
func (a *floatAvg[T]) Encode(g int, buf []byte) []byte {
	return appendBits(binary.AppendVarint(buf, a.n[g]), a.sum[g])
}

// Decode implements kernel.Agg.
func (a *floatAvg[T]) Decode(g int, data []byte) ([]byte, error) {
	data, err := varint(data, &a.n[g])
	if err != nil {
		return nil, err
	}
	return readBits(data, &a.sum[g])
}

// Bytes implements kernel.Agg.
func (a *floatAvg[T]) Bytes() int { return 8 * (cap(a.n) + cap(a.sum)) }

// intAvg is AVG of the integer types: the sum is a BIGINT, the quotient cut
// towards zero.
type intAvg[T int8 | int16 | int32 | int64] struct{ sumOf sumAgg[int64] }

// Grow implements kernel.Agg.
func (a *intAvg[T]) Grow(n int) { a.sumOf.Grow(n) }

// Add implements kernel.Agg.
func (a *intAvg[T]) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	vals := kernel.Slice[T](args[0])
	eachValid(groups, args[0], sel, n, func(g int32, i int) { a.sumOf.sum[g] += int64(vals[i]); a.sumOf.n[g]++ })
	return nil
}

// Retract implements kernel.Agg.
func (a *intAvg[T]) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	vals := kernel.Slice[T](args[0])
	eachValid(groups, args[0], sel, n, func(g int32, i int) { a.sumOf.sum[g] -= int64(vals[i]); a.sumOf.n[g]-- })
	return nil
}

// Merge implements kernel.Agg.
func (a *intAvg[T]) Merge(to int, other kernel.Agg, from int) error {
	return a.sumOf.Merge(to, &other.(*intAvg[T]).sumOf, from)
}

// Result implements kernel.Agg.
func (a *intAvg[T]) Result(g int, out *batch.Vec) error {
	n := a.sumOf.n[g]
	appendNumber(out, T(a.sumOf.sum[g]/max(n, 1)), n == 0)
	return nil
}

// Clear implements kernel.Agg.
func (a *intAvg[T]) Clear(g int) { a.sumOf.Clear(g) }

// Encode implements kernel.Agg.
func (a *intAvg[T]) Encode(g int, buf []byte) []byte { return a.sumOf.Encode(g, buf) }

// Decode implements kernel.Agg.
func (a *intAvg[T]) Decode(g int, data []byte) ([]byte, error) { return a.sumOf.Decode(g, data) }

// Bytes implements kernel.Agg.
func (a *intAvg[T]) Bytes() int { return a.sumOf.Bytes() }
