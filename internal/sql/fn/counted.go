package fn

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// collect is COLLECT: the values of a group with how often each is there
// (CollectAggFunction).
type collect struct {
	perGroup[map[string]int64] // by the encoded value (batch.AppendValue)
	key                        []byte
	size                       int
}

// change counts the value of each row that is not NULL.
func (a *collect) change(groups []int32, args []*batch.Vec, sel []int32, n int, by int64) error {
	return eachOf(groups, sel, n, func(g int32, i int) error {
		if !args[0].IsNull(i) {
			a.key = batch.AppendValue(a.key[:0], args[0], i)
			a.count(g, string(a.key), by)
		}
		return nil
	})
}

func (a *collect) count(g int32, key string, by int64) {
	if a.of[g] == nil {
		a.of[g] = map[string]int64{}
	}
	was := a.of[g][key]
	switch {
	case was == 0:
		a.size += len(key) + 48
	case was+by == 0:
		a.size -= len(key) + 48
		delete(a.of[g], key)
		return
	}
	a.of[g][key] = was + by
}

// Add implements kernel.Agg.
func (a *collect) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return a.change(groups, args, sel, n, 1)
}

// Retract implements kernel.Agg.
func (a *collect) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return a.change(groups, args, sel, n, -1)
}

// Merge implements kernel.Agg.
func (a *collect) Merge(to int, other kernel.Agg, from int) error {
	for k, n := range other.(*collect).of[from] {
		a.count(int32(to), k, n)
	}
	return nil
}

// Result implements kernel.Agg: the values in their order, which a multiset has
// none of.
func (a *collect) Result(g int, out *batch.Vec) error {
	values := batch.NewVec(*out.Type.Elem, len(a.of[g]))
	var counts []int64
	for k, n := range a.of[g] {
		if n <= 0 {
			continue
		}
		if _, err := batch.ReadValue([]byte(k), values); err != nil {
			return err
		}
		counts = append(counts, n)
	}
	order := make([]int, len(counts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return batch.Order(values, i, values, j) })
	for _, i := range order {
		out.Kids[0].AppendFrom(values, i)
		out.Kids[1].AppendI32(int32(counts[i]))
	}
	out.AppendRow()
	return nil
}

// Encode implements kernel.Agg.
func (a *collect) Encode(g int, buf []byte) []byte { return appendCounts(buf, a.of[g]) }

// Decode implements kernel.Agg.
func (a *collect) Decode(g int, data []byte) ([]byte, error) {
	return readCounts(data, func(k string, n int64) { a.count(int32(g), k, n) })
}

// Bytes implements kernel.Agg.
func (a *collect) Bytes() int { return a.size + 8*cap(a.of) }

// percentile is PERCENTILE: every value with its frequency, as doubles
// (PercentileAggFunction).
type percentile struct {
	perGroup[map[uint64]int64] // by orderedBits
	at                         []float64
	size                       int
}

func newPercentile([]types.Type, types.Type) (kernel.Agg, error) { return &percentile{}, nil }

// change counts the value of each row by its frequency, times sign.
func (a *percentile) change(groups []int32, args []*batch.Vec, sel []int32, n int, sign int64) error {
	return eachOf(groups, sel, n, func(g int32, i int) error {
		if a.at == nil {
			if err := a.percentages(args[1], i); err != nil {
				return err
			}
		}
		by := int64(1)
		if len(args) > 2 {
			if args[2].IsNull(i) {
				return nil
			}
			if by = integerAt(args[2], kernel.At(args[2], i)); by <= 0 {
				return nil
			}
		}
		if !args[0].IsNull(i) {
			a.count(g, orderedBits(doubleAt(args[0], kernel.At(args[0], i))), sign*by)
		}
		return nil
	})
}

// percentages takes what is asked for: the second argument is a literal.
func (a *percentile) percentages(v *batch.Vec, i int) error {
	a.at = []float64{}
	if v.Type.Kind != types.Array {
		a.at = append(a.at, v.F64[kernel.At(v, i)])
	} else {
		from, to := v.Range(i)
		for r := from; r < to; r++ {
			a.at = append(a.at, v.Kids[0].F64[r])
		}
	}
	for _, p := range a.at {
		if p < 0 || p > 1 {
			return fmt.Errorf("Percentage of PERCENTILE should be between [0.0, 1.0], but was '%v'.", p)
		}
	}
	return nil
}

func (a *percentile) count(g int32, key uint64, by int64) {
	if a.of[g] == nil {
		a.of[g] = map[uint64]int64{}
	}
	was := a.of[g][key]
	if was == 0 {
		a.size += 32
	}
	if was+by == 0 {
		a.size -= 32
		delete(a.of[g], key)
		return
	}
	a.of[g][key] = was + by
}

// Add implements kernel.Agg.
func (a *percentile) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return a.change(groups, args, sel, n, 1)
}

// Retract implements kernel.Agg.
func (a *percentile) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return a.change(groups, args, sel, n, -1)
}

// Merge implements kernel.Agg.
func (a *percentile) Merge(to int, other kernel.Agg, from int) error {
	o := other.(*percentile)
	if a.at == nil {
		a.at = o.at
	}
	for k, n := range o.of[from] {
		a.count(int32(to), k, n)
	}
	return nil
}

// sorted are the values of a group in order, and how many rows there are up to
// and with each.
func (a *percentile) sorted(g int) (values []float64, upTo []int64) {
	keys := make([]uint64, 0, len(a.of[g]))
	for k := range a.of[g] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	total := int64(0)
	for _, k := range keys {
		total += a.of[g][k]
		values, upTo = append(values, fromOrderedBits(k)), append(upTo, total)
	}
	return values, upTo
}

// Result implements kernel.Agg: a place between two values is interpolated.
func (a *percentile) Result(g int, out *batch.Vec) error {
	values, upTo := a.sorted(g)
	if len(values) == 0 || upTo[len(upTo)-1] <= 0 || len(a.at) == 0 {
		out.AppendNull()
		return nil
	}
	total := upTo[len(upTo)-1]
	for _, p := range a.at {
		place := p*float64(total-1) + 1
		lower, higher := int64(math.Floor(place)), int64(math.Ceil(place))
		j, _ := slices.BinarySearch(upTo, lower)
		x := values[j]
		if upTo[j] < higher {
			x = (float64(higher)-place)*values[j] + (place-float64(lower))*values[j+1]
		}
		if out.Type.Kind != types.Array {
			out.AppendF64(x)
			return nil
		}
		out.Kids[0].AppendF64(x)
	}
	out.AppendRow()
	return nil
}

// Encode implements kernel.Agg: the percentages, then each value and its count.
func (a *percentile) Encode(g int, buf []byte) []byte {
	buf = binary.AppendUvarint(buf, uint64(len(a.at)))
	for _, p := range a.at {
		buf = appendBits(buf, p)
	}
	keys := make([]uint64, 0, len(a.of[g]))
	for k := range a.of[g] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	buf = binary.AppendUvarint(buf, uint64(len(keys)))
	for _, k := range keys {
		buf = binary.AppendVarint(binary.LittleEndian.AppendUint64(buf, k), a.of[g][k])
	}
	return buf
}

// Decode implements kernel.Agg.
func (a *percentile) Decode(g int, data []byte) ([]byte, error) {
	n, w := binary.Uvarint(data)
	if w <= 0 || n > uint64(len(data)) {
		return nil, errShort
	}
	data = data[w:]
	at := make([]float64, n)
	var err error
	for i := range at {
		if data, err = readBits(data, &at[i]); err != nil {
			return nil, err
		}
	}
	if a.at == nil && n > 0 {
		a.at = at
	}
	if n, w = binary.Uvarint(data); w <= 0 {
		return nil, errShort
	}
	data = data[w:]
	for range n {
		if len(data) < 8 {
			return nil, errShort
		}
		key, count := binary.LittleEndian.Uint64(data), int64(0)
		if data, err = varint(data[8:], &count); err != nil {
			return nil, err
		}
		a.count(int32(g), key, count)
	}
	return data, nil
}

// Bytes implements kernel.Agg.
func (a *percentile) Bytes() int { return a.size + 8*cap(a.of) }
