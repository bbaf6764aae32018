package plan

import (
	"fmt"
	"strings"

	"weir/internal/types"
)

// Union is UNION ALL: the rows of every input.
type Union struct {
	Inputs []Node
	Fields []types.Field
}

// Children implements Node.
func (u *Union) Children() []Node { return u.Inputs }

// WithChildren implements Node.
func (u *Union) WithChildren(kids []Node) Node { return &Union{Inputs: kids, Fields: u.Fields} }

// Schema implements Node.
func (u *Union) Schema() []types.Field { return u.Fields }

// Changelog implements Node.
func (u *Union) Changelog() Changes {
	c := InsertOnly
	for _, n := range u.Inputs {
		c |= n.Changelog()
	}
	return c
}

// Describe implements Node.
func (u *Union) Describe() string {
	return fmt.Sprintf("Union(all=[true], union=[%s])", strings.Join(Names(u.Fields), ", "))
}
