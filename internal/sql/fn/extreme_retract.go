package fn

import (
	"container/heap"
	"encoding/binary"
	"slices"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// retractableExtreme is MIN or MAX of rows that may be taken back: it keeps
// every value with the number of rows that have it
// (MinWithRetractAggFunction, MaxWithRetractAggFunction).
type retractableExtreme struct {
	least bool
	sets  []multiset
	key   []byte
	size  int
}

func newRetractableExtreme(least bool) func([]types.Type, types.Type) (kernel.Agg, error) {
	return func(args []types.Type, ret types.Type) (kernel.Agg, error) {
		if _, err := newExtreme(args[0], least); err != nil { // for its error
			return nil, err
		}
		return &retractableExtreme{least: least}, nil
	}
}

// multiset is the values of one group, by their ordered bytes. The heap holds
// every value at least once; those whose count is 0 are dropped when they
// come up.
type multiset struct {
	counts map[string]int64
	heap   valueHeap
}

// valueHeap is a heap of values, the one asked for first.
type valueHeap struct {
	least  bool
	values []string
}

// Len implements heap.Interface.
func (h *valueHeap) Len() int { return len(h.values) }

// Less implements heap.Interface.
func (h *valueHeap) Less(i, j int) bool { return h.values[i] < h.values[j] == h.least }

// Swap implements heap.Interface.
func (h *valueHeap) Swap(i, j int) { h.values[i], h.values[j] = h.values[j], h.values[i] }

// Push implements heap.Interface.
func (h *valueHeap) Push(x any) { h.values = append(h.values, x.(string)) }

// Pop implements heap.Interface.
func (h *valueHeap) Pop() any {
	last := len(h.values) - 1
	x := h.values[last]
	h.values = h.values[:last]
	return x
}

// Grow implements kernel.Agg.
func (a *retractableExtreme) Grow(n int) {
	for len(a.sets) < n {
		a.sets = append(a.sets, multiset{heap: valueHeap{least: a.least}})
	}
}

// Add implements kernel.Agg.
func (a *retractableExtreme) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	eachValid(groups, args[0], sel, n, func(g int32, i int) {
		a.key = appendOrdered(a.key[:0], args[0], i)
		a.change(&a.sets[g], 1)
	})
	return nil
}

// Retract implements kernel.Agg.
func (a *retractableExtreme) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	eachValid(groups, args[0], sel, n, func(g int32, i int) {
		a.key = appendOrdered(a.key[:0], args[0], i)
		a.change(&a.sets[g], -1)
	})
	return nil
}

// change counts a.key by more in s. A count may be below 0 for a while: a row
// can be taken back before it comes, when inputs are joined out of order.
func (a *retractableExtreme) change(s *multiset, by int64) {
	if s.counts == nil {
		s.counts = map[string]int64{}
	}
	was := s.counts[string(a.key)]
	if was+by == 0 {
		delete(s.counts, string(a.key))
		return
	}
	key := string(a.key)
	s.counts[key] = was + by
	if was > 0 || was+by < 0 {
		return
	}
	a.size += len(key) + 48
	heap.Push(&s.heap, key)
	if len(s.heap.values) > 2*len(s.counts)+16 {
		s.heap.rebuild(s.counts)
	}
}

// rebuild makes the heap anew of the values that have rows.
func (h *valueHeap) rebuild(counts map[string]int64) {
	h.values = h.values[:0]
	for k, n := range counts {
		if n > 0 {
			h.values = append(h.values, k)
		}
	}
	heap.Init(h)
}

// Merge implements kernel.Agg.
func (a *retractableExtreme) Merge(to int, other kernel.Agg, from int) error {
	for k, n := range other.(*retractableExtreme).sets[from].counts {
		a.key = append(a.key[:0], k...)
		a.change(&a.sets[to], n)
	}
	return nil
}

// Result implements kernel.Agg.
func (a *retractableExtreme) Result(g int, out *batch.Vec) error {
	s := &a.sets[g]
	for len(s.heap.values) > 0 {
		if top := s.heap.values[0]; s.counts[top] > 0 {
			return putOrdered(out, top)
		}
		heap.Pop(&s.heap)
	}
	out.AppendNull()
	return nil
}

// Clear implements kernel.Agg.
func (a *retractableExtreme) Clear(g int) {
	a.sets[g] = multiset{heap: valueHeap{least: a.least}}
}

// Encode implements kernel.Agg: the values in order, each with its count.
func (a *retractableExtreme) Encode(g int, buf []byte) []byte {
	s := &a.sets[g]
	keys := make([]string, 0, len(s.counts))
	for k := range s.counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	buf = binary.AppendUvarint(buf, uint64(len(keys)))
	for _, k := range keys {
		buf = binary.AppendUvarint(buf, uint64(len(k)))
		buf = binary.AppendVarint(append(buf, k...), s.counts[k])
	}
	return buf
}

// Decode implements kernel.Agg.
func (a *retractableExtreme) Decode(g int, data []byte) ([]byte, error) {
	n, w := binary.Uvarint(data)
	if w <= 0 {
		return nil, errShort
	}
	data = data[w:]
	for range n {
		l, w := binary.Uvarint(data)
		if w <= 0 || uint64(len(data)-w) < l {
			return nil, errShort
		}
		a.key = append(a.key[:0], data[w:w+int(l)]...)
		var count int64
		var err error
		if data, err = varint(data[w+int(l):], &count); err != nil {
			return nil, err
		}
		a.change(&a.sets[g], count)
	}
	return data, nil
}

// Bytes implements kernel.Agg.
func (a *retractableExtreme) Bytes() int { return a.size }
