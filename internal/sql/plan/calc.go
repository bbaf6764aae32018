package plan

import (
	"fmt"
	"strings"

	"weir/internal/types"
)

// Calc filters and projects: the rows of Input for which Where is true (nil:
// all), as the columns Select named Fields.
type Calc struct {
	Input  Node
	Where  Expr
	Select []Expr
	Fields []types.Field
}

// Children implements Node.
func (c *Calc) Children() []Node { return []Node{c.Input} }

// WithChildren implements Node.
func (c *Calc) WithChildren(kids []Node) Node {
	d := *c
	d.Input = kids[0]
	return &d
}

// Schema implements Node.
func (c *Calc) Schema() []types.Field { return c.Fields }

// Changelog implements Node.
func (c *Calc) Changelog() Changes { return c.Input.Changelog() }

// Describe implements Node.
func (c *Calc) Describe() string {
	in := c.Input.Schema()
	parts := make([]string, len(c.Select))
	for i, e := range c.Select {
		parts[i] = e.Describe(in)
		if name := c.Fields[i].Name; parts[i] != name {
			parts[i] += " AS " + name
		}
	}
	s := "Calc(select=[" + strings.Join(parts, ", ") + "]"
	if c.Where != nil {
		s += fmt.Sprintf(", where=[%s]", c.Where.Describe(in))
	}
	return s + ")"
}
