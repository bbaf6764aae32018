package fn

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// like is a compiled LIKE pattern: the segments between its %. The first one
// stands at the beginning of a text and the last at its end; the others follow
// in order, each as early as it can.
type like struct {
	segments []segment
}

// segment is a stretch of a pattern without %. one are the offsets in text
// where any one character stands (in text it is a zero byte); nil for a text
// that matches itself.
type segment struct {
	text []byte
	one  []int
}

func newLike(pattern string, escape rune) (*like, error) {
	runes := []rune(pattern)
	l := &like{segments: []segment{{}}}
	cur := &l.segments[0]
	for i := 0; i < len(runes); i++ {
		switch c := runes[i]; {
		case c == escape:
			if i+1 == len(runes) || runes[i+1] != '_' && runes[i+1] != '%' && runes[i+1] != escape {
				return nil, badEscape(pattern, runes, i)
			}
			i++
			cur.text = utf8.AppendRune(cur.text, runes[i])
		case c == '%':
			l.segments = append(l.segments, segment{})
			cur = &l.segments[len(l.segments)-1]
		case c == '_':
			cur.one = append(cur.one, len(cur.text))
			cur.text = append(cur.text, 0)
		default:
			cur.text = utf8.AppendRune(cur.text, c)
		}
	}
	return l, nil
}

// Match implements matcher.
func (l *like) Match(s []byte) (bool, error) {
	first, last := &l.segments[0], &l.segments[len(l.segments)-1]
	n := first.prefix(s)
	if n < 0 {
		return false, nil
	}
	s = s[n:]
	if len(l.segments) == 1 {
		return len(s) == 0, nil
	}
	for i := 1; i < len(l.segments)-1; i++ {
		at, n := l.segments[i].find(s)
		if at < 0 {
			return false, nil
		}
		s = s[at+n:]
	}
	return last.suffix(s), nil
}

// prefix is how many bytes at the beginning of s the segment takes; negative
// when it does not match there.
func (g *segment) prefix(s []byte) int {
	if g.one == nil {
		if bytes.HasPrefix(s, g.text) {
			return len(g.text)
		}
		return -1
	}
	at, from := 0, 0
	for _, o := range g.one {
		if !bytes.HasPrefix(s[at:], g.text[from:o]) {
			return -1
		}
		at += o - from
		r, w := utf8.DecodeRune(s[at:])
		if w == 0 || lineEnd(r) {
			return -1
		}
		at, from = at+w, o+1
	}
	if !bytes.HasPrefix(s[at:], g.text[from:]) {
		return -1
	}
	return at + len(g.text) - from
}

// find is where the segment first matches in s, and how many bytes it takes.
func (g *segment) find(s []byte) (at, n int) {
	if g.one == nil {
		return bytes.Index(s, g.text), len(g.text)
	}
	start := g.text[:g.one[0]] // what stands before the first _
	for at = 0; at <= len(s); at++ {
		if len(start) > 0 {
			k := bytes.Index(s[at:], start)
			if k < 0 {
				break
			}
			at += k
		} else if at < len(s) && !utf8.RuneStart(s[at]) {
			continue
		}
		if n = g.prefix(s[at:]); n >= 0 {
			return at, n
		}
	}
	return -1, 0
}

// suffix reports whether the segment matches at the end of s.
func (g *segment) suffix(s []byte) bool {
	if g.one == nil {
		return bytes.HasSuffix(s, g.text)
	}
	at := len(s) - lastRunes(s, int64(utf8.RuneCount(g.text)))
	return utf8.RuneCount(s[at:]) == utf8.RuneCount(g.text) && g.prefix(s[at:]) == len(s)-at
}

// lineEnd reports whether _ leaves r out, as the dot of Java's regular
// expressions does.
func lineEnd(r rune) bool {
	return r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// similarSpecials have a meaning in SIMILAR TO, javaSpecials in Java's regular
// expressions.
const (
	similarSpecials = "[]()|^-+*_%?{}"
	javaSpecials    = `[]()|^-+*?{}$\.`
)

// similarRegexp is Java's regular expression for a pattern of SIMILAR TO.
func similarRegexp(pattern string, escape rune) (string, error) {
	runes := []rune(pattern)
	var out strings.Builder
	for i := 0; i < len(runes); i++ {
		switch c := runes[i]; {
		case c == escape:
			if i+1 == len(runes) || !strings.ContainsRune(similarSpecials, runes[i+1]) && runes[i+1] != escape {
				return "", badEscape(pattern, runes, i)
			}
			i++
			quoteJava(&out, runes[i])
		case c == '_':
			out.WriteByte('.')
		case c == '%':
			out.WriteString("(?s:.*)")
		case c == '[':
			n, err := similarSet(&out, pattern, runes[i:], escape)
			if err != nil {
				return "", err
			}
			i += n - 1
		case c == ']':
			return "", badSimilar(pattern)
		case c == '\\' || c == '$':
			quoteJava(&out, c)
		default:
			out.WriteRune(c) // a dot keeps its meaning in Java, as in Flink
		}
	}
	return out.String(), nil
}

func quoteJava(out *strings.Builder, c rune) {
	if strings.ContainsRune(javaSpecials, c) {
		out.WriteByte('\\')
	}
	out.WriteRune(c)
}

func badSimilar(pattern string) error { return fmt.Errorf("Invalid regular expression '%s'", pattern) }

// similarClasses are the named classes of a bracket expression.
var similarClasses = map[string]string{
	"ALPHA": `\p{Alpha}`, "UPPER": `\p{Upper}`, "LOWER": `\p{Lower}`, "DIGIT": `\d`, "SPACE": " ", "WHITESPACE": `\s`, "ALNUM": `\p{Alnum}`,
}

// similarSet writes the bracket expression at the beginning of runes and is how
// long it is.
func similarSet(out *strings.Builder, pattern string, runes []rune, escape rune) (int, error) {
	out.WriteByte('[')
	for i := 1; i < len(runes); i++ {
		switch c := runes[i]; {
		case c == ']':
			out.WriteByte(']')
			return i + 1, nil
		case c == escape:
			if i+1 == len(runes) || !strings.ContainsRune(similarSpecials, runes[i+1]) && runes[i+1] != escape {
				return 0, badSimilar(pattern)
			}
			i++
			quoteJava(out, runes[i])
		case c == '-' || c == '^':
			out.WriteRune(c)
		case c == '[':
			name, _, ok := strings.Cut(strings.TrimPrefix(string(runes[i:]), "[:"), ":]")
			class := similarClasses[strings.ToUpper(name)]
			if !ok || class == "" || name != strings.ToUpper(name) && name != strings.ToLower(name) {
				return 0, badSimilar(pattern)
			}
			out.WriteString(class)
			i += len(name) + 3
		case strings.ContainsRune(similarSpecials, c):
			return 0, badSimilar(pattern)
		default:
			out.WriteRune(c)
		}
	}
	return 0, badSimilar(pattern)
}
