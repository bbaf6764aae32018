// Package expr evaluates the Expression of GetPartitions: a WHERE clause over a
// table's partition keys.
//
// The grammar is AWS's: =, <>, !=, <, <=, >, >=, BETWEEN, IN, LIKE, IS [NOT]
// NULL, AND, OR, NOT and parentheses; literals are text in single quotes and
// numbers. Keys of a number's type compare as numbers, dates and timestamps by
// their text, whose order is that of time.
package expr

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"weir/internal/athena/lex"
)

// Key is a partition key.
type Key struct{ Name, Type string }

// Expr is a parsed expression.
type Expr func(values []string) bool

// Parse reads an expression over keys; an empty one is true.
func Parse(text string, keys []Key) (Expr, error) {
	toks, err := lex.Tokens(text)
	if err != nil {
		return nil, err
	}
	p := &parser{toks: toks, keys: keys}
	if p.peek().Kind == lex.EOF {
		return func([]string) bool { return true }, nil
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.peek().Kind != lex.EOF {
		return nil, p.unexpected()
	}
	return e, nil
}

type parser struct {
	toks []lex.Token
	i    int
	keys []Key
}

func (p *parser) peek() lex.Token { return p.toks[p.i] }

func (p *parser) take(s string) bool {
	if p.peek().Is(s) {
		p.i++
		return true
	}
	return false
}

func (p *parser) unexpected() error {
	return fmt.Errorf("unexpected %q at character %d", p.peek().Text, p.peek().Offset+1)
}

func (p *parser) or() (Expr, error) {
	return p.chain("or", p.and, func(a, b Expr) Expr { return func(v []string) bool { return a(v) || b(v) } })
}

func (p *parser) and() (Expr, error) {
	return p.chain("and", p.not, func(a, b Expr) Expr { return func(v []string) bool { return a(v) && b(v) } })
}

func (p *parser) chain(word string, next func() (Expr, error), join func(a, b Expr) Expr) (Expr, error) {
	e, err := next()
	for err == nil && p.take(word) {
		var r Expr
		if r, err = next(); err == nil {
			e = join(e, r)
		}
	}
	return e, err
}

func (p *parser) not() (Expr, error) {
	if p.take("not") {
		e, err := p.not()
		if err != nil {
			return nil, err
		}
		return func(v []string) bool { return !e(v) }, nil
	}
	if p.take("(") {
		e, err := p.or()
		if err == nil && !p.take(")") {
			err = p.unexpected()
		}
		return e, err
	}
	return p.comparison()
}

// operand is a key or a literal.
type operand struct {
	key  int // -1: a literal
	text string
}

func (o operand) of(v []string) string {
	if o.key >= 0 {
		return v[o.key]
	}
	return o.text
}

func (p *parser) operand() (operand, error) {
	t := p.peek()
	switch t.Kind {
	case lex.Word, lex.Quoted, lex.Backtick:
		if next := p.toks[p.i+1]; next.Kind == lex.String && (t.Is("date") || t.Is("timestamp")) {
			p.i += 2
			return operand{-1, next.Value}, nil
		}
		for i, k := range p.keys {
			if strings.EqualFold(k.Name, t.Value) {
				p.i++
				return operand{key: i}, nil
			}
		}
		return operand{}, fmt.Errorf("%q is not a partition key", t.Value)
	case lex.String, lex.Number:
		p.i++
		return operand{-1, t.Value}, nil
	}
	if t.Is("-") && p.toks[p.i+1].Kind == lex.Number {
		p.i += 2
		return operand{-1, "-" + p.toks[p.i-1].Text}, nil
	}
	return operand{}, p.unexpected()
}

func (p *parser) comparison() (Expr, error) {
	l, err := p.operand()
	if err != nil {
		return nil, err
	}
	negate := p.take("not")
	e, err := p.predicate(l)
	if err != nil || !negate {
		return e, err
	}
	return func(v []string) bool { return !e(v) }, nil
}

func (p *parser) predicate(l operand) (Expr, error) {
	op := p.peek()
	p.i++
	switch {
	case op.Is("is"):
		not := p.take("not")
		if !p.take("null") {
			return nil, p.unexpected()
		}
		return func(v []string) bool { return (l.of(v) == "__HIVE_DEFAULT_PARTITION__") != not }, nil
	case op.Is("in"):
		return p.in(l)
	case op.Is("like"):
		r, err := p.operand()
		if err != nil {
			return nil, err
		}
		return func(v []string) bool { return like(l.of(v), r.of(v)) }, nil
	case op.Is("between"):
		lo, err := p.operand()
		if err == nil && !p.take("and") {
			err = p.unexpected()
		}
		if err != nil {
			return nil, err
		}
		hi, err := p.operand()
		if err != nil {
			return nil, err
		}
		cmp := p.compare(l, lo)
		return func(v []string) bool { return cmp(l.of(v), lo.of(v)) >= 0 && cmp(l.of(v), hi.of(v)) <= 0 }, nil
	}
	test := map[string]func(int) bool{
		"=": func(c int) bool { return c == 0 }, "==": func(c int) bool { return c == 0 },
		"<>": func(c int) bool { return c != 0 }, "!=": func(c int) bool { return c != 0 },
		"<": func(c int) bool { return c < 0 }, "<=": func(c int) bool { return c <= 0 },
		">": func(c int) bool { return c > 0 }, ">=": func(c int) bool { return c >= 0 },
	}[op.Text]
	if test == nil || op.Kind != lex.Op {
		p.i--
		return nil, p.unexpected()
	}
	r, err := p.operand()
	if err != nil {
		return nil, err
	}
	cmp := p.compare(l, r)
	return func(v []string) bool { return test(cmp(l.of(v), r.of(v))) }, nil
}

func (p *parser) in(l operand) (Expr, error) {
	if !p.take("(") {
		return nil, p.unexpected()
	}
	var list []operand
	for {
		r, err := p.operand()
		if err != nil {
			return nil, err
		}
		list = append(list, r)
		if p.take(")") {
			break
		}
		if !p.take(",") {
			return nil, p.unexpected()
		}
	}
	cmp := p.compare(l, list[0])
	return func(v []string) bool {
		for _, r := range list {
			if cmp(l.of(v), r.of(v)) == 0 {
				return true
			}
		}
		return false
	}, nil
}

// compare orders two texts by the type of the key among the operands.
func (p *parser) compare(a, b operand) func(x, y string) int {
	typ := ""
	for _, o := range []operand{a, b} {
		if o.key >= 0 {
			typ = strings.ToLower(p.keys[o.key].Type)
		}
	}
	base, _, _ := strings.Cut(typ, "(")
	switch base {
	case "tinyint", "smallint", "int", "integer", "bigint", "long", "decimal", "float", "double":
		return func(x, y string) int {
			rx, okx := new(big.Rat).SetString(strings.TrimSpace(x))
			ry, oky := new(big.Rat).SetString(strings.TrimSpace(y))
			if !okx || !oky {
				return strings.Compare(x, y)
			}
			return rx.Cmp(ry)
		}
	}
	return strings.Compare
}

// like is SQL's LIKE with % and _.
func like(text, pattern string) bool {
	q := regexp.QuoteMeta(pattern)
	q = strings.NewReplacer("%", ".*", "_", ".").Replace(q)
	ok, err := regexp.MatchString("(?s)^"+q+"$", text)
	return err == nil && ok
}
