package plan

import (
	"fmt"

	"weir/internal/errs"
	"weir/internal/types"
)

// TemporalSort puts rows into the order of a time attribute, and those of equal
// time into that of the keys behind it.
type TemporalSort struct {
	Input Node
	Order []SortKey
	At    errs.Pos // of the ORDER BY, for errors
}

// Children implements Node.
func (t *TemporalSort) Children() []Node { return []Node{t.Input} }

// WithChildren implements Node.
func (t *TemporalSort) WithChildren(kids []Node) Node {
	s := *t
	s.Input = kids[0]
	return &s
}

// Schema implements Node.
func (t *TemporalSort) Schema() []types.Field { return t.Input.Schema() }

// Changelog implements Node.
func (t *TemporalSort) Changelog() Changes { return t.Input.Changelog() }

// Describe implements Node.
func (t *TemporalSort) Describe() string {
	return fmt.Sprintf("TemporalSort(orderBy=[%s])", describeSort(t.Input.Schema(), t.Order))
}
