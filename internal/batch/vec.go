package batch

import (
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/types"
)

// Vec is a column of values in Arrow's layout. Exactly one of the value slices
// is in use, the one of Type.Phys(); rows beyond Len are scratch.
//
// A NULL row's value slot holds anything and must not be looked at; its offsets
// are equal.
type Vec struct {
	Type  types.Type
	Len   int
	Const bool     // one row standing for any number of them
	Valid []uint64 // validity, least significant bit first; nil when no row is NULL
	spare []uint64 // memory for Valid, kept over Resize

	B    []bool
	I8   []int8
	I16  []int16
	I32  []int32
	I64  []int64
	F32  []float32
	F64  []float64
	I128 []decimal128.Num
	Off  []int32 // Len+1 offsets into Data (PhysBytes) or Kids (PhysList)
	Data []byte
	Kids []*Vec
}

// NewVec returns an empty vector of type t with room for n rows.
func NewVec(t types.Type, n int) *Vec {
	v := &Vec{Type: t}
	switch t.Kind {
	case types.Array:
		v.Kids = []*Vec{NewVec(*t.Elem, n)}
	case types.Map:
		v.Kids = []*Vec{NewVec(*t.Key, n), NewVec(*t.Elem, n)}
	case types.Multiset:
		v.Kids = []*Vec{NewVec(*t.Elem, n), NewVec(types.IntType.WithNull(false), n)}
	case types.Row:
		for _, f := range t.Fields {
			v.Kids = append(v.Kids, NewVec(f.Type, n))
		}
	}
	v.Resize(n)
	v.Resize(0)
	return v
}

// Resize makes v n rows long, all valid, with whatever values its memory
// holds; for kernels that write every row they return. Offsets are not
// meaningful until written.
func (v *Vec) Resize(n int) {
	if v.Valid != nil {
		v.spare = v.Valid
	}
	v.Len, v.Valid, v.Const = n, nil, false
	switch v.Type.Phys() {
	case types.PhysBool:
		v.B = grow(v.B, n)
	case types.PhysI8:
		v.I8 = grow(v.I8, n)
	case types.PhysI16:
		v.I16 = grow(v.I16, n)
	case types.PhysI32:
		v.I32 = grow(v.I32, n)
	case types.PhysI64:
		v.I64 = grow(v.I64, n)
	case types.PhysF32:
		v.F32 = grow(v.F32, n)
	case types.PhysF64:
		v.F64 = grow(v.F64, n)
	case types.PhysI128:
		v.I128 = grow(v.I128, n)
	case types.PhysBytes:
		v.Off, v.Data = grow(v.Off, n+1), v.Data[:0]
		v.Off[0] = 0
	case types.PhysList:
		v.Off = grow(v.Off, n+1)
		v.Off[0] = 0
		for _, k := range v.Kids {
			k.Resize(0)
		}
	case types.PhysRow:
		for _, k := range v.Kids {
			k.Resize(n)
		}
	}
}

// Reset empties v, keeping its memory, for appending.
func (v *Vec) Reset() {
	v.Resize(0)
}

func grow[T any](s []T, n int) []T {
	if cap(s) >= n {
		return s[:n]
	}
	t := make([]T, n, max(n, 2*cap(s)))
	copy(t, s[:cap(s)])
	return t
}

// IsNull reports whether row i is NULL.
func (v *Vec) IsNull(i int) bool {
	if v.Const {
		i = 0
	}
	if v.Type.Kind == types.Null {
		return true
	}
	return v.Valid != nil && v.Valid[i>>6]&(1<<(i&63)) == 0
}

// SetNull makes row i NULL; i < Len.
func (v *Vec) SetNull(i int) {
	if v.Valid == nil {
		v.Valid = AllValid(v.spare, v.Len)
	}
	v.Valid[i>>6] &^= 1 << (i & 63)
}

// SetValid makes row i not NULL; i < Len.
func (v *Vec) SetValid(i int) {
	if v.Valid != nil {
		v.Valid[i>>6] |= 1 << (i & 63)
	}
}

// AndValid makes NULL the rows that valid, a bitmap of at least Len bits, has
// as NULL.
func (v *Vec) AndValid(valid []uint64) {
	if v.Valid == nil {
		v.Valid = grow(v.spare, (v.Len+63)>>6)
		copy(v.Valid, valid)
		return
	}
	for w := range v.Valid {
		v.Valid[w] &= valid[w]
	}
}

// AllValid returns a validity bitmap of n set bits, in the memory of buf where
// it suffices.
func AllValid(buf []uint64, n int) []uint64 {
	buf = grow(buf, (n+63)>>6)
	for i := range buf {
		buf[i] = ^uint64(0)
	}
	return buf
}

// Bytes is the value of row i of a PhysBytes vector; it points into v.
func (v *Vec) Bytes(i int) []byte {
	if v.Const {
		i = 0
	}
	return v.Data[v.Off[i]:v.Off[i+1]]
}

// Range is the range of child rows of row i of a PhysList vector.
func (v *Vec) Range(i int) (from, to int) {
	if v.Const {
		i = 0
	}
	return int(v.Off[i]), int(v.Off[i+1])
}

// bytes is Batch.Bytes of one column.
func (v *Vec) bytes() int64 {
	n := int64(len(v.B) + len(v.I8) + 2*len(v.I16) + 4*len(v.I32) + 8*len(v.I64) + 4*len(v.F32) + 8*len(v.F64) + 16*len(v.I128))
	n += int64(4*len(v.Off) + len(v.Data))
	for _, k := range v.Kids {
		n += k.bytes()
	}
	return n
}
