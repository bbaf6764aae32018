package exec

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/engine/state"
	"weir/internal/kernel"
	"weir/internal/obs"
	"weir/internal/sql/plan"
)

// GroupAggregate computes aggregates per key over all rows so far
// (StreamExecGroupAggregate): each row changes the result of its group, and the
// change is sent on, the old result before the new one. A row that leaves the
// result as it was sends nothing; the last row taken back deletes the group.
type GroupAggregate struct {
	op.Stateless
	node *plan.Aggregate
	accTable
	newAggs func() ([]kernel.Agg, error)
	rows    []int64 // by group: rows added and not taken back; 0: the group is dead
	dead    int
	ignored *obs.Counter

	hashes    []uint64
	groups    []int32
	cols      []*batch.Vec
	args      [][]*batch.Vec
	prev, cur *batch.Batch // the results of one group
	out       *batch.Batch
}

// NewGroupAggregate makes the operator of node.
func NewGroupAggregate(node *plan.Aggregate) (*GroupAggregate, error) {
	in := node.Input.Schema()
	retract := node.Input.Changelog() != plan.InsertOnly
	g := &GroupAggregate{node: node, newAggs: func() ([]kernel.Agg, error) { return newAggs(in, node.Aggs, retract) }}
	aggs, err := g.newAggs()
	if err != nil {
		return nil, err
	}
	g.accTable = newAccTable(fieldsAt(in, node.Keys), aggs, 0)
	g.args = make([][]*batch.Vec, len(aggs))
	out := node.Schema()
	g.out = batch.New(out, 0)
	g.prev, g.cur = batch.New(out[len(node.Keys):], 1), batch.New(out[len(node.Keys):], 1)
	return g, nil
}

// Open implements op.Operator.
func (g *GroupAggregate) Open(ctx *op.Context) error {
	g.ignored = ctx.Scope.Counter("numRetractionsIgnored")
	return g.Stateless.Open(ctx)
}

// Process implements op.Operator.
func (g *GroupAggregate) Process(_ int, b *batch.Batch) error {
	if err := g.compact(); err != nil {
		return err
	}
	g.cols = g.cols[:0]
	for _, k := range g.node.Keys {
		g.cols = append(g.cols, b.Cols[k])
	}
	if len(g.hashes) < b.N {
		g.hashes = make([]uint64, max(b.N, batch.MaxRows))
	}
	state.Hash(g.cols, b.Sel, b.N, g.hashes)
	g.groups = g.keys.Groups(g.cols, g.hashes, b.Sel, b.N, g.groups[:0])
	g.grow()
	for i := range g.aggs {
		g.args[i] = aggArgs(g.args[i][:0], g.node.Aggs[i], b)
	}
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	for k := range sel {
		if err := g.row(b, g.groups[k:k+1], sel[k:k+1]); err != nil {
			return err
		}
		if g.out.N+2 > batch.MaxRows {
			if err := g.flush(); err != nil {
				return err
			}
		}
	}
	return g.flush()
}

// grow makes room for new groups.
func (g *GroupAggregate) grow() {
	n := g.keys.Len()
	for len(g.rows) < n {
		g.rows = append(g.rows, 0)
		g.dead++
	}
	for _, a := range g.aggs {
		a.Grow(n)
	}
}

// row adds one row to its group, or takes it back, and appends the change.
func (g *GroupAggregate) row(b *batch.Batch, group, sel []int32) error {
	at := int(group[0])
	kind := b.Kind(int(sel[0]))
	add := kind == batch.Insert || kind == batch.UpdateAfter
	before := g.rows[at]
	if before == 0 && !add { // its group is not known: expired, or never there
		g.ignored.Inc()
		return nil
	}
	if before > 0 {
		if err := g.result(at, g.prev); err != nil {
			return err
		}
	}
	for i, a := range g.aggs {
		f := a.Add
		if !add {
			f = a.Retract
		}
		if err := f(group, g.args[i], sel, b.N); err != nil {
			return fmt.Errorf("%s: %w", g.node.Aggs[i].Def.Name, err)
		}
	}
	if add {
		g.rows[at]++
	} else {
		g.rows[at]--
	}
	switch {
	case g.rows[at] == 0:
		g.kill(at)
		g.append(batch.Delete, at, g.prev)
		return nil
	case before == 0:
		g.dead--
	}
	return g.change(at, before == 0)
}

// change appends the new result of a group.
func (g *GroupAggregate) change(at int, first bool) error {
	if err := g.result(at, g.cur); err != nil {
		return err
	}
	if first {
		g.append(batch.Insert, at, g.cur)
		return nil
	}
	if sameRow(g.prev, g.cur) {
		return nil
	}
	if !g.node.OnlyAfter {
		g.append(batch.UpdateBefore, at, g.prev)
	}
	g.append(batch.UpdateAfter, at, g.cur)
	return nil
}

// sameRow reports whether two batches of one row hold the same values.
func sameRow(a, b *batch.Batch) bool {
	for i, v := range a.Cols {
		if !state.Equal(v, 0, b.Cols[i], 0) {
			return false
		}
	}
	return true
}

// result puts the aggregates of a group into row, as its only row.
func (g *GroupAggregate) result(at int, row *batch.Batch) error {
	for i, a := range g.aggs {
		row.Cols[i].Reset()
		if err := a.Result(at, row.Cols[i]); err != nil {
			return fmt.Errorf("%s: %w", g.node.Aggs[i].Def.Name, err)
		}
	}
	return nil
}

// append adds a change to the output.
func (g *GroupAggregate) append(kind batch.RowKind, at int, row *batch.Batch) {
	nk := len(g.node.Keys)
	for k := range nk {
		g.out.Cols[k].AppendFrom(g.keys.Cols()[k], at)
	}
	for i, v := range row.Cols {
		g.out.Cols[nk+i].AppendFrom(v, 0)
	}
	g.out.Kinds = append(g.out.Kinds, kind)
	g.out.N++
}

func (g *GroupAggregate) flush() error {
	if g.out.N == 0 {
		return nil
	}
	err := g.Context.Out.Emit(g.out)
	g.out.Reset()
	return err
}

// kill empties a group all of whose rows were taken back.
func (g *GroupAggregate) kill(at int) {
	for _, a := range g.aggs {
		a.Clear(at)
	}
	g.dead++
}

// compact makes the table anew without its dead groups, once they are most.
func (g *GroupAggregate) compact() error {
	if g.dead < 1024 || g.dead < g.keys.Len()/2 {
		return nil
	}
	aggs, err := g.newAggs()
	if err != nil {
		return err
	}
	t := newAccTable(g.fields, aggs, g.keys.Len()-g.dead)
	var rows []int64
	for from, n := range g.rows {
		if n == 0 {
			continue
		}
		to := t.keys.Group(g.keys.Cols(), from, g.keys.Hash(from))
		rows = append(rows, n)
		for i, a := range t.aggs {
			a.Grow(t.keys.Len())
			if err := a.Merge(to, g.aggs[i], from); err != nil {
				return err
			}
		}
	}
	g.accTable, g.rows, g.dead = t, rows, 0
	return nil
}
