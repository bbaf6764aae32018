// Package lex cuts the text of an Athena statement into tokens: the same for
// Hive's DDL and Trino's queries, which differ only in what they make of a
// double-quoted token (text, or an identifier) and of a back-quoted one.
//
// A token's Offset is its byte offset in the text; Position turns that into the
// line and column of Athena's messages.
package lex

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is what a token is.
type Kind uint8

// The kinds of Token.
const (
	EOF      Kind = iota
	Word          // select, price, _x
	Quoted        // "…"
	Backtick      // `…`
	String        // '…'
	Number        // 1, 1.5, 1e3
	Op            // ( ) , . = <> …
)

// Token is one piece of a statement.
type Token struct {
	Kind   Kind
	Text   string // as written
	Value  string // quotes and doubled quotes undone; a Word in lower case
	Offset int
}

// Is reports whether the token is the operator or, in any case, the keyword s.
func (t Token) Is(s string) bool {
	return (t.Kind == Word || t.Kind == Op) && strings.EqualFold(t.Text, s)
}

// End is the offset after the token.
func (t Token) End() int { return t.Offset + len(t.Text) }

// Error is a text that cannot be cut into tokens.
type Error struct {
	Offset int
	Msg    string
}

// Error is the message.
func (e *Error) Error() string { return e.Msg }

// Tokens cuts sql; comments and blanks are dropped, the last token is EOF.
func Tokens(sql string) ([]Token, error) { return tokens(sql, false) }

// HiveTokens cuts a statement of Hive's DDL, in whose strings \ escapes.
func HiveTokens(sql string) ([]Token, error) { return tokens(sql, true) }

func tokens(sql string, hive bool) ([]Token, error) {
	var out []Token
	for i := 0; ; {
		i = skipBlank(sql, i)
		if i < 0 {
			return nil, &Error{len(sql), "a comment is not closed"}
		}
		if i >= len(sql) {
			return append(out, Token{Kind: EOF, Text: "", Value: "<EOF>", Offset: len(sql)}), nil
		}
		t, err := next(sql, i, hive)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
		i = t.End()
	}
}

// skipBlank is the offset of the next token, or -1 in an open comment.
func skipBlank(s string, i int) int {
	for i < len(s) {
		switch {
		case strings.ContainsRune(" \t\r\n\f\v", rune(s[i])):
			i++
		case strings.HasPrefix(s[i:], "--"):
			n := strings.IndexByte(s[i:], '\n')
			if n < 0 {
				return len(s)
			}
			i += n + 1
		case strings.HasPrefix(s[i:], "/*"):
			n := strings.Index(s[i+2:], "*/")
			if n < 0 {
				return -1
			}
			i += n + 4
		default:
			return i
		}
	}
	return i
}

func next(s string, i int, hive bool) (Token, error) {
	r, size := utf8.DecodeRuneInString(s[i:])
	switch {
	case r == '\'' || r == '"' || r == '`':
		return quoted(s, i, hive && r != '`')
	case r == '_' || unicode.IsLetter(r):
		n := i + size
		for n < len(s) {
			r, size := utf8.DecodeRuneInString(s[n:])
			if r != '_' && r != '$' && r != '@' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				break
			}
			n += size
		}
		return Token{Word, s[i:n], strings.ToLower(s[i:n]), i}, nil
	case r >= '0' && r <= '9' || r == '.' && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
		n := number(s, i)
		return Token{Number, s[i:n], s[i:n], i}, nil
	}
	for _, op := range []string{"<=>", "->", "=>", "<=", ">=", "<>", "!=", "||", "=="} {
		if strings.HasPrefix(s[i:], op) {
			return Token{Op, op, op, i}, nil
		}
	}
	return Token{Op, s[i : i+size], s[i : i+size], i}, nil
}

func number(s string, i int) int {
	digits := func() {
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
	}
	digits()
	if i < len(s) && s[i] == '.' {
		i++
		digits()
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		if j < len(s) && s[j] >= '0' && s[j] <= '9' {
			i = j
			digits()
		}
	}
	return i
}

func quoted(s string, i int, escapes bool) (Token, error) {
	q := s[i]
	kind := map[byte]Kind{'\'': String, '"': Quoted, '`': Backtick}[q]
	var b strings.Builder
	for n := i + 1; n < len(s); n++ {
		if escapes && s[n] == '\\' && n+1 < len(s) {
			n++
			n += unescape(&b, s[n:]) - 1
			continue
		}
		if s[n] != q {
			b.WriteByte(s[n])
			continue
		}
		if n+1 < len(s) && s[n+1] == q {
			b.WriteByte(q)
			n++
			continue
		}
		return Token{kind, s[i : n+1], b.String(), i}, nil
	}
	return Token{}, &Error{i, fmt.Sprintf("%s is not closed", s[i:min(len(s), i+20)])}
}

// Position is "line 1:8" of an offset in sql: lines from 1, columns from 1.
func Position(sql string, offset int) string {
	offset = min(offset, len(sql))
	head := sql[:offset]
	line := strings.Count(head, "\n") + 1
	col := utf8.RuneCountInString(head[strings.LastIndexByte(head, '\n')+1:]) + 1
	return fmt.Sprintf("line %d:%d", line, col)
}

// unescape writes what the escape that begins with s's first byte (after the
// backslash) means, and tells how long it is.
func unescape(b *strings.Builder, s string) int {
	switch s[0] {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'b':
		b.WriteByte('\b')
	case '0', '1':
		if len(s) >= 3 && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' && s[2] <= '7' { // \001, octal
			b.WriteByte((s[0]-'0')<<6 | (s[1]-'0')<<3 | s[2] - '0')
			return 3
		}
		b.WriteByte(0)
	case 'u':
		if len(s) >= 5 {
			if n, err := strconv.ParseUint(s[1:5], 16, 16); err == nil {
				b.WriteRune(rune(n))
				return 5
			}
		}
		b.WriteByte('u')
	case '%', '_':
		b.WriteString(`\` + s[:1])
	default:
		b.WriteByte(s[0])
	}
	return 1
}
