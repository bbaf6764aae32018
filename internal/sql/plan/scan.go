package plan

import (
	"fmt"
	"strings"

	"weir/internal/sql/catalog"
	"weir/internal/types"
)

// Scan reads a table's connector. Fields are the physical columns read, in the
// connector's order; reading fewer than the table has is a projection pushed
// into the source.
type Scan struct {
	Table  *catalog.Table
	Fields []types.Field
	// Metadata is, beside each field, the key of the metadata it is; "" for a
	// column of the record.
	Metadata []string
	// Options are those of the table, with the query's OPTIONS hint applied.
	Options map[string]string
}

// Children implements Node.
func (*Scan) Children() []Node { return nil }

// WithChildren implements Node.
func (s *Scan) WithChildren([]Node) Node { return s }

// Schema implements Node.
func (s *Scan) Schema() []types.Field { return s.Fields }

// Changelog implements Node.
func (*Scan) Changelog() Changes { return InsertOnly }

// Describe implements Node.
func (s *Scan) Describe() string {
	p := s.Table.Path
	return fmt.Sprintf("TableSourceScan(table=[[%s, %s, %s]], fields=[%s])",
		p.Catalog, p.Database, p.Object, strings.Join(Names(s.Fields), ", "))
}
