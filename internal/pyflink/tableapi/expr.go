package tableapi

import (
	"encoding/json"
	"strconv"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/parser"
	"weir/internal/types"
)

// env is where an expression stands: its input, and the names that are not
// columns of it.
type env struct {
	tr     *Translator
	in     *rel
	cols   []types.Field          // of in, once asked for
	window *GroupWindow           // the group window in scope
	over   map[string]*OverWindow // over windows by alias
	keys   map[string]*Expr       // grouping keys by alias
}

// fields are the input's columns.
func (e *env) fields() ([]types.Field, error) {
	if e.cols == nil {
		var err error
		if e.cols, err = e.tr.Scope.Schema(e.in.query()); err != nil {
			return nil, err
		}
	}
	return e.cols, nil
}

// expand replaces what stands for several columns: withColumns, withoutColumns
// and ranges, and flatten of a row. A bare * stays.
func (e *env) expand(exprs []*Expr) ([]*Expr, error) {
	out := make([]*Expr, 0, len(exprs))
	for _, x := range exprs {
		if x.K != "call" {
			out = append(out, x)
			continue
		}
		var more []*Expr
		var err error
		switch x.Fn {
		case "withColumns":
			more, err = e.chosen(x.Args, true)
		case "withoutColumns":
			more, err = e.chosen(x.Args, false)
		case "range":
			more, err = e.chosen([]*Expr{x}, true)
		case "flatten":
			more, err = e.flatten(x.Args[0])
		default:
			more = []*Expr{x}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// chosen are the columns that specs name, or all the others, in the input's order.
func (e *env) chosen(specs []*Expr, with bool) ([]*Expr, error) {
	fields, err := e.fields()
	if err != nil {
		return nil, err
	}
	named := make([]bool, len(fields))
	for _, s := range specs {
		from, to := s, s
		if s.K == "call" && s.Fn == "range" && len(s.Args) == 2 {
			from, to = s.Args[0], s.Args[1]
		}
		lo, err := columnIndex(from, fields)
		if err != nil {
			return nil, err
		}
		hi, err := columnIndex(to, fields)
		if err != nil {
			return nil, err
		}
		if s.K == "ref" && s.Name == "*" {
			lo, hi = 0, len(fields)-1
		}
		for i := lo; i <= hi; i++ {
			named[i] = true
		}
	}
	var out []*Expr
	for i, f := range fields {
		if named[i] == with {
			out = append(out, &Expr{K: "ref", Name: f.Name})
		}
	}
	return out, nil
}

// columnIndex is the index of a column given by name or by number from 1.
func columnIndex(x *Expr, fields []types.Field) (int, error) {
	if x.K == "ref" && x.Name == "*" {
		return 0, nil
	}
	names := make([]*Expr, len(fields))
	for i, f := range fields {
		names[i] = &Expr{K: "ref", Name: f.Name}
		if x.K == "ref" && x.Name == f.Name {
			return i, nil
		}
	}
	if x.K == "lit" {
		if n, err := strconv.Atoi(string(x.V)); err == nil && n >= 1 && n <= len(fields) {
			return n - 1, nil
		}
		return 0, errs.New(errs.Invalid, "pyflink.columns", "there is no column number %s: the table has %d", x.V, len(fields))
	}
	if x.K != "ref" {
		return 0, errs.New(errs.Invalid, "pyflink.columns", "columns are chosen by name, by number from 1, or by range_() of these")
	}
	return 0, unknownColumn(x.Name, names)
}

func (e *env) flatten(x *Expr) ([]*Expr, error) {
	node, err := e.expr(x)
	if err != nil {
		return nil, err
	}
	cols, err := e.tr.Scope.Schema(e.in.selecting(&ast.SelectItem{Expr: node}))
	if err != nil {
		return nil, err
	}
	if cols[0].Type.Kind != types.Row {
		return []*Expr{x}, nil
	}
	var out []*Expr
	for _, f := range cols[0].Type.Fields {
		name, err := json.Marshal(f.Name)
		if err != nil {
			return nil, err
		}
		out = append(out, &Expr{K: "get", X: x, Field: name})
	}
	return out, nil
}

// expr is an expression's syntax.
func (e *env) expr(x *Expr) (ast.Expr, error) {
	switch x.K {
	case "ref":
		return e.ref(x)
	case "lit":
		return literal(x.Type, x.V)
	case "call":
		return e.call(x)
	case "func":
		name, err := ParsePath(x.Name)
		if err != nil {
			return nil, err
		}
		return e.named(name, x.Args)
	case "py":
		name, err := e.tr.Scope.Inline(x.Def)
		if err != nil {
			return nil, err
		}
		return e.named(ast.NameOf(name), x.Args)
	case "as":
		return e.expr(x.X)
	case "get":
		return e.get(x)
	case "over":
		return e.overCall(x)
	case "sql":
		return parser.ParseExpr(x.Text)
	case "sym":
		return &ast.Symbol{Word: x.word()}, nil
	}
	return nil, errs.New(errs.Invalid, "pyflink.expression", "a %s cannot stand here", x.K)
}

func (x *Expr) word() string {
	var w string
	if json.Unmarshal(x.V, &w) != nil {
		return ""
	}
	return w
}

func (e *env) ref(x *Expr) (ast.Expr, error) {
	if x.Name == "*" {
		return &ast.Star{}, nil
	}
	if key, ok := e.keys[x.Name]; ok {
		return e.expr(key)
	}
	if e.window != nil && x.Name == e.window.Alias {
		return nil, errs.New(errs.Invalid, "pyflink.window",
			"the window %s has no value of its own: select its start, end, rowtime or proctime", x.Name)
	}
	return &ast.Ref{Parts: ast.NameOf(x.Name)}, nil
}

func (e *env) exprs(xs []*Expr) ([]ast.Expr, error) {
	out := make([]ast.Expr, len(xs))
	for i, x := range xs {
		node, err := e.expr(x)
		if err != nil {
			return nil, err
		}
		out[i] = node
	}
	return out, nil
}

func (e *env) named(name ast.Name, xs []*Expr) (ast.Expr, error) {
	args, err := e.exprs(xs)
	return &ast.Call{Name: name, Args: args}, err
}

func (e *env) get(x *Expr) (ast.Expr, error) {
	inner, err := e.expr(x.X)
	if err != nil {
		return nil, err
	}
	name, ok := x.field()
	if !ok {
		if name, err = e.fieldAt(inner, x.Field); err != nil {
			return nil, err
		}
	}
	if r, ok := inner.(*ast.Ref); ok {
		return &ast.Ref{Parts: append(append(ast.Name{}, r.Parts...), ast.Ident{Name: name})}, nil
	}
	return &ast.Field{X: inner, Name: ast.Ident{Name: name}}, nil
}

// fieldAt is the name of a row's field by its number from 0.
func (e *env) fieldAt(row ast.Expr, number json.RawMessage) (string, error) {
	cols, err := e.tr.Scope.Schema(e.in.selecting(&ast.SelectItem{Expr: row}))
	if err != nil {
		return "", err
	}
	i, err := strconv.Atoi(string(number))
	if fs := cols[0].Type.Fields; err == nil && i >= 0 && i < len(fs) {
		return fs[i].Name, nil
	}
	return "", errs.New(errs.Invalid, "pyflink.field", "%s has no field number %s", cols[0].Type, number)
}

func (e *env) overCall(x *Expr) (ast.Expr, error) {
	node, err := e.expr(x.X)
	if err != nil {
		return nil, err
	}
	c, ok := node.(*ast.Call)
	if !ok {
		return nil, errs.New(errs.Invalid, "pyflink.window", "over() takes an aggregate")
	}
	c.Over, err = e.overSpec(x.Window)
	return c, err
}

// call is a call of one of Flink's functions.
func (e *env) call(x *Expr) (ast.Expr, error) {
	if node, ok, err := e.property(x); ok || err != nil {
		return node, err
	}
	if f, ok := e.tr.special[x.Fn]; ok {
		return f(e, x)
	}
	args, err := e.exprs(x.Args)
	if err != nil {
		return nil, err
	}
	if op, ok := operators[x.Fn]; ok && len(args) == 2 {
		return &ast.Binary{Op: op, L: args[0], R: args[1]}, nil
	}
	if is, ok := tests[x.Fn]; ok && len(args) == 1 {
		is.X = args[0]
		return &is, nil
	}
	return &ast.Call{Name: ast.NameOf(sqlName(x.Fn)), Args: args}, nil
}

func call(name string, args ...ast.Expr) *ast.Call {
	return &ast.Call{Name: ast.NameOf(name), Args: args}
}
