package pattern

import (
	"encoding/json"
	"strconv"
	"strings"
)

// parseJSON reads { conditions }. An event that is not JSON is not selected.
func parseJSON(text string) (func(string) bool, error) {
	p := &jsonParser{scanner{text: text, pos: 1}}
	c, err := conditions(&p.scanner, p.single)
	if err != nil {
		return nil, err
	}
	if !p.take("}") {
		return nil, p.errorf("&&, || or } is missing")
	}
	if p.space(); !p.end() {
		return nil, p.errorf("nothing may follow the closing }")
	}
	return func(message string) bool {
		if !strings.ContainsRune(message, '{') && !strings.ContainsRune(message, '[') {
			return false
		}
		dec := json.NewDecoder(strings.NewReader(message))
		dec.UseNumber()
		var v any
		return dec.Decode(&v) == nil && c(v)
	}, nil
}

type jsonParser struct{ scanner }

// single reads (conditions), or a selector and what is said of it.
func (p *jsonParser) single() (cond[any], error) {
	if p.take("(") {
		c, err := conditions(&p.scanner, p.single)
		if err == nil && !p.take(")") {
			err = p.errorf(") is missing")
		}
		return c, err
	}
	sel, err := p.selector()
	if err != nil {
		return nil, err
	}
	switch {
	case p.word("IS"):
		return p.is(sel)
	case p.word("NOT"):
		if !p.word("EXISTS") {
			return nil, p.errorf("EXISTS is missing")
		}
		return func(v any) bool { return len(sel.find(v)) == 0 }, nil
	case p.word("EXISTS"):
		return func(v any) bool { return len(sel.find(v)) > 0 }, nil
	}
	op := p.operator()
	if op == "" {
		return nil, p.errorf("=, !=, <, <=, >, >=, IS or NOT EXISTS is missing")
	}
	val, err := p.value(op, func(c byte) bool { return isSpace(c) || strings.IndexByte("})&|", c) >= 0 })
	if err != nil {
		return nil, err
	}
	return func(v any) bool { return sel.anyOf(v, val.holdsNode) }, nil
}

// is reads NULL, TRUE or FALSE.
func (p *jsonParser) is(sel selector) (cond[any], error) {
	for kw, want := range map[string]any{"NULL": nil, "TRUE": true, "FALSE": false} {
		if p.word(kw) {
			return func(v any) bool { return sel.anyOf(v, func(n any) bool { return n == want }) }, nil
		}
	}
	return nil, p.errorf("NULL, TRUE or FALSE is missing")
}

// holdsNode compares with a value of a JSON event; objects, lists and null
// hold nothing.
func (v value) holdsNode(node any) bool {
	switch node := node.(type) {
	case string:
		return v.holdsText(node)
	case bool:
		return v.holdsText(strconv.FormatBool(node))
	case json.Number:
		if v.isNum {
			n, err := node.Float64()
			return err == nil && v.holdsNumber(n)
		}
		if v.quoted && !v.any() && !v.front && !v.back {
			return v.op == "!="
		}
		return v.holdsText(node.String())
	}
	return false
}

// selector is the way to a value: $.users[0].email.
type selector []step

// step is one property, element, or (any) all of them.
type step struct {
	name  string
	index int
	kind  stepKind
}

type stepKind uint8

const (
	stepName stepKind = iota
	stepIndex
	stepAny
)

// selector reads $ and its steps.
func (p *jsonParser) selector() (selector, error) {
	if !p.take("$") {
		return nil, p.errorf("a selector begins with $")
	}
	var sel selector
	for {
		switch p.peek() {
		case '.':
			p.pos++
			if p.peek() == '[' { // $.['a.b']
				continue
			}
			if p.peek() == '*' {
				p.pos++
				sel = append(sel, step{kind: stepAny})
				continue
			}
			name := p.until(func(c byte) bool { return !isNameByte(c) })
			if name == "" {
				return nil, p.errorf("a property's name is missing")
			}
			sel = append(sel, step{name: name})
		case '[':
			p.pos++
			st, err := p.bracket()
			if err != nil {
				return nil, err
			}
			sel = append(sel, st)
		default:
			return sel, nil
		}
	}
}

// bracket reads 0], *] or 'name'].
func (p *jsonParser) bracket() (st step, err error) {
	p.space()
	switch c := p.peek(); {
	case c == '\'' || c == '"':
		if st.name, err = p.quoted(c); err != nil {
			return st, err
		}
	case c == '*':
		p.pos++
		st.kind = stepAny
	default:
		digits := p.until(func(c byte) bool { return c < '0' || c > '9' })
		if st.index, err = strconv.Atoi(digits); err != nil {
			return st, p.errorf("an index, '*' or a quoted name is missing")
		}
		st.kind = stepIndex
	}
	if !p.take("]") {
		return st, p.errorf("] is missing")
	}
	return st, nil
}

// find is the values the selector leads to.
func (sel selector) find(v any) []any {
	at := []any{v}
	for _, st := range sel {
		var next []any
		for _, v := range at {
			next = st.appendTo(next, v)
		}
		at = next
	}
	return at
}

func (st step) appendTo(to []any, v any) []any {
	switch v := v.(type) {
	case map[string]any:
		if st.kind == stepName {
			if child, ok := v[st.name]; ok {
				to = append(to, child)
			}
		} else if st.kind == stepAny {
			for _, child := range v {
				to = append(to, child)
			}
		}
	case []any:
		if st.kind == stepIndex && st.index < len(v) {
			to = append(to, v[st.index])
		} else if st.kind == stepAny {
			to = append(to, v...)
		}
	}
	return to
}

func (sel selector) anyOf(v any, holds func(any) bool) bool {
	for _, node := range sel.find(v) {
		if holds(node) {
			return true
		}
	}
	return false
}
