package mathexpr

import (
	"fmt"
	"strconv"
	"strings"
)

// Parse reads an expression.
func Parse(source string) (*Expr, error) {
	p := &parser{text: source}
	if p.space(); strings.HasPrefix(strings.ToUpper(source[p.pos:]), "SELECT ") {
		return nil, fmt.Errorf("Metrics Insights queries (SELECT) are not served by Weir")
	}
	n, err := p.binary(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.pos < len(p.text) {
		return nil, p.errorf("unexpected %q", p.text[p.pos:])
	}
	return &Expr{n}, nil
}

type parser struct {
	text string
	pos  int
}

// levels are the operators by precedence, the loosest first.
func levels() [6][]string {
	return [...][]string{
		{"||", "OR"}, {"&&", "AND"}, {"<=", ">=", "==", "!=", "<", ">"}, {"+", "-"}, {"*", "/"}, {"^"},
	}
}

func (p *parser) binary(level int) (node, error) {
	ops := levels()
	if level == len(ops) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	for err == nil {
		op := p.operator(ops[level])
		if op == "" {
			break
		}
		var right node
		if right, err = p.binary(level + 1); err == nil {
			left = binary{op, left, right}
		}
	}
	return left, err
}

func (p *parser) operator(ops []string) string {
	p.space()
	rest := p.text[p.pos:]
	for _, op := range ops {
		if !strings.HasPrefix(rest, op) {
			continue
		}
		if isName(op[0]) && len(rest) > len(op) && isName(rest[len(op)]) {
			continue
		}
		p.pos += len(op)
		return op
	}
	return ""
}

func (p *parser) unary() (node, error) {
	if p.take("-") {
		n, err := p.unary()
		return binary{"*", number(-1), n}, err
	}
	switch {
	case p.take("("):
		n, err := p.binary(0)
		if err == nil && !p.take(")") {
			err = p.errorf(") is missing")
		}
		return n, err
	case p.take("["):
		args, err := p.args("]")
		return list(args), err
	case p.pos < len(p.text) && (p.text[p.pos] == '"' || p.text[p.pos] == '\''):
		return p.quoted()
	}
	return p.atom()
}

// atom reads a number, a name or a call.
func (p *parser) atom() (node, error) {
	from := p.pos
	for p.pos < len(p.text) && (isName(p.text[p.pos]) || p.text[p.pos] == '.') {
		p.pos++
	}
	word := p.text[from:p.pos]
	switch {
	case word == "":
		return nil, p.errorf("a value is missing")
	case word[0] >= '0' && word[0] <= '9' || word[0] == '.':
		v, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, p.errorf("%q is no number", word)
		}
		return number(v), nil
	case p.take("("):
		args, err := p.args(")")
		if err != nil {
			return nil, err
		}
		f, ok := functions()[strings.ToUpper(word)]
		if !ok {
			return nil, fmt.Errorf("function %s is not served by Weir", word)
		}
		return call{strings.ToUpper(word), f, args}, nil
	}
	return name(word), nil
}

// args reads expressions up to the closing bracket.
func (p *parser) args(closing string) ([]node, error) {
	var args []node
	if p.take(closing) {
		return args, nil
	}
	for {
		n, err := p.binary(0)
		if err != nil {
			return nil, err
		}
		args = append(args, n)
		if p.take(closing) {
			return args, nil
		}
		if !p.take(",") {
			return nil, p.errorf("%s is missing", closing)
		}
	}
}

func (p *parser) quoted() (node, error) {
	quote := p.text[p.pos]
	length := strings.IndexByte(p.text[p.pos+1:], quote)
	if length < 0 {
		return nil, p.errorf("the quotation mark is not closed")
	}
	t := text(p.text[p.pos+1 : p.pos+1+length])
	p.pos += length + 2
	return t, nil
}

func (p *parser) take(tok string) bool {
	p.space()
	if strings.HasPrefix(p.text[p.pos:], tok) {
		p.pos += len(tok)
		return true
	}
	return false
}

func (p *parser) space() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

func isName(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("%s at character %d", fmt.Sprintf(format, args...), p.pos+1)
}
