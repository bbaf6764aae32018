package bind

import (
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// jsonExpr binds the functions of SQL/JSON, whose keywords become arguments of
// type SYMBOL (see sql/fn for their order).
func (x *exprs) jsonExpr(e ast.Expr) (plan.Expr, error) {
	switch e := e.(type) {
	case *ast.IsJSON:
		return x.isJSON(e)
	case *ast.JSONExists:
		args, err := x.all([]ast.Expr{e.X, e.Path})
		if err != nil {
			return nil, err
		}
		return x.apply(e, "JSON_EXISTS", append(args, keyword(e.OnError)))
	case *ast.JSONValue:
		return x.jsonValue(e)
	case *ast.JSONQuery:
		return x.jsonQuery(e)
	case *ast.JSONObject:
		if e.Agg {
			return nil, x.misplacedAggregate(e, "JSON_OBJECTAGG")
		}
		return x.jsonMaker(e, "JSON_OBJECT", e.OnNull, e.Keys, e.Values)
	case *ast.JSONArray:
		if e.Agg {
			return nil, x.misplacedAggregate(e, "JSON_ARRAYAGG")
		}
		return x.jsonMaker(e, "JSON_ARRAY", e.OnNull, nil, e.Elems)
	}
	return nil, unsupported(e, "this function is")
}

// keyword is a keyword as an argument.
func keyword(word string) plan.Expr {
	return &plan.Lit{Value: word, T: types.Type{Kind: types.Symbol, NotNull: true}}
}

func (x *exprs) isJSON(e *ast.IsJSON) (plan.Expr, error) {
	arg, err := x.bind(e.X)
	if err != nil {
		return nil, err
	}
	name := "IS JSON " + [...]string{"VALUE", "OBJECT", "ARRAY", "SCALAR"}[e.Kind]
	if t := arg.Type(); !t.IsString() && t.Kind != types.Null {
		return nil, invalid(e, "function-arguments", "Cannot apply '%s' to arguments of type '<%s> %s'. Supported form(s): '<CHARACTER> %s'", name, calciteType(t), name, name)
	}
	is, err := x.apply(e, name, []plan.Expr{arg})
	if err != nil || !e.Not {
		return is, err
	}
	return &plan.Not{Arg: is}, nil
}

// returning is a NULL of the type asked for, STRING when none is.
func returning(t *ast.Type) (plan.Expr, error) {
	if t == nil {
		return &plan.Lit{T: types.StringType}, nil
	}
	rt, err := Type(t)
	return &plan.Lit{T: rt.WithNull(true)}, err
}

func (x *exprs) jsonValue(e *ast.JSONValue) (plan.Expr, error) {
	args, err := x.all([]ast.Expr{e.X, e.Path})
	if err != nil {
		return nil, err
	}
	rt, err := returning(e.Returning)
	if err != nil {
		return nil, err
	}
	args = append(args, rt)
	for _, b := range []*ast.JSONBehavior{e.OnEmpty, e.OnError} {
		var otherwise plan.Expr = &plan.Lit{T: types.NullType}
		if b != nil && b.Default != nil {
			if otherwise, err = x.bind(b.Default); err != nil {
				return nil, err
			}
		}
		args = append(args, behavior(b), otherwise)
	}
	return x.apply(e, "JSON_VALUE", args)
}

func behavior(b *ast.JSONBehavior) plan.Expr {
	if b == nil {
		return keyword("NULL")
	}
	return keyword(b.Kind)
}

func (x *exprs) jsonQuery(e *ast.JSONQuery) (plan.Expr, error) {
	args, err := x.all([]ast.Expr{e.X, e.Path})
	if err != nil {
		return nil, err
	}
	rt, err := returning(e.Returning)
	if err != nil {
		return nil, err
	}
	if t := rt.Type(); t.Kind == types.Array && !t.Elem.IsString() {
		return nil, invalid(e, "json", "Unsupported array element type '%s' for RETURNING ARRAY in JSON_QUERY().", calciteType(*t.Elem))
	}
	return x.apply(e, "JSON_QUERY", append(args, rt, keyword(e.Wrapper), behavior(e.OnEmpty), behavior(e.OnError)))
}

// jsonMaker binds JSON_OBJECT, or JSON_ARRAY without keys.
func (x *exprs) jsonMaker(at ast.Expr, name, onNull string, keys, values []ast.Expr) (plan.Expr, error) {
	args := []plan.Expr{keyword(onNull)}
	for i, v := range values {
		if keys != nil {
			k, err := x.bind(keys[i])
			if err != nil {
				return nil, err
			}
			args = append(args, k)
		}
		a, raw, err := x.jsonMember(v)
		if err != nil {
			return nil, err
		}
		args = append(args, a, keyword(raw))
	}
	return x.apply(at, name, args)
}

// jsonMember binds a value that goes into JSON: the text of JSON(…),
// JSON_OBJECT and JSON_ARRAY goes in as it is ("RAW").
func (x *exprs) jsonMember(v ast.Expr) (e plan.Expr, raw string, err error) {
	switch c := v.(type) {
	case *ast.Call:
		if len(c.Name) == 1 && strings.EqualFold(c.Name.Last(), "JSON") && len(c.Args) == 1 {
			arg, err := x.bind(c.Args[0])
			if err != nil {
				return nil, "", err
			}
			e, err = x.apply(c, "JSON", []plan.Expr{arg, keyword("RAW")})
			return e, "RAW", err
		}
	case *ast.JSONObject, *ast.JSONArray:
		e, err = x.bind(v)
		return e, "RAW", err
	}
	e, err = x.bind(v)
	return e, "", err
}
