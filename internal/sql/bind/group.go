package bind

import (
	"fmt"

	"weir/internal/sql/ast"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// aggregates collects what a SELECT with GROUP BY computes: keys, aggregates
// and window properties. While the SELECT list is bound, references to them
// are placeholders, since their columns are only known at the end.
type aggregates struct {
	in     *scope
	keys   []plan.Expr
	names  []string
	sets   []plan.GroupingSet // of GROUPING SETS; none without
	copies []int64            // by set: how many sets before are the same
	window *groupWindow
	args   []plan.Expr // arguments and filters
	calls  []plan.AggCall
	props  []plan.WindowProp
}

// placeholder stands for a key, an aggregate or a window property.
type placeholder struct {
	what  placeholderKind
	index int
	t     types.Type
}

type placeholderKind uint8

const (
	aKey placeholderKind = iota
	anAggregate
	aProp
	anOver
	aSet // the id of the grouping set
)

// Type implements plan.Expr.
func (p *placeholder) Type() types.Type { return p.t }

// Describe implements plan.Expr.
func (p *placeholder) Describe([]types.Field) string { return fmt.Sprintf("$%d.%d", p.what, p.index) }

// anyAggregate reports whether an item calls an aggregate function.
func (b *Binder) anyAggregate(items []item) bool {
	found := false
	for _, it := range items {
		ast.Walk(it.expr, func(n ast.Node) bool {
			switch n := n.(type) {
			case ast.Query:
				return false
			case *ast.Call:
				def := b.Funcs.Lookup(n.Name.Last())
				if n.Over == nil && def != nil && def.Class == fn.Aggregate && b.Catalog.Function(n.Name.Strings()) == nil {
					found = true
				}
			case *ast.JSONObject:
				found = found || n.Agg
			case *ast.JSONArray:
				found = found || n.Agg
			}
			return true
		})
	}
	return found
}

// aggregate binds GROUP BY, HAVING and the SELECT list over groups.
func (b *Binder) aggregate(q *ast.Select, items []item, in plan.Node, sc *scope) (plan.Node, error) {
	a := &aggregates{in: sc}
	if q.GroupBy != nil {
		if err := b.groupItems(q.GroupBy, a); err != nil {
			return nil, err
		}
	}
	x := &exprs{b: b, scope: sc, agg: a, clause: "SELECT"}
	es, err := x.items(items)
	if err != nil {
		return nil, err
	}
	var having plan.Expr
	if q.Having != nil {
		if having, err = x.bind(q.Having); err != nil {
			return nil, err
		}
		if having, err = toBoolean(q.Having, having); err != nil {
			return nil, err
		}
	}
	node, err := a.node(q, in)
	if err != nil {
		return nil, err
	}
	cols := node.Schema()
	place := func(e plan.Expr) plan.Expr {
		return plan.MapExpr(e, func(e plan.Expr) plan.Expr {
			p, ok := e.(*placeholder)
			if !ok {
				return e
			}
			keys := len(a.keys)
			if len(a.sets) > 0 {
				keys++ // the id of the set
			}
			i := p.index + map[placeholderKind]int{aSet: len(a.keys), anAggregate: keys, aProp: keys + len(a.calls)}[p.what]
			return &plan.Col{Index: i, T: cols[i].Type}
		})
	}
	for i := range es {
		es[i] = place(es[i])
	}
	return &plan.Calc{Input: node, Where: place(having), Select: es, Fields: fieldNames(items, es)}, nil
}

// replace turns an aggregate call, a window property or a grouping expression
// into its placeholder; ok is false for what has to be looked into.
func (a *aggregates) replace(x *exprs, e ast.Expr) (plan.Expr, bool, error) {
	switch c := e.(type) {
	case *ast.Call:
		if c.Over != nil {
			break
		}
		if a.window != nil {
			if p, ok, err := a.property(x, c); ok || err != nil {
				return p, true, err
			}
		}
		def := x.b.Funcs.Lookup(c.Name.Last())
		switch {
		case def == nil || x.b.Catalog.Function(c.Name.Strings()) != nil:
		case def.Class == fn.Aggregate:
			p, err := a.call(x, c, def)
			return p, true, err
		case def.Class == fn.Grouping:
			p, err := a.grouping(x, c, def)
			return p, true, err
		}
	case *ast.JSONObject:
		if c.Agg {
			p, err := a.jsonObject(x, c)
			return p, true, err
		}
	case *ast.JSONArray:
		if c.Agg {
			p, err := a.jsonArray(x, c)
			return p, true, err
		}
	}
	if _, ok, _ := literal(e); ok {
		return nil, false, nil
	}
	plainly := &exprs{b: x.b, scope: a.in, clause: x.clause}
	bound, err := plainly.bind(e)
	ref, isRef := e.(*ast.Ref)
	if err != nil {
		if isRef {
			return nil, false, err
		}
		return nil, false, nil
	}
	if i := a.key(bound); i >= 0 {
		t := a.keys[i].Type().Plain()
		return &placeholder{aKey, i, t.WithNull(t.Nullable() || a.sometimesNull(i))}, true, nil
	}
	if isRef {
		return nil, false, invalid(e, "not-grouped", "Expression '%s' is not being grouped", ref.Parts.Last()).
			WithHint("add it to GROUP BY, or put it into an aggregate function")
	}
	return nil, false, nil
}

// same reports whether two expressions are the same column.
func same(a, b plan.Expr) bool {
	x, ok := a.(*plan.Col)
	y, ok2 := b.(*plan.Col)
	return ok && ok2 && x.Index == y.Index
}

// call binds an aggregate function's arguments over the input.
func (a *aggregates) call(x *exprs, c *ast.Call, def *fn.Def) (plan.Expr, error) {
	plainly := &exprs{b: x.b, scope: a.in, clause: "nested aggregate"}
	args, err := plainly.aggregateArgs(c, def)
	if err != nil {
		return nil, err
	}
	return a.add(plainly, c, def, args, c.Distinct, c.Filter)
}

// aggregateArgs binds the arguments of an aggregate; COUNT(*) has none.
func (x *exprs) aggregateArgs(c *ast.Call, def *fn.Def) ([]plan.Expr, error) {
	if len(c.OrderBy) > 0 {
		if def.Name == "ARRAY_AGG" {
			return nil, unsupported(c, "ORDER BY in ARRAY_AGG (which Flink does not heed) is")
		}
		return nil, invalid(c, "aggregate", "ORDER BY unexpected: %s takes its rows in the order they come", def.Name)
	}
	if c.Nulls != ast.NullsDefault && def.Name != "ARRAY_AGG" && def.Class == fn.Aggregate {
		return nil, invalid(c, "aggregate", "Cannot specify IGNORE NULLS or RESPECT NULLS following '%s'", def.Name)
	}
	if len(c.Args) == 1 {
		if _, star := c.Args[0].(*ast.Star); star {
			if def.Name != "COUNT" {
				return nil, invalid(c, "star", "'*' is only allowed in COUNT(*)")
			}
			return nil, nil
		}
	}
	args, err := x.all(c.Args)
	if err != nil {
		return nil, err
	}
	typed, err := call(c, def, args)
	if err != nil {
		return nil, err
	}
	return typed.(*plan.Call).Args, nil
}

// filterOf is the condition of the rows that an aggregate sees: its FILTER, and
// with IGNORE NULLS that the first argument is not NULL.
func (x *exprs) filterOf(filter ast.Expr, notNull plan.Expr) (plan.Expr, error) {
	var conds []plan.Expr
	if filter != nil {
		f, err := x.bind(filter)
		if err != nil {
			return nil, err
		}
		conds = append(conds, f)
	}
	if notNull != nil && notNull.Type().Nullable() {
		conds = append(conds, &plan.IsNull{Arg: notNull, Negated: true})
	}
	return And(conds...), nil
}

// add makes an aggregate of bound arguments, or finds the same one.
func (a *aggregates) add(x *exprs, at ast.Expr, def *fn.Def, args []plan.Expr, distinct bool, filter ast.Expr) (plan.Expr, error) {
	typed, err := call(at, def, args)
	if err != nil {
		return nil, err
	}
	agg := plan.AggCall{Def: def, Distinct: distinct, Filter: -1, T: typed.Type(), Name: fmt.Sprintf("EXPR$%d", len(a.calls))}
	for _, e := range args {
		agg.Args = append(agg.Args, a.arg(e))
	}
	var skipNull plan.Expr
	if nullsIgnored(at) {
		skipNull = args[len(args)-1]
	}
	cond, err := x.filterOf(filter, skipNull)
	if err != nil {
		return nil, err
	}
	if cond != nil {
		agg.Filter = a.arg(cond)
	}
	for i, old := range a.calls {
		if sameCall(old, agg) {
			return &placeholder{anAggregate, i, old.T}, nil
		}
	}
	a.calls = append(a.calls, agg)
	return &placeholder{anAggregate, len(a.calls) - 1, agg.T}, nil
}

// nullsIgnored reports whether the last argument of an aggregate does not count
// where it is NULL, because its syntax says so.
func nullsIgnored(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Call:
		return e.Nulls == ast.IgnoreNulls
	case *ast.JSONObject:
		return e.OnNull == "ABSENT"
	case *ast.JSONArray:
		return e.OnNull != "NULL"
	}
	return false
}

func sameCall(a, b plan.AggCall) bool {
	if a.Def != b.Def || a.Distinct != b.Distinct || a.Filter != b.Filter || len(a.Args) != len(b.Args) {
		return false
	}
	for i := range a.Args {
		if a.Args[i] != b.Args[i] {
			return false
		}
	}
	return true
}

// arg is the number of an argument expression, which is computed once.
func (a *aggregates) arg(e plan.Expr) int {
	text := e.Describe(a.in.fields)
	for i, old := range a.args {
		if old.Describe(a.in.fields) == text && (same(old, e) || !isCol(old) && !isCol(e)) {
			return i
		}
	}
	a.args = append(a.args, e)
	return len(a.args) - 1
}

func isCol(e plan.Expr) bool {
	_, ok := e.(*plan.Col)
	return ok
}

// node makes the aggregation over a projection of keys and arguments.
func (a *aggregates) node(at ast.Node, in plan.Node) (plan.Node, error) {
	pre := &plan.Calc{Input: in}
	add := func(e plan.Expr, name string) {
		pre.Select = append(pre.Select, e)
		if c, ok := e.(*plan.Col); ok && name == "" {
			name = in.Schema()[c.Index].Name
		}
		if name == "" {
			name = fmt.Sprintf("$f%d", len(pre.Fields))
		}
		pre.Fields = append(pre.Fields, types.Field{Name: name, Type: e.Type()})
	}
	keys := make([]int, len(a.keys))
	for i, k := range a.keys {
		keys[i] = i
		add(k, a.names[i])
	}
	for _, e := range a.args {
		add(e, "")
	}
	shift := len(a.keys)
	for i := range a.calls {
		c := &a.calls[i]
		for k := range c.Args {
			c.Args[k] += shift
		}
		if c.Filter >= 0 {
			c.Filter += shift
		}
	}
	if len(a.sets) > 0 {
		keys = append(keys, len(pre.Fields))
		return &plan.Aggregate{Input: &plan.Expand{Input: pre, Sets: a.sets}, Keys: keys, Aggs: a.calls, WindowTime: windowTime(in, a.keys), At: at.Pos()}, nil
	}
	if a.window == nil {
		return &plan.Aggregate{Input: pre, Keys: keys, Aggs: a.calls, WindowTime: windowTime(in, a.keys), At: at.Pos()}, nil
	}
	w := a.window.Window
	w.TimeCol = len(pre.Fields)
	add(a.window.time, "")
	return &plan.WindowAggregate{Input: pre, Window: w, Keys: keys, Aggs: a.calls, Props: a.window.fields(a.props)}, nil
}

// windowTime is 1 + the place of window_time among keys when they are the
// windows of the window function that in reads; otherwise 0.
func windowTime(in plan.Node, keys []plan.Expr) int {
	if c, ok := in.(*plan.Calc); ok { // WHERE
		in = c.Input
	}
	tvf, ok := in.(*plan.WindowTVF)
	if !ok {
		return 0
	}
	base, at := len(tvf.Input.Schema()), map[int]int{}
	for i, k := range keys {
		if c, ok := k.(*plan.Col); ok {
			at[c.Index] = i + 1
		}
	}
	if at[base] == 0 || at[base+1] == 0 {
		return 0
	}
	return at[base+2]
}
