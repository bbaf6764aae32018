package dialect

import (
	"encoding/json"
	"strconv"
)

// text is a string value of the tree, or "".
func text(v any) string {
	s, _ := v.(string)
	return s
}

// number is a number of the tree, -1 when it is none or out of range (DuckDB
// writes "no place" as the largest uint64).
func number(v any) int {
	switch v := v.(type) {
	case json.Number:
		n, err := strconv.Atoi(v.String())
		if err != nil {
			return -1
		}
		return n
	case float64:
		if v > 1<<40 {
			return -1
		}
		return int(v)
	}
	return -1
}

// dig follows keys through objects.
func dig(v any, keys ...string) any {
	for _, k := range keys {
		n, _ := v.(node)
		v = n[k]
	}
	return v
}

// leaf is one item of a FROM clause.
type leaf struct {
	ref      node
	nullable bool // a join may make its row NULL
}

// name is what columns of the leaf may be qualified with.
func (l leaf) name() string {
	if a := text(l.ref["alias"]); a != "" {
		return a
	}
	return text(l.ref["table_name"])
}

// leaves are the items of a FROM clause, joins taken apart.
func leaves(from node) []leaf {
	if text(from["type"]) != "JOIN" {
		return []leaf{{ref: from}}
	}
	left, _ := from["left"].(node)
	right, _ := from["right"].(node)
	l, r := leaves(left), leaves(right)
	kind := text(from["join_type"])
	mark := func(ls []leaf) {
		for i := range ls {
			ls[i].nullable = true
		}
	}
	if kind != "INNER" && kind != "LEFT" {
		mark(l)
	}
	if kind != "INNER" && kind != "RIGHT" {
		mark(r)
	}
	return append(l, r...)
}
