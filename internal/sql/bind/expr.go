package bind

import (
	"errors"
	"fmt"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// exprs binds the expressions of one clause.
type exprs struct {
	b     *Binder
	scope *scope
	// agg collects aggregates; nil where the clause may hold none.
	agg *aggregates
	// over collects calls with OVER; nil where the clause may hold none.
	over *overs
	// aliases are what a name stands for before it is a column.
	aliases map[string]plan.Expr
	clause  string // "WHERE", for the error when an aggregate stands there
}

// bind binds e.
func (x *exprs) bind(e ast.Expr) (plan.Expr, error) {
	if x.agg != nil {
		if r, ok, err := x.agg.replace(x, e); ok || err != nil {
			return r, err
		}
	}
	switch e := e.(type) {
	case *ast.Ref:
		return x.ref(e)
	case *ast.Field:
		row, err := x.bind(e.X)
		if err != nil {
			return nil, err
		}
		return fieldOf(row, e.Name)
	case *ast.Call:
		return x.callExpr(e)
	case *ast.Cast:
		return x.cast(e)
	case *ast.Case:
		return x.caseWhen(e)
	case *ast.Row, *ast.Array, *ast.Map, *ast.Multiset, *ast.Index:
		return x.constructor(e)
	case *ast.IsJSON, *ast.JSONExists, *ast.JSONValue, *ast.JSONQuery, *ast.JSONObject, *ast.JSONArray:
		return x.jsonExpr(e)
	case *ast.Symbol:
		return &plan.Lit{Value: e.Word, T: types.Type{Kind: types.Symbol, NotNull: true}}, nil
	case *ast.In, *ast.Between, *ast.Like, *ast.Is, *ast.Unary, *ast.Binary:
		return x.predicate(e)
	case *ast.Exists, *ast.Subquery, *ast.Quantified:
		return nil, unsupported(e, "a subquery in an expression is")
	case *ast.Star:
		return nil, invalid(e, "star", "'*' is only allowed in a SELECT list and in COUNT(*)")
	}
	if l, ok, err := literal(e); ok || err != nil {
		return l, err
	}
	return nil, unsupported(e, fmt.Sprintf("this expression (%s) is", strings.TrimPrefix(fmt.Sprintf("%T", e), "*ast.")))
}

func (x *exprs) all(es []ast.Expr) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(es))
	for i, e := range es {
		var err error
		if out[i], err = x.bind(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// binaryNames are the functions behind the infix operators.
var binaryNames = map[ast.BinaryOp]string{
	ast.Eq: "=", ast.Ne: "<>", ast.Lt: "<", ast.Le: "<=", ast.Gt: ">", ast.Ge: ">=",
	ast.Add: "+", ast.Sub: "-", ast.Mul: "*", ast.Div: "/", ast.Mod: "%", ast.Concat: "||",
	ast.DistinctFrom: "IS DISTINCT FROM", ast.NotDistinctFrom: "IS NOT DISTINCT FROM",
}

func (x *exprs) predicate(e ast.Expr) (plan.Expr, error) {
	switch e := e.(type) {
	case *ast.Binary:
		return x.binary(e)
	case *ast.Unary:
		arg, err := x.bind(e.X)
		if err != nil || e.Op == ast.Plus {
			return arg, err
		}
		switch e.Op {
		case ast.Not:
			return x.not(e, arg)
		case ast.Neg:
			return x.negate(e, arg)
		}
		return nil, unsupported(e, "FINAL and RUNNING are")
	case *ast.Is:
		arg, err := x.bind(e.X)
		if err != nil {
			return nil, err
		}
		return x.is(e, arg)
	case *ast.Between:
		return x.between(e)
	case *ast.Like:
		return x.like(e)
	case *ast.In:
		return x.in(e)
	}
	return nil, fmt.Errorf("no predicate %T", e)
}

func (x *exprs) binary(e *ast.Binary) (plan.Expr, error) {
	if e.Op == ast.Overlaps {
		return x.overlaps(e)
	}
	args, err := x.all([]ast.Expr{e.L, e.R})
	if err != nil {
		return nil, err
	}
	if e.Op == ast.And || e.Op == ast.Or {
		for i, a := range args {
			if args[i], err = toBoolean([]ast.Node{e.L, e.R}[i], a); err != nil {
				return nil, err
			}
		}
		if e.Op == ast.And {
			return And(args...), nil
		}
		return &plan.Or{Args: args}, nil
	}
	return x.apply(e, binaryNames[e.Op], args)
}

// And is the conjunction of es, flat; nil for none.
func And(es ...plan.Expr) plan.Expr {
	var args []plan.Expr
	for _, e := range es {
		if e == nil {
			continue
		}
		if a, ok := e.(*plan.And); ok {
			args = append(args, a.Args...)
			continue
		}
		args = append(args, e)
	}
	switch len(args) {
	case 0:
		return nil
	case 1:
		return args[0]
	}
	return &plan.And{Args: args}
}

func toBoolean(at ast.Node, e plan.Expr) (plan.Expr, error) {
	switch e.Type().Kind {
	case types.Boolean:
		return e, nil
	case types.Null:
		return &plan.Lit{T: types.BooleanType}, nil
	}
	return nil, invalid(at, "type", "a condition must be BOOLEAN, this is %s", e.Type())
}

func (x *exprs) not(at ast.Node, arg plan.Expr) (plan.Expr, error) {
	arg, err := toBoolean(at, arg)
	return &plan.Not{Arg: arg}, err
}

// negate is -x; of a number literal it is the negative literal.
func (x *exprs) negate(at ast.Node, arg plan.Expr) (plan.Expr, error) {
	if l, ok := arg.(*plan.Lit); ok {
		switch v := l.Value.(type) {
		case int64:
			return &plan.Lit{Value: -v, T: l.T}, nil
		case float64:
			return &plan.Lit{Value: -v, T: l.T}, nil
		}
	}
	return x.apply(at, "NEGATE", []plan.Expr{arg})
}

func (x *exprs) is(e *ast.Is, arg plan.Expr) (plan.Expr, error) {
	if e.What == ast.IsNull {
		return &plan.IsNull{Arg: arg, Negated: e.Not}, nil
	}
	arg, err := toBoolean(e.X, arg)
	if err != nil {
		return nil, err
	}
	if e.What == ast.IsUnknown {
		return &plan.IsNull{Arg: arg, Negated: e.Not}, nil
	}
	// x IS TRUE is true where x is, else false: a CASE without NULL.
	want := boolLit(!e.Not)
	other := boolLit(e.Not)
	cond := arg
	if e.What == ast.IsFalse {
		cond = &plan.Not{Arg: arg}
	}
	return &plan.Case{When: []plan.Expr{cond}, Then: []plan.Expr{want}, Else: other, T: types.BooleanType.WithNull(false)}, nil
}

func boolLit(v bool) plan.Expr {
	return &plan.Lit{Value: v, T: types.BooleanType.WithNull(false)}
}

func (x *exprs) between(e *ast.Between) (plan.Expr, error) {
	a, err := x.all([]ast.Expr{e.X, e.Lo, e.Hi})
	if err != nil {
		return nil, err
	}
	in, err := x.within(e, a[0], a[1], a[2])
	if err == nil && e.Symmetric {
		var back plan.Expr
		if back, err = x.within(e, a[0], a[2], a[1]); err == nil {
			in = &plan.Or{Args: []plan.Expr{in, back}}
		}
	}
	if err == nil && e.Not {
		in = &plan.Not{Arg: in}
	}
	return in, err
}

func (x *exprs) within(at ast.Node, v, lo, hi plan.Expr) (plan.Expr, error) {
	ge, err := x.apply(at, ">=", []plan.Expr{v, lo})
	if err != nil {
		return nil, err
	}
	le, err := x.apply(at, "<=", []plan.Expr{v, hi})
	return And(ge, le), err
}

func (x *exprs) like(e *ast.Like) (plan.Expr, error) {
	in := []ast.Expr{e.X, e.Pattern}
	if e.Escape != nil {
		in = append(in, e.Escape)
	}
	args, err := x.all(in)
	if err != nil {
		return nil, err
	}
	name := "LIKE"
	if e.Similar {
		name = "SIMILAR TO"
	}
	r, err := x.apply(e, name, args)
	if err == nil && e.Not {
		r = &plan.Not{Arg: r}
	}
	return r, err
}

func (x *exprs) in(e *ast.In) (plan.Expr, error) {
	if e.Query != nil {
		return nil, unsupported(e, "IN (query) but as a condition of WHERE, by itself or under AND, is")
	}
	v, err := x.bind(e.X)
	if err != nil {
		return nil, err
	}
	or := &plan.Or{}
	for _, item := range e.List {
		i, err := x.bind(item)
		if err != nil {
			return nil, err
		}
		eq, err := x.apply(item, "=", []plan.Expr{v, i})
		if err != nil {
			return nil, err
		}
		or.Args = append(or.Args, eq)
	}
	if e.Not {
		return &plan.Not{Arg: or}, nil
	}
	return or, nil
}

func (x *exprs) cast(e *ast.Cast) (plan.Expr, error) {
	arg, err := x.bind(e.X)
	if err != nil {
		return nil, err
	}
	t, err := Type(e.Type)
	if err != nil {
		return nil, err
	}
	if !fn.CanCast(arg.Type(), t) {
		return nil, invalid(e, "cast", "%s", fn.CastProblem(arg.Type(), t))
	}
	t.NotNull = arg.Type().NotNull && !e.Try
	return castTo(arg, t, e.Try, false), nil
}

// castTo converts e to t, unless it is of that type already.
func castTo(e plan.Expr, t types.Type, try, implicit bool) plan.Expr {
	if e.Type().Plain().SameShape(t) {
		return e
	}
	if l, ok := e.(*plan.Lit); ok && l.Value == nil {
		return &plan.Lit{T: t.WithNull(true)}
	}
	return &plan.Cast{Arg: e, T: t, Try: try, Implicit: implicit}
}

func (x *exprs) caseWhen(e *ast.Case) (plan.Expr, error) {
	c := &plan.Case{}
	for _, w := range e.Whens {
		cond, err := x.when(e, w)
		if err != nil {
			return nil, err
		}
		then, err := x.bind(w.Then)
		if err != nil {
			return nil, err
		}
		c.When, c.Then = append(c.When, cond), append(c.Then, then)
	}
	c.Else = &plan.Lit{T: types.NullType}
	if e.Else != nil {
		var err error
		if c.Else, err = x.bind(e.Else); err != nil {
			return nil, err
		}
	}
	t, err := commonType(e, append(c.Then[:len(c.Then):len(c.Then)], c.Else))
	if err != nil {
		return nil, err
	}
	c.T = t
	for i := range c.Then {
		c.Then[i] = castTo(c.Then[i], t, false, true)
	}
	c.Else = castTo(c.Else, t, false, true)
	return c, nil
}

func (x *exprs) when(e *ast.Case, w ast.When) (plan.Expr, error) {
	or := &plan.Or{}
	for _, c := range w.Conds {
		if e.Operand != nil {
			c = &ast.Binary{At: w.At, Op: ast.Eq, L: e.Operand, R: c}
		}
		p, err := x.bind(c)
		if err != nil {
			return nil, err
		}
		if p, err = toBoolean(c, p); err != nil {
			return nil, err
		}
		or.Args = append(or.Args, p)
	}
	if len(or.Args) == 1 {
		return or.Args[0], nil
	}
	return or, nil
}

func commonType(at ast.Node, es []plan.Expr) (types.Type, error) {
	t := es[0].Type()
	for _, e := range es[1:] {
		c, ok := types.Common(t, e.Type())
		if !ok {
			return t, invalid(at, "type", "%s and %s have no common type", t, e.Type())
		}
		t = c
	}
	return t.Plain(), nil
}

// apply calls the built-in function called name.
func (x *exprs) apply(at ast.Node, name string, args []plan.Expr) (plan.Expr, error) {
	def := x.b.Funcs.Lookup(name)
	if def == nil {
		return nil, unsupported(at, "function "+name+" is")
	}
	return call(at, def, args)
}

// call applies def, with its arguments brought to the types it asks for.
func call(at ast.Node, def *fn.Def, args []plan.Expr) (plan.Expr, error) {
	in := make([]fn.Arg, len(args))
	for i, a := range args {
		in[i] = fn.Arg{Type: a.Type()}
		if l, ok := a.(*plan.Lit); ok {
			in[i].Literal = l.Value
		}
	}
	t, err := def.Infer(in)
	if err != nil {
		var e *errs.Error
		if errors.As(err, &e) {
			return nil, e.At(at.Pos())
		}
		var m *fn.Mismatch
		if errors.As(err, &m) {
			return nil, invalid(at, "function-arguments", "%s", m.Explain(def.Name, bareTypes(args), operandTypes(args), familyTypes(args))).
				WithHint("%s; usage: %s", m.Reason, def.Usage)
		}
		return nil, invalid(at, "function-arguments", "Cannot apply '%s' to arguments of type %s: %v", def.Name, typeList(args), err).
			WithHint("usage: %s", def.Usage)
	}
	for i := range t.Args {
		args[i] = castTo(args[i], t.Args[i], false, true)
	}
	return &plan.Call{Def: def, Args: args, T: t.Ret}, nil
}

func typeList(args []plan.Expr) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = "<" + a.Type().String() + ">"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// constructors are the functions behind ROW(…), ARRAY[…], MAP[…] and x[i].
func (x *exprs) constructor(e ast.Expr) (plan.Expr, error) {
	var name string
	var in []ast.Expr
	switch e := e.(type) {
	case *ast.Row:
		name, in = "ROW", e.Elems
	case *ast.Array:
		name, in = "ARRAY", e.Elems
	case *ast.Multiset:
		name, in = "MULTISET", e.Elems
	case *ast.Index:
		name, in = "ITEM", []ast.Expr{e.X, e.Index}
	case *ast.Map:
		name = "MAP"
		for i := range e.Keys {
			in = append(in, e.Keys[i], e.Values[i])
		}
	}
	args, err := x.all(in)
	if err != nil {
		return nil, err
	}
	if name == "ITEM" && !fn.CanAccess(args[0].Type(), args[1].Type()) {
		return nil, invalid(e, "function-arguments", "Cannot apply 'ITEM' to arguments of type 'ITEM(%s)'. Supported form(s): <ARRAY>[<INTEGER>]\n<MAP>[<ANY>]", operandTypes(args))
	}
	return x.apply(e, name, args)
}
