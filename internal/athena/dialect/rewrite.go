package dialect

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// TableRef is a table that a query reads.
type TableRef struct {
	Database string
	Name     string
	Where    string // line 1:15, of its first use
}

// Rewritten is what Rewrite found.
type Rewritten struct {
	Tables []TableRef
	Hidden bool // "$path" or the like is asked for
}

// node is an object of DuckDB's JSON syntax tree.
type node = map[string]any

// Rewrite turns the syntax tree of a translated query (DuckDB's
// json_serialize_sql, skip_default off) into what DuckDB shall run, in place.
// Tables without a database get the one given.
func Rewrite(t *Text, tree any, database string) (*Rewritten, error) {
	root, ok := tree.(node)
	stmts, _ := root["statements"].([]any)
	if !ok || len(stmts) != 1 {
		return nil, errorAt("SYNTAX_ERROR", t.Source, 0, "Only one sql statement is allowed")
	}
	r := &rewriter{text: t, db: database, funcs: Functions(), out: &Rewritten{}}
	r.out.Hidden = usesHidden(tree)
	r.walk(stmts[0], nil)
	if r.err != nil {
		return nil, r.err
	}
	return r.out, nil
}

type rewriter struct {
	text  *Text
	db    string
	funcs map[string]string
	out   *Rewritten
	tried bool // inside TRY(…), which makes NULL of a failure
	err   error
	errAt int // where in the text err is
}

// fail keeps the fault that comes first in the user's text.
func (r *rewriter) fail(n node, code, format string, args ...any) {
	if at := r.place(n); r.err == nil || at < r.errAt {
		r.err, r.errAt = errorAt(code, r.text.Source, at, format, args...), at
	}
}

// place is the offset in the user's text of a node.
func (r *rewriter) place(n node) int {
	return r.text.Offset(max(0, number(n["query_location"])))
}

// walk goes through a value of the tree; ctes are the names that hide tables.
func (r *rewriter) walk(v any, ctes []string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			r.walk(e, ctes)
		}
	case node:
		r.node(v, ctes)
	}
}

func (r *rewriter) node(n node, ctes []string) {
	if m, ok := n["cte_map"].(node); ok {
		ctes = r.ctes(n, m, ctes)
	}
	switch text(n["type"]) {
	case "SELECT_NODE":
		r.selectNode(n, ctes)
	case "BASE_TABLE":
		r.table(n, ctes)
	case "SHOW_REF", "COLUMN_DATA", "DELIM_GET", "PIVOT":
		r.fail(n, "NOT_SUPPORTED", "%s is not part of Athena's SQL", strings.ToLower(text(n["type"])))
	case "TABLE_FUNCTION":
		f, _ := n["function"].(node)
		if name := strings.ToLower(text(f["function_name"])); name != "unnest" {
			r.fail(f, "FUNCTION_NOT_FOUND", "Table function '%s' not registered", name)
		}
	}
	switch text(n["class"]) {
	case "FUNCTION", "WINDOW":
		r.function(n)
		r.higherOrder(n)
	case "LAMBDA_REF", "PARAMETER":
		r.fail(n, "INVALID_PARAMETER_USAGE", "the query has a parameter without a value")
	}
	if text(n["type"]) == "OPERATOR_TRY" {
		defer func(was bool) { r.tried = was }(r.tried)
		r.tried = true
	}
	keepDouble(n)
	for _, k := range slices.Sorted(maps.Keys(n)) { // in one order: what is found must not depend on the map's
		if k != "cte_map" {
			r.walk(n[k], ctes)
		}
	}
}

// ctes walks the WITH list: each query sees the names before it, and its own
// only when the list is recursive.
func (r *rewriter) ctes(n, m node, seen []string) []string {
	seen = slices.Clip(seen)
	list, _ := m["map"].([]any)
	for _, e := range list {
		entry, _ := e.(node)
		name := strings.ToLower(text(entry["key"]))
		inner := seen
		if q, _ := dig(entry, "value", "query", "node").(node); text(q["type"]) == "RECURSIVE_CTE_NODE" {
			inner = append(seen, name)
		}
		r.walk(entry["value"], inner)
		seen = append(seen, name)
	}
	return seen
}

func (r *rewriter) function(n node) {
	name := strings.ToLower(text(n["function_name"]))
	if operator(name) || name == "" {
		r.divide(n, name)
		return
	}
	if duck, convert := formatted(name); convert != nil {
		r.format(n, name, duck, convert)
		return
	}
	duck, ok := r.funcs[name]
	if !ok {
		r.fail(n, "FUNCTION_NOT_FOUND", "Function '%s' not registered", name)
		return
	}
	if duck != name {
		n["function_name"], n["schema"], n["catalog"] = duck, "", ""
	}
}

// table resolves a base table; awsdatacatalog is the only catalog.
func (r *rewriter) table(n node, ctes []string) {
	name, db := strings.ToLower(text(n["table_name"])), strings.ToLower(text(n["schema_name"]))
	if cat := text(n["catalog_name"]); cat != "" && !strings.EqualFold(cat, "awsdatacatalog") {
		r.fail(n, "CATALOG_NOT_FOUND", "Catalog '%s' does not exist", cat)
		return
	}
	if n["at_clause"] != nil {
		r.fail(n, "NOT_SUPPORTED", "time travel needs an Iceberg table, which Weir does not read")
	}
	if db == "" && slices.Contains(ctes, name) {
		return
	}
	if db == "" {
		db = r.db
	}
	n["catalog_name"], n["schema_name"], n["table_name"] = "", db, name
	if db == "information_schema" {
		r.fail(n, "NOT_SUPPORTED", "information_schema is not supported; use SHOW DATABASES, SHOW TABLES, SHOW COLUMNS or the catalog's API")
	}
	for _, t := range r.out.Tables {
		if t.Database == db && t.Name == name {
			return
		}
	}
	where := errorAt("", r.text.Source, r.place(n), "").Msg
	r.out.Tables = append(r.out.Tables, TableRef{db, name, strings.TrimSuffix(where, ": ")})
}

func (r *rewriter) selectNode(n node, ctes []string) {
	from, _ := n["from_table"].(node)
	if text(from["type"]) == "EXPRESSION_LIST" && text(from["alias"]) == "valueslist" {
		nameValues(n, from)
	}
	list, _ := n["select_list"].([]any)
	stars := false
	for i, e := range list {
		item, _ := e.(node)
		switch text(item["class"]) {
		case "STAR":
			stars = true
			if r.out.Hidden && readsTable(from, ctes, text(item["relation_name"])) {
				item["exclude_list"] = hiddenColumns()
			}
			continue
		case "COLUMN_REF":
			continue
		}
		if text(item["function_name"]) == "row" {
			nameFields(item)
		}
		if text(item["alias"]) != "" {
			continue
		}
		if stars { // its number is known only when the star is: see ColumnName
			item["alias"] = fmt.Sprintf("%s%d", unnamed, i)
		} else {
			item["alias"] = fmt.Sprintf("_col%d", i)
		}
	}
}

const unnamed = "weir unnamed "

// ColumnName is the name in Athena's answer of the result column called name
// at index i.
func ColumnName(name string, i int) string {
	if strings.HasPrefix(name, unnamed) {
		return fmt.Sprintf("_col%d", i)
	}
	return strings.ToLower(name)
}

// nameValues names the columns of VALUES as Trino does.
func nameValues(n, values node) {
	rows, _ := values["values"].([]any)
	if len(rows) == 0 {
		return
	}
	first, _ := rows[0].([]any)
	items := make([]any, len(first))
	for i := range items {
		items[i] = node{"class": "COLUMN_REF", "type": "COLUMN_REF", "query_location": values["query_location"],
			"alias": fmt.Sprintf("_col%d", i), "column_names": []any{fmt.Sprintf("col%d", i)}}
	}
	n["select_list"] = items
}

// keepDouble makes a cast of a DOUBLE literal, which DuckDB would print as a
// decimal one.
func keepDouble(n node) {
	value, _ := n["value"].(node)
	if text(n["type"]) != "VALUE_CONSTANT" || text(dig(value, "type", "id")) != "DOUBLE" || value["is_null"] == true {
		return
	}
	literal := node{"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "query_location": n["query_location"],
		"value": node{"type": node{"id": "VARCHAR", "type_info": nil}, "is_null": false, "value": fmt.Sprint(value["value"])}}
	delete(n, "value")
	n["class"], n["type"], n["child"], n["try_cast"] = "CAST", "OPERATOR_CAST", literal, false
	n["cast_type"] = node{"id": "DOUBLE", "type_info": nil}
}

// Hidden are the columns every table has and no star shows.
func Hidden() []string { return []string{"$path", "$file_size"} }

func hiddenColumns() []any {
	var out []any
	for _, h := range Hidden() {
		out = append(out, h)
	}
	return out
}

func usesHidden(v any) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, usesHidden)
	case node:
		if names, ok := v["column_names"].([]any); ok && len(names) > 0 {
			return slices.Contains(Hidden(), text(names[len(names)-1]))
		}
		for _, e := range v {
			if usesHidden(e) {
				return true
			}
		}
	}
	return false
}

// readsTable reports whether a FROM clause names a table of the catalog (that
// is called as relation, when that is not empty).
func readsTable(from node, ctes []string, relation string) bool {
	for _, l := range leaves(from) {
		if text(l.ref["type"]) != "BASE_TABLE" || relation != "" && !strings.EqualFold(l.name(), relation) {
			continue
		}
		if text(l.ref["schema_name"]) != "" || !slices.Contains(ctes, strings.ToLower(text(l.ref["table_name"]))) {
			return true
		}
	}
	return false
}

// Columns are the last names of all columns a tree mentions, in lower case;
// all is true when a star asks for every column.
func Columns(tree any) (names map[string]bool, all bool) {
	names = map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case node:
			all = all || text(v["class"]) == "STAR"
			parts, _ := v["column_names"].([]any)
			for _, p := range parts { // a.b may be column b, or field b of column a
				names[strings.ToLower(text(p))] = true
			}
			using, _ := v["using_columns"].([]any)
			for _, u := range using {
				names[strings.ToLower(text(u))] = true
			}
			all = all || text(v["ref_type"]) == "NATURAL"
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(tree)
	return names, all
}
