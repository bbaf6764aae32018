package opt

import (
	"weir/internal/errs"
	"weir/internal/sql/plan"
)

// Takes is the row kinds that the end of a plan takes: a sink's connector says
// it, a query's client takes all.
type Takes func(end plan.Node) plan.Changes

// Changelogs decides, from the root down, which nodes must send the old row of
// an update along, and refuses a plan in which a node or sink is sent changes it
// does not take (FlinkChangelogModeInferenceProgram).
func Changelogs(root plan.Node, takes Takes) (plan.Node, error) {
	d := demand{plan.All, ""}
	switch n := root.(type) {
	case *plan.Sink:
		d = demand{takes(n), "Table sink '" + n.Table.Path.String() + "'"}
	case *plan.Collect:
		d.takes = takes(n)
	}
	return d.under(root)
}

// demand is what a node or sink takes of the nodes below it, and its name.
type demand struct {
	takes plan.Changes
	who   string
}

// under settles the inputs of n.
func (d demand) under(n plan.Node) (plan.Node, error) {
	kids := n.Children()
	if len(kids) == 0 {
		return n, nil
	}
	out := make([]plan.Node, len(kids))
	for i, k := range kids {
		var err error
		if out[i], err = d.of(n).settle(k); err != nil {
			return nil, err
		}
	}
	return n.WithChildren(out), nil
}

// of is what n asks of its inputs when d is asked of it.
func (d demand) of(n plan.Node) demand {
	switch n := n.(type) {
	case *plan.Aggregate, *plan.Join, *plan.Rank:
		return demand{plan.All, n.Describe()}
	case *plan.WindowAggregate, *plan.Limit, *plan.Over, *plan.Deduplicate, *plan.TemporalSort, *plan.WindowRank:
		return demand{plan.InsertOnly, n.Describe()}
	case *plan.Calc:
		if n.Where != nil && d.takes.Has(plan.UpdateAfter) {
			d.takes |= plan.UpdateBefore // the new row may fall to the condition where the old one stood
		}
	}
	return d
}

// settle makes n yield what d asks, or refuses as Flink does.
func (d demand) settle(n plan.Node) (plan.Node, error) {
	n, err := d.under(n)
	if err != nil {
		return nil, err
	}
	at := errs.Pos{}
	switch m := n.(type) {
	case *plan.Aggregate:
		b := *m
		b.OnlyAfter = !d.takes.Has(plan.UpdateBefore)
		n, at = &b, b.At
	case *plan.Deduplicate:
		b := *m
		b.OnlyAfter = !d.takes.Has(plan.UpdateBefore)
		n = &b
	case *plan.Rank:
		b := *m
		b.OnlyAfter = !d.takes.Has(plan.UpdateBefore)
		n = &b
	}
	more := n.Changelog() &^ (d.takes | plan.UpdateBefore)
	if more == 0 {
		return n, nil
	}
	return nil, errs.New(errs.Invalid, "plan.changelog", "%s doesn't support consuming %s changes which is produced by node %s",
		d.who, more.Words(), n.Describe()).At(at).
		WithHint("write into a connector that takes changes, or group by a window of event time, whose result never changes")
}
