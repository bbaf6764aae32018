package pattern

import (
	"fmt"
	"regexp"
	"strings"
)

// scanner walks a pattern byte by byte.
type scanner struct {
	text string
	pos  int
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (s *scanner) end() bool { return s.pos >= len(s.text) }

// peek is the next byte, 0 at the end.
func (s *scanner) peek() byte {
	if s.end() {
		return 0
	}
	return s.text[s.pos]
}

func (s *scanner) space() {
	for !s.end() && isSpace(s.text[s.pos]) {
		s.pos++
	}
}

// take skips space and then tok, when it is there.
func (s *scanner) take(tok string) bool {
	s.space()
	if strings.HasPrefix(s.text[s.pos:], tok) {
		s.pos += len(tok)
		return true
	}
	return false
}

// word takes a keyword in any case, when it is there as a whole.
func (s *scanner) word(kw string) bool {
	s.space()
	rest := s.text[s.pos:]
	if len(rest) < len(kw) || !strings.EqualFold(rest[:len(kw)], kw) {
		return false
	}
	if len(rest) > len(kw) && isNameByte(rest[len(kw)]) {
		return false
	}
	s.pos += len(kw)
	return true
}

func isNameByte(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// until takes bytes up to the first that stops.
func (s *scanner) until(stop func(byte) bool) string {
	from := s.pos
	for !s.end() && !stop(s.text[s.pos]) {
		s.pos++
	}
	return s.text[from:s.pos]
}

// quoted takes a text in quotes; a backslash keeps the byte after it.
func (s *scanner) quoted(quote byte) (string, error) {
	from := s.pos
	var b strings.Builder
	for s.pos++; !s.end(); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == quote:
			s.pos++
			return b.String(), nil
		case c == '\\' && s.pos+1 < len(s.text):
			s.pos++
			b.WriteByte(s.text[s.pos])
		default:
			b.WriteByte(c)
		}
	}
	s.pos = from
	return "", s.errorf("the quotation mark is not closed")
}

// regexp takes a regular expression between percent signs.
func (s *scanner) regexp() (*regexp.Regexp, error) {
	from := s.pos
	length := strings.IndexByte(s.text[s.pos+1:], '%')
	if length < 0 {
		return nil, s.errorf("the regular expression is not closed by %%")
	}
	body := s.text[s.pos+1 : s.pos+1+length]
	s.pos += length + 2
	if i := strings.IndexAny(body, "()"); i >= 0 {
		s.pos = from + 1 + i
		return nil, s.errorf("a regular expression has no parentheses here")
	}
	re, err := regexp.Compile(body)
	if err != nil {
		s.pos = from
		return nil, s.errorf("%v", err)
	}
	return re, nil
}

// errorf is an error at the present place.
func (s *scanner) errorf(format string, args ...any) error {
	return fmt.Errorf("%s at character %d", fmt.Sprintf(format, args...), s.pos+1)
}
