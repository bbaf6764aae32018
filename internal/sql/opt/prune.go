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

// pruneWindowInput computes below a window aggregate only the columns it uses.
var pruneWindowInput = Rule{"PruneWindowInput", func(n plan.Node) plan.Node {
	w, ok := n.(*plan.WindowAggregate)
	if !ok {
		return n
	}
	if _, ok := w.Input.(*plan.Calc); ok {
		return n // made by the binder or a rule with what is needed
	}
	used := map[int]bool{w.Window.TimeCol: true}
	for _, k := range w.Keys {
		used[k] = true
	}
	for _, c := range w.Aggs {
		for _, a := range c.Args {
			used[a] = true
		}
		if c.Filter >= 0 {
			used[c.Filter] = true
		}
	}
	input, to := prune(w.Input, used)
	if input == nil {
		return n
	}
	return renumber(w, input, to)
}}

func renumber(w *plan.WindowAggregate, input plan.Node, to func(int) int) plan.Node {
	v := *w
	v.Input = input
	v.Window.TimeCol = to(w.Window.TimeCol)
	v.Keys = make([]int, len(w.Keys))
	for i, k := range w.Keys {
		v.Keys[i] = to(k)
	}
	v.Aggs = append([]plan.AggCall(nil), w.Aggs...)
	for i := range v.Aggs {
		c := &v.Aggs[i]
		args := make([]int, len(c.Args))
		for k, a := range c.Args {
			args[k] = to(a)
		}
		c.Args = args
		if c.Filter >= 0 {
			c.Filter = to(c.Filter)
		}
	}
	return &v
}
