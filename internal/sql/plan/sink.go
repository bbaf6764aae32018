package plan

import (
	"fmt"
	"strings"

	"weir/internal/sql/catalog"
	"weir/internal/types"
)

// Sink writes Input into a table's connector. Fields are the table's physical
// columns; Input has the same columns in the same order.
type Sink struct {
	Input     Node
	Table     *catalog.Table
	Fields    []types.Field
	Metadata  []string // beside each field, as in Scan
	Options   map[string]string
	Overwrite bool
}

// Children implements Node.
func (s *Sink) Children() []Node { return []Node{s.Input} }

// WithChildren implements Node.
func (s *Sink) WithChildren(kids []Node) Node {
	t := *s
	t.Input = kids[0]
	return &t
}

// Schema implements Node.
func (s *Sink) Schema() []types.Field { return s.Fields }

// Changelog implements Node.
func (s *Sink) Changelog() Changes { return s.Input.Changelog() }

// Describe implements Node.
func (s *Sink) Describe() string {
	return fmt.Sprintf("Sink(table=[%s], fields=[%s])", s.Table.Path, strings.Join(Names(s.Fields), ", "))
}
