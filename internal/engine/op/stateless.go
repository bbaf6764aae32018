package op

// Stateless has the methods of an operator that keeps nothing and waits for
// nothing; embed it.
type Stateless struct{ Context *Context }

// Open implements Operator.
func (s *Stateless) Open(ctx *Context) error { s.Context = ctx; return nil }

// NextTimer implements Operator: none.
func (*Stateless) NextTimer() int64 { return NoTimer }

// Advance implements Operator.
func (*Stateless) Advance(int64) error { return nil }

// Snapshot implements Operator: no state.
func (*Stateless) Snapshot() (WriteFunc, error) { return nil, nil }

// Restore implements Operator.
func (*Stateless) Restore(StateReader) error { return nil }

// Finish implements Operator.
func (*Stateless) Finish() error { return nil }

// Close implements Operator.
func (*Stateless) Close() error { return nil }
