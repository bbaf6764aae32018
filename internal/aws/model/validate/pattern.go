package validate

import (
	"fmt"
	"regexp"
	"strings"
)

// pattern is a model's regular expression, written for Java and matched against
// the whole value. Go's expressions have no lookahead; the models use it at the
// start only, where it is a further expression the value must begin with.
type pattern struct {
	ahead []*regexp.Regexp
	whole *regexp.Regexp
}

func (p *pattern) match(s string) bool {
	for _, re := range p.ahead {
		if !re.MatchString(s) {
			return false
		}
	}
	return p.whole.MatchString(s)
}

// compilePattern reads a model's pattern.
func compilePattern(text string) (*pattern, error) {
	p := &pattern{}
	rest := translate(text)
	for {
		inner, after, ok := lookahead(rest)
		if !ok {
			break
		}
		re, err := regexp.Compile(`\A(?:` + inner + `)`)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", text, err)
		}
		p.ahead = append(p.ahead, re)
		rest = after
	}
	re, err := regexp.Compile(`\A(?:` + rest + `)\z`)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", text, err)
	}
	p.whole = re
	return p, nil
}

// lookahead cuts a leading (?=…) off an expression.
func lookahead(expr string) (inner, after string, ok bool) {
	expr = strings.TrimPrefix(expr, "^")
	body, ok := strings.CutPrefix(expr, "(?=")
	if !ok {
		return "", expr, false
	}
	depth := 1
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return body[:i], body[i+1:], true
			}
		}
	}
	return "", expr, false
}

// translate spells Java's \uXXXX as Go does; what lies beyond the basic plane
// Java writes as a range of surrogate pairs.
func translate(expr string) string {
	expr = strings.ReplaceAll(expr, `\uD800\uDC00-\uDBFF\uDFFF`, `\x{10000}-\x{10FFFF}`)
	var b strings.Builder
	for {
		before, after, found := strings.Cut(expr, `\u`)
		b.WriteString(before)
		if !found || len(after) < 4 {
			return b.String()
		}
		b.WriteString(`\x{` + after[:4] + `}`)
		expr = after[4:]
	}
}
