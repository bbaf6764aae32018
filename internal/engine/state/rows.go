package state

import (
	"encoding/binary"
	"fmt"
	"iter"

	"weir/internal/batch"
	"weir/internal/types"
)

// Rows keeps rows by key: what a join remembers of one input. The rows of a key
// are a chain in the order they came; equal rows stand in it once each.
//
// A row has a number, which holds until Compact, and a count of the operator's
// own beside it (an outer join's: the rows that match it).
type Rows struct {
	keyCols []int // where the key stands in a row
	fields  []types.Field
	keys    *Keys
	cols    []*batch.Vec // row r is row r of each
	hashes  []uint64     // of the whole row
	next    []int32      // the row after it in its chain, -1: none
	prev    []int32      // the row before it
	count   []int32
	head    []int32 // by group
	tail    []int32
	live    int

	key []*batch.Vec
}

// NewRows returns an empty table for rows of the given columns, of which those
// in keyCols are the key.
func NewRows(fields []types.Field, keyCols []int) *Rows {
	r := &Rows{keyCols: keyCols, fields: fields}
	keyFields := make([]types.Field, len(keyCols))
	for i, c := range keyCols {
		keyFields[i] = fields[c]
	}
	r.keys = NewKeys(keyFields, 0)
	for _, f := range fields {
		r.cols = append(r.cols, batch.NewVec(f.Type, 0))
	}
	return r
}

// Len is the number of rows kept.
func (r *Rows) Len() int { return r.live }

// Cols are the rows' columns, by row number. They are the table's own.
func (r *Rows) Cols() []*batch.Vec { return r.cols }

// Groups appends to out the group of the key of each selected row of cols, -1
// where no row of that key was ever kept. cols and hashes are of the key.
func (r *Rows) Groups(cols []*batch.Vec, hashes []uint64, sel []int32, out []int32) []int32 {
	for _, i := range sel {
		out = append(out, r.keys.Find(cols, int(i), hashes[i]))
	}
	return out
}

// Group is the group of one row's key, -1 where no row of it was ever kept.
func (r *Rows) Group(key []*batch.Vec, i int, hash uint64) int32 { return r.keys.Find(key, i, hash) }

// Of yields the numbers of a group's rows in the order they came; none for
// group -1.
func (r *Rows) Of(group int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		if group < 0 {
			return
		}
		for at := r.head[group]; at >= 0; at = r.next[at] {
			if !yield(at) {
				return
			}
		}
	}
}

// Count is the operator's count beside a row.
func (r *Rows) Count(row int32) int32 { return r.count[row] }

// AddCount changes it.
func (r *Rows) AddCount(row, by int32) { r.count[row] += by }

// Add keeps row i of cols, whose key has the given hash, with a count, and gives
// its group and its number.
func (r *Rows) Add(cols []*batch.Vec, i int, keyHash uint64, count int32) (group, row int32) {
	r.key = r.key[:0]
	for _, c := range r.keyCols {
		r.key = append(r.key, cols[c])
	}
	g := int32(r.keys.Group(r.key, i, keyHash))
	for len(r.head) < r.keys.Len() {
		r.head, r.tail = append(r.head, -1), append(r.tail, -1)
	}
	row = int32(len(r.next))
	for c, v := range r.cols {
		v.AppendFrom(cols[c], i)
	}
	r.hashes = append(r.hashes, r.hashOf(cols, i))
	r.next, r.prev, r.count = append(r.next, -1), append(r.prev, r.tail[g]), append(r.count, count)
	if r.tail[g] < 0 {
		r.head[g] = row
	} else {
		r.next[r.tail[g]] = row
	}
	r.tail[g] = row
	r.live++
	return g, row
}

// hashOf is the hash of the whole of row i of cols.
func (r *Rows) hashOf(cols []*batch.Vec, i int) uint64 {
	h := uint64(0)
	for _, v := range cols {
		h = combine(h, hashAt(v, i))
	}
	return h
}

// Find is the first row of the group that equals row i of cols; -1 when there
// is none.
func (r *Rows) Find(group int32, cols []*batch.Vec, i int) int32 {
	h := r.hashOf(cols, i)
	for at := range r.Of(group) {
		if r.hashes[at] == h && r.Same(at, cols, i) {
			return at
		}
	}
	return -1
}

// Remove lets go of a row of the group.
func (r *Rows) Remove(group, row int32) {
	next, prev := r.next[row], r.prev[row]
	if prev < 0 {
		r.head[group] = next
	} else {
		r.next[prev] = next
	}
	if next < 0 {
		r.tail[group] = prev
	} else {
		r.prev[next] = prev
	}
	r.live--
}

// Same reports whether a row equals row i of cols.
func (r *Rows) Same(row int32, cols []*batch.Vec, i int) bool {
	for c, v := range r.cols {
		if !Equal(v, int(row), cols[c], i) {
			return false
		}
	}
	return true
}

// NumGroups is how many keys have, or had, rows: groups are numbered below it.
func (r *Rows) NumGroups() int { return len(r.head) }

// Compact makes the table anew once most of its rows are let go, and reports
// whether it did: row numbers and groups are others then.
func (r *Rows) Compact() bool {
	if dead := len(r.next) - r.live; dead < 1024 || dead < r.live {
		return false
	}
	fresh := NewRows(r.fields, r.keyCols)
	for g := range r.head {
		for at := range r.Of(int32(g)) {
			fresh.Add(r.cols, int(at), r.keys.Hash(g), r.count[at])
		}
	}
	*r = *fresh
	return true
}

// Encode gives the rows by the key group of their keys: for each its count and
// its columns, in the order they came (version 1).
func (r *Rows) Encode(keyGroup func(hash uint64) int) map[int][]byte {
	pieces := map[int][]byte{}
	for g := range r.head {
		kg := keyGroup(r.keys.Hash(g))
		buf := pieces[kg]
		for at := range r.Of(int32(g)) {
			buf = binary.AppendVarint(buf, int64(r.count[at]))
			for _, v := range r.cols {
				buf = AppendValue(buf, v, int(at))
			}
		}
		if len(buf) > 0 {
			pieces[kg] = buf
		}
	}
	return pieces
}

// Decode adds the rows of one piece that Encode made.
func (r *Rows) Decode(data []byte) error {
	for len(data) > 0 {
		n, w := binary.Varint(data)
		if w <= 0 {
			return fmt.Errorf("snapshot is damaged: a row's count is cut short")
		}
		data = data[w:]
		row := batch.New(r.fields, 1)
		var err error
		for _, v := range row.Cols {
			if data, err = ReadValue(data, v); err != nil {
				return err
			}
		}
		r.key = r.key[:0]
		for _, c := range r.keyCols {
			r.key = append(r.key, row.Cols[c])
		}
		var h [1]uint64
		Hash(r.key, nil, 1, h[:])
		r.Add(row.Cols, 0, h[0], int32(n))
	}
	return nil
}
