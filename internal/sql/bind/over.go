package bind

import (
	"fmt"
	"slices"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// overs collects the calls with OVER of one SELECT, which all share one window.
// While the SELECT list is bound they are placeholders.
type overs struct {
	in      *scope
	windows []ast.WindowDef
	exprs   []plan.Expr // the input's columns, then what is computed for the window
	spec    string      // the window's text, to tell another one
	node    *plan.Over
}

func newOvers(sc *scope, windows []ast.WindowDef) *overs {
	return &overs{in: sc, windows: windows, exprs: identity(sc.fields)}
}

// bindOver binds a call with OVER.
func (x *exprs) bindOver(e *ast.Call) (plan.Expr, error) {
	o := x.over
	if o == nil {
		return nil, invalid(e, "over", "OVER is allowed in a SELECT list without GROUP BY only; nest the query to use it elsewhere")
	}
	def := x.b.Funcs.Lookup(e.Name.Last())
	if def == nil {
		return nil, x.unknownFunction(e, e.Name.Last())
	}
	if def.Class == fn.Scalar {
		return nil, invalid(e, "over", "OVER must be applied to aggregate function, and %s is none", def.Name)
	}
	plainly := &exprs{b: x.b, scope: o.in, clause: "window function"}
	if err := o.window(plainly, e.Over, def); err != nil {
		return nil, err
	}
	args, err := plainly.aggregateArgs(e, def)
	if err != nil {
		return nil, err
	}
	typed, err := call(e, def, args)
	if err != nil {
		return nil, err
	}
	c := overCall{x, e, nil}
	var skipNull plan.Expr
	if def.Class == fn.Aggregate && nullsIgnored(e) {
		skipNull = args[0]
	}
	if c.filter, err = plainly.filterOf(e.Filter, skipNull); err != nil {
		return nil, err
	}
	switch def.Name {
	case "STDDEV_POP", "STDDEV_SAMP", "VAR_POP", "VAR_SAMP":
		return c.variance(def, args[0], typed.Type())
	}
	return c.add(def, args, typed.Type()), nil
}

// overCall is a call with OVER whose window and filter are bound.
type overCall struct {
	*exprs
	at     *ast.Call
	filter plan.Expr
}

// aggregate adds a built-in aggregate of one argument to the window.
func (c overCall) aggregate(name string, arg plan.Expr) (plan.Expr, error) {
	def := c.b.Funcs.Lookup(name)
	args := []plan.Expr{arg}
	typed, err := call(c.at, def, args)
	if err != nil {
		return nil, err
	}
	return c.add(def, args, typed.Type()), nil
}

// add adds a call of def with bound arguments to the window.
func (c overCall) add(def *fn.Def, args []plan.Expr, t types.Type) plan.Expr {
	o := c.over
	agg := plan.AggCall{Def: def, Distinct: c.at.Distinct, Filter: -1, T: t, Name: fmt.Sprintf("w0$o%d", len(o.node.Calls))}
	for _, a := range args {
		agg.Args = append(agg.Args, o.same(a))
	}
	if c.filter != nil {
		agg.Filter = o.same(c.filter)
	}
	o.node.Calls = append(o.node.Calls, agg)
	return &placeholder{anOver, len(o.node.Calls) - 1, agg.T}
}

// column is the place of e among what the window's input computes.
func (o *overs) column(e plan.Expr) int {
	if c, ok := e.(*plan.Col); ok {
		return c.Index
	}
	o.exprs = append(o.exprs, e)
	return len(o.exprs) - 1
}

// window binds the window of a call, or checks that it is the one bound before.
func (o *overs) window(x *exprs, w *ast.WindowSpec, def *fn.Def) error {
	if w.Name.Name != "" {
		named, err := o.named(w)
		if err != nil {
			return err
		}
		w = named
	}
	n := &plan.Over{At: w.Pos(), Frame: plan.Frame{Preceding: plan.Unbounded}}
	for _, p := range w.PartitionBy {
		e, err := x.bind(p)
		if err != nil {
			return err
		}
		n.Partition = append(n.Partition, o.same(e))
	}
	keys, err := o.order(x, w.OrderBy)
	if err != nil {
		return err
	}
	n.Order = keys
	if def.Class == fn.Ranking || def.Class == fn.Window {
		if w.Frame != nil {
			return invalid(w.Frame, "over", "ROW/RANGE not allowed with RANK, DENSE_RANK or ROW_NUMBER functions")
		}
		n.Frame.Rows = def.Name == "ROW_NUMBER"
	}
	if w.Frame != nil {
		if n.Frame, err = x.frame(w.Frame); err != nil {
			return err
		}
	}
	spec := fmt.Sprint(n.Partition, n.Order, n.Frame)
	if o.node != nil && spec != o.spec {
		return errs.New(errs.Unsupported, "sql.over", "Over Agg: Unsupported use of OVER windows. All aggregates must be computed on the same window.").At(w.Pos())
	}
	if o.node == nil {
		o.node, o.spec = n, spec
	}
	return nil
}

// named is the window that the WINDOW clause calls so.
func (o *overs) named(w *ast.WindowSpec) (*ast.WindowSpec, error) {
	for _, d := range o.windows {
		if d.Name.Name == w.Name.Name {
			if !w.Bare {
				return nil, unsupported(w, "a window that builds on a named one is")
			}
			return d.Spec, nil
		}
	}
	return nil, invalid(w, "over", "Window '%s' not found", w.Name.Name)
}

// same is the place of e; an expression that is there already is not computed
// twice.
func (o *overs) same(e plan.Expr) int {
	text := e.Describe(o.in.fields)
	for i := len(o.in.fields); i < len(o.exprs); i++ {
		if o.exprs[i].Describe(o.in.fields) == text && !isCol(e) {
			return i
		}
	}
	return o.column(e)
}

func (o *overs) order(x *exprs, items []ast.OrderItem) ([]plan.SortKey, error) {
	var keys []plan.SortKey
	for _, it := range items {
		e, err := x.bind(it.Expr)
		if err != nil {
			return nil, err
		}
		keys = append(keys, sortKey(o.same(e), it))
	}
	return keys, nil
}

// sortKey is an ORDER BY item; NULLs are least unless it says otherwise.
func sortKey(col int, it ast.OrderItem) plan.SortKey {
	k := plan.SortKey{Col: col, Desc: it.Desc, NullsLast: it.Desc}
	if it.Nulls != ast.NullsUnspecified {
		k.NullsLast = it.Nulls == ast.NullsLast
	}
	return k
}

// frame binds ROWS or RANGE BETWEEN … PRECEDING AND CURRENT ROW.
func (x *exprs) frame(f *ast.Frame) (plan.Frame, error) {
	out := plan.Frame{Rows: f.Rows, Preceding: plan.Unbounded}
	if f.Between && f.End.Kind != ast.CurrentRow {
		return out, invalid(f, "over", "OVER windows end with CURRENT ROW")
	}
	switch f.Start.Kind {
	case ast.UnboundedPreceding:
		return out, nil
	case ast.CurrentRow:
		out.Preceding = 0
		return out, nil
	case ast.Preceding:
		e, err := x.bind(f.Start.Offset)
		if err != nil {
			return out, err
		}
		l, ok := e.(*plan.Lit)
		if ok {
			out.Preceding, ok = l.Value.(int64)
		}
		if !ok || out.Preceding < 0 || f.Rows != l.T.IsInteger() || !f.Rows && l.T.Kind != types.IntervalDS {
			return out, invalid(f.Start.Offset, "over", "ROWS takes a number of rows, RANGE an interval of days to seconds")
		}
		return out, nil
	}
	return out, invalid(f, "over", "OVER windows begin with PRECEDING or CURRENT ROW")
}

// finish puts the window under the bound SELECT list; in is the input.
func (o *overs) finish(in plan.Node, es []plan.Expr) plan.Node {
	if o.node == nil {
		return in
	}
	pre := &plan.Calc{Input: in, Select: o.exprs, Fields: slices.Clone(o.in.fields)}
	for i := len(pre.Fields); i < len(o.exprs); i++ {
		pre.Fields = append(pre.Fields, types.Field{Name: fmt.Sprintf("$%d", i), Type: o.exprs[i].Type()})
	}
	for i, f := range in.Schema() { // the scope may have other names for the columns
		pre.Fields[i] = f
	}
	o.node.Input = pre
	for i, e := range es {
		es[i] = plan.MapExpr(e, func(e plan.Expr) plan.Expr {
			p, ok := e.(*placeholder)
			if !ok || p.what != anOver {
				return e
			}
			return &plan.Col{Index: len(o.exprs) + p.index, T: p.t}
		})
	}
	return o.node
}
