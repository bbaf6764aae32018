package exec

import (
	"encoding/binary"
	"fmt"

	"weir/internal/batch"
	"weir/internal/engine/state"
	"weir/internal/kernel"
	"weir/internal/types"
)

// distinct is an aggregate over distinct values: of the rows of a group with
// the same arguments the aggregate sees one (DistinctAggCodeGen).
//
// An entry is a group and a value, with the number of rows that have it. The
// entries of a group are a chain, so that a group can be merged, cleared and
// encoded alone. Entries whose count is 0 stay until all are gone.
type distinct struct {
	kernel.Agg // of the values
	fields     []types.Field
	keys       *state.Keys // by group and value
	count      []int64     // by entry
	next       []int32     // by entry: the one before in its group's chain, -1: none
	head       []int32     // by group
	live       int         // entries whose count is not 0

	cols   []*batch.Vec // the group, then the arguments
	hashes []uint64
	rows   []int32
	groups []int32
	at     [1]int32
}

func newDistinct(of kernel.Agg, args []types.Type) *distinct {
	d := &distinct{Agg: of, fields: []types.Field{{Type: types.IntType.WithNull(false)}}}
	for _, t := range args {
		d.fields = append(d.fields, types.Field{Type: t})
	}
	d.keys = state.NewKeys(d.fields, 0)
	d.cols = []*batch.Vec{batch.NewVec(d.fields[0].Type, 0)}
	return d
}

// Grow implements kernel.Agg.
func (d *distinct) Grow(n int) {
	d.Agg.Grow(n)
	for len(d.head) < n {
		d.head = append(d.head, -1)
	}
}

// entries puts the entry of each selected row into d.rows' place in d.groups.
func (d *distinct) entries(groups []int32, args []*batch.Vec, sel []int32, n int) []int32 {
	if sel == nil {
		sel = batch.Seq(0, n)
	}
	d.cols[0].Resize(n)
	for k, i := range sel {
		d.cols[0].I32[i] = groups[k]
	}
	d.cols = append(d.cols[:1], args...)
	if len(d.hashes) < n {
		d.hashes = make([]uint64, max(n, batch.MaxRows))
	}
	state.Hash(d.cols, sel, n, d.hashes)
	before := d.keys.Len()
	found := d.keys.Groups(d.cols, d.hashes, sel, n, d.rows[:0])
	d.rows = found
	for e := before; e < d.keys.Len(); e++ {
		d.link(e)
	}
	return found
}

// link puts a new entry into its group's chain.
func (d *distinct) link(e int) {
	g := d.keys.Cols()[0].I32[e]
	d.count = append(d.count, 0)
	d.next = append(d.next, d.head[g])
	d.head[g] = int32(e)
}

// Add implements kernel.Agg.
func (d *distinct) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return d.turn(groups, args, sel, n, 1, d.Agg.Add)
}

// Retract implements kernel.Agg.
func (d *distinct) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return d.turn(groups, args, sel, n, -1, d.Agg.Retract)
}

// turn counts the rows by, and hands those to f whose value comes or goes.
func (d *distinct) turn(groups []int32, args []*batch.Vec, sel []int32, n int, by int64,
	f func([]int32, []*batch.Vec, []int32, int) error) error {
	if sel == nil {
		sel = batch.Seq(0, n)
	}
	d.groups = d.groups[:0]
	changed := make([]int32, 0, len(sel))
	for k, e := range d.entries(groups, args, sel, n) {
		was := d.count[e]
		if was == 0 && by < 0 { // a row that never came is not taken back
			continue
		}
		d.count[e] += by
		if was == 0 || d.count[e] == 0 {
			d.live += int(by)
			d.groups, changed = append(d.groups, groups[k]), append(changed, sel[k])
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return f(d.groups, args, changed, n)
}

// each calls f for the entries of group g that have rows.
func (d *distinct) each(g int, f func(e int) error) error {
	for e := d.head[g]; e >= 0; e = d.next[e] {
		if d.count[e] != 0 {
			if err := f(int(e)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Merge implements kernel.Agg.
func (d *distinct) Merge(to int, other kernel.Agg, from int) error {
	o := other.(*distinct)
	return o.each(from, func(e int) error {
		d.at[0] = int32(to)
		values, sel := o.keys.Cols()[1:], []int32{int32(e)}
		mine := d.entries(d.at[:], values, sel, e+1)[0]
		d.count[mine] += o.count[e]
		if d.count[mine] != o.count[e] {
			return nil
		}
		d.live++
		return d.Agg.Add(d.at[:], values, sel, e+1)
	})
}

// Clear implements kernel.Agg.
func (d *distinct) Clear(g int) {
	d.Agg.Clear(g)
	for e := d.head[g]; e >= 0; e = d.next[e] {
		if d.count[e] != 0 {
			d.live--
		}
		d.count[e] = 0
	}
	if d.live == 0 && d.keys.Len() > 0 {
		d.keys.Reset()
		d.count, d.next = d.count[:0], d.next[:0]
		for i := range d.head {
			d.head[i] = -1
		}
	}
}

// Encode implements kernel.Agg: the number of values, each with its count, then
// the accumulator.
func (d *distinct) Encode(g int, buf []byte) []byte {
	n := 0
	count := func(int) error { n++; return nil }
	_ = d.each(g, count) // it does not fail
	buf = binary.AppendUvarint(buf, uint64(n))
	_ = d.each(g, func(e int) error { // nor does this
		for _, v := range d.keys.Cols()[1:] {
			buf = state.AppendValue(buf, v, e)
		}
		buf = binary.AppendVarint(buf, d.count[e])
		return nil
	})
	return d.Agg.Encode(g, buf)
}

// Decode implements kernel.Agg.
func (d *distinct) Decode(g int, data []byte) ([]byte, error) {
	n, w := binary.Uvarint(data)
	if w <= 0 {
		return nil, errShortDistinct
	}
	data = data[w:]
	for range n {
		values := batch.New(d.fields[1:], 1)
		var err error
		for _, v := range values.Cols {
			if data, err = state.ReadValue(data, v); err != nil {
				return nil, err
			}
		}
		c, w := binary.Varint(data)
		if w <= 0 {
			return nil, errShortDistinct
		}
		data = data[w:]
		d.at[0] = int32(g)
		d.count[d.entries(d.at[:], values.Cols, nil, 1)[0]] = c
		d.live++
	}
	return d.Agg.Decode(g, data)
}

var errShortDistinct = fmt.Errorf("snapshot is damaged: the values of a DISTINCT aggregate are cut short")

// Bytes implements kernel.Agg.
func (d *distinct) Bytes() int { return d.Agg.Bytes() + 32*cap(d.count) + 4*cap(d.head) }
