package fn

import (
	"encoding/binary"
	"maps"
	"slices"

	"weir/internal/batch"
)

// perGroup is what an aggregate keeps of each group; the zero T is an empty
// group.
type perGroup[T any] struct{ of []T }

// Grow implements kernel.Agg.
func (p *perGroup[T]) Grow(n int) {
	for len(p.of) < n {
		var empty T
		p.of = append(p.of, empty)
	}
}

// Clear implements kernel.Agg.
func (p *perGroup[T]) Clear(g int) {
	var empty T
	p.of[g] = empty
}

// eachOf calls f with the group and row of every selected row.
func eachOf(groups, sel []int32, n int, f func(g int32, i int) error) error {
	if sel == nil {
		sel = batch.Seq(0, n)
	}
	for k, i := range sel {
		if err := f(groups[k], int(i)); err != nil {
			return err
		}
	}
	return nil
}

// appendText appends s with its length before it; readText reads it back.
func appendText[S ~string | ~[]byte](buf []byte, s S) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(s))), s...)
}

func readText(data []byte) (s, rest []byte, err error) {
	n, w := binary.Uvarint(data)
	if w <= 0 || uint64(len(data)-w) < n {
		return nil, nil, errShort
	}
	return data[w : w+int(n)], data[w+int(n):], nil
}

// appendCounts appends values with their counts, in order.
func appendCounts(buf []byte, counts map[string]int64) []byte {
	buf = binary.AppendUvarint(buf, uint64(len(counts)))
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		buf = binary.AppendVarint(appendText(buf, k), counts[k])
	}
	return buf
}

func readCounts(data []byte, f func(key string, n int64)) ([]byte, error) {
	n, w := binary.Uvarint(data)
	if w <= 0 {
		return nil, errShort
	}
	data = data[w:]
	for range n {
		key, rest, err := readText(data)
		if err != nil {
			return nil, err
		}
		var count int64
		if data, err = varint(rest, &count); err != nil {
			return nil, err
		}
		f(string(key), count)
	}
	return data, nil
}
