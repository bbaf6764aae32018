package state

import (
	"math"

	"github.com/zeebo/xxh3"

	"weir/internal/batch"
	"weir/internal/types"
)

// HashVersion names the hash of keys. It stands in every snapshot manifest,
// since key groups come from it; a change of Hash must change it.
const HashVersion = 1

// The constants of splitmix64's finaliser, and a value for NULL.
const (
	mixA     = 0xbf58476d1ce4e5b9
	mixB     = 0x94d049bb133111eb
	nullHash = 0x9e3779b97f4a7c15
)

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * mixA
	x = (x ^ x>>27) * mixB
	return x ^ x>>31
}

// Hash computes, for the rows of sel (nil: the first n), the hash of the key
// columns cols into out by physical row: XXH3 of byte strings, splitmix64's
// finaliser of the 64-bit value of anything else, columns combined in order.
// It is unseeded: the same key has the same hash in every process, for ever.
func Hash(cols []*batch.Vec, sel []int32, n int, out []uint64) {
	each(sel, n, func(i int) { out[i] = 0 })
	for _, v := range cols {
		hashColumn(v, sel, n, out)
	}
}

func hashColumn(v *batch.Vec, sel []int32, n int, out []uint64) {
	if v.Type.Phys() == types.PhysBytes && v.Valid == nil && !v.Const {
		each(sel, n, func(i int) { out[i] = combine(out[i], xxh3.Hash(v.Data[v.Off[i]:v.Off[i+1]])) })
		return
	}
	each(sel, n, func(i int) { out[i] = combine(out[i], hashAt(v, i)) })
}

// combine is h itself for the first column, so that a single string key's
// hash is its XXH3.
func combine(h, x uint64) uint64 {
	if h == 0 {
		return x
	}
	return mix(h+nullHash) ^ x
}

// hashAt is the hash of one value.
func hashAt(v *batch.Vec, i int) uint64 {
	if v.IsNull(i) {
		return nullHash
	}
	if v.Const {
		i = 0
	}
	switch v.Type.Phys() {
	case types.PhysBool:
		if v.B[i] {
			return mix(1)
		}
		return mix(2)
	case types.PhysI8:
		return mix(uint64(v.I8[i]))
	case types.PhysI16:
		return mix(uint64(v.I16[i]))
	case types.PhysI32:
		return mix(uint64(v.I32[i]))
	case types.PhysI64:
		return mix(uint64(v.I64[i]))
	case types.PhysF32:
		return mix(uint64(math.Float32bits(v.F32[i])))
	case types.PhysF64:
		return mix(math.Float64bits(v.F64[i]))
	case types.PhysI128:
		return combine(mix(uint64(v.I128[i].HighBits())), mix(v.I128[i].LowBits()))
	case types.PhysBytes:
		return xxh3.Hash(v.Bytes(i))
	case types.PhysList:
		h := uint64(nullHash)
		from, to := v.Range(i)
		for _, kid := range v.Kids {
			for r := from; r < to; r++ {
				h = combine(h, hashAt(kid, r))
			}
		}
		return h
	case types.PhysRow:
		h := uint64(nullHash)
		for _, kid := range v.Kids {
			h = combine(h, hashAt(kid, i))
		}
		return h
	}
	return nullHash
}

func each(sel []int32, n int, f func(int)) {
	if sel == nil {
		for i := range n {
			f(i)
		}
		return
	}
	for _, i := range sel {
		f(int(i))
	}
}
