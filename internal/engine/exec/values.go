package exec

import (
	"context"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/engine/expr"
	"weir/internal/obs"
	"weir/internal/sql/plan"
)

// Values is the source of constant rows (StreamExecValues): one split, read
// once.
type Values struct {
	identity string
	rows     *batch.Batch
}

// valuesSplit is the id of the one split.
const valuesSplit = "values"

// NewValues computes the rows of node.
func NewValues(node *plan.Values, c *expr.Compiler) (*Values, error) {
	v := &Values{identity: "values:" + plan.Identity(node), rows: batch.New(node.Fields, len(node.Rows))}
	one := &batch.Batch{N: 1}
	for _, row := range node.Rows {
		for i, e := range row {
			p, err := c.Compile(e)
			if err != nil {
				return nil, err
			}
			val, err := p.Eval(one, nil)
			if err != nil {
				return nil, err
			}
			v.rows.Cols[i].AppendFrom(val, 0)
		}
		v.rows.N++
	}
	return v, nil
}

// Bounded implements connector.Source.
func (*Values) Bounded() bool { return true }

// Identity implements connector.Source.
func (v *Values) Identity() string { return v.identity }

// Enumerator implements connector.Source.
func (v *Values) Enumerator(_ context.Context, state []byte) (connector.Enumerator, error) {
	return &valuesEnumerator{given: len(state) > 0}, nil
}

// Reader implements connector.Source.
func (v *Values) Reader(context.Context, int, int, obs.Scope) (connector.Reader, error) {
	return &valuesReader{rows: v.rows}, nil
}

type valuesEnumerator struct{ given bool }

// Discover implements connector.Enumerator.
func (e *valuesEnumerator) Discover(context.Context) ([]connector.Split, bool, error) {
	if e.given {
		return nil, false, nil
	}
	e.given = true
	return []connector.Split{{ID: valuesSplit}}, false, nil
}

// Finished implements connector.Enumerator.
func (*valuesEnumerator) Finished(string) {}

// Interval implements connector.Enumerator.
func (*valuesEnumerator) Interval() int64 { return 1000 }

// Snapshot implements connector.Enumerator.
func (e *valuesEnumerator) Snapshot() ([]byte, error) {
	if e.given {
		return []byte{1}, nil
	}
	return nil, nil
}

type valuesReader struct {
	rows  *batch.Batch
	given bool
}

// Add implements connector.Reader.
func (r *valuesReader) Add([]connector.Split) error { r.given = true; return nil }

// Poll implements connector.Reader.
func (r *valuesReader) Poll(dst *batch.Batch) (connector.Fetch, bool, error) {
	if !r.given {
		return connector.Fetch{}, false, nil
	}
	r.given = false
	dst.Append(r.rows)
	return connector.Fetch{Split: valuesSplit, Done: true}, true, nil
}

// Wake implements connector.Reader.
func (*valuesReader) Wake() <-chan struct{} { return nil }

// Positions implements connector.Reader.
func (r *valuesReader) Positions() ([]connector.Split, error) {
	if r.given {
		return []connector.Split{{ID: valuesSplit}}, nil
	}
	return nil, nil
}

// Close implements connector.Reader.
func (*valuesReader) Close() error { return nil }
