package parser

import (
	"strings"
	"unicode/utf8"

	"weir/internal/errs"
	"weir/internal/sql/ast"
)

// lexer cuts a text into tokens, counting lines and columns as it goes.
type lexer struct {
	sql       string
	i         int
	line      int32
	lineStart int // where the line begins
	wide      int // bytes of this line that are no character of their own
	toks      []token
}

// lex is all tokens of sql, ending with one of kind tEOF.
func lex(sql string) ([]token, error) {
	if len(sql) >= 1<<31-1 {
		return nil, errs.New(errs.Invalid, CodeSyntax, "the text is longer than 2 GB")
	}
	l := &lexer{sql: sql, line: 1, toks: make([]token, 0, len(sql)/5+8)}
	for {
		if err := l.space(); err != nil {
			return nil, err
		}
		if l.i >= len(sql) {
			l.start(tEOF)
			return l.toks, nil
		}
		if err := l.token(); err != nil {
			return nil, err
		}
	}
}

func (l *lexer) here() ast.At {
	return ast.At{Line: l.line, Col: int32(l.i - l.lineStart - l.wide + 1)}
}

// start begins a token of kind k here.
func (l *lexer) start(k tokKind) *token {
	at := l.here()
	l.toks = append(l.toks, token{kind: k, start: int32(l.i), end: int32(l.i), line: at.Line, col: at.Col})
	return &l.toks[len(l.toks)-1]
}

// step passes one byte of a string, comment or quoted name.
func (l *lexer) step() {
	switch b := l.sql[l.i]; {
	case b == '\n':
		l.line++
		l.lineStart, l.wide = l.i+1, 0
	case b&0xC0 == 0x80:
		l.wide++
	}
	l.i++
}

func (l *lexer) byteAt(n int) byte {
	if l.i+n < len(l.sql) {
		return l.sql[l.i+n]
	}
	return 0
}

// space passes white space and comments; a hint (/*+) is a token.
func (l *lexer) space() error {
	for l.i < len(l.sql) {
		switch b := l.sql[l.i]; {
		case b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f':
			l.step()
		case b == '-' && l.byteAt(1) == '-', b == '/' && l.byteAt(1) == '/':
			for l.i < len(l.sql) && l.sql[l.i] != '\n' {
				l.step()
			}
		case b == '/' && l.byteAt(1) == '*' && l.byteAt(2) != '+':
			if err := l.comment(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (l *lexer) comment() error {
	at := l.here()
	l.i += 2
	for l.i < len(l.sql) {
		if l.sql[l.i] == '*' && l.byteAt(1) == '/' {
			l.i += 2
			return nil
		}
		l.step()
	}
	return lexError(CodeIncomplete, at, "this comment is not closed", "close it with */")
}

func lexError(code string, at ast.At, msg, hint string) error {
	return errs.New(errs.Invalid, code, "%s", msg).At(at.Pos()).WithHint("%s", hint)
}

func (l *lexer) token() error {
	switch b := l.sql[l.i]; {
	case b == '\'':
		return l.quoted(l.start(tString), 0)
	case b == '`':
		return l.backQuoted()
	case isDigit(b), b == '.' && isDigit(l.byteAt(1)):
		l.number()
		return nil
	case b == '$' && !isWordByte(l.byteAt(1)): // the end of a row pattern
		return l.op()
	case isWordByte(b) || b >= utf8.RuneSelf:
		return l.word()
	}
	return l.op()
}

// quoted passes a string in single quotes whose prefix is that long.
func (l *lexer) quoted(t *token, prefix int) error {
	l.i += prefix + 1
	for l.i < len(l.sql) {
		switch b := l.sql[l.i]; {
		case b == '\\' && t.kind == tEscape && l.i+1 < len(l.sql):
			l.step()
			l.step()
			continue
		case b != '\'':
			l.step()
			continue
		case l.byteAt(1) == '\'':
			l.i += 2
			continue
		}
		l.i++
		t.end = int32(l.i)
		return nil
	}
	return lexError(CodeIncomplete, t.at(), "this string is not closed", "close it with '; a ' inside it is written ''")
}

func (l *lexer) backQuoted() error {
	t := l.start(tQuoted)
	l.i++
	for l.i < len(l.sql) && l.sql[l.i] != '\n' && l.sql[l.i] != '\r' {
		if l.sql[l.i] != '`' {
			l.step()
			continue
		}
		if l.byteAt(1) == '`' {
			l.i += 2
			continue
		}
		l.i++
		t.end = int32(l.i)
		if t.end-t.start == 2 {
			return lexError(CodeSyntax, t.at(), "a name in back-ticks is empty", "write the name between them")
		}
		return nil
	}
	return lexError(CodeIncomplete, t.at(), "this quoted name is not closed on its line",
		"close it with `; a ` inside it is written ``")
}

func (l *lexer) number() {
	t := l.start(tInt)
	l.digits()
	if l.byteAt(0) == '.' {
		t.kind = tDecimal
		l.i++
		l.digits()
	}
	if b := l.byteAt(0); b == 'e' || b == 'E' {
		n := 1
		if s := l.byteAt(1); s == '+' || s == '-' {
			n = 2
		}
		if isDigit(l.byteAt(n)) {
			t.kind = tApprox
			l.i += n
			l.digits()
		}
	}
	t.end = int32(l.i)
}

func (l *lexer) digits() {
	for isDigit(l.byteAt(0)) {
		l.i++
	}
}

// word passes an identifier, a keyword or a string with a prefix.
func (l *lexer) word() error {
	t := l.start(tIdent)
	from := l.i
	for l.i < len(l.sql) {
		b := l.sql[l.i]
		if isWordByte(b) {
			l.i++
			continue
		}
		if b < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRuneInString(l.sql[l.i:])
		if !isLetter(r) {
			break
		}
		l.i += n
		l.wide += n - 1
	}
	if l.i == from {
		return l.strange()
	}
	t.end = int32(l.i)
	if b := l.byteAt(0); b == '\'' || b == '&' {
		if k, n := prefixKind(l.sql[from:l.i], b, l.byteAt(1)); n > 0 {
			t.kind = k
			l.i = from
			return l.quoted(t, n)
		}
	}
	var buf [maxKeyword]byte
	if n := int(t.end) - from; n <= maxKeyword {
		for i := range n {
			buf[i] = upper(l.sql[from+i])
		}
		t.word, t.reserved, _ = ast.IsKeyword(buf[:n])
	}
	return nil
}

// maxKeyword is at least the length of the longest keyword.
const maxKeyword = 40

// prefixKind is the kind of string that word begins, and the prefix's length.
func prefixKind(word string, b, after byte) (tokKind, int) {
	if b == '&' {
		if after == '\'' && (word == "U" || word == "u") {
			return tUnicode, 2
		}
		return 0, 0
	}
	switch {
	case word == "X" || word == "x":
		return tBytes, 1
	case word == "E" || word == "e":
		return tEscape, 1
	case word == "N" || word == "n":
		return tPrefix, 1
	case word[0] == '_' && len(word) > 1:
		return tPrefix, len(word)
	}
	return 0, 0
}

func (l *lexer) op() error {
	if l.sql[l.i] == '"' {
		return lexError(CodeSyntax, l.here(), `Encountered a double quote (")`,
			"names are quoted with back-ticks (`), strings with single quotes (')")
	}
	op := l.sql[l.i : l.i+1]
	if l.i+1 < len(l.sql) {
		switch two := l.sql[l.i : l.i+2]; two {
		case "<=", ">=", "<>", "!=", "||", "=>", "->", "*/", "{-", "-}":
			op = two
		case "/*": // no comment: those are passed before
			op = "/*+"
		}
	}
	if len(op) == 1 && strings.IndexByte("(),.;=<>+-*/%[]{}?:|^$&", op[0]) < 0 {
		return l.strange()
	}
	t := l.start(tOp)
	l.i += len(op)
	t.word, t.end = op, int32(l.i)
	return nil
}

func (l *lexer) strange() error {
	r, _ := utf8.DecodeRuneInString(l.sql[l.i:])
	return errs.New(errs.Invalid, CodeSyntax, "Encountered the character %q, which is not part of SQL", r).
		At(l.here().Pos()).WithHint("remove it, or quote the name with back-ticks")
}
