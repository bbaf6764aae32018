package opt

import (
	"weir/internal/sql/plan"
)

// windowRankFromRank makes places in partitions of a window final when the window
// ends.
var windowRankFromRank = Rule{"WindowRankFromRank", func(n plan.Node) plan.Node {
	r, ok := n.(*plan.Rank)
	if !ok || r.To < r.From || r.From < 1 || r.Input.Changelog() != plan.InsertOnly {
		return n
	}
	w, props, ok := windowColumns(r.Input)
	if !ok || w.Proctime {
		return n
	}
	out := &plan.WindowRank{Input: r.Input, Window: w, Start: -1, End: -1, Order: r.Order, From: r.From, To: r.To, Number: r.Number}
	for _, c := range r.Partition {
		switch p, ok := props[c]; {
		case ok && p == plan.WindowStart:
			out.Start = c
		case ok && p == plan.WindowEnd:
			out.End = c
		default:
			out.Partition = append(out.Partition, c)
		}
	}
	if out.Start < 0 || out.End < 0 {
		return n
	}
	if len(r.Order) == 1 && r.Number == "" && r.To == 1 {
		p, ok := props[r.Order[0].Col]
		out.Deduplicate = ok && p == plan.WindowTime
	}
	return out
}}

// windowColumns are the windows that the rows of n belong to, and which columns
// have their bounds and, as WindowTime, their time attributes.
func windowColumns(n plan.Node) (w plan.Window, props map[int]plan.WindowProp, ok bool) {
	props = map[int]plan.WindowProp{}
	switch n := n.(type) {
	case *plan.WindowTVF:
		base := len(n.Input.Schema())
		props[n.Window.TimeCol] = plan.WindowTime
		for i, p := range []plan.WindowProp{plan.WindowStart, plan.WindowEnd, plan.WindowTime} {
			props[base+i] = p
		}
		return n.Window, props, true
	case *plan.WindowAggregate:
		base := len(n.Keys) + len(n.Aggs)
		for i, p := range n.Props {
			props[base+i] = p.Prop
		}
		return n.Window, props, true
	case *plan.WindowRank:
		return windowColumns(n.Input)
	case *plan.Calc:
		w, below, ok := windowColumns(n.Input)
		for i, e := range n.Select {
			if c, isCol := e.(*plan.Col); isCol {
				if p, has := below[c.Index]; has {
					props[i] = p
				}
			}
		}
		return w, props, ok
	}
	return w, nil, false
}
