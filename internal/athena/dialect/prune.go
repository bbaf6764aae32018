package dialect

import (
	"slices"
	"strings"
)

// Condition is a part of a WHERE clause that only partitions of one table
// decide, as a DuckDB expression tree whose columns have no qualifier.
type Condition struct {
	Table int // into the keys given to Conditions
	Use   int // which use of the table in the query it belongs to
	Expr  any
}

// Keys are the partition columns of a table, for Conditions.
type Keys struct {
	Database, Table string
	Columns         []string
}

// Conditions finds, in a rewritten tree, what each use of a partitioned table
// demands of its partitions. uses counts the uses of each table: a partition is
// needed when any use needs it, and a use without a condition needs all.
func Conditions(tree any, tables []Keys) (conds []Condition, uses []int) {
	p := &pruner{tables: tables, uses: make([]int, len(tables))}
	p.walk(tree)
	return p.conds, p.uses
}

type pruner struct {
	tables []Keys
	uses   []int
	conds  []Condition
}

func (p *pruner) walk(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			p.walk(e)
		}
	case node:
		if text(v["type"]) == "SELECT_NODE" {
			p.selectNode(v)
		}
		for _, e := range v {
			p.walk(e)
		}
	}
}

func (p *pruner) selectNode(n node) {
	from, _ := n["from_table"].(node)
	items := leaves(from)
	for _, l := range items {
		i := slices.IndexFunc(p.tables, func(k Keys) bool {
			return text(l.ref["type"]) == "BASE_TABLE" && k.Database == text(l.ref["schema_name"]) && k.Table == text(l.ref["table_name"])
		})
		if i < 0 {
			continue
		}
		use := p.uses[i]
		p.uses[i]++
		if l.nullable {
			continue
		}
		for _, c := range conjuncts(n["where_clause"]) {
			if e, ok := p.only(c, p.tables[i], l.name(), len(items) == 1); ok {
				p.conds = append(p.conds, Condition{i, use, e})
			}
		}
	}
}

// conjuncts are the terms of an AND.
func conjuncts(v any) []any {
	n, ok := v.(node)
	if !ok {
		return nil
	}
	if text(n["type"]) != "CONJUNCTION_AND" {
		return []any{v}
	}
	var out []any
	kids, _ := n["children"].([]any)
	for _, k := range kids {
		out = append(out, conjuncts(k)...)
	}
	return out
}

// volatile functions answer differently each time; a row, not a partition,
// decides by them.
func volatile(name string) bool { return slices.Contains([]string{"random", "uuid"}, name) }

// only copies an expression with its columns unqualified; ok is false when it
// depends on anything but the partition columns of the table called name.
func (p *pruner) only(v any, k Keys, name string, alone bool) (any, bool) {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			var ok bool
			if out[i], ok = p.only(e, k, name, alone); !ok {
				return nil, false
			}
		}
		return out, true
	case node:
		return p.onlyNode(v, k, name, alone)
	}
	return v, true
}

func (p *pruner) onlyNode(n node, k Keys, name string, alone bool) (any, bool) {
	switch text(n["class"]) {
	case "SUBQUERY", "WINDOW", "LAMBDA":
		return nil, false
	case "FUNCTION":
		if volatile(text(n["function_name"])) {
			return nil, false
		}
	}
	out := node{}
	for key, e := range n {
		if key == "column_names" {
			col, ok := column(e, k, name, alone)
			if !ok {
				return nil, false
			}
			out[key] = []any{col}
			continue
		}
		var ok bool
		if out[key], ok = p.only(e, k, name, alone); !ok {
			return nil, false
		}
	}
	return out, true
}

// column is the partition column that a reference means.
func column(names any, k Keys, table string, alone bool) (string, bool) {
	parts, _ := names.([]any)
	if len(parts) == 0 {
		return "", false
	}
	col := strings.ToLower(text(parts[len(parts)-1]))
	switch len(parts) {
	case 1:
		if !alone {
			return "", false
		}
	case 2:
		if !strings.EqualFold(text(parts[0]), table) {
			return "", false
		}
	default:
		return "", false
	}
	return col, slices.Contains(k.Columns, col)
}
