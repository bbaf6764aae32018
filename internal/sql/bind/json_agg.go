package bind

import (
	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
)

// jsonObject binds JSON_OBJECTAGG.
func (a *aggregates) jsonObject(x *exprs, e *ast.JSONObject) (plan.Expr, error) {
	plainly := &exprs{b: x.b, scope: a.in, clause: "nested aggregate"}
	key, err := plainly.bind(e.Keys[0])
	if err != nil {
		return nil, err
	}
	if !key.Type().IsString() {
		return nil, invalid(e, "function-arguments", "Cannot apply 'JSON_OBJECTAGG' to a key of type <%s>: keys are texts", calciteType(key.Type())).
			WithHint("cast it: CAST(key AS STRING)")
	}
	value, err := plainly.jsonText(e.Values[0])
	if err != nil {
		return nil, err
	}
	return a.add(plainly, e, x.b.Funcs.Lookup("JSON_OBJECTAGG"), []plan.Expr{key, value}, false, e.Filter)
}

// jsonArray binds JSON_ARRAYAGG.
func (a *aggregates) jsonArray(x *exprs, e *ast.JSONArray) (plan.Expr, error) {
	if len(e.OrderBy) > 0 {
		return nil, unsupported(e, "ORDER BY in an aggregate is")
	}
	plainly := &exprs{b: x.b, scope: a.in, clause: "nested aggregate"}
	value, err := plainly.jsonText(e.Elems[0])
	if err != nil {
		return nil, err
	}
	return a.add(plainly, e, x.b.Funcs.Lookup("JSON_ARRAYAGG"), []plan.Expr{value}, false, e.Filter)
}

// jsonText is a value as JSON; what is JSON already remains.
func (x *exprs) jsonText(e ast.Expr) (plan.Expr, error) {
	v, raw, err := x.jsonMember(e)
	if err != nil || raw != "" {
		return v, err
	}
	return x.apply(e, "JSON_STRING", []plan.Expr{v})
}
