package bind

import (
	"fmt"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// groupWindows are the group window functions of GROUP BY.
var groupWindows = map[string]bool{"TUMBLE": true, "HOP": true, "SESSION": true}

// auxiliary are the functions that give properties of a group window.
var auxiliary = func() map[string]*auxFunc {
	m := map[string]*auxFunc{}
	for w := range groupWindows {
		for suffix, p := range map[string]plan.WindowProp{"_START": plan.WindowStart, "_END": plan.WindowEnd,
			"_ROWTIME": plan.WindowTime, "_PROCTIME": plan.WindowProctime} {
			m[w+suffix] = &auxFunc{w, p}
		}
	}
	return m
}()

type auxFunc struct {
	window string
	prop   plan.WindowProp
}

// groupWindow is TUMBLE(ts, size), HOP(ts, slide, size) or SESSION(ts, gap) in
// GROUP BY.
type groupWindow struct {
	plan.Window
	time plan.Expr
	args string // its arguments, which the auxiliary functions must repeat
}

// groupWindow binds e if it is a group window.
func (x *exprs) groupWindow(e ast.Expr) (*groupWindow, error) {
	c, ok := e.(*ast.Call)
	if !ok || !groupWindows[strings.ToUpper(c.Name.Last())] || len(c.Name) != 1 {
		return nil, nil
	}
	return x.bindGroupWindow(c, strings.ToUpper(c.Name.Last()))
}

func (x *exprs) bindGroupWindow(c *ast.Call, name string) (*groupWindow, error) {
	want := map[string]int{"TUMBLE": 2, "HOP": 3, "SESSION": 2}[name]
	if len(c.Args) != want {
		return nil, invalid(c, "group-window", "%s takes %d arguments in GROUP BY, got %d", name, want, len(c.Args))
	}
	args, err := x.all(c.Args)
	if err != nil {
		return nil, err
	}
	w := &groupWindow{time: args[0]}
	t := args[0].Type()
	if t.Attr == types.NoAttr {
		return nil, invalid(c.Args[0], "time-attribute", "Window aggregate can only be defined over a time attribute column, but %s encountered.", t)
	}
	lengths := make([]int64, 0, 2)
	for i, a := range args[1:] {
		n, err := length(c.Args[i+1], a)
		if err != nil {
			return nil, err
		}
		lengths = append(lengths, n)
	}
	w.Proctime, w.LTZ, w.Legacy = t.Attr == types.Proctime, t.Kind == types.TimestampLTZ, true
	switch name {
	case "TUMBLE":
		w.Kind, w.Size, w.Slide = plan.Tumble, lengths[0], lengths[0]
	case "HOP":
		w.Kind, w.Slide, w.Size = plan.Hop, lengths[0], lengths[1]
		if w.Size%w.Slide != 0 {
			return nil, unsupported(c, fmt.Sprintf("a HOP window whose size (%d ms) is no multiple of its slide (%d ms) is", w.Size, w.Slide))
		}
	case "SESSION":
		return nil, noSession(c)
	}
	w.args = describe(args, x.scope.fields)
	return w, nil
}

// noSession refuses session windows before a job is built, at their place.
func noSession(at ast.Node) error {
	return errs.New(errs.Unsupported, "sql.unsupported", "SESSION windows are not supported by this version of Weir").
		WithHint("use TUMBLE, HOP or CUMULATE, whose bounds do not depend on the rows").At(at.Pos())
}

func describe(args []plan.Expr, fields []types.Field) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = a.Describe(fields)
	}
	return strings.Join(parts, ", ")
}

// length is a window's length in ms, from an INTERVAL literal.
func length(at ast.Node, e plan.Expr) (int64, error) {
	l, ok := e.(*plan.Lit)
	if !ok || l.T.Kind != types.IntervalDS {
		return 0, invalid(at, "window", "a window's length must be an INTERVAL literal of days to seconds, this is %s", e.Type())
	}
	n, ok := l.Value.(int64)
	if !ok || n <= 0 {
		return 0, invalid(at, "window", "a window's length must be positive")
	}
	return n, nil
}

// property binds an auxiliary function such as TUMBLE_END; ok is false when c
// is none.
func (a *aggregates) property(x *exprs, c *ast.Call) (plan.Expr, bool, error) {
	aux := auxiliary[strings.ToUpper(c.Name.Last())]
	if aux == nil {
		return nil, false, nil
	}
	plainly := &exprs{b: x.b, scope: a.in}
	w, err := plainly.bindGroupWindow(&ast.Call{At: c.At, Name: ast.NameOf(aux.window), Args: c.Args}, aux.window)
	if err != nil {
		return nil, true, err
	}
	if w.Kind != a.window.Kind || w.args != a.window.args {
		return nil, true, invalid(c, "group-window", "Call to auxiliary group function '%s' must have matching call to group function '%s' in GROUP BY clause",
			strings.ToUpper(c.Name.Last()), "$"+aux.window)
	}
	for i, p := range a.props {
		if p == aux.prop {
			return &placeholder{aProp, i, a.window.propType(p)}, true, nil
		}
	}
	a.props = append(a.props, aux.prop)
	return &placeholder{aProp, len(a.props) - 1, a.window.propType(aux.prop)}, true, nil
}

// propType is the type of a window property.
func (w *groupWindow) propType(p plan.WindowProp) types.Type {
	t := types.TimestampType(3).WithNull(false)
	switch p {
	case plan.WindowTime:
		t = w.time.Type().WithNull(false)
		t.Attr, t.Prec = types.Rowtime, 3
	case plan.WindowProctime:
		t = types.TimestampLTZType(3).WithNull(false)
		t.Attr = types.Proctime
	}
	return t
}

func (w *groupWindow) fields(props []plan.WindowProp) []plan.PropField {
	fs := make([]plan.PropField, len(props))
	for i, p := range props {
		fs[i] = plan.PropField{Prop: p, Name: [...]string{"w$start", "w$end", "w$rowtime", "w$proctime"}[p], T: w.propType(p)}
	}
	return fs
}

// tvfParams are the parameters of the window table functions, in order, with
// the names of named arguments.
var tvfParams = map[string][]string{
	"TUMBLE":   {"DATA", "TIMECOL", "SIZE", "OFFSET"},
	"HOP":      {"DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"},
	"CUMULATE": {"DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"},
	"SESSION":  {"DATA", "TIMECOL", "GAP"},
}

// windowTVF binds TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL …)).
func (b *Binder) windowTVF(t *ast.TableFunc) (plan.Node, error) {
	name := strings.ToUpper(t.Call.Name.Last())
	params := tvfParams[name]
	if params == nil {
		return nil, unsupported(t, "table function "+name+" is")
	}
	if name == "SESSION" {
		return nil, noSession(t)
	}
	args, err := namedArgs(t.Call, params)
	if err != nil {
		return nil, err
	}
	in, err := b.tableArg(args["DATA"], t)
	if err != nil {
		return nil, err
	}
	w := plan.Window{Kind: map[string]plan.WindowKind{"TUMBLE": plan.Tumble, "HOP": plan.Hop, "CUMULATE": plan.Cumulate, "SESSION": plan.Session}[name]}
	if err := timeColumn(&w, args["TIMECOL"], t, in.Schema()); err != nil {
		return nil, err
	}
	if err := b.tvfLengths(t, &w, args); err != nil {
		return nil, err
	}
	return &plan.WindowTVF{Input: in, Window: w}, nil
}

// namedArgs puts positional and named arguments under their names.
func namedArgs(c *ast.Call, params []string) (map[string]ast.Expr, error) {
	args := map[string]ast.Expr{}
	for i, a := range c.Args {
		if n, ok := a.(*ast.NamedArg); ok {
			key := strings.ToUpper(n.Name.Name)
			known := false
			for _, p := range params {
				known = known || p == key
			}
			if !known {
				return nil, invalid(n, "window", "%s has no parameter %s; it has %s", c.Name.Last(), n.Name.Name, strings.Join(params, ", "))
			}
			args[key] = n.Value
			continue
		}
		if i >= len(params) {
			return nil, invalid(a, "window", "too many arguments: %s takes %s", c.Name.Last(), strings.Join(params, ", "))
		}
		args[params[i]] = a
	}
	return args, nil
}

func (b *Binder) tableArg(e ast.Expr, at ast.Node) (plan.Node, error) {
	a, ok := e.(*ast.TableArg)
	if !ok {
		return nil, invalid(at, "window", "the first argument of a window table function is TABLE name, or a query in parentheses")
	}
	if len(a.PartitionBy) > 0 {
		return nil, unsupported(a, "PARTITION BY in a window table function is")
	}
	n, _, err := b.from(a.Table)
	return n, err
}

// timeColumn resolves DESCRIPTOR(ts).
func timeColumn(w *plan.Window, e ast.Expr, at ast.Node, fields []types.Field) error {
	d, ok := e.(*ast.Descriptor)
	if !ok || len(d.Columns) != 1 {
		return invalid(at, "window", "the second argument of a window table function is DESCRIPTOR(time column)")
	}
	col, err := scopeOf(fields, "").resolve(ast.Name{d.Columns[0]})
	if err != nil {
		return err
	}
	t := col.Type()
	if t.Attr == types.NoAttr {
		return invalid(d, "time-attribute", "The window function requires the timecol is a time attribute type, but is %s.", t)
	}
	w.TimeCol, w.Proctime, w.LTZ = col.(*plan.Col).Index, t.Attr == types.Proctime, t.Kind == types.TimestampLTZ
	return nil
}

// tvfLengths sets the lengths of a window and checks them as Flink does.
func (b *Binder) tvfLengths(at *ast.TableFunc, w *plan.Window, args map[string]ast.Expr) error {
	x := &exprs{b: b, scope: &scope{}}
	for name, to := range map[string]*int64{"SIZE": &w.Size, "SLIDE": &w.Slide, "STEP": &w.Slide, "GAP": &w.Slide, "OFFSET": &w.Offset} {
		e, ok := args[name]
		if !ok {
			continue
		}
		v, err := x.bind(e)
		if err != nil {
			return err
		}
		if name != "OFFSET" {
			if *to, err = length(e, v); err != nil {
				return err
			}
			continue
		}
		l, ok := v.(*plan.Lit)
		if ok {
			*to, ok = l.Value.(int64)
		}
		if !ok || l.T.Kind != types.IntervalDS {
			return invalid(e, "window", "a window's offset must be an INTERVAL literal of days to seconds")
		}
	}
	return checkWindow(at, w)
}

func checkWindow(at ast.Node, w *plan.Window) error {
	switch w.Kind {
	case plan.Tumble:
		w.Slide = w.Size
		if w.Size > 0 && (w.Offset >= w.Size || -w.Offset >= w.Size) {
			return invalid(at, "window", "Tumbling Window parameters must satisfy abs(offset) < size, but got size %dms and offset %dms.", w.Size, w.Offset)
		}
	case plan.Hop:
		if w.Slide > 0 && w.Size%w.Slide != 0 {
			return invalid(at, "window", "HOP table function based aggregate requires size must be an integral multiple of slide, but got size %d ms and slide %d ms", w.Size, w.Slide)
		}
	case plan.Cumulate:
		if w.Slide > 0 && w.Size%w.Slide != 0 {
			return invalid(at, "window", "CUMULATE table function based aggregate requires maxSize must be an integral multiple of step, but got maxSize %d ms and step %d ms", w.Size, w.Slide)
		}
	}
	if w.Slide <= 0 || w.Size <= 0 && w.Kind != plan.Session {
		return invalid(at, "window", "%s needs its lengths: %s", w.Kind, strings.Join(tvfParams[w.Kind.String()], ", "))
	}
	return nil
}
