package parser

import (
	"fmt"
	"strings"

	"weir/internal/sql/ast"
)

// tokKind is the kind of a token.
type tokKind uint8

const (
	tEOF     tokKind = iota
	tIdent           // unquoted: a keyword when word is set
	tQuoted          // `…`
	tString          // '…'
	tPrefix          // N'…' or _charset'…'
	tUnicode         // U&'…'
	tEscape          // E'…'
	tBytes           // X'…'
	tInt             // 42
	tDecimal         // 4.2
	tApprox          // 4e2
	tOp              // punctuation, in word; /*+ and */ too
)

// token is a piece of the text.
type token struct {
	kind       tokKind
	reserved   bool
	start, end int32
	line, col  int32
	word       string // the keyword in upper case, or the punctuation
}

func (t *token) at() ast.At { return ast.At{Line: t.line, Col: t.col} }

// text is the token as written.
func (t *token) text(sql string) string { return sql[t.start:t.end] }

// isName reports whether t may be an identifier.
func (t *token) isName() bool { return t.kind == tQuoted || t.kind == tIdent && !t.reserved }

// isString reports whether t is a character literal.
func (t *token) isString() bool { return t.kind >= tString && t.kind <= tEscape }

const shownLen = 40

// shown is the token as an error shows it, in Flink's way.
func (t *token) shown(sql string) string {
	if t.kind == tEOF {
		return "the end of the statement"
	}
	s := t.text(sql)
	if len(s) > shownLen {
		s = strings.ToValidUTF8(s[:shownLen], "") + "…"
	}
	if t.isString() {
		s = strings.ReplaceAll(s, "'", `\'`)
	}
	return fmt.Sprintf(`"%s"`, s)
}
