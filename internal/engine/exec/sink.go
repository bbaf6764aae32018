package exec

import (
	"context"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/engine/op"
	"weir/internal/errs"
	"weir/internal/obs"
	"weir/internal/sql/plan"
)

// Sink writes its input to a connector (StreamExecSink). What the writer
// prepares at a barrier is handed to the coordinator, which commits it.
type Sink struct {
	op.Stateless
	identity string
	sink     connector.Sink
	enforce  *notNull
	writer   connector.Writer
	out      *obs.Counter
	prepared []connector.Committable
	wm       int64
}

// NewSink makes the operator of node, writing to sink.
func NewSink(node *plan.Sink, identity string, sink connector.Sink) *Sink {
	return &Sink{identity: identity, sink: sink, enforce: newNotNull(node), wm: op.MinWatermark}
}

// OpenTask makes the writer of this task.
func (s *Sink) OpenTask(ctx context.Context, index, parallelism int, scope obs.Scope) error {
	w, err := s.sink.Writer(ctx, index, parallelism, scope)
	s.writer, s.out = w, scope.Rated(obs.NumRecordsSend)
	return err
}

// NextTimer implements op.Operator: the writer is told of every watermark.
func (s *Sink) NextTimer() int64 { return s.wm + 1 }

// Advance implements op.Operator.
func (s *Sink) Advance(wm int64) error {
	s.wm = min(wm, op.MaxWatermark-1)
	return s.writer.Watermark(wm)
}

// Process implements op.Operator.
func (s *Sink) Process(_ int, b *batch.Batch) error {
	if err := s.enforce.check(b); err != nil {
		return err
	}
	s.out.Add(int64(b.Rows()))
	return s.writer.Write(b)
}

// Snapshot implements op.Operator.
func (s *Sink) Snapshot() (op.WriteFunc, error) { return nil, s.prepare(false) }

// Finish implements op.Operator.
func (s *Sink) Finish() error { return s.prepare(true) }

func (s *Sink) prepare(end bool) error {
	cs, err := s.writer.Prepare(end)
	s.prepared = append(s.prepared, cs...)
	return err
}

// TakePrepared hands over what is ready to commit.
func (s *Sink) TakePrepared() (string, []connector.Committable, int64) {
	cs := s.prepared
	s.prepared = nil
	return s.identity, cs, s.wm
}

// Close implements op.Operator.
func (s *Sink) Close() error {
	if s.writer == nil {
		return nil
	}
	return s.writer.Close()
}

// notNull refuses NULLs in NOT NULL columns (ConstraintEnforcer,
// table.exec.sink.not-null-enforcer = ERROR).
type notNull struct {
	table string
	cols  []int
	names []string
}

func newNotNull(node *plan.Sink) *notNull {
	n := &notNull{table: node.Table.Path.Object}
	for i, f := range node.Fields {
		if f.Type.NotNull {
			n.cols, n.names = append(n.cols, i), append(n.names, f.Name)
		}
	}
	return n
}

func (n *notNull) check(b *batch.Batch) error {
	for k, c := range n.cols {
		if v := b.Cols[c]; v.Valid == nil && !v.Const {
			continue
		}
		if row := firstNull(b, c); row >= 0 {
			return &op.RowError{Row: row, Err: errs.New(errs.Failed, "sink.not-null",
				"Column '%s' is NOT NULL, however, a null value is being written into it.", n.names[k]).
				WithHint("set job configuration 'table.exec.sink.not-null-enforcer' = 'DROP' to suppress such rows, or give %s a value", n.names[k])}
		}
	}
	return nil
}
