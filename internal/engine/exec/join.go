package exec

import (
	"weir/internal/batch"
	"weir/internal/engine/expr"
	"weir/internal/engine/op"
	"weir/internal/engine/state"
	"weir/internal/kernel"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Join pairs the rows of two inputs (StreamingJoinOperator): both are kept, and
// a row that comes or goes on one side is paired with what the other has. An
// outer side's row that loses its last match comes out with NULLs, and goes
// again when it finds one.
//
// A semi- or anti-join emits left rows alone: those that have a match, or none
// (StreamingSemiAntiJoinOperator).
//
// A batch of one input meets the other as it is, so its pairs are found and
// tested together; what comes out is in the order of the batch.
type Join struct {
	op.Stateless
	node *plan.Join
	cond expr.Program // of the pairs, over left and right columns; nil: true
	side [2]*joinSide

	hashes []uint64
	groups []int32
	keys   []*batch.Vec
	found  matches
	tested *batch.Batch // the pairs as rows, for cond
	out    emission
}

// joinSide is what a Join knows of one input.
type joinSide struct {
	rows  *state.Rows
	keys  []int
	keeps bool // its rows come out without a match, too
}

// matches are rows of a batch, each with the rows of the other side it agrees
// with: those of the k-th selected row are other[from[k]:from[k+1]].
type matches struct {
	in    []int32 // the row of the batch, by pair
	other []int32 // the row of the other side, by pair
	from  []int32
}

// NewJoin makes the operator of node.
func NewJoin(node *plan.Join, c *expr.Compiler) (*Join, error) {
	j := &Join{node: node}
	fields := node.Schema()
	l, r := node.Left.Schema(), node.Right.Schema()
	j.side[0] = &joinSide{rows: state.NewRows(l, node.LeftKeys), keys: node.LeftKeys, keeps: node.Kind.KeepsLeft()}
	j.side[1] = &joinSide{rows: state.NewRows(r, node.RightKeys), keys: node.RightKeys, keeps: node.Kind.KeepsRight()}
	j.out.batch = batch.New(fields, 0)
	if node.Cond == nil {
		return j, nil
	}
	j.tested = batch.New(append(append([]types.Field(nil), l...), r...), 0)
	p, err := c.Compile(node.Cond)
	j.cond = p
	return j, err
}

// Process implements op.Operator.
func (j *Join) Process(input int, b *batch.Batch) error {
	mine, other := j.side[input], j.side[1-input]
	mine.rows.Compact()
	other.rows.Compact()
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	if err := j.match(input, b, sel); err != nil {
		return err
	}
	j.out.begin(input, b, other.rows.Cols(), j.node.Kind.LeftOnly())
	for k, i := range sel {
		found := j.found.other[j.found.from[k]:j.found.from[k+1]]
		switch kind := b.Kind(int(i)); {
		case j.node.Kind.LeftOnly():
			j.half(input, b, i, kind, found)
		case kind == batch.Insert || kind == batch.UpdateAfter:
			j.add(mine, other, b, i, kind, found)
		default:
			j.remove(mine, other, b, i, kind, found)
		}
		if len(j.out.kinds) >= batch.MaxRows {
			if err := j.out.flush(j.Context.Out); err != nil {
				return err
			}
		}
	}
	return j.out.flush(j.Context.Out)
}

// match finds the pairs of the selected rows of b.
func (j *Join) match(input int, b *batch.Batch, sel []int32) error {
	mine, other := j.side[input], j.side[1-input]
	j.keys = j.keys[:0]
	for _, c := range mine.keys {
		j.keys = append(j.keys, b.Cols[c])
	}
	if len(j.hashes) < b.N {
		j.hashes = make([]uint64, max(b.N, batch.MaxRows))
	}
	state.Hash(j.keys, sel, b.N, j.hashes)
	j.groups = other.rows.Groups(j.keys, j.hashes, sel, j.groups[:0])
	p := &j.found
	p.in, p.other, p.from = p.in[:0], p.other[:0], append(p.from[:0], 0)
	for k, i := range sel {
		if !j.nullKey(int(i)) {
			for at := range other.rows.Of(j.groups[k]) {
				p.in, p.other = append(p.in, i), append(p.other, at)
			}
		}
		p.from = append(p.from, int32(len(p.other)))
	}
	return j.test(input, b)
}

// nullKey reports whether a key column of row i is NULL and so agrees with
// nothing.
func (j *Join) nullKey(i int) bool {
	for k, v := range j.keys {
		if v.IsNull(i) && (j.node.NullSafe == nil || !j.node.NullSafe[k]) {
			return true
		}
	}
	return false
}

// test keeps the pairs that satisfy the condition.
func (j *Join) test(input int, b *batch.Batch) error {
	p := &j.found
	if j.cond == nil || len(p.in) == 0 {
		return nil
	}
	j.tested.Reset()
	width := len(j.node.Left.Schema())
	other := j.side[1-input].rows.Cols()
	for c, v := range j.tested.Cols {
		switch mine := (c < width) == (input == 0); {
		case mine:
			v.AppendRows(b.Cols[c-input*width], p.in)
		default:
			v.AppendRows(other[c-(1-input)*width], p.other)
		}
	}
	j.tested.N = len(p.in)
	ok, err := j.cond.Eval(j.tested, nil)
	if err != nil {
		return err
	}
	n, start := int32(0), int32(0)
	for k := 1; k < len(p.from); k++ {
		end := p.from[k]
		for at := start; at < end; at++ {
			if i := int(at); !ok.IsNull(i) && ok.B[kernel.At(ok, i)] {
				p.in[n], p.other[n] = p.in[at], p.other[at]
				n++
			}
		}
		p.from[k], start = n, end
	}
	p.in, p.other = p.in[:n], p.other[:n]
	return nil
}

// add keeps a row and emits its pairs.
func (j *Join) add(mine, other *joinSide, b *batch.Batch, i int32, kind batch.RowKind, found []int32) {
	mine.rows.Add(b.Cols, int(i), j.hashes[i], int32(len(found)))
	if mine.keeps && len(found) == 0 {
		j.out.add(batch.Insert, i, -1)
	}
	if mine.keeps || other.keeps {
		kind = batch.Insert
	}
	for _, at := range found {
		if other.keeps {
			if other.rows.Count(at) == 0 {
				j.out.add(batch.Delete, -1, at)
			}
			other.rows.AddCount(at, 1)
		}
		j.out.add(kind, i, at)
	}
}

// remove lets go of a row and takes its pairs back.
func (j *Join) remove(mine, other *joinSide, b *batch.Batch, i int32, kind batch.RowKind, found []int32) {
	if !j.forget(mine, b, i) {
		return
	}
	if mine.keeps && len(found) == 0 {
		j.out.add(batch.Delete, i, -1)
	}
	if mine.keeps || other.keeps {
		kind = batch.Delete
	}
	for _, at := range found {
		j.out.add(kind, i, at)
		if other.keeps {
			if other.rows.AddCount(at, -1); other.rows.Count(at) == 0 {
				j.out.add(batch.Insert, -1, at)
			}
		}
	}
}

// forget lets go of a row of the batch; it is false for one that never came, or
// whose state has expired.
func (j *Join) forget(mine *joinSide, b *batch.Batch, i int32) bool {
	group := mine.rows.Group(j.keys, int(i), j.hashes[i])
	row := mine.rows.Find(group, b.Cols, int(i))
	if row < 0 {
		return false
	}
	mine.rows.Remove(group, row)
	return true
}

// half takes a row of a semi- or anti-join.
func (j *Join) half(input int, b *batch.Batch, i int32, kind batch.RowKind, found []int32) {
	mine, other, by := j.side[input], j.side[1-input], int32(1)
	if kind == batch.Insert || kind == batch.UpdateAfter {
		mine.rows.Add(b.Cols, int(i), j.hashes[i], int32(len(found)))
	} else if by = -1; !j.forget(mine, b, i) {
		return
	}
	anti := j.node.Kind == plan.AntiJoin
	if input == 0 {
		if (len(found) == 0) == anti {
			j.out.add(kind, i, -1)
		}
		return
	}
	for _, at := range found {
		was := other.rows.Count(at)
		other.rows.AddCount(at, by)
		if was != 0 && was+by != 0 {
			continue
		}
		if (was == 0) == anti {
			j.out.add(batch.Delete, -1, at)
		} else {
			j.out.add(batch.Insert, -1, at)
		}
	}
}

// emission collects what a Join emits, as rows of the batch at hand and of the
// other side's, and gathers it column by column.
type emission struct {
	batch  *batch.Batch
	left   []*batch.Vec
	right  []*batch.Vec
	swap   bool // the batch at hand is the right one
	kinds  []batch.RowKind
	mine   []int32 // rows of the batch at hand, -1: NULLs
	others []int32
}

func (e *emission) begin(input int, b *batch.Batch, other []*batch.Vec, leftOnly bool) {
	e.left, e.right, e.swap = b.Cols, other, input == 1
	if e.swap {
		e.left, e.right = other, b.Cols
	}
	if leftOnly {
		e.right = nil
	}
}

func (e *emission) add(kind batch.RowKind, mine, other int32) {
	e.kinds, e.mine, e.others = append(e.kinds, kind), append(e.mine, mine), append(e.others, other)
}

func (e *emission) flush(out op.Output) error {
	if len(e.kinds) == 0 {
		return nil
	}
	e.batch.Reset()
	l, r := e.mine, e.others
	if e.swap {
		l, r = r, l
	}
	for c, v := range e.left {
		e.batch.Cols[c].AppendRows(v, l)
	}
	for c, v := range e.right {
		e.batch.Cols[len(e.left)+c].AppendRows(v, r)
	}
	e.batch.N = len(e.kinds)
	for _, k := range e.kinds {
		if k != batch.Insert {
			e.batch.Kinds = append(e.batch.Kinds, e.kinds...)
			break
		}
	}
	e.kinds, e.mine, e.others = e.kinds[:0], e.mine[:0], e.others[:0]
	return out.Emit(e.batch)
}
