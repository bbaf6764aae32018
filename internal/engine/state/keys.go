// Package state has the keyed state of operators: tables from keys to dense
// group numbers, whose accumulators the operator keeps in arrays beside them,
// and the encoding of keys in snapshots.
//
// Vocabulary. A key is a row of key columns; NULLs are equal to each other, as
// in GROUP BY. A group is a key's number in one table, from 0 in order of
// first appearance. A key group (package op) is a share of all keys, by the
// top bits of their hash.
//
// It knows nothing of windows, functions or files.
package state

import (
	"bytes"
	"math/bits"

	"weir/internal/batch"
	"weir/internal/types"
)

// Keys maps keys to groups. It is used by one goroutine.
//
// Open addressing, linear probing, at most half full; a slot is indexed by the
// top bits of the hash, so slots, like key groups, are in hash order.
type Keys struct {
	cols   []*batch.Vec // group g's key is row g
	hashes []uint64     // by group
	slots  []int32      // group+1; 0 is empty
	shift  uint         // 64 − log2(len(slots))
	misses []int32
}

// NewKeys returns an empty table for keys of the given fields, with room for
// about hint of them.
func NewKeys(fields []types.Field, hint int) *Keys {
	k := &Keys{}
	for _, f := range fields {
		k.cols = append(k.cols, batch.NewVec(f.Type, 0))
	}
	k.size(max(16, 2*hint))
	return k
}

// size makes room for slots, a power of two at least n.
func (k *Keys) size(n int) {
	log := uint(bits.Len(uint(n - 1)))
	k.slots = make([]int32, 1<<log)
	k.shift = 64 - log
	for g, h := range k.hashes {
		k.place(int32(g), h)
	}
}

func (k *Keys) place(g int32, h uint64) {
	mask := len(k.slots) - 1
	s := int(h >> k.shift)
	for k.slots[s] != 0 {
		s = (s + 1) & mask
	}
	k.slots[s] = g + 1
}

// Len is the number of groups.
func (k *Keys) Len() int { return len(k.hashes) }

// Hash is the hash of group g's key.
func (k *Keys) Hash(g int) uint64 { return k.hashes[g] }

// Cols are the keys, group g's in row g. They are the table's own.
func (k *Keys) Cols() []*batch.Vec { return k.cols }

// Hashes are the groups' hashes. They are the table's own.
func (k *Keys) Hashes() []uint64 { return k.hashes }

// Reset empties the table, keeping its memory.
func (k *Keys) Reset() {
	for _, c := range k.cols {
		c.Reset()
	}
	k.hashes = k.hashes[:0]
	clear(k.slots)
}

// Groups appends to out, for each row of sel (nil: the first n) in order, the
// group of its key in cols, adding keys that are new. hashes is by physical row.
//
// It goes twice over the batch: first every row whose home slot already holds
// its key, which is nearly all of them; then, in order, the rest.
func (k *Keys) Groups(cols []*batch.Vec, hashes []uint64, sel []int32, n int, out []int32) []int32 {
	start := len(out)
	if sel == nil {
		sel = batch.Seq(0, n)
	}
	k.misses = k.misses[:0]
	for at, i := range sel {
		h := hashes[i]
		g := k.slots[h>>k.shift] - 1
		if g < 0 || k.hashes[g] != h || !k.equal(int(g), cols, int(i)) {
			g = -1
			k.misses = append(k.misses, int32(at))
		}
		out = append(out, g)
	}
	for _, at := range k.misses {
		i := sel[at]
		out[start+int(at)] = k.group(cols, int(i), hashes[i])
	}
	return out
}

// Group is the group of one row's key, added when new.
func (k *Keys) Group(cols []*batch.Vec, i int, hash uint64) int { return int(k.group(cols, i, hash)) }

// Find is the group of one row's key, -1 when it has none.
func (k *Keys) Find(cols []*batch.Vec, i int, h uint64) int32 {
	mask := len(k.slots) - 1
	for s := int(h >> k.shift); ; s = (s + 1) & mask {
		g := k.slots[s] - 1
		if g < 0 || k.hashes[g] == h && k.equal(int(g), cols, i) {
			return g
		}
	}
}

func (k *Keys) group(cols []*batch.Vec, i int, h uint64) int32 {
	if g := k.Find(cols, i, h); g >= 0 {
		return g
	}
	if 2*(len(k.hashes)+1) > len(k.slots) {
		k.size(4 * len(k.slots))
	}
	g := int32(len(k.hashes))
	k.hashes = append(k.hashes, h)
	for c, v := range k.cols {
		v.AppendFrom(cols[c], i)
	}
	k.place(g, h)
	return g
}

func (k *Keys) equal(g int, cols []*batch.Vec, i int) bool {
	for c, v := range k.cols {
		if !Equal(v, g, cols[c], i) {
			return false
		}
	}
	return true
}

// Equal reports whether row i of a and row j of b, vectors of one shape, are
// the same key: NULL equals NULL, NaN equals NaN, and -0.0 is not 0.0.
func Equal(a *batch.Vec, i int, b *batch.Vec, j int) bool {
	if a.Const {
		i = 0
	}
	if b.Const {
		j = 0
	}
	if a.Valid != nil || b.Valid != nil || a.Type.Kind == types.Null {
		if x, y := a.IsNull(i), b.IsNull(j); x || y {
			return x && y
		}
	}
	switch a.Type.Phys() {
	case types.PhysBytes:
		return bytes.Equal(a.Data[a.Off[i]:a.Off[i+1]], b.Data[b.Off[j]:b.Off[j+1]])
	case types.PhysI64:
		return a.I64[i] == b.I64[j]
	case types.PhysI32:
		return a.I32[i] == b.I32[j]
	case types.PhysList:
		return equalLists(a, i, b, j)
	case types.PhysRow:
		for k, kid := range a.Kids {
			if !Equal(kid, i, b.Kids[k], j) {
				return false
			}
		}
		return true
	}
	return hashAt(a, i) == hashAt(b, j) && equalFixed(a, i, b, j)
}

func equalLists(a *batch.Vec, i int, b *batch.Vec, j int) bool {
	af, at := a.Range(i)
	bf, bt := b.Range(j)
	if at-af != bt-bf {
		return false
	}
	for k, kid := range a.Kids {
		for r := range at - af {
			if !Equal(kid, af+r, b.Kids[k], bf+r) {
				return false
			}
		}
	}
	return true
}

// equalFixed compares the rarer layouts, floats by their bits (which the
// equal hashes have already compared).
func equalFixed(a *batch.Vec, i int, b *batch.Vec, j int) bool {
	switch a.Type.Phys() {
	case types.PhysBool:
		return a.B[i] == b.B[j]
	case types.PhysI8:
		return a.I8[i] == b.I8[j]
	case types.PhysI16:
		return a.I16[i] == b.I16[j]
	case types.PhysI128:
		return a.I128[i] == b.I128[j]
	}
	return true
}
