package opt

import (
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// rankNumberColumnRemove writes the place of a row, where it can be but one, as a
// constant.
var rankNumberColumnRemove = Rule{"RankNumberColumnRemove", func(n plan.Node) plan.Node {
	r, ok := n.(*plan.Rank)
	if !ok || r.Number == "" || r.From != r.To {
		return n
	}
	d := *r
	d.Number = ""
	fields := r.Schema()
	c := &plan.Calc{Input: &d, Fields: fields}
	last := len(fields) - 1
	for i, f := range fields[:last] {
		c.Select = append(c.Select, &plan.Col{Index: i, T: f.Type})
	}
	c.Select = append(c.Select, &plan.Lit{Value: r.From, T: fields[last].Type})
	return c
}}

// deduplicateFromRank makes the first place in the order of a time attribute
// the first, or the last, row of each key.
var deduplicateFromRank = Rule{"DeduplicateFromRank", func(n plan.Node) plan.Node {
	r, ok := n.(*plan.Rank)
	if !ok || r.Number != "" || r.From != 1 || r.To != 1 || len(r.Partition) == 0 || len(r.Order) != 1 {
		return n
	}
	key := r.Order[0]
	if r.Input.Schema()[key.Col].Type.Attr == types.NoAttr || r.Input.Changelog() != plan.InsertOnly {
		return n
	}
	return &plan.Deduplicate{Input: r.Input, Key: r.Partition, Time: key.Col, Last: key.Desc}
}}
