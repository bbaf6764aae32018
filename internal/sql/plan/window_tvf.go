package plan

import "weir/internal/types"

// WindowTVF assigns each row to its windows: the input's columns and
// window_start, window_end, window_time. A row in several windows (HOP,
// CUMULATE) comes out once for each.
type WindowTVF struct {
	Input  Node
	Window Window
}

// Children implements Node.
func (w *WindowTVF) Children() []Node { return []Node{w.Input} }

// WithChildren implements Node.
func (w *WindowTVF) WithChildren(kids []Node) Node {
	x := *w
	x.Input = kids[0]
	return &x
}

// Schema implements Node. The original time column is no time attribute any
// more; window_time is.
func (w *WindowTVF) Schema() []types.Field {
	in := w.Input.Schema()
	fs := append(make([]types.Field, 0, len(in)+3), in...)
	t := &fs[w.Window.TimeCol].Type
	attr := *t
	t.Attr = types.NoAttr
	plain := types.TimestampType(3).WithNull(false)
	attr.Prec, attr.NotNull = 3, true
	return append(fs, types.Field{Name: "window_start", Type: plain},
		types.Field{Name: "window_end", Type: plain}, types.Field{Name: "window_time", Type: attr})
}

// Changelog implements Node.
func (w *WindowTVF) Changelog() Changes { return w.Input.Changelog() }

// Describe implements Node.
func (w *WindowTVF) Describe() string {
	return "WindowTableFunction(window=[" + w.Window.Describe(w.Input.Schema()[w.Window.TimeCol].Name) + "])"
}
