package tableapi

import (
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
)

var jsonKinds = map[string]ast.JSONKind{"VALUE": ast.JSONValueKind, "OBJECT": ast.JSONObjectKind,
	"ARRAY": ast.JSONArrayKind, "SCALAR": ast.JSONScalarKind}

func isJSON(e *env, x *Expr) (ast.Expr, error) {
	value, err := e.expr(x.Args[0])
	out := &ast.IsJSON{X: value}
	if len(x.Args) > 1 {
		out.Kind = jsonKinds[x.Args[1].word()]
	}
	return out, err
}

func (e *env) jsonPath(x *Expr) (value, path ast.Expr, err error) {
	if len(x.Args) < 2 {
		return nil, nil, errs.New(errs.Invalid, "pyflink.arguments", "%s takes a JSON text and a path", x.Fn)
	}
	if value, err = e.expr(x.Args[0]); err != nil {
		return nil, nil, err
	}
	path, err = e.expr(x.Args[1])
	return value, path, err
}

func jsonExists(e *env, x *Expr) (ast.Expr, error) {
	value, path, err := e.jsonPath(x)
	out := &ast.JSONExists{X: value, Path: path}
	if len(x.Args) > 2 {
		out.OnError = x.Args[2].word()
	}
	return out, err
}

// jsonValue takes value, path, type, on empty, its default, on error, its default.
func jsonValue(e *env, x *Expr) (ast.Expr, error) {
	value, path, err := e.jsonPath(x)
	if err != nil || len(x.Args) != 7 {
		return &ast.JSONValue{X: value, Path: path}, err
	}
	out := &ast.JSONValue{X: value, Path: path}
	if out.Returning, err = x.Args[2].Type.node(); err != nil {
		return nil, err
	}
	if out.OnEmpty, err = e.behaviour(x.Args[3], x.Args[4]); err != nil {
		return nil, err
	}
	out.OnError, err = e.behaviour(x.Args[5], x.Args[6])
	return out, err
}

func (e *env) behaviour(kind, value *Expr) (*ast.JSONBehavior, error) {
	b := &ast.JSONBehavior{Kind: strings.ReplaceAll(kind.word(), "_", " ")}
	if b.Kind != "DEFAULT" {
		return b, nil
	}
	var err error
	b.Default, err = e.expr(value)
	return b, err
}

var jsonWrappers = map[string]string{"WITHOUT_ARRAY": "WITHOUT", "CONDITIONAL_ARRAY": "CONDITIONAL",
	"UNCONDITIONAL_ARRAY": "UNCONDITIONAL"}

func jsonQuery(e *env, x *Expr) (ast.Expr, error) {
	value, path, err := e.jsonPath(x)
	if err != nil || len(x.Args) != 5 {
		return &ast.JSONQuery{X: value, Path: path}, err
	}
	out := &ast.JSONQuery{X: value, Path: path, Wrapper: jsonWrappers[x.Args[2].word()]}
	if out.OnEmpty, err = e.behaviour(x.Args[3], nil); err != nil {
		return nil, err
	}
	out.OnError, err = e.behaviour(x.Args[4], nil)
	return out, err
}

// jsonObject takes what becomes of NULL, then keys and values in turn.
func jsonObject(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.exprs(x.Args[1:])
	if err != nil {
		return nil, err
	}
	if len(a)%2 != 0 {
		return nil, errs.New(errs.Invalid, "pyflink.arguments", "%s takes keys and values in turn", x.Fn)
	}
	out := &ast.JSONObject{OnNull: x.Args[0].word(), Agg: x.Fn == "jsonObjectAgg"}
	for i := 0; i < len(a); i += 2 {
		out.Keys, out.Values = append(out.Keys, a[i]), append(out.Values, a[i+1])
	}
	return out, nil
}

func jsonArray(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.exprs(x.Args[1:])
	return &ast.JSONArray{Elems: a, OnNull: x.Args[0].word(), Agg: x.Fn == "jsonArrayAgg"}, err
}
