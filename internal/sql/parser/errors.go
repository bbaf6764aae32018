package parser

import (
	"slices"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
)

// note keeps what is expected at the next token.
func (p *parser) note(what string) {
	if p.noteAt != p.i {
		p.noteAt, p.notes = p.i, p.notes[:0]
	}
	if !slices.Contains(p.notes, what) {
		p.notes = append(p.notes, what)
	}
}

// want notes something that is not one token, such as "an expression".
func (p *parser) want(what string) {
	if p.rec {
		p.note(what)
	}
}

// unexpected fails at the next token.
func (p *parser) unexpected(want ...string) {
	if !p.rec {
		panic(bailout{})
	}
	for _, w := range want {
		p.note(w)
	}
	if p.noteAt != p.i {
		p.notes = nil
	}
	i := p.i
	expected := p.notes
	if p.aliasAt >= 0 && p.aliasAt == p.i-1 && suggest(p.toks[p.aliasAt].text(p.sql), p.aliasOf) != "" {
		// What looked like an alias is a misspelt keyword.
		i, expected = p.aliasAt, p.aliasOf
	}
	t := &p.toks[i]
	code := CodeSyntax
	if t.kind == tEOF {
		code = CodeIncomplete
	}
	e := errs.New(errs.Invalid, code, "Encountered %s%s", t.shown(p.sql), expectedText(expected)).At(t.at().Pos())
	if hint := p.hint(i, expected); hint != "" {
		e = e.WithHint("%s", hint)
	}
	panic(bailout{e})
}

// fail reports something that is wrong though each token is possible.
func (p *parser) fail(at ast.At, hint, format string, args ...any) {
	if !p.rec {
		panic(bailout{})
	}
	e := errs.New(errs.Invalid, CodeSyntax, format, args...).At(at.Pos())
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	panic(bailout{e})
}

// maxExpected is how many possibilities an error names.
const maxExpected = 8

func expectedText(notes []string) string {
	var words []string
	for _, n := range notes {
		if n == "" || len(notes) > 3 && (n == "." || n == "(" || n == "/*+") {
			continue // what may follow nearly anything says little
		}
		if !isWordByte(n[0]) {
			n = `"` + n + `"`
		}
		words = append(words, n)
	}
	switch {
	case len(words) == 0:
		return ""
	case len(words) > maxExpected:
		return ", expected one of: " + strings.Join(words[:maxExpected], ", ") + ", …"
	case len(words) == 1:
		return ", expected " + words[0]
	}
	last := len(words) - 1
	return ", expected " + strings.Join(words[:last], ", ") + " or " + words[last]
}

// hint is what to do about the unexpected token i.
func (p *parser) hint(i int, expected []string) string {
	t := &p.toks[i]
	switch {
	case t.word == "?":
		return "dynamic parameters are not supported; write the value"
	case t.word == "MINUS":
		return "write EXCEPT instead of MINUS"
	case t.kind == tIdent:
		if s := suggest(t.text(p.sql), expected); s != "" {
			return "did you mean " + s + "?"
		}
	}
	switch {
	case i > 0 && p.toks[i-1].word == "," && (t.word == "FROM" || t.word == ")" || t.kind == tEOF):
		return "remove the comma before it"
	case t.reserved && !structural(t.word) && wantsIdent(expected):
		return t.word + " is a reserved word; as a name, quote it with back-ticks: `" + t.text(p.sql) + "`"
	}
	return ""
}

func wantsIdent(expected []string) bool {
	return slices.Contains(expected, identText) || slices.Contains(expected, exprText)
}

// What want notes where a name or an expression may begin.
const (
	identText = "an identifier"
	exprText  = "an expression"
)

// structural are the words that, where a name is expected, mean that the name
// is missing and not that it needs quotes.
func structural(word string) bool {
	switch word {
	case "SELECT", "FROM", "WHERE", "HAVING", "LIMIT", "UNION", "INTERSECT", "EXCEPT", "ON", "AND", "OR", "AS",
		"THEN", "WHEN", "ELSE", "JOIN", "WITH", "INTO", "BY", "QUALIFY", "IN", "IS", "LIKE", "BETWEEN", "INSERT",
		"CREATE", "DROP", "ALTER", "CASE", "NOT":
		return true
	}
	return false
}

// suggest is the keyword among expected that word may be a misspelling of.
func suggest(word string, expected []string) string {
	word = strings.ToUpper(word)
	var words []string
	for _, e := range expected {
		if e != "" && e[0] >= 'A' && e[0] <= 'Z' && e != word {
			words = append(words, e)
			if transposed(word, e) {
				return e
			}
		}
	}
	if len(word) < 3 {
		return ""
	}
	return errs.Nearest(word, words)
}

// transposed reports whether b is a with two neighbours swapped.
func transposed(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i+1 < len(a); i++ {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}
