package dialect

import (
	"regexp"
	"strings"

	"weir/internal/athena/lex"
)

// ParseError is the complaint in an answer of json_serialize_sql, or nil.
func ParseError(t *Text, tree any) error {
	n, _ := tree.(node)
	if bad, _ := n["error"].(bool); !bad {
		return nil
	}
	msg := text(n["error_message"])
	if strings.Contains(msg, "Only SELECT statements") {
		return errorAt("NOT_SUPPORTED", t.Source, 0, "this statement is not supported; SELECT, EXPLAIN SELECT and Hive DDL are")
	}
	at := number(n["position"])
	if s := text(n["position"]); s != "" {
		at = 0
		for _, c := range s {
			at = at*10 + int(c-'0')
		}
	}
	if at < 0 {
		return errorAt("SYNTAX_ERROR", t.Source, 0, "%s", msg)
	}
	if at >= len(t.SQL) || strings.Contains(msg, "end of input") {
		return errorAt("SYNTAX_ERROR", t.Source, len(t.Source), "mismatched input '<EOF>'")
	}
	off := t.Offset(at)
	if m := regexp.MustCompile(`at or near "(.*)"`).FindStringSubmatch(msg); m != nil {
		return errorAt("SYNTAX_ERROR", t.Source, off, "mismatched input '%s'", m[1])
	}
	return errorAt("SYNTAX_ERROR", t.Source, off, "%s", msg)
}

// RunError puts an error of DuckDB, met when binding or running the query
// source, into Athena's words.
func RunError(source, msg string) *Error {
	for _, code := range []string{"HIVE_BAD_DATA", "HIVE_CURSOR_ERROR", "INVALID_FUNCTION_ARGUMENT", "DIVISION_BY_ZERO", "NOT_SUPPORTED", "EXCEEDED_SCAN_LIMIT"} {
		if _, rest, ok := strings.Cut(msg, code+": "); ok {
			return &Error{code, rest}
		}
	}
	msg, _, _ = strings.Cut(msg, "\n\nLINE ")
	kind, rest, _ := strings.Cut(msg, ": ")
	first, _, _ := strings.Cut(rest, "\n")
	kind = strings.TrimSpace(kind)
	if strings.Contains(first, "Referenced column") || strings.Contains(first, "does not have a column named") {
		name := lastQuoted(first)
		if m := regexp.MustCompile(`Referenced column "([^"]*)"`).FindStringSubmatch(first); m != nil {
			name = m[1]
		}
		return errorAt("COLUMN_NOT_FOUND", source, find(source, name),
			"Column '%s' cannot be resolved or requester is not authorized to access requested resources", strings.ToLower(name))
	}
	if m := regexp.MustCompile(`Referenced table "([^"]*)" not found`).FindStringSubmatch(first); m != nil {
		return errorAt("COLUMN_NOT_FOUND", source, find(source, m[1]), "Column '%s' cannot be resolved", strings.ToLower(m[1]))
	}
	switch {
	case strings.Contains(first, "must appear in the GROUP BY"):
		name := lastQuoted(first)
		if m := regexp.MustCompile(`column "([^"]*)"`).FindStringSubmatch(first); m != nil {
			name = m[1]
		}
		return errorAt("EXPRESSION_NOT_AGGREGATE", source, find(source, name), "'%s' must be an aggregate expression or appear in GROUP BY clause", name)
	case kind == "Conversion Error":
		return &Error{"INVALID_CAST_ARGUMENT", first}
	case kind == "Out of Range Error":
		return &Error{"NUMERIC_VALUE_OUT_OF_RANGE", first}
	case kind == "Out of Memory Error":
		return &Error{"EXCEEDED_MEMORY_LIMIT", "Query exceeded per-node memory limit: " + first}
	case kind == "Binder Error" && (strings.Contains(first, "No function matches") || strings.Contains(first, "Cannot compare") ||
		strings.Contains(first, "type") || strings.Contains(first, "cast")):
		return errorAt("TYPE_MISMATCH", source, 0, "%s", first)
	case kind == "Binder Error" || kind == "Parser Error" || kind == "Catalog Error":
		return errorAt("SYNTAX_ERROR", source, 0, "%s", first)
	case kind == "Permission Error":
		return &Error{"PERMISSION_DENIED", first}
	}
	return &Error{"GENERIC_INTERNAL_ERROR", msg}
}

func lastQuoted(s string) string {
	m := regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(s, -1)
	if len(m) == 0 {
		return ""
	}
	return m[len(m)-1][1]
}

// find is the offset of the first token called name, 0 when there is none.
func find(source, name string) int {
	toks, err := lex.Tokens(source)
	if err != nil {
		return 0
	}
	for _, t := range toks {
		if (t.Kind == lex.Word || t.Kind == lex.Quoted) && strings.EqualFold(t.Value, name) {
			return t.Offset
		}
	}
	return 0
}

// SetWhere gives the one SELECT of a tree a WHERE clause.
func SetWhere(tree, where any) {
	root, _ := tree.(node)
	stmts, _ := root["statements"].([]any)
	if len(stmts) == 1 {
		if n, ok := dig(stmts[0], "node").(node); ok {
			n["where_clause"] = where
		}
	}
}
