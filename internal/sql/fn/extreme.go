package fn

import (
	"bytes"
	"encoding/binary"
	"unsafe"

	"weir/internal/batch"
	"weir/internal/kernel"
)

// extremeAgg is MIN or MAX of a fixed-width type.
type extremeAgg[T kernel.Fixed] struct {
	better func(a, b T) bool // whether a is to replace b
	val    []T
	n      counts
}

// Grow implements kernel.Agg.
func (a *extremeAgg[T]) Grow(n int) {
	a.n.grow(n)
	for len(a.val) < n {
		var zero T
		a.val = append(a.val, zero)
	}
}

// Add implements kernel.Agg.
func (a *extremeAgg[T]) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	vals := kernel.Slice[T](args[0])
	eachValid(groups, args[0], sel, n, func(g int32, i int) { a.offer(int(g), vals[i]) })
	return nil
}

func (a *extremeAgg[T]) offer(g int, x T) {
	if a.n[g] == 0 || a.better(x, a.val[g]) {
		a.val[g] = x
	}
	a.n[g]++
}

// Retract implements kernel.Agg.
func (*extremeAgg[T]) Retract([]int32, []*batch.Vec, []int32, int) error { return errNotRetractable }

// Merge implements kernel.Agg.
func (a *extremeAgg[T]) Merge(to int, other kernel.Agg, from int) error {
	if o := other.(*extremeAgg[T]); o.n[from] > 0 {
		a.offer(to, o.val[from])
		a.n[to] += o.n[from] - 1
	}
	return nil
}

// Result implements kernel.Agg.
func (a *extremeAgg[T]) Result(g int, out *batch.Vec) error {
	i := out.Len
	out.AppendNull()
	if a.n[g] > 0 {
		out.SetValid(i)
		kernel.Slice[T](out)[i] = a.val[g]
	}
	return nil
}

// Clear implements kernel.Agg.
func (a *extremeAgg[T]) Clear(g int) { a.n[g] = 0 }

// Encode implements kernel.Agg: the count, then the value's bytes as they are
// in memory (little-endian).
func (a *extremeAgg[T]) Encode(g int, buf []byte) []byte {
	return append(binary.AppendVarint(buf, a.n[g]), rawBytes(&a.val[g])...)
}

// Decode implements kernel.Agg.
func (a *extremeAgg[T]) Decode(g int, data []byte) ([]byte, error) {
	data, err := varint(data, &a.n[g])
	if err != nil {
		return nil, err
	}
	raw := rawBytes(&a.val[g])
	if len(data) < len(raw) {
		return nil, errShort
	}
	copy(raw, data)
	return data[len(raw):], nil
}

// rawBytes is the memory of *x.
func rawBytes[T kernel.Fixed](x *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(x)), unsafe.Sizeof(*x))
}

// Bytes implements kernel.Agg.
func (a *extremeAgg[T]) Bytes() int { return 8 * (cap(a.n) + cap(a.val)) }

// bytesExtreme is MIN or MAX of strings, ordered by bytes (which for UTF-8 is
// by code point).
type bytesExtreme struct {
	least bool
	val   [][]byte
	n     counts
}

// Grow implements kernel.Agg.
func (a *bytesExtreme) Grow(n int) {
	a.n.grow(n)
	for len(a.val) < n {
		a.val = append(a.val, nil)
	}
}

// Add implements kernel.Agg.
func (a *bytesExtreme) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	eachValid(groups, args[0], sel, n, func(g int32, i int) { a.offer(int(g), args[0].Bytes(i)) })
	return nil
}

func (a *bytesExtreme) offer(g int, x []byte) {
	if c := bytes.Compare(x, a.val[g]); a.n[g] == 0 || c != 0 && (c < 0) == a.least {
		a.val[g] = append(a.val[g][:0], x...)
	}
	a.n[g]++
}

// Retract implements kernel.Agg.
func (*bytesExtreme) Retract([]int32, []*batch.Vec, []int32, int) error { return errNotRetractable }

// Merge implements kernel.Agg.
func (a *bytesExtreme) Merge(to int, other kernel.Agg, from int) error {
	if o := other.(*bytesExtreme); o.n[from] > 0 {
		a.offer(to, o.val[from])
		a.n[to] += o.n[from] - 1
	}
	return nil
}

// Result implements kernel.Agg.
func (a *bytesExtreme) Result(g int, out *batch.Vec) error {
	if a.n[g] == 0 {
		out.AppendNull()
		return nil
	}
	out.AppendBytes(a.val[g])
	return nil
}

// Clear implements kernel.Agg.
func (a *bytesExtreme) Clear(g int) { a.n[g] = 0 }

// Encode implements kernel.Agg.
func (a *bytesExtreme) Encode(g int, buf []byte) []byte {
	buf = binary.AppendVarint(buf, a.n[g])
	return append(binary.AppendUvarint(buf, uint64(len(a.val[g]))), a.val[g]...)
}

// Decode implements kernel.Agg.
func (a *bytesExtreme) Decode(g int, data []byte) ([]byte, error) {
	data, err := varint(data, &a.n[g])
	if err != nil {
		return nil, err
	}
	n, w := binary.Uvarint(data)
	if w <= 0 || uint64(len(data)-w) < n {
		return nil, errShort
	}
	a.val[g] = append(a.val[g][:0], data[w:w+int(n)]...)
	return data[w+int(n):], nil
}

// Bytes implements kernel.Agg.
func (a *bytesExtreme) Bytes() int {
	n := 8 * cap(a.n)
	for _, v := range a.val {
		n += 24 + cap(v)
	}
	return n
}
