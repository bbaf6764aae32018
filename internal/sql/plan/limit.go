package plan

import (
	"fmt"

	"weir/internal/types"
)

// Limit passes Count rows after the first Offset, of insert-only input.
// Count is -1 for OFFSET alone.
type Limit struct {
	Input         Node
	Offset, Count int64
}

// Children implements Node.
func (l *Limit) Children() []Node { return []Node{l.Input} }

// WithChildren implements Node.
func (l *Limit) WithChildren(kids []Node) Node {
	return &Limit{Input: kids[0], Offset: l.Offset, Count: l.Count}
}

// Schema implements Node.
func (l *Limit) Schema() []types.Field { return l.Input.Schema() }

// Changelog implements Node.
func (l *Limit) Changelog() Changes { return l.Input.Changelog() }

// Describe implements Node.
func (l *Limit) Describe() string {
	return fmt.Sprintf("Limit(offset=[%d], fetch=[%d])", l.Offset, l.Count)
}
