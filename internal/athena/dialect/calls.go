package dialect

import (
	"fmt"
	"strings"
)

// call is a node that calls a function at the place of another node; the walk
// goes on below it, so an inner call has the name Trino gives it.
func call(at node, name string, args ...any) node {
	return node{"class": "FUNCTION", "type": "FUNCTION", "alias": "", "query_location": at["query_location"], "function_name": name,
		"schema": "", "catalog": "", "children": args, "filter": nil, "order_bys": node{"type": "ORDER_MODIFIER", "orders": []any{}},
		"distinct": false, "is_operator": false, "export_state": false}
}

// become makes n the call c, under n's own alias.
func become(n, c node) {
	alias := n["alias"]
	clear(n)
	for k, v := range c {
		n[k] = v
	}
	n["alias"] = alias
}

// divide gives / and % Trino's end for a zero: an error for whole numbers, where
// DuckDB has NULL. TRY wants that NULL, and a constant that is not zero needs no
// care.
func (r *rewriter) divide(n node, name string) {
	to := map[string]string{"/": "weir_divide", "%": "weir_modulo"}[name]
	args, _ := n["children"].([]any)
	if to == "" || len(args) != 2 || r.tried || notZero(args[1]) {
		return
	}
	become(n, call(n, to, args...))
}

// notZero reports whether an expression is a number other than zero.
func notZero(v any) bool {
	e, _ := v.(node)
	if text(e["type"]) != "VALUE_CONSTANT" {
		return false
	}
	value := strings.Trim(fmt.Sprint(dig(e, "value", "value")), "0.-")
	return value != "" && dig(e, "value", "is_null") != true
}

// higherOrder rewrites the functions that take lambdas and are more than one
// function in DuckDB.
func (r *rewriter) higherOrder(n node) {
	args, _ := n["children"].([]any)
	switch name := strings.ToLower(text(n["function_name"])); {
	case len(args) == 2 && (name == "weir_all" || name == "weir_any" || name == "weir_none"):
		become(n, call(n, name, call(n, "transform", args...)))
	case len(args) == 4 && name == "list_reduce": // reduce(array, start, step, end)
		folded := call(n, "reduce", args[0], args[2], args[1])
		become(n, call(n, "list_extract", call(n, "transform", call(n, "list_value", folded), args[3]), one(n)))
	}
}

// one is the number 1.
func one(at node) node {
	return node{"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "query_location": at["query_location"],
		"value": node{"type": node{"id": "INTEGER", "type_info": nil}, "is_null": false, "value": 1}}
}

// nameFields gives the fields of a row in the answer the names Athena shows.
func nameFields(n node) {
	args, _ := n["children"].([]any)
	for i, a := range args {
		if field, ok := a.(node); ok {
			field["alias"] = fmt.Sprintf("field%d", i)
		}
	}
	n["function_name"] = "struct_pack"
}
