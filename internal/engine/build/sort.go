package build

import (
	"weir/internal/engine/exec"
	"weir/internal/engine/op"
	"weir/internal/errs"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// temporalSort checks that the order is that of time first, as Flink does, and
// builds it.
func (g *graph) temporalSort(s *stream, n *plan.TemporalSort) (*stream, error) {
	first := n.Order[0]
	if first.Desc || n.Input.Schema()[first.Col].Type.Attr == types.NoAttr {
		return nil, errs.New(errs.Unsupported, "plan.sort", "Sort on a non-time-attribute field is not supported.").At(n.At).
			WithHint("order by a time attribute first, ascending: ORDER BY ts; or keep the first rows only: LIMIT 10")
	}
	return g.step(g.byKey(s, nil), n, "TemporalSort", true, func() (op.Operator, error) { return exec.NewTemporalSort(n), nil }), nil
}
