package plan

import (
	"fmt"
	"strings"

	"weir/internal/types"
)

// Collect hands Input's changes to the client: a SELECT at the top level.
type Collect struct{ Input Node }

// Children implements Node.
func (c *Collect) Children() []Node { return []Node{c.Input} }

// WithChildren implements Node.
func (c *Collect) WithChildren(kids []Node) Node { return &Collect{kids[0]} }

// Schema implements Node.
func (c *Collect) Schema() []types.Field { return c.Input.Schema() }

// Changelog implements Node.
func (c *Collect) Changelog() Changes { return c.Input.Changelog() }

// Describe implements Node.
func (c *Collect) Describe() string {
	return fmt.Sprintf("Collect(fields=[%s])", strings.Join(Names(c.Schema()), ", "))
}
