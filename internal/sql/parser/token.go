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

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func upper(b byte) byte {
	if b >= 'a' && b <= 'z' {
		return b - 32
	}
	return b
}

// isWordByte reports whether b may stand in an unquoted name; it may begin with
// any of them but a digit.
func isWordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' || b == '$' || isDigit(b)
}

// isLetter reports whether r, beyond ASCII, may stand in an unquoted name: the
// ranges are those of Calcite's grammar.
func isLetter(r rune) bool {
	switch {
	case r >= 0xC0 && r <= 0x1FFF:
		return r != 0xD7 && r != 0xF7
	case r >= 0x3040 && r <= 0x318F, r >= 0x3300 && r <= 0x337F, r >= 0x3400 && r <= 0x3D2D,
		r >= 0x4E00 && r <= 0x9FFF, r >= 0xF900 && r <= 0xFAFF:
		return true
	}
	return false
}
