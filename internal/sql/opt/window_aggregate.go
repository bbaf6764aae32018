package opt

import (
	"slices"

	"weir/internal/sql/plan"
	"weir/internal/types"
)

// windowAggregateFromTVF makes GROUP BY window_start, window_end over a window
// table function the aggregation of those windows.
var windowAggregateFromTVF = Rule{"WindowAggregateFromTVF", func(n plan.Node) plan.Node {
	agg, ok := n.(*plan.Aggregate)
	if !ok {
		return n
	}
	expand, _ := agg.Input.(*plan.Expand)
	input := agg.Input
	if expand != nil {
		input = expand.Input
	}
	calc, tvf := overTVF(input)
	if tvf == nil {
		return n
	}
	base := len(tvf.Input.Schema())
	props := map[int]plan.WindowProp{base: plan.WindowStart, base + 1: plan.WindowEnd, base + 2: plan.WindowTime}
	w := &plan.WindowAggregate{Window: tvf.Window}
	pre := &plan.Calc{Input: tvf.Input, Where: calc.Where}
	at := make([]int, len(agg.Keys)) // where each key ends up: a key, or a property after all aggregates
	have := map[plan.WindowProp]bool{}
	for i, k := range agg.Keys {
		if k == len(calc.Select) { // the id of the grouping set
			at[i] = len(w.Keys)
			w.Keys = append(w.Keys, -1)
			continue
		}
		if c, ok := calc.Select[k].(*plan.Col); ok && c.Index >= base {
			if expand != nil && slices.ContainsFunc(expand.Sets, func(s plan.GroupingSet) bool { return slices.Contains(s.Nulls, k) }) {
				return n
			}
			p := props[c.Index]
			have[p] = true
			at[i] = -1 - len(w.Props)
			w.Props = append(w.Props, plan.PropField{Prop: p, Name: calc.Fields[k].Name, T: calc.Fields[k].Type})
			continue
		}
		at[i] = len(w.Keys)
		w.Keys = append(w.Keys, len(pre.Select))
		keep(pre, calc, k)
	}
	if !have[plan.WindowStart] || !have[plan.WindowEnd] || usesWindow(calc, agg, base) {
		return n
	}
	for _, c := range agg.Aggs {
		d := c
		d.Args = nil
		for _, a := range c.Args {
			d.Args = append(d.Args, len(pre.Select))
			keep(pre, calc, a)
		}
		if c.Filter >= 0 {
			d.Filter = len(pre.Select)
			keep(pre, calc, c.Filter)
		}
		w.Aggs = append(w.Aggs, d)
	}
	in := tvf.Input.Schema()
	w.Window.TimeCol = len(pre.Select)
	pre.Select = append(pre.Select, &plan.Col{Index: tvf.Window.TimeCol, T: in[tvf.Window.TimeCol].Type})
	pre.Fields = append(pre.Fields, in[tvf.Window.TimeCol])
	w.Input = pre
	if expand != nil {
		w.Input = expandKeys(expand, pre, agg.Keys, at)
		w.Keys[slices.Index(w.Keys, -1)] = len(pre.Fields)
	}
	return reorder(agg, w, at)
}}

// expandKeys makes the grouping sets of expand over pre, in which the keys stand
// where at tells.
func expandKeys(expand *plan.Expand, pre *plan.Calc, keys, at []int) *plan.Expand {
	e := &plan.Expand{Input: pre}
	for _, s := range expand.Sets {
		t := plan.GroupingSet{ID: s.ID}
		for _, c := range s.Nulls {
			t.Nulls = append(t.Nulls, at[slices.Index(keys, c)])
		}
		slices.Sort(t.Nulls)
		e.Sets = append(e.Sets, t)
	}
	return e
}

// overTVF finds a window table function under n, through at most one Calc;
// the Calc is made up when there is none.
func overTVF(n plan.Node) (*plan.Calc, *plan.WindowTVF) {
	if t, ok := n.(*plan.WindowTVF); ok {
		c := &plan.Calc{Input: t, Fields: t.Schema()}
		for i, f := range c.Fields {
			c.Select = append(c.Select, &plan.Col{Index: i, T: f.Type})
		}
		return c, t
	}
	c, ok := n.(*plan.Calc)
	if !ok {
		return nil, nil
	}
	t, _ := c.Input.(*plan.WindowTVF)
	return c, t
}

func keep(pre, calc *plan.Calc, i int) {
	pre.Select = append(pre.Select, calc.Select[i])
	pre.Fields = append(pre.Fields, calc.Fields[i])
}

// usesWindow reports whether anything but a key refers to the window's
// columns: then the rows must really be assigned to windows first.
func usesWindow(calc *plan.Calc, agg *plan.Aggregate, base int) bool {
	used := map[int]bool{}
	plan.Columns(calc.Where, used)
	for _, k := range agg.Keys {
		if k == len(calc.Select) {
			continue
		}
		if _, ok := calc.Select[k].(*plan.Col); !ok {
			plan.Columns(calc.Select[k], used)
		}
	}
	for _, c := range agg.Aggs {
		for _, a := range c.Args {
			plan.Columns(calc.Select[a], used)
		}
		if c.Filter >= 0 {
			plan.Columns(calc.Select[c.Filter], used)
		}
	}
	return used[base] || used[base+1] || used[base+2]
}

// reorder brings the columns of w to those of agg: keys in their order, then
// the aggregates.
func reorder(agg *plan.Aggregate, w *plan.WindowAggregate, at []int) plan.Node {
	cols := w.Schema()
	c := &plan.Calc{Input: w, Fields: append([]types.Field(nil), agg.Schema()...)}
	add := func(i int) { c.Select = append(c.Select, &plan.Col{Index: i, T: cols[i].Type}) }
	for i := range agg.Keys {
		if at[i] < 0 {
			add(len(w.Keys) + len(w.Aggs) - 1 - at[i])
			c.Fields[i].Type = cols[len(w.Keys)+len(w.Aggs)-1-at[i]].Type
			continue
		}
		add(at[i])
	}
	for i := range agg.Aggs {
		add(len(w.Keys) + i)
	}
	return c
}
