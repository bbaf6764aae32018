package tableapi

import (
	"encoding/json"

	"weir/internal/errs"
	"weir/internal/sql/ast"
)

// values is from_elements: a SELECT with the columns' names and types over
// VALUES.
func (t *Translator) values(tree *Tree) (*rel, error) {
	v := &ast.Values{}
	for _, cells := range tree.Rows {
		row := ast.Row{}
		for i, c := range cells {
			x, err := cell(tree.Columns[i].Type, c)
			if err != nil {
				return nil, err
			}
			row.Elems = append(row.Elems, x)
		}
		v.Rows = append(v.Rows, row)
	}
	table := &ast.Aliased{Table: &ast.Derived{Query: v}, Alias: ast.Ident{Name: "t"}}
	s := &ast.Select{From: table}
	for _, c := range tree.Columns {
		name := ast.Ident{Name: c.Name}
		table.Columns = append(table.Columns, name)
		var x ast.Expr = &ast.Ref{Parts: ast.Name{name}}
		if len(v.Rows) == 0 {
			x = &ast.Null{}
		}
		x, err := castTo(x, c.Type)
		if err != nil {
			return nil, err
		}
		s.Items = append(s.Items, ast.SelectItem{Expr: x, Alias: name})
	}
	if len(v.Rows) == 0 { // VALUES has at least one row
		s.From, s.Where = nil, &ast.Bool{}
	}
	return &rel{closed: s}, nil
}

func nested(t *Type) bool { return t.T == "ARRAY" || t.T == "MAP" || t.T == "ROW" }

// cell is a value; the innermost values of a nested one have their type.
func cell(t *Type, v json.RawMessage) (ast.Expr, error) {
	if string(v) == "null" {
		return literal(t, v)
	}
	if !nested(t) {
		node, _, err := bare(t, v) // the SELECT over the VALUES has the casts
		return node, err
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(v, &parts); err != nil {
		return nil, errs.New(errs.Invalid, "pyflink.value", "a value of type %s must be a list: %s", t.T, v)
	}
	switch t.T {
	case "ARRAY":
		a := &ast.Array{}
		for _, p := range parts {
			x, err := inner(t.Elem, p)
			if err != nil {
				return nil, err
			}
			a.Elems = append(a.Elems, x)
		}
		if len(parts) == 0 {
			return emptyArray(t.Elem)
		}
		return a, nil
	case "MAP":
		return mapCell(t, parts)
	}
	r := &ast.Row{}
	for i, p := range parts {
		x, err := inner(t.Fields[i].Type, p)
		if err != nil {
			return nil, err
		}
		r.Elems = append(r.Elems, x)
	}
	return r, nil
}

func mapCell(t *Type, pairs []json.RawMessage) (ast.Expr, error) {
	if len(pairs) == 0 {
		return emptyMap(t)
	}
	m := &ast.Map{}
	for _, p := range pairs {
		var kv [2]json.RawMessage
		if err := json.Unmarshal(p, &kv); err != nil {
			return nil, errs.New(errs.Invalid, "pyflink.value", "an entry of a map must be a pair: %s", p)
		}
		k, err := inner(t.Key, kv[0])
		if err != nil {
			return nil, err
		}
		v, err := inner(t.Elem, kv[1])
		if err != nil {
			return nil, err
		}
		m.Keys, m.Values = append(m.Keys, k), append(m.Values, v)
	}
	return m, nil
}

// emptyArray is an array without elements, which ARRAY[…] cannot write.
func emptyArray(elem *Type) (ast.Expr, error) {
	null, err := literal(elem, json.RawMessage("null"))
	array := &ast.Array{Elems: []ast.Expr{null}}
	return &ast.Call{Name: ast.NameOf("ARRAY_SLICE"), Args: []ast.Expr{array, &ast.Number{Text: "2"}}}, err
}

// emptyMap is a map without entries, which MAP[…] cannot write.
func emptyMap(t *Type) (ast.Expr, error) {
	keys, err := emptyArray(t.Key)
	if err != nil {
		return nil, err
	}
	values, err := emptyArray(t.Elem)
	return &ast.Call{Name: ast.NameOf("MAP_FROM_ARRAYS"), Args: []ast.Expr{keys, values}}, err
}

// inner is a value inside a nested one: no cast comes around it later.
func inner(t *Type, v json.RawMessage) (ast.Expr, error) {
	if nested(t) && string(v) != "null" {
		return cell(t, v)
	}
	return literal(t, v)
}
