package exec

import (
	"slices"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/engine/state"
	"weir/internal/obs"
	"weir/internal/sql/plan"
)

// Rank keeps the rows of each partition in order and tells which enter and
// leave the places asked for (StreamExecRank, StreamExecSortLimit). Rows of
// equal order keep the order in which they came.
//
// Over an insert-only input only the rows up to the last place are kept: what
// falls behind it never comes back (AppendOnlyTopNFunction); otherwise all are
// (RetractableTopNFunction).
type Rank struct {
	op.Stateless
	node    *plan.Rank
	appends bool // the input is insert-only
	rows    *state.Rows
	order   [][]int32 // by group: its rows' numbers, in order
	ignored *obs.Counter

	keys   []*batch.Vec
	hashes []uint64
	out    *batch.Batch
}

// NewRank makes the operator of node.
func NewRank(node *plan.Rank) *Rank {
	return &Rank{node: node, appends: node.Input.Changelog() == plan.InsertOnly,
		rows: state.NewRows(node.Input.Schema(), node.Partition), out: batch.New(node.Schema(), 0)}
}

// Open implements op.Operator.
func (r *Rank) Open(ctx *op.Context) error {
	r.ignored = ctx.Scope.Counter("numRetractionsIgnored")
	r.sortAll()
	return r.Stateless.Open(ctx)
}

// sortAll orders every group anew.
func (r *Rank) sortAll() {
	r.order = r.order[:0]
	for g := range r.rows.NumGroups() {
		o := slices.Collect(r.rows.Of(int32(g)))
		slices.SortStableFunc(o, func(a, b int32) int { return r.compare(r.rows.Cols(), int(a), int(b)) })
		r.order = append(r.order, o)
	}
}

// compare orders row a of cols and row b of those kept.
func (r *Rank) compare(cols []*batch.Vec, a, b int) int {
	return compareRows(r.node.Order, cols, a, r.rows.Cols(), b)
}

// compareRows orders row a of some columns and row b of others by keys.
func compareRows(keys []plan.SortKey, left []*batch.Vec, a int, right []*batch.Vec, b int) int {
	for _, k := range keys {
		x, y := left[k.Col], right[k.Col]
		c := 0
		switch xn, yn := x.IsNull(a), y.IsNull(b); {
		case xn && yn:
			continue
		case xn || yn:
			if c = 1; xn != k.NullsLast {
				c = -1
			}
			return c
		}
		if c = batch.Order(x, a, y, b); c != 0 {
			if k.Desc {
				return -c
			}
			return c
		}
	}
	return 0
}

// Process implements op.Operator.
func (r *Rank) Process(_ int, b *batch.Batch) error {
	if r.rows.Compact() {
		r.sortAll()
	}
	r.keys = r.keys[:0]
	for _, c := range r.node.Partition {
		r.keys = append(r.keys, b.Cols[c])
	}
	if len(r.hashes) < b.N {
		r.hashes = make([]uint64, max(b.N, batch.MaxRows))
	}
	state.Hash(r.keys, b.Sel, b.N, r.hashes)
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	for _, i := range sel {
		if kind := b.Kind(int(i)); kind == batch.Insert || kind == batch.UpdateAfter {
			r.insert(b, int(i))
		} else {
			r.remove(b, int(i))
		}
		if r.out.N >= batch.MaxRows {
			if err := r.flush(); err != nil {
				return err
			}
		}
	}
	return r.flush()
}

func (r *Rank) flush() error {
	if r.out.N == 0 {
		return nil
	}
	err := r.Context.Out.Emit(r.out)
	r.out.Reset()
	return err
}

// insert puts a row in its place.
func (r *Rank) insert(b *batch.Batch, i int) {
	var order []int32
	g := r.rows.Group(r.keys, i, r.hashes[i])
	if g >= 0 {
		order = r.order[g]
	}
	// Behind the rows of equal order.
	at, _ := slices.BinarySearchFunc(order, i, func(row int32, i int) int {
		if r.compare(b.Cols, i, int(row)) < 0 {
			return 1
		}
		return -1
	})
	if r.appends && int64(at) >= r.node.To {
		return
	}
	g, row := r.rows.Add(b.Cols, i, r.hashes[i], 0)
	if int(g) == len(r.order) {
		r.order = append(r.order, nil)
	}
	r.order[g] = slices.Insert(r.order[g], at, row)
	r.entered(r.order[g], at)
	if o := r.order[g]; r.appends && int64(len(o)) > r.node.To {
		last := o[len(o)-1]
		r.order[g] = o[:len(o)-1]
		r.rows.Remove(g, last)
	}
}

// remove takes a row out of its place.
func (r *Rank) remove(b *batch.Batch, i int) {
	g := r.rows.Group(r.keys, i, r.hashes[i])
	row := r.rows.Find(g, b.Cols, i)
	if row < 0 {
		r.ignored.Inc()
		return
	}
	at, _ := slices.BinarySearchFunc(r.order[g], i, func(row int32, i int) int { return -r.compare(b.Cols, i, int(row)) })
	at += slices.Index(r.order[g][at:], row) // among the rows of equal order
	r.left(r.order[g], at)
	r.order[g] = slices.Delete(r.order[g], at, at+1)
	r.rows.Remove(g, row)
}

// entered tells what has changed now that order[at] is new.
func (r *Rank) entered(order []int32, at int) {
	from, to := int(r.node.From)-1, int(min(r.node.To, int64(len(order)))) // places [from, to)
	if at >= to {
		return
	}
	if r.node.Number == "" {
		if int64(len(order)) > r.node.To {
			r.emit(batch.Delete, order[to], 0)
		}
		if first := max(at, from); first < to {
			r.emit(batch.Insert, order[first], 0)
		}
		return
	}
	for p := max(at, from); p < to; p++ {
		if p == len(order)-1 {
			r.emit(batch.Insert, order[p], p)
			continue
		}
		r.update(order[p+1], order[p], p)
	}
}

// left tells what changes when order[at] goes.
func (r *Rank) left(order []int32, at int) {
	from, to := int(r.node.From)-1, int(min(r.node.To, int64(len(order))))
	if at >= to {
		return
	}
	if r.node.Number == "" {
		if first := max(at, from); first < to {
			r.emit(batch.Delete, order[first], 0)
		}
		if int64(len(order)) > r.node.To {
			r.emit(batch.Insert, order[to], 0)
		}
		return
	}
	for p := max(at, from); p < to; p++ {
		if p == len(order)-1 {
			r.emit(batch.Delete, order[p], p)
			continue
		}
		r.update(order[p], order[p+1], p)
	}
}

// update tells that the row at place p was old and is now row.
func (r *Rank) update(old, row int32, p int) {
	if !r.node.OnlyAfter {
		r.emit(batch.UpdateBefore, old, p)
	}
	r.emit(batch.UpdateAfter, row, p)
}

// emit appends a row kept, with its place when it is asked for.
func (r *Rank) emit(kind batch.RowKind, row int32, p int) {
	n := len(r.rows.Cols())
	for c, v := range r.rows.Cols() {
		r.out.Cols[c].AppendFrom(v, int(row))
	}
	if r.node.Number != "" {
		r.out.Cols[n].AppendI64(int64(p) + 1)
	}
	r.out.Kinds = append(r.out.Kinds, kind)
	r.out.N++
}
