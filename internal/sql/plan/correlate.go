package plan

import (
	"fmt"
	"slices"
	"strings"

	"weir/internal/types"
)

// Correlate joins each row of Input with the elements of one of its own
// collections (UNNEST). Its columns are those of Input that Keep names, then
// the element's.
type Correlate struct {
	Input Node
	Keep  []int
	Expr  Expr // an ARRAY, MAP or MULTISET, over the columns of Input
	// Cond chooses among the elements: over the columns of Input, all of them,
	// then the element's. nil: every one.
	Cond Expr
	// Outer keeps a row without elements, which are then NULL.
	Outer bool
	// Fields are the element's columns: of a ROW its fields, of a MAP key and
	// value; then, where there is one, its number.
	Fields     []types.Field
	Ordinality bool
}

// Children implements Node.
func (c *Correlate) Children() []Node { return []Node{c.Input} }

// WithChildren implements Node.
func (c *Correlate) WithChildren(kids []Node) Node {
	d := *c
	d.Input = kids[0]
	return &d
}

// Element are the element's columns, NULL in an outer join.
func (c *Correlate) Element() []types.Field {
	fs := slices.Clone(c.Fields)
	for i := range fs {
		fs[i].Type.NotNull = fs[i].Type.NotNull && !c.Outer
	}
	return fs
}

// Schema implements Node. Names of the element's columns that are taken get a
// number, as in a join.
func (c *Correlate) Schema() []types.Field {
	in, taken := c.Input.Schema(), map[string]bool{}
	var fs []types.Field
	for _, k := range c.Keep {
		fs, taken[in[k].Name] = append(fs, in[k]), true
	}
	for _, f := range c.Element() {
		name := f.Name
		for n := 0; taken[f.Name]; n++ {
			f.Name = fmt.Sprintf("%s%d", name, n)
		}
		taken[f.Name] = true
		fs = append(fs, f)
	}
	return fs
}

// Changelog implements Node.
func (c *Correlate) Changelog() Changes { return c.Input.Changelog() }

// Describe implements Node.
func (c *Correlate) Describe() string {
	in, f, kind := c.Input.Schema(), "$UNNEST_ROWS$1", "INNER"
	if c.Ordinality {
		f = "$UNNEST_ROWS_WITH_ORDINALITY$1"
	}
	if c.Outer {
		kind = "LEFT"
	}
	call := f + "(" + c.Expr.Describe(in) + ")"
	s := fmt.Sprintf("Correlate(invocation=[%s], correlate=[table(%s)], select=[%s], joinType=[%s]", call, call,
		strings.Join(Names(c.Schema()), ","), kind)
	if c.Cond != nil {
		s += ", condition=[" + c.Cond.Describe(append(slices.Clone(in), c.Fields...)) + "]"
	}
	return s + ")"
}
