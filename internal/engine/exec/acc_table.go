package exec

import (
	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/engine/state"
	"weir/internal/kernel"
	"weir/internal/types"
)

// accTable is keys, and for each aggregate the accumulators of their groups.
type accTable struct {
	fields []types.Field // of the key
	keys   *state.Keys
	aggs   []kernel.Agg
}

// newAccTable makes an empty table with room for about hint keys.
func newAccTable(fields []types.Field, aggs []kernel.Agg, hint int) accTable {
	return accTable{fields: fields, keys: state.NewKeys(fields, hint), aggs: aggs}
}

// keyGroups are the groups of t by the key group of their keys.
func (t *accTable) keyGroups() map[int][]int {
	by := map[int][]int{}
	for g, h := range t.keys.Hashes() {
		kg := op.KeyGroup(h, op.DefaultMaxParallelism)
		by[kg] = append(by[kg], g)
	}
	return by
}

// appendGroup encodes group g: the key's columns, then the accumulators.
func (t *accTable) appendGroup(buf []byte, g int) []byte {
	for _, c := range t.keys.Cols() {
		buf = state.AppendValue(buf, c, g)
	}
	for _, a := range t.aggs {
		buf = a.Encode(g, buf)
	}
	return buf
}

// readGroup adds the group encoded at the start of data and returns what
// follows it.
func (t *accTable) readGroup(data []byte) (g int, rest []byte, err error) {
	key := batch.New(t.fields, 1)
	for _, c := range key.Cols {
		if data, err = state.ReadValue(data, c); err != nil {
			return 0, nil, err
		}
	}
	var h [1]uint64
	state.Hash(key.Cols, nil, 1, h[:])
	g = t.keys.Group(key.Cols, 0, h[0])
	for _, a := range t.aggs {
		a.Grow(t.keys.Len())
		if data, err = a.Decode(g, data); err != nil {
			return 0, nil, err
		}
	}
	return g, data, nil
}
