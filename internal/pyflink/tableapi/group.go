package tableapi

import (
	"encoding/json"
	"fmt"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
)

// aggregate is group_by(…).select(…), with or without a group window.
func (t *Translator) aggregate(in *rel, tree *Tree) (*rel, error) {
	e := &env{tr: t, in: in, window: tree.Window, keys: map[string]*Expr{}}
	keys, err := e.expand(tree.Keys)
	if err != nil {
		return nil, err
	}
	group := &ast.GroupBy{}
	windowed := false
	for _, k := range keys {
		if k.K == "as" && len(k.Names) == 1 {
			e.keys[k.Names[0]] = k.X
			k = k.X
		}
		var node ast.Expr
		if tree.Window != nil && k.K == "ref" && k.Name == tree.Window.Alias {
			windowed = true
			node, err = e.windowCall("")
		} else {
			node, err = e.expr(k)
		}
		if err != nil {
			return nil, err
		}
		group.Items = append(group.Items, ast.GroupItem{Exprs: []ast.Expr{node}})
	}
	if tree.Window != nil && !windowed {
		return nil, errs.New(errs.Invalid, "pyflink.window",
			"GroupBy must contain exactly one window alias: name the window %s in group_by()", tree.Window.Alias)
	}
	if len(group.Items) == 0 {
		group = nil
	}
	return t.project(in, e, tree.Exprs, group)
}

// windowCall is the group window's call with a suffix: "" for TUMBLE(…),
// "_END" for TUMBLE_END(…).
func (e *env) windowCall(suffix string) (ast.Expr, error) {
	w := e.window
	name, lengths := "TUMBLE", []*Expr{w.Size}
	switch w.Kind {
	case "slide":
		name, lengths = "HOP", []*Expr{w.Slide, w.Size}
	case "session":
		name, lengths = "SESSION", []*Expr{w.Gap}
	}
	args := []ast.Expr{}
	for _, x := range append([]*Expr{w.On}, lengths...) {
		if x.K == "call" && x.Fn == "rows" {
			return nil, errs.New(errs.Unsupported, "pyflink.window", "windows of a number of rows are not supported by Weir").
				WithHint("give the window a length of time")
		}
		node, err := e.expr(x)
		if err != nil {
			return nil, err
		}
		args = append(args, node)
	}
	return call(name+suffix, args...), nil
}

// windowProperties are the calls on a window's alias, by the suffix of the
// function that is the same in SQL.
var windowProperties = map[string]string{"start": "_START", "end": "_END", "rowtime": "_ROWTIME", "proctime": "_PROCTIME"}

// property is w.start and its like; ok is false when x is none.
func (e *env) property(x *Expr) (node ast.Expr, ok bool, err error) {
	suffix, known := windowProperties[x.Fn]
	if !known || e.window == nil || len(x.Args) != 1 || x.Args[0].K != "ref" || x.Args[0].Name != e.window.Alias {
		return nil, false, nil
	}
	node, err = e.windowCall(suffix)
	return node, true, err
}

// aggregateFunctions have one value for many rows.
var aggregateFunctions = map[string]bool{"sum": true, "sum0": true, "min": true, "max": true, "count": true, "avg": true,
	"firstValue": true, "lastValue": true, "listAgg": true, "stddevPop": true, "stddevSamp": true, "varPop": true,
	"varSamp": true, "collect": true, "arrayAgg": true, "jsonObjectAgg": true, "jsonArrayAgg": true, "percentile": true,
	"distinct": true}

// aggregateNames are the names of the aggregates and window properties in the
// select list: EXPR$0, EXPR$1, … as they come, equal ones once.
func (e *env) aggregateNames(exprs []*Expr) map[string]string {
	names := map[string]string{}
	var walk func(x *Expr)
	walk = func(x *Expr) {
		if x == nil || x.K == "over" {
			return
		}
		_, isProperty := windowProperties[x.Fn]
		isProperty = isProperty && e.window != nil && len(x.Args) == 1 && x.Args[0].Name == e.window.Alias
		if x.K == "call" && (aggregateFunctions[x.Fn] || isProperty) {
			if c := canonical(x); names[c] == "" {
				names[c] = fmt.Sprintf("EXPR$%d", len(names))
			}
			return
		}
		walk(x.X)
		for _, a := range x.Args {
			walk(a)
		}
	}
	for _, x := range exprs {
		walk(x)
	}
	return names
}

// canonical is a text that equal expressions share.
func canonical(x *Expr) string {
	data, err := json.Marshal(x)
	if err != nil {
		panic("an expression that came as JSON does not go back: " + err.Error())
	}
	return string(data)
}

// fieldName is the name of a column made of a column: a field of it
// ("a$f"), or a cast of it ("a-BIGINT"); "" for any other.
func fieldName(x *Expr) string {
	switch {
	case x.K == "get":
		inner := transitiveName(x.X)
		if inner == "" {
			return ""
		}
		if s, ok := x.field(); ok {
			return inner + "$" + s
		}
		return inner + "$_" + string(x.Field)
	case x.K == "call" && x.Fn == "cast" && len(x.Args) == 2:
		inner := transitiveName(x.Args[0])
		to, err := x.Args[1].Type.SQLType()
		if inner == "" || err != nil {
			return ""
		}
		return inner + "-" + to.WithNull(true).String()
	}
	return ""
}

func transitiveName(x *Expr) string {
	if x.K == "ref" {
		return x.Name
	}
	if x.K == "get" {
		return fieldName(x)
	}
	return ""
}

// field is the name of the field that get asks for; ok is false for an index.
func (x *Expr) field() (name string, ok bool) {
	return name, json.Unmarshal(x.Field, &name) == nil
}

// overSpec is the specification of an over window.
func (e *env) overSpec(alias string) (*ast.WindowSpec, error) {
	w := e.over[alias]
	if w == nil {
		return nil, errs.New(errs.Invalid, "pyflink.window", "Could not resolve over call: there is no over window %s", alias)
	}
	spec := &ast.WindowSpec{}
	for _, p := range w.PartitionBy {
		node, err := e.expr(p)
		if err != nil {
			return nil, err
		}
		spec.PartitionBy = append(spec.PartitionBy, node)
	}
	order := ast.OrderItem{}
	by := w.OrderBy
	if by.K == "call" && (by.Fn == "asc" || by.Fn == "desc") {
		order.Desc, by = by.Fn == "desc", by.Args[0]
	}
	var err error
	if order.Expr, err = e.expr(by); err != nil {
		return nil, err
	}
	spec.OrderBy = []ast.OrderItem{order}
	spec.Frame, err = e.frame(w)
	return spec, err
}

func (e *env) frame(w *OverWindow) (*ast.Frame, error) {
	f := &ast.Frame{Between: true}
	var err error
	if f.Start, f.Rows, err = e.bound(w.Preceding, ast.UnboundedPreceding, ast.Preceding); err != nil {
		return nil, err
	}
	f.End = ast.Bound{Kind: ast.CurrentRow}
	if w.Following != nil {
		f.End, _, err = e.bound(w.Following, ast.UnboundedFollowing, ast.Following)
	}
	return f, err
}

func (e *env) bound(x *Expr, unbounded, offset ast.BoundKind) (b ast.Bound, rows bool, err error) {
	switch {
	case x.K == "sym":
		word := x.word()
		b.Kind = ast.CurrentRow
		if strings.HasPrefix(word, "UNBOUNDED") {
			b.Kind = unbounded
		}
		return b, strings.HasSuffix(word, "_ROW"), nil
	case x.K == "call" && x.Fn == "rows" && len(x.Args) == 1:
		b.Kind, rows, x = offset, true, x.Args[0]
	default:
		b.Kind = offset
	}
	b.Offset, err = e.expr(x)
	return b, rows, err
}
