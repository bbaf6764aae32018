package fn

import (
	"encoding/binary"
	"fmt"

	"weir/internal/batch"
	"weir/internal/kernel"
)

// oneValue keeps one value a group: the first or the last that is not NULL
// (FirstValueAggFunction, LastValueAggFunction).
type oneValue struct {
	perGroup[[]byte] // encoded (batch.AppendValue); nil: none
	last             bool
	size             int
}

// Add implements kernel.Agg.
func (a *oneValue) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return eachOf(groups, sel, n, func(g int32, i int) error {
		if !args[0].IsNull(i) && (a.last || a.of[g] == nil) {
			was := cap(a.of[g])
			a.of[g] = batch.AppendValue(a.of[g][:0], args[0], i)
			a.size += cap(a.of[g]) - was
		}
		return nil
	})
}

// Retract implements kernel.Agg.
func (*oneValue) Retract([]int32, []*batch.Vec, []int32, int) error { return errNotRetractable }

// Merge implements kernel.Agg: what other has came later.
func (a *oneValue) Merge(to int, other kernel.Agg, from int) error {
	if v := other.(*oneValue).of[from]; v != nil && (a.last || a.of[to] == nil) {
		a.of[to] = append(a.of[to][:0], v...)
	}
	return nil
}

// Result implements kernel.Agg.
func (a *oneValue) Result(g int, out *batch.Vec) error {
	if a.of[g] == nil {
		out.AppendNull()
		return nil
	}
	_, err := batch.ReadValue(a.of[g], out)
	return err
}

// Encode implements kernel.Agg.
func (a *oneValue) Encode(g int, buf []byte) []byte { return appendText(buf, a.of[g]) }

// Decode implements kernel.Agg.
func (a *oneValue) Decode(g int, data []byte) ([]byte, error) {
	v, data, err := readText(data)
	if err == nil && len(v) > 0 {
		a.of[g] = append([]byte(nil), v...)
	}
	return data, err
}

// Bytes implements kernel.Agg.
func (a *oneValue) Bytes() int { return a.size + 24*cap(a.of) }

// singleValue is SINGLE_VALUE: the value of the only row (SingleValueAggFunction).
type singleValue struct {
	oneValue
	n counts
}

// Grow implements kernel.Agg.
func (a *singleValue) Grow(n int) {
	a.oneValue.Grow(n)
	a.n.grow(n)
}

// Add implements kernel.Agg.
func (a *singleValue) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return eachOf(groups, sel, n, func(g int32, i int) error {
		if a.n[g]++; a.n[g] > 1 {
			return fmt.Errorf("SingleValueAggFunction received more than one element.")
		}
		a.of[g] = batch.AppendValue(a.of[g][:0], args[0], i)
		return nil
	})
}

// Retract implements kernel.Agg.
func (a *singleValue) Retract(groups []int32, _ []*batch.Vec, sel []int32, n int) error {
	return eachOf(groups, sel, n, func(g int32, _ int) error {
		a.n[g]--
		a.of[g] = nil
		return nil
	})
}

// Merge implements kernel.Agg.
func (a *singleValue) Merge(to int, other kernel.Agg, from int) error {
	o := other.(*singleValue)
	if a.n[to] += o.n[from]; a.n[to] > 1 {
		return fmt.Errorf("SingleValueAggFunction received more than one element.")
	}
	return a.oneValue.Merge(to, &o.oneValue, from)
}

// Clear implements kernel.Agg.
func (a *singleValue) Clear(g int) {
	a.oneValue.Clear(g)
	a.n[g] = 0
}

// Encode implements kernel.Agg.
func (a *singleValue) Encode(g int, buf []byte) []byte {
	return a.oneValue.Encode(g, binary.AppendVarint(buf, a.n[g]))
}

// Decode implements kernel.Agg.
func (a *singleValue) Decode(g int, data []byte) ([]byte, error) {
	data, err := varint(data, &a.n[g])
	if err != nil {
		return nil, err
	}
	return a.oneValue.Decode(g, data)
}
