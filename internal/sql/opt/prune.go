package opt

import (
	"weir/internal/sql/plan"
)

// pushProjectIntoScan reads only the columns of a table that are used: by the
// Calc above its watermark, or directly above it.
var pushProjectIntoScan = Rule{"PushProjectIntoScan", func(n plan.Node) plan.Node {
	c, ok := n.(*plan.Calc)
	if !ok {
		return n
	}
	used := map[int]bool{}
	plan.Columns(c.Where, used)
	for _, e := range c.Select {
		plan.Columns(e, used)
	}
	input, to := prune(c.Input, used)
	if input == nil {
		return n
	}
	d := *c
	d.Input = input
	d.Where = plan.Shift(c.Where, to)
	d.Select = make([]plan.Expr, len(c.Select))
	for i, e := range c.Select {
		d.Select[i] = plan.Shift(e, to)
	}
	return &d
}}

// prune drops the columns of a scan, maybe under a watermark, that are not
// used, and tells where the others went; nil when there are none to drop.
func prune(n plan.Node, used map[int]bool) (plan.Node, func(int) int) {
	switch n := n.(type) {
	case *plan.WatermarkAssigner:
		need := map[int]bool{n.Rowtime: true}
		for i := range used {
			need[i] = true
		}
		plan.Columns(n.Expr, need)
		input, to := prune(n.Input, need)
		if input == nil {
			return nil, nil
		}
		return &plan.WatermarkAssigner{Input: input, Rowtime: to(n.Rowtime), Expr: plan.Shift(n.Expr, to)}, to
	case *plan.Scan:
		if len(used) == len(n.Fields) || len(n.Fields) == 1 {
			return nil, nil
		}
		s := *n
		s.Fields, s.Metadata = nil, nil
		place := map[int]int{}
		for i, f := range n.Fields {
			if used[i] || len(used) == 0 && i == 0 { // a row needs at least one column
				place[i] = len(s.Fields)
				s.Fields = append(s.Fields, f)
				s.Metadata = append(s.Metadata, n.Metadata[i])
			}
		}
		return &s, func(i int) int { return place[i] }
	}
	return nil, nil
}
