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

// Whole is the scan of all columns of the table's records.
func (s *Scan) Whole() *Scan {
	w := &Scan{Table: s.Table, Options: s.Options}
	for _, c := range s.Table.Columns {
		if c.Computed == nil {
			w.Fields = append(w.Fields, types.Field{Name: c.Name, Type: c.Type})
			w.Metadata = append(w.Metadata, c.Metadata)
		}
	}
	return w
}

// From is the columns of s taken from a wider scan of the same table.
func (s *Scan) From(wide *Scan) Node {
	c := &Calc{Input: wide, Fields: s.Fields}
	for _, f := range s.Fields {
		for i, w := range wide.Fields {
			if w.Name == f.Name {
				c.Select = append(c.Select, &Col{Index: i, T: w.Type})
			}
		}
	}
	return c
}
