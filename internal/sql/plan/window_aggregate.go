package plan

import (
	"fmt"

	"weir/internal/types"
)

// WindowProp is a property of the window that an aggregate yields.
type WindowProp uint8

// The properties of a window.
const (
	WindowStart WindowProp = iota
	WindowEnd
	WindowTime     // end − 1 ms; the rowtime attribute of the result
	WindowProctime // the processing-time attribute of the result
)

// PropField names a property among the columns.
type PropField struct {
	Prop WindowProp
	Name string
	T    types.Type
}

// WindowAggregate groups Input by Keys and window; a group is emitted once,
// when the watermark passes its window's end. Its columns are the keys, the
// aggregates, then Props.
type WindowAggregate struct {
	Input  Node
	Window Window
	Keys   []int
	Aggs   []AggCall
	Props  []PropField
}

// Children implements Node.
func (a *WindowAggregate) Children() []Node { return []Node{a.Input} }

// WithChildren implements Node.
func (a *WindowAggregate) WithChildren(kids []Node) Node {
	b := *a
	b.Input = kids[0]
	return &b
}

// Schema implements Node.
func (a *WindowAggregate) Schema() []types.Field {
	fs := aggSchema(a.Input, a.Keys, a.Aggs)
	for _, p := range a.Props {
		fs = append(fs, types.Field{Name: p.Name, Type: p.T})
	}
	return fs
}

// Changelog implements Node.
func (*WindowAggregate) Changelog() Changes { return InsertOnly }

// Describe implements Node.
func (a *WindowAggregate) Describe() string {
	in := a.Input.Schema()
	s := describeAgg(in, a.Keys, a.Aggs)
	for _, p := range a.Props {
		s = s[:len(s)-1] + fmt.Sprintf(", %s AS %s]", [...]string{"start('w$)", "end('w$)", "rowtime('w$)", "proctime('w$)"}[p.Prop], p.Name)
	}
	return fmt.Sprintf("WindowAggregate(window=[%s], %s)", a.Window.Describe(in[a.Window.TimeCol].Name), s)
}
