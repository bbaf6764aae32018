package plan

import (
	"fmt"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/fn"
	"weir/internal/types"
)

// AggCall is one aggregate over columns of the input.
type AggCall struct {
	Def      *fn.Def
	Args     []int // columns of the input; none for COUNT(*)
	Distinct bool
	Filter   int // a BOOLEAN column of the input, -1 for none
	T        types.Type
	Name     string
}

// Describe is the call as EXPLAIN prints it: AVG(price) AS EXPR$0.
func (a AggCall) Describe(in []types.Field) string {
	names := make([]string, len(a.Args))
	for i, c := range a.Args {
		names[i] = in[c].Name
	}
	s := strings.Join(names, ", ")
	if len(names) == 0 {
		s = "*"
	}
	if a.Distinct {
		s = "DISTINCT " + s
	}
	s = a.Def.Name + "(" + s + ")"
	if a.Filter >= 0 {
		s += " FILTER " + in[a.Filter].Name
	}
	return s + " AS " + a.Name
}

// Aggregate groups Input by Keys without regard to time: GROUP BY. Its columns
// are the keys, then the aggregates.
type Aggregate struct {
	Input Node
	Keys  []int
	Aggs  []AggCall
	// WindowTime is 1 + the place among Keys of the window_time of a window
	// function by whose windows is grouped: it stays a time attribute. 0 is none.
	WindowTime int
	// OnlyAfter: what reads the aggregation does without the old row of an
	// update (+U alone instead of -U, +U).
	OnlyAfter bool
	At        errs.Pos // of the SELECT, for errors
}

// Children implements Node.
func (a *Aggregate) Children() []Node { return []Node{a.Input} }

// WithChildren implements Node.
func (a *Aggregate) WithChildren(kids []Node) Node {
	b := *a
	b.Input = kids[0]
	return &b
}

// Schema implements Node.
func (a *Aggregate) Schema() []types.Field {
	fs := aggSchema(a.Input, a.Keys, a.Aggs)
	if k := a.WindowTime - 1; k >= 0 {
		fs[k].Type = a.Input.Schema()[a.Keys[k]].Type
	}
	return fs
}

func aggSchema(input Node, keys []int, aggs []AggCall) []types.Field {
	in := input.Schema()
	fs := make([]types.Field, 0, len(keys)+len(aggs))
	for _, k := range keys {
		fs = append(fs, types.Field{Name: in[k].Name, Type: in[k].Type.Plain()})
	}
	for _, c := range aggs {
		fs = append(fs, types.Field{Name: c.Name, Type: c.T})
	}
	return fs
}

// Changelog implements Node: a group's result changes, and when all its rows
// are taken back it goes.
func (a *Aggregate) Changelog() Changes {
	c := Insert | UpdateAfter
	if !a.OnlyAfter {
		c |= UpdateBefore
	}
	if a.Input.Changelog() != InsertOnly {
		c |= Delete
	}
	return c
}

// Describe implements Node.
func (a *Aggregate) Describe() string {
	return fmt.Sprintf("GroupAggregate(%s)", describeAgg(a.Input.Schema(), a.Keys, a.Aggs))
}

func describeAgg(in []types.Field, keys []int, aggs []AggCall) string {
	var names, sel []string
	for _, k := range keys {
		names = append(names, in[k].Name)
		sel = append(sel, in[k].Name)
	}
	for _, c := range aggs {
		sel = append(sel, c.Describe(in))
	}
	s := "select=[" + strings.Join(sel, ", ") + "]"
	if len(names) > 0 {
		s = "groupBy=[" + strings.Join(names, ", ") + "], " + s
	}
	return s
}
