package plan

import (
	"fmt"

	"weir/internal/types"
)

// WatermarkAssigner generates the event-time watermark: the greatest value of
// Expr so far, per split of the source (see engine/run). Rowtime is the index
// of the time attribute's column.
type WatermarkAssigner struct {
	Input   Node
	Rowtime int
	Expr    Expr
}

// Children implements Node.
func (w *WatermarkAssigner) Children() []Node { return []Node{w.Input} }

// WithChildren implements Node.
func (w *WatermarkAssigner) WithChildren(kids []Node) Node {
	x := *w
	x.Input = kids[0]
	return &x
}

// Schema implements Node: the input's, with the time attribute marked.
func (w *WatermarkAssigner) Schema() []types.Field {
	fs := append([]types.Field(nil), w.Input.Schema()...)
	fs[w.Rowtime].Type.Attr = types.Rowtime
	return fs
}

// Changelog implements Node.
func (w *WatermarkAssigner) Changelog() Changes { return w.Input.Changelog() }

// Describe implements Node.
func (w *WatermarkAssigner) Describe() string {
	in := w.Input.Schema()
	return fmt.Sprintf("WatermarkAssigner(rowtime=[%s], watermark=[%s])", in[w.Rowtime].Name, w.Expr.Describe(in))
}
