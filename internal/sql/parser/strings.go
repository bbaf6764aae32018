package parser

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// strValue is what a token of a character literal says; U& escapes stay.
func (p *parser) strValue(t *token) string {
	s := t.text(p.sql)
	s = s[strings.IndexByte(s, '\'')+1 : len(s)-1]
	if t.kind == tEscape {
		return p.unescapeC(t, s)
	}
	if strings.Contains(s, "''") {
		return strings.ReplaceAll(s, "''", "'")
	}
	return s
}

// unescapeUnicode replaces \XXXX and \+XXXXXX, and \\ by one of them.
func (p *parser) unescapeUnicode(t *token, s string, escape byte) string {
	if strings.IndexByte(s, escape) < 0 {
		return s
	}
	var out strings.Builder
	var high rune
	for i := 0; i < len(s); {
		if s[i] != escape {
			p.lone(t, high)
			out.WriteByte(s[i])
			i++
			continue
		}
		if i+1 < len(s) && s[i+1] == escape {
			p.lone(t, high)
			out.WriteByte(escape)
			i += 2
			continue
		}
		n := 4
		if i+1 < len(s) && s[i+1] == '+' {
			n, i = 6, i+1
		}
		r := p.hex(t, s, i+1, n)
		i += 1 + n
		switch {
		case high != 0 && utf16.IsSurrogate(r):
			r, high = utf16.DecodeRune(high, r), 0
			out.WriteRune(r)
		case utf16.IsSurrogate(r):
			high = r
		default:
			p.lone(t, high)
			out.WriteRune(r)
		}
	}
	p.lone(t, high)
	return out.String()
}

// lone refuses half of a surrogate pair.
func (p *parser) lone(t *token, high rune) {
	if high != 0 {
		p.fail(t.at(), "", "the escape for the surrogate %04X is not followed by its other half", high)
	}
}

// hex is the code point of n hexadecimal digits at s[i:].
func (p *parser) hex(t *token, s string, i, n int) rune {
	if i+n <= len(s) {
		v, err := strconv.ParseUint(s[i:i+n], 16, 32)
		if err == nil && v <= utf8.MaxRune {
			return rune(v)
		}
	}
	p.fail(t.at(), "write \\ and 4 hexadecimal digits, or \\+ and 6", "this string has a malformed Unicode escape")
	return 0
}

// unescapeC replaces the escapes of E'…', which are C's.
func (p *parser) unescapeC(t *token, s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			i++ // ''
			out.WriteByte('\'')
			continue
		case s[i] != '\\' || i+1 == len(s):
			out.WriteByte(s[i])
			continue
		}
		i++
		i += p.escapeC(t, s, i, &out)
	}
	return out.String()
}

// escapeC writes what the escape whose letter is s[i] stands for, and is how
// many bytes it takes beyond that letter.
func (p *parser) escapeC(t *token, s string, i int, out *strings.Builder) int {
	switch c := s[i]; {
	case c == 'b', c == 'f', c == 'n', c == 'r', c == 't':
		out.WriteByte("\b\f\n\r\t"[strings.IndexByte("bfnrt", c)])
	case c == 'u':
		out.WriteRune(p.hex(t, s, i+1, 4))
		return 4
	case c == 'U':
		out.WriteRune(p.hex(t, s, i+1, 8))
		return 8
	case c == 'x' && span(s, i+1, 2, 16) > 0:
		n := span(s, i+1, 2, 16)
		out.WriteRune(p.hex(t, s, i+1, n))
		return n
	case c >= '0' && c <= '7':
		n := span(s, i, 3, 8)
		v, _ := strconv.ParseUint(s[i:i+n], 8, 16) // span saw octal digits only
		out.WriteRune(rune(v))
		return n - 1
	default:
		out.WriteByte(c)
	}
	return 0
}

// span counts the digits of a base at s[i:], at most n.
func span(s string, i, n, base int) int {
	k := 0
	for k < n && i+k < len(s) {
		if _, err := strconv.ParseUint(s[i+k:i+k+1], base, 8); err != nil {
			break
		}
		k++
	}
	return k
}
