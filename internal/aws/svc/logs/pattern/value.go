package pattern

import (
	"regexp"
	"strconv"
	"strings"
)

// operator takes a comparison; "" when there is none.
func (s *scanner) operator() string {
	for _, op := range [...]string{"!=", ">=", "<=", "=", ">", "<"} { // the longer before their prefixes
		if s.take(op) {
			return op
		}
	}
	return ""
}

// value is the right side of a comparison.
type value struct {
	op     string
	text   string // without its wildcards
	front  bool   // begins with a wildcard
	back   bool   // ends with one
	num    float64
	isNum  bool
	quoted bool
	re     *regexp.Regexp
}

// value takes the right side of op, a bare one up to what stop tells.
func (s *scanner) value(op string, stop func(byte) bool) (v value, err error) {
	v.op = op
	if op == "=" && s.take("!") { // [w1=!ERROR]
		v.op = "!="
	}
	s.space()
	at := s.pos
	switch s.peek() {
	case '%':
		if v.re, err = s.regexp(); err != nil {
			return v, err
		}
	case '"', '\'':
		v.quoted = true
		if v.text, err = s.quoted(s.peek()); err != nil {
			return v, err
		}
	default:
		if v.text = s.until(stop); v.text == "" {
			return v, s.errorf("a value is missing")
		}
		v.num, err = strconv.ParseFloat(v.text, 64)
		v.isNum, err = err == nil, nil
	}
	if v.op != "=" && v.op != "!=" && !v.isNum {
		s.pos = at
		return v, s.errorf("%s compares with numbers only", v.op)
	}
	if v.front = strings.HasPrefix(v.text, "*"); v.front {
		v.text = v.text[1:]
	}
	if v.back = strings.HasSuffix(v.text, "*"); v.back {
		v.text = v.text[:len(v.text)-1]
	}
	return v, nil
}

// any reports whether the value is a lone wildcard.
func (v value) any() bool { return v.text == "" && v.re == nil && (v.front || v.back) }

// holdsText compares with a text.
func (v value) holdsText(text string) bool {
	switch v.op {
	case "=":
		return v.equalsText(text)
	case "!=":
		return !v.equalsText(text)
	}
	n, err := strconv.ParseFloat(text, 64)
	return err == nil && v.holdsNumber(n)
}

func (v value) equalsText(text string) bool {
	switch {
	case v.re != nil:
		return v.re.MatchString(text)
	case v.any():
		return true
	case v.front && v.back:
		return strings.Contains(text, v.text)
	case v.front:
		return strings.HasSuffix(text, v.text)
	case v.back:
		return strings.HasPrefix(text, v.text)
	case v.isNum:
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n == v.num
		}
	}
	return text == v.text
}

// holdsNumber compares with a number by value.
func (v value) holdsNumber(n float64) bool {
	switch v.op {
	case "=":
		return n == v.num
	case "!=":
		return n != v.num
	case ">":
		return n > v.num
	case ">=":
		return n >= v.num
	case "<":
		return n < v.num
	}
	return n <= v.num
}

// cond is a condition, or several joined, on what a T has.
type cond[T any] func(T) bool

// conditions reads single conditions joined by || and &&, which binds closer.
func conditions[T any](s *scanner, single func() (cond[T], error)) (cond[T], error) {
	return joined(s, "||", func(a, b cond[T]) cond[T] {
		return func(t T) bool { return a(t) || b(t) }
	}, func() (cond[T], error) {
		return joined(s, "&&", func(a, b cond[T]) cond[T] {
			return func(t T) bool { return a(t) && b(t) }
		}, single)
	})
}

func joined[T any](s *scanner, op string, join func(a, b cond[T]) cond[T], next func() (cond[T], error)) (cond[T], error) {
	left, err := next()
	for err == nil && s.take(op) {
		var right cond[T]
		if right, err = next(); err == nil {
			left = join(left, right)
		}
	}
	return left, err
}
