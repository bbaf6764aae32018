package plan

import (
	"fmt"
	"slices"
	"strings"

	"weir/internal/types"
)

// Expand makes of each row one for each of Sets, with other columns NULL
// (GROUPING SETS). Its columns are the input's, then the set's id.
type Expand struct {
	Input Node
	Sets  []GroupingSet
}

// GroupingSet is a set of GROUPING SETS: which columns are NULL in it.
type GroupingSet struct {
	ID    int64
	Nulls []int // ascending
}

// Children implements Node.
func (e *Expand) Children() []Node { return []Node{e.Input} }

// WithChildren implements Node.
func (e *Expand) WithChildren(kids []Node) Node { return &Expand{Input: kids[0], Sets: e.Sets} }

// Schema implements Node.
func (e *Expand) Schema() []types.Field {
	fs := slices.Clone(e.Input.Schema())
	for _, s := range e.Sets {
		for _, c := range s.Nulls {
			fs[c].Type = fs[c].Type.WithNull(true)
		}
	}
	return append(fs, types.Field{Name: "$e", Type: types.BigIntType.WithNull(false)})
}

// Changelog implements Node.
func (e *Expand) Changelog() Changes { return e.Input.Changelog() }

// Describe implements Node.
func (e *Expand) Describe() string {
	sets := make([]string, len(e.Sets))
	for i, s := range e.Sets {
		cols := Names(e.Input.Schema())
		for _, c := range s.Nulls {
			cols[c] = "null AS " + cols[c]
		}
		sets[i] = fmt.Sprintf("{%s, %d AS $e}", strings.Join(cols, ", "), s.ID)
	}
	return "Expand(projects=[" + strings.Join(sets, ", ") + "])"
}
