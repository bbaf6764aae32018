package plan

import (
	"fmt"

	"weir/internal/types"
)

// Deduplicate keeps of each key the first row or the last in the order of a
// time attribute, and of equal times the first or the last that came: a Rank of
// one row over rows that are only inserted.
type Deduplicate struct {
	Input Node
	Key   []int
	Time  int // the time attribute's column
	Last  bool
	// OnlyAfter: what reads it does without the old row of an update.
	OnlyAfter bool
}

// Children implements Node.
func (d *Deduplicate) Children() []Node { return []Node{d.Input} }

// WithChildren implements Node.
func (d *Deduplicate) WithChildren(kids []Node) Node {
	e := *d
	e.Input = kids[0]
	return &e
}

// Schema implements Node.
func (d *Deduplicate) Schema() []types.Field { return d.Input.Schema() }

// Proctime reports whether the order is that in which the rows come.
func (d *Deduplicate) Proctime() bool {
	return d.Input.Schema()[d.Time].Type.Attr == types.Proctime
}

// Changelog implements Node: the first row never changes once it is sent.
func (d *Deduplicate) Changelog() Changes {
	switch {
	case !d.Last:
		return InsertOnly
	case d.OnlyAfter:
		return Upsert
	}
	return All
}

// Describe implements Node.
func (d *Deduplicate) Describe() string {
	order, keep := "ROWTIME", "FirstRow"
	if d.Proctime() {
		order = "PROCTIME"
	}
	if d.Last {
		keep = "LastRow"
	}
	return fmt.Sprintf("Deduplicate(keep=[%s], key=[%s], order=[%s], outputInsertOnly=[%v])", keep, namesAt(d.Input.Schema(), d.Key), order, !d.Last)
}
