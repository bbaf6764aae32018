package plan

import (
	"fmt"
	"strings"

	"weir/internal/types"
)

// Values yields constant rows; the expressions refer to no column.
type Values struct {
	Rows   [][]Expr
	Fields []types.Field
}

// Children implements Node.
func (*Values) Children() []Node { return nil }

// WithChildren implements Node.
func (v *Values) WithChildren([]Node) Node { return v }

// Schema implements Node.
func (v *Values) Schema() []types.Field { return v.Fields }

// Changelog implements Node.
func (*Values) Changelog() Changes { return InsertOnly }

// Describe implements Node.
func (v *Values) Describe() string {
	rows := make([]string, len(v.Rows))
	for i, r := range v.Rows {
		rows[i] = "{ " + strings.Join(describeAll(r, nil), ", ") + " }"
	}
	return fmt.Sprintf("Values(tuples=[[%s]])", strings.Join(rows, ", "))
}

func describeAll(es []Expr, in []types.Field) []string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = e.Describe(in)
	}
	return parts
}
