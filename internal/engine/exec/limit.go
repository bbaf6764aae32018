package exec

import (
	"encoding/binary"
	"fmt"

	"weir/internal/batch"
	"weir/internal/engine/op"
	"weir/internal/sql/plan"
)

// Limit passes some rows and drops the rest (StreamExecLimit).
type Limit struct {
	op.Stateless
	from, to int64 // of the rows seen; to -1: no end
	seen     int64
	out      batch.Batch
}

// NewLimit makes the operator of node.
func NewLimit(node *plan.Limit) *Limit {
	l := &Limit{from: node.Offset, to: -1}
	if node.Count >= 0 {
		l.to = node.Offset + node.Count
	}
	return l
}

// Transparent implements op.Transparent.
func (*Limit) Transparent() {}

// Process implements op.Operator.
func (l *Limit) Process(_ int, b *batch.Batch) error {
	n := int64(b.Rows())
	lo, hi := max(0, l.from-l.seen), n
	if l.to >= 0 {
		hi = min(n, l.to-l.seen)
	}
	l.seen += n
	l.out = *b
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	l.out.Sel = sel[min(lo, n):max(min(hi, n), min(lo, n))]
	return l.Context.Out.Emit(&l.out)
}

// Snapshot implements op.Operator.
func (l *Limit) Snapshot() (op.WriteFunc, error) {
	data := binary.AppendVarint(nil, l.seen)
	return func(w op.StateWriter) error { return w.Write("seen", op.AllGroups, 1, data) }, nil
}

// Restore implements op.Operator.
func (l *Limit) Restore(r op.StateReader) error {
	return r.Read("seen", func(_, _ int, data []byte) error {
		n, w := binary.Varint(data)
		if w <= 0 {
			return fmt.Errorf("snapshot is damaged: LIMIT's count")
		}
		l.seen += n
		return nil
	})
}
