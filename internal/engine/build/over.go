package build

import (
	"weir/internal/engine/exec"
	"weir/internal/engine/op"
	"weir/internal/errs"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// over checks the order of an OVER window, as Flink does, and builds it.
func (g *graph) over(s *stream, n *plan.Over) (*stream, error) {
	refuse := func(words, remedy string) error {
		return errs.New(errs.Unsupported, "plan.over", "%s", words).At(n.At).WithHint("%s", remedy)
	}
	const (
		byTime = "order the OVER window by a time attribute, ascending: ORDER BY ts"
		topN   = "; for Top-N put ROW_NUMBER() into a subquery and bound it outside: WHERE rn <= 10"
	)
	hint := byTime
	if n.Calls[0].Def.Class == fn.Ranking {
		hint += topN
	}
	if len(n.Order) != 1 {
		return nil, refuse("The window can only be ordered by a single time column.", hint)
	}
	key := n.Order[0]
	switch attr := n.Input.Schema()[key.Col].Type.Attr; {
	case key.Desc:
		return nil, refuse("The window can only be ordered in ASCENDING mode.", hint)
	case attr != types.Rowtime && attr != types.Proctime:
		return nil, refuse("OVER windows' ordering in stream mode must be defined on a time attribute.", hint)
	}
	if _, err := exec.NewOver(n); err != nil {
		return nil, errs.New(errs.Unsupported, "plan.over", "%v", err).At(n.At)
	}
	return g.step(g.byKey(s, n.Partition), n, "OverAggregate", true, func() (op.Operator, error) { return exec.NewOver(n) }), nil
}
