package batch

import (
	"bytes"
	"cmp"

	"weir/internal/types"
)

// Same reports whether row i of a and row j of b, vectors of one layout, hold
// the same value. NULL is the same as NULL, at every level: what a comparison
// of the outermost values makes of NULL is its own affair.
func Same(a *Vec, i int, b *Vec, j int) bool {
	if x, y := a.IsNull(i), b.IsNull(j); x || y {
		return x && y
	}
	i, j = a.row(i), b.row(j)
	switch a.Type.Phys() {
	case types.PhysRow:
		for k := range a.Kids {
			if !Same(a.Kids[k], i, b.Kids[k], j) {
				return false
			}
		}
		return true
	case types.PhysList:
		if a.Type.Kind == types.Array {
			return sameList(a, i, b, j)
		}
		return sameMap(a, i, b, j)
	}
	return Order(a, i, b, j) == 0
}

func sameList(a *Vec, i int, b *Vec, j int) bool {
	from, to := a.Range(i)
	at, end := b.Range(j)
	if to-from != end-at {
		return false
	}
	for ; from < to; from, at = from+1, at+1 {
		if !Same(a.Kids[0], from, b.Kids[0], at) {
			return false
		}
	}
	return true
}

// sameMap compares maps, and multisets, whatever the order of their entries.
func sameMap(a *Vec, i int, b *Vec, j int) bool {
	from, to := a.Range(i)
	at, end := b.Range(j)
	if to-from != end-at {
		return false
	}
	for ; from < to; from++ {
		k := b.Find(j, a.Kids[0], from)
		if k < 0 || !Same(a.Kids[1], from, b.Kids[1], k) {
			return false
		}
	}
	return true
}

// Find is the row in the first child of row i of v (a list or a map) that has
// the same value as row j of key; -1 when there is none.
func (v *Vec) Find(i int, key *Vec, j int) int {
	from, to := v.Range(i)
	for r := from; r < to; r++ {
		if Same(v.Kids[0], r, key, j) {
			return r
		}
	}
	return -1
}

// Order is the order of two values that are not NULL, of one layout: negative,
// zero, positive. Floating-point numbers are ordered by <, except that NaN is
// the same as itself and the greatest. Members of lists and rows are ordered
// from the first on, NULL first.
func Order(a *Vec, i int, b *Vec, j int) int {
	i, j = a.row(i), b.row(j)
	switch a.Type.Phys() {
	case types.PhysBool:
		return boolRank(a.B[i]) - boolRank(b.B[j])
	case types.PhysI8:
		return cmp.Compare(a.I8[i], b.I8[j])
	case types.PhysI16:
		return cmp.Compare(a.I16[i], b.I16[j])
	case types.PhysI32:
		return cmp.Compare(a.I32[i], b.I32[j])
	case types.PhysI64:
		return cmp.Compare(a.I64[i], b.I64[j])
	case types.PhysF32:
		return orderFloat(float64(a.F32[i]), float64(b.F32[j]))
	case types.PhysF64:
		return orderFloat(a.F64[i], b.F64[j])
	case types.PhysI128:
		return a.I128[i].Cmp(b.I128[j])
	case types.PhysBytes:
		return bytes.Compare(a.Bytes(i), b.Bytes(j))
	case types.PhysList:
		return orderList(a, i, b, j)
	case types.PhysRow:
		for k := range a.Kids {
			if c := orderNulls(a.Kids[k], i, b.Kids[k], j); c != 0 {
				return c
			}
		}
	}
	return 0
}

func orderList(a *Vec, i int, b *Vec, j int) int {
	from, to := a.Range(i)
	at, end := b.Range(j)
	for ; from < to && at < end; from, at = from+1, at+1 {
		for k := range a.Kids {
			if c := orderNulls(a.Kids[k], from, b.Kids[k], at); c != 0 {
				return c
			}
		}
	}
	return (to - from) - (end - at)
}

func orderNulls(a *Vec, i int, b *Vec, j int) int {
	if x, y := a.IsNull(i), b.IsNull(j); x || y {
		return boolRank(y) - boolRank(x)
	}
	return Order(a, i, b, j)
}

func orderFloat(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case x == y:
		return 0
	}
	return boolRank(x != x) - boolRank(y != y)
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// row is the row that stands for row i.
func (v *Vec) row(i int) int {
	if v.Const {
		return 0
	}
	return i
}
