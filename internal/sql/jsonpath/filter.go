package jsonpath

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// filter is [?(condition)]: the elements of an array, or the object itself, for
// which the condition holds.
type filter struct{ holds condition }

// condition is a test of a value; root is the document.
type condition func(v, root *Value) bool

// operand is a value of a condition; nil when it leads nowhere.
type operand func(v, root *Value) *Value

func (filter) definite() bool { return false }
func (filter) text() string   { return "[?]" }

func (c filter) from(v, root *Value, _ bool, f func(*Value) error) error {
	switch v.Kind {
	case Object:
		if c.holds(v, root) {
			return f(v)
		}
	case Array:
		for _, e := range v.Elems {
			if !c.holds(e, root) {
				continue
			}
			if err := f(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// filter reads (a && b || c).
func (p *parser) filter() (condition, error) {
	if !p.is("(") {
		return nil, p.fail("Expected '(' after '?'")
	}
	return p.any()
}

func (p *parser) any() (condition, error) { return p.junction("||", p.all, true) }
func (p *parser) all() (condition, error) { return p.junction("&&", p.not, false) }

// junction reads conditions with op between them: the first that is end decides.
func (p *parser) junction(op string, next func() (condition, error), end bool) (condition, error) {
	left, err := next()
	for err == nil {
		if p.blanks(); !p.is(op) {
			return left, nil
		}
		p.at += len(op)
		var right condition
		right, err = next()
		a := left
		left = func(v, root *Value) bool {
			if a(v, root) == end {
				return end
			}
			return right(v, root)
		}
	}
	return nil, err
}

func (p *parser) not() (condition, error) {
	p.blanks()
	switch {
	case p.is("!"):
		p.at++
		c, err := p.not()
		return func(v, root *Value) bool { return !c(v, root) }, err
	case p.is("("):
		p.at++
		c, err := p.any()
		if err != nil {
			return nil, err
		}
		if p.blanks(); !p.is(")") {
			return nil, p.fail("Expected ')'")
		}
		p.at++
		return c, nil
	}
	return p.comparison()
}

func (p *parser) comparison() (condition, error) {
	left, isPath, err := p.operand()
	if err != nil {
		return nil, err
	}
	p.blanks()
	for _, op := range []string{"==", "!=", "<=", ">=", "=~", "<", ">"} {
		if !p.is(op) {
			continue
		}
		p.at += len(op)
		if op == "=~" {
			return p.match(left)
		}
		right, _, err := p.operand()
		return func(v, root *Value) bool { return compare(op, left(v, root), right(v, root)) }, err
	}
	if !isPath {
		return nil, p.fail("Expected an operator")
	}
	return func(v, root *Value) bool { return left(v, root) != nil }, nil
}

// match reads /regex/ and its flags.
func (p *parser) match(left operand) (condition, error) {
	p.blanks()
	end := strings.LastIndexByte(p.s, '/')
	if !p.is("/") || end <= p.at {
		return nil, p.fail("Expected a pattern between slashes")
	}
	pattern := p.s[p.at+1 : end]
	p.at = end + 1
	if p.is("i") {
		p.at++
		pattern = "(?i)" + pattern
	}
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	if err != nil {
		return nil, fmt.Errorf("the pattern is not valid: %w", err)
	}
	return func(v, root *Value) bool {
		x := left(v, root)
		return x != nil && x.Kind == String && re.MatchString(x.Text)
	}, nil
}

// operand reads @.path, $.path or a literal.
func (p *parser) operand() (o operand, isPath bool, err error) {
	p.blanks()
	switch {
	case p.is("@"), p.is("$"):
		o, err = p.inner()
		return o, true, err
	case p.is("'"), p.is(`"`):
		s, err := p.quoted()
		return constant(&Value{Kind: String, Text: s}), false, err
	}
	end := strings.IndexAny(p.s[p.at:], " )&|<>=!]")
	if end <= 0 {
		return nil, false, p.fail("Expected a value")
	}
	v, err := Parse([]byte(p.s[p.at : p.at+end]))
	if err != nil {
		return nil, false, p.fail("Expected a value")
	}
	p.at += end
	return constant(v), false, nil
}

func constant(v *Value) operand { return func(_, _ *Value) *Value { return v } }

// inner reads a path inside of a condition.
func (p *parser) inner() (operand, error) {
	fromRoot := p.s[p.at] == '$'
	outer := p.steps
	p.steps = nil
	p.at++
	for p.at < len(p.s) && strings.IndexByte(" )&|<>=!]", p.s[p.at]) < 0 {
		if err := p.innerStep(); err != nil {
			return nil, err
		}
	}
	path := &Path{steps: p.steps, Lax: true}
	p.steps = outer
	return func(v, root *Value) *Value {
		if fromRoot {
			v = root
		}
		r, err := path.Read(v)
		if err != nil || r != nil && !path.Definite() && len(r.Elems) == 0 {
			return nil
		}
		return r
	}, nil
}

// innerStep reads a step, of which a name ends at an operator too.
func (p *parser) innerStep() error {
	if p.is("[") || p.is("..") || p.is(".*") {
		return p.step()
	}
	if !p.is(".") {
		return p.fail("Expected a path")
	}
	end := strings.IndexAny(p.s[p.at+1:], ".[( )&|<>=!]")
	if end <= 0 || p.s[p.at+1+end] == '(' {
		return p.step()
	}
	p.steps = append(p.steps, field(p.s[p.at+1:p.at+1+end]))
	p.at += 1 + end
	return nil
}

// compare is a op b; values of different kinds are different and in no order.
func compare(op string, a, b *Value) bool {
	if a == nil || b == nil || a.Kind != b.Kind {
		return op == "!="
	}
	c, ordered := 0, true
	switch {
	case a.Kind == Number:
		x, okX := new(big.Float).SetString(a.Text)
		y, okY := new(big.Float).SetString(b.Text)
		if !okX || !okY {
			return false
		}
		c = x.Cmp(y)
	case a.IsScalar():
		c, ordered = strings.Compare(a.Text, b.Text), a.Kind == String
	default:
		c, ordered = strings.Compare(string(a.Append(nil)), string(b.Append(nil))), false
	}
	switch op {
	case "==":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return ordered && c < 0
	case "<=":
		return ordered && c <= 0
	case ">":
		return ordered && c > 0
	}
	return ordered && c >= 0
}
