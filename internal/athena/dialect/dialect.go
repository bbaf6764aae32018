// Package dialect turns Athena's queries (Trino's SQL) into DuckDB's, and
// DuckDB's complaints into Athena's words.
//
// It works in two steps. Translate rewrites the few spellings DuckDB's grammar
// lacks, token by token, remembering where each piece came from. DuckDB then
// parses the text into its JSON syntax tree, and Rewrite goes through that tree:
// it says which tables are read, names unnamed columns _col0, puts Trino's
// function names into DuckDB's (the table in functions.go; the rest are the
// macros of Macros), and refuses what is not on the list. That list is also the
// statement filter: a function that reads files has no name here.
//
// The package runs nothing; internal/athena/duck has the engine.
package dialect

import (
	"fmt"
	"strings"

	"weir/internal/athena/lex"
)

// Error is a query Athena refuses: a code of Trino's and a message that may
// begin with the place.
type Error struct {
	Code string // SYNTAX_ERROR, COLUMN_NOT_FOUND, …
	Msg  string
}

// Error is "CODE: message".
func (e *Error) Error() string { return e.Code + ": " + e.Msg }

func errorAt(code, sql string, offset int, format string, args ...any) *Error {
	return &Error{code, lex.Position(sql, offset) + ": " + fmt.Sprintf(format, args...)}
}

// Class is what kind of statement a text is.
type Class uint8

// The classes of statement.
const (
	Unknown     Class = iota // its first word begins no statement
	Query                    // SELECT, WITH, VALUES, TABLE: runs on DuckDB
	Explain                  // EXPLAIN of a query
	DDL                      // Hive DDL and SHOW, DESCRIBE, MSCK: internal/athena/ddl
	Unsupported              // a statement of Athena's that Weir does not run
)

// Classify looks at the first words of a statement; what is the statement in
// words (for messages and Athena's SubstatementType).
func Classify(toks []lex.Token) (c Class, what string) {
	word := func(i int) string {
		if i < len(toks) && toks[i].Kind == lex.Word {
			return strings.ToUpper(toks[i].Text)
		}
		return ""
	}
	i := 0
	for i < len(toks) && toks[i].Is("(") {
		i++
	}
	switch w := word(i); w {
	case "SELECT", "WITH", "VALUES", "TABLE":
		return Query, "SELECT"
	case "EXPLAIN":
		return Explain, "EXPLAIN"
	case "CREATE":
		if createsAs(toks) {
			return Unsupported, "CREATE TABLE AS SELECT"
		}
		return DDL, w
	case "SHOW", "DESCRIBE", "DESC", "DROP", "ALTER", "MSCK":
		return DDL, w
	case "INSERT", "UNLOAD", "MERGE", "DELETE", "UPDATE", "OPTIMIZE", "VACUUM", "PREPARE", "EXECUTE", "DEALLOCATE", "CALL":
		return Unsupported, w
	}
	return Unknown, ""
}

// createsAs reports CREATE TABLE … AS SELECT.
func createsAs(toks []lex.Token) bool {
	if len(toks) < 2 || !toks[1].Is("table") {
		return false
	}
	depth := 0
	for _, t := range toks {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		case depth == 0 && t.Is("as"):
			return true
		}
	}
	return false
}

// Text is a translated query and where its pieces came from.
type Text struct {
	Source  string // as the user wrote it, parameters put in
	SQL     string // for DuckDB's parser
	Explain bool   // the query behind an EXPLAIN
	marks   []mark
}

type mark struct{ out, in int }

// Offset is the place in Source that the byte at offset of SQL came from.
func (t *Text) Offset(offset int) int {
	in := 0
	for _, m := range t.marks {
		if m.out > offset {
			break
		}
		in = m.in
	}
	return in
}

// Bind puts execution parameters into the ? places of sql, as Athena does: each
// is the text of one expression.
func Bind(sql string, params []string) (string, error) {
	toks, err := lex.Tokens(sql)
	if err != nil {
		return "", lexError(sql, err)
	}
	var b strings.Builder
	last, n := 0, 0
	for _, t := range toks {
		if !t.Is("?") {
			continue
		}
		if n < len(params) {
			if err := checkParam(params[n]); err != nil {
				return "", err
			}
			b.WriteString(sql[last:t.Offset] + params[n])
			last = t.End()
		}
		n++
	}
	if n != len(params) {
		return "", &Error{"INVALID_PARAMETER_USAGE", fmt.Sprintf("line 1:1: Incorrect number of parameters: expected %d but found %d", n, len(params))}
	}
	return b.String() + sql[last:], nil
}

// checkParam refuses a parameter that would end its expression and begin
// something else.
func checkParam(p string) error {
	toks, err := lex.Tokens(p)
	bad := err != nil || len(toks) == 1 ||
		toks[len(toks)-2].End() != len(strings.TrimRight(p, " \t\r\n")) // a comment would swallow what follows
	depth := 0
	for _, t := range toks {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		case t.Is(";"), t.Is(",") && depth == 0, t.Is("select"):
			bad = true
		}
		bad = bad || depth < 0
	}
	if bad || depth != 0 {
		return &Error{"SYNTAX_ERROR", fmt.Sprintf("execution parameter %q is not one SQL expression (text needs single quotes)", p)}
	}
	return nil
}

func lexError(sql string, err error) error {
	if e, ok := err.(*lex.Error); ok {
		return errorAt("SYNTAX_ERROR", sql, e.Offset, "%s", e.Msg)
	}
	return err
}

// Translate puts a query into a text that DuckDB's parser reads.
func Translate(sql string) (*Text, error) {
	toks, err := lex.Tokens(sql)
	if err != nil {
		return nil, lexError(sql, err)
	}
	t := &translator{text: &Text{Source: sql}, toks: toks}
	for len(t.toks) > 1 && t.toks[len(t.toks)-2].Is(";") {
		t.toks = append(t.toks[:len(t.toks)-2], t.toks[len(t.toks)-1])
	}
	if t.toks[0].Is("explain") {
		if err := t.explain(); err != nil {
			return nil, err
		}
	}
	for t.i < len(t.toks)-1 {
		if err := t.token(); err != nil {
			return nil, err
		}
	}
	t.text.SQL = t.b.String()
	return t.text, nil
}

type translator struct {
	text *Text
	toks []lex.Token
	i    int
	b    strings.Builder
}

func (t *translator) explain() error {
	t.text.Explain = true
	t.i = 1
	if t.toks[1].Is("analyze") || t.toks[1].Is("(") && !t.toks[2].Is("select") && !t.toks[2].Is("with") {
		return errorAt("NOT_SUPPORTED", t.text.Source, t.toks[1].Offset, "EXPLAIN ANALYZE and EXPLAIN options are not supported; use EXPLAIN SELECT …")
	}
	return nil
}

func (t *translator) emit(s string, from lex.Token) {
	if t.b.Len() > 0 {
		t.b.WriteByte(' ')
	}
	t.text.marks = append(t.text.marks, mark{t.b.Len(), from.Offset})
	t.b.WriteString(s)
}

// words are the words that DuckDB's grammar spells otherwise, or reserves where
// Trino does not; in quotes they are names, which also takes from DuckDB's own
// clauses (QUALIFY, PIVOT …) their meaning.
func words(w string) string {
	switch w {
	case "varbinary":
		return "blob"
	case "default", "column", "show", "describe", "do", "primary", "references", "returning", "summarize", "foreign", "placing",
		"variadic", "symmetric", "asymmetric", "check", "collate", "user", "lambda", "qualify", "pivot", "unpivot",
		"pivot_wider", "pivot_longer", "asof", "anti", "semi", "positional", "glob", "initially", "deferrable", "constraint":
		return `"` + w + `"`
	}
	return ""
}

func (t *translator) token() error {
	k := t.toks[t.i]
	next := t.toks[t.i+1]
	switch {
	case k.Is(";"):
		return errorAt("SYNTAX_ERROR", t.text.Source, k.Offset, "mismatched input ';'. Only one sql statement is allowed")
	case k.Kind == lex.Backtick:
		return errorAt("SYNTAX_ERROR", t.text.Source, k.Offset, "backquoted identifiers are not supported; use double quotes to quote identifiers")
	case k.Kind == lex.Word && k.Value == "array" && next.Is("("):
		return t.arrayType()
	case k.Kind == lex.Word && k.Value == "values" && !next.Is("("):
		return t.values()
	case k.Kind == lex.Word && k.Value == "if" && next.Is("("):
		t.emit("weir_if", k)
	case k.Kind == lex.Word && k.Value == "decimal" && next.Kind == lex.String:
		t.decimal(k, next)
	case k.Kind == lex.Word && k.Value == "decimal" && !next.Is("("):
		t.emit("decimal(38,0)", k)
	case k.Kind == lex.Word && k.Value == "x" && next.Kind == lex.String && next.Offset == k.End():
		t.emit("from_hex("+next.Text+")", k)
		t.i++
	case k.Kind == lex.Word && words(k.Value) != "":
		t.emit(words(k.Value), k)
	default:
		t.emit(k.Text, k)
	}
	t.i++
	return nil
}

// decimal gives the literal DECIMAL '1.10' the digits it is written with.
func (t *translator) decimal(k, value lex.Token) {
	whole, fraction, _ := strings.Cut(strings.TrimLeft(value.Value, "+-"), ".")
	t.emit(fmt.Sprintf("cast(%s as decimal(%d,%d))", value.Text, max(1, len(whole)+len(fraction)), len(fraction)), k)
	t.i++
}

// arrayType turns array(T) into T[]; in Trino `array(` only ever begins a type.
func (t *translator) arrayType() error {
	start := t.toks[t.i]
	t.i += 2
	for depth := 1; ; {
		k := t.toks[t.i]
		switch {
		case k.Kind == lex.EOF:
			return errorAt("SYNTAX_ERROR", t.text.Source, start.Offset, "mismatched input 'array'. The type's ')' is missing")
		case k.Is("("):
			depth++
		case k.Is(")"):
			depth--
		}
		if depth == 0 {
			t.emit("[]", k)
			t.i++
			return nil
		}
		if err := t.token(); err != nil {
			return err
		}
	}
}

// values puts the rows of VALUES 1, 2 into the parentheses DuckDB wants.
func (t *translator) values() error {
	t.emit("values (", t.toks[t.i])
	t.i++
	for depth := 0; ; {
		k := t.toks[t.i]
		switch {
		case k.Is("(") || k.Is("["):
			depth++
		case k.Is(")") || k.Is("]"):
			depth--
		}
		if depth < 0 || k.Kind == lex.EOF || depth == 0 && endsValues(k) {
			t.emit(")", k)
			return nil
		}
		if depth == 0 && k.Is(",") {
			t.emit("), (", k)
			t.i++
			continue
		}
		if err := t.token(); err != nil {
			return err
		}
	}
}

func endsValues(k lex.Token) bool {
	for _, w := range []string{"order", "limit", "offset", "fetch", "union", "except", "intersect"} {
		if k.Is(w) {
			return true
		}
	}
	return false
}
