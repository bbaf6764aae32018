package batch

import (
	"bytes"
	"cmp"

	"weir/internal/types"
)

// Compare orders row i of a and row j of b, not NULL, vectors of one type that
// has an order: negative when a's comes first. Doubles are ordered as Java's
// Double.compare does: -0.0 before 0.0, NaN last; strings by bytes.
func Compare(a *Vec, i int, b *Vec, j int) int {
	if a.Const {
		i = 0
	}
	if b.Const {
		j = 0
	}
	switch a.Type.Phys() {
	case types.PhysBool:
		return boolInt(a.B[i]) - boolInt(b.B[j])
	case types.PhysI8:
		return cmp.Compare(a.I8[i], b.I8[j])
	case types.PhysI16:
		return cmp.Compare(a.I16[i], b.I16[j])
	case types.PhysI32:
		return cmp.Compare(a.I32[i], b.I32[j])
	case types.PhysI64:
		return cmp.Compare(a.I64[i], b.I64[j])
	case types.PhysF32:
		return compareFloats(float64(a.F32[i]), float64(b.F32[j]))
	case types.PhysF64:
		return compareFloats(a.F64[i], b.F64[j])
	case types.PhysI128:
		return a.I128[i].Cmp(b.I128[j])
	case types.PhysBytes:
		return bytes.Compare(a.Bytes(i), b.Bytes(j))
	}
	return compareNested(a, i, b, j)
}

// compareNested orders lists and rows member by member; NULLs come first.
func compareNested(a *Vec, i int, b *Vec, j int) int {
	if a.Type.Phys() == types.PhysRow {
		for k, kid := range a.Kids {
			if c := compareNullable(kid, i, b.Kids[k], j); c != 0 {
				return c
			}
		}
		return 0
	}
	af, at := a.Range(i)
	bf, bt := b.Range(j)
	for r := range min(at-af, bt-bf) {
		for k, kid := range a.Kids {
			if c := compareNullable(kid, af+r, b.Kids[k], bf+r); c != 0 {
				return c
			}
		}
	}
	return (at - af) - (bt - bf)
}

func compareNullable(a *Vec, i int, b *Vec, j int) int {
	if x, y := a.IsNull(i), b.IsNull(j); x || y {
		return boolInt(y) - boolInt(x)
	}
	return Compare(a, i, b, j)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func compareFloats(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case x == y && x != 0:
		return 0
	}
	// zeros by their sign, NaN after all
	rank := func(f float64) int {
		switch {
		case f != f:
			return 2
		case 1/f < 0:
			return 0
		}
		return 1
	}
	return rank(x) - rank(y)
}
