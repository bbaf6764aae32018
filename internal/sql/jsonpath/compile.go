package jsonpath

import (
	"fmt"
	"strconv"
	"strings"
)

// parser reads a path.
type parser struct {
	s     string
	at    int
	steps []step
}

func compile(path string) ([]step, error) {
	path = strings.TrimSpace(path)
	if path == "" {
		return nil, fmt.Errorf("the path is empty")
	}
	if path[0] != '$' && path[0] != '@' {
		path = "$." + path
	}
	if strings.HasSuffix(path, ".") {
		return nil, fmt.Errorf("Path must not end with a '.' or '..'")
	}
	p := &parser{s: path, at: 1}
	for p.at < len(p.s) {
		if err := p.step(); err != nil {
			return nil, err
		}
	}
	return p.steps, nil
}

func (p *parser) is(prefix string) bool { return strings.HasPrefix(p.s[p.at:], prefix) }

func (p *parser) fail(what string) error {
	return fmt.Errorf("%s at position %d", what, p.at)
}

func (p *parser) step() error {
	switch {
	case p.is(".."):
		p.at += 2
		p.steps = append(p.steps, scan{})
	case p.is("."):
		p.at++
	case p.is("["):
		return p.bracket()
	default:
		return p.fail("Illegal character, expected '.' or '['")
	}
	switch {
	case p.is("["):
		return p.bracket()
	case p.is("*"):
		p.at++
		p.steps = append(p.steps, wildcard{})
		return nil
	}
	end := strings.IndexAny(p.s[p.at:], ".[( ")
	if end < 0 {
		end = len(p.s) - p.at
	}
	name := p.s[p.at : p.at+end]
	p.at += end
	switch {
	case name == "":
		return p.fail("Could not parse token")
	case p.is(" "):
		return p.fail("Use bracket notion ['my prop'] if your property contains blank characters")
	case p.is("()") && (name == "length" || name == "size"):
		p.at += 2
		p.steps = append(p.steps, length{})
		return nil
	case p.is("("):
		return fmt.Errorf("the function %s() is not supported by this version of Weir", name)
	}
	p.steps = append(p.steps, field(name))
	return nil
}

// bracket reads ['a'], ['a', 'b'], [1], [1, 2], [1:2], [*] and [?(…)].
func (p *parser) bracket() error {
	p.at++
	p.blanks()
	switch {
	case p.is("'"), p.is(`"`):
		return p.names()
	case p.is("*"):
		p.at++
		p.steps = append(p.steps, wildcard{})
		return p.close()
	case p.is("?"):
		p.at++
		p.blanks()
		cond, err := p.filter()
		p.steps = append(p.steps, filter{cond})
		if err != nil {
			return err
		}
		return p.close()
	}
	end := strings.IndexByte(p.s[p.at:], ']')
	if end < 0 {
		return p.fail("Could not parse token")
	}
	inner := p.s[p.at : p.at+end]
	p.at += end + 1
	return p.numbers(inner)
}

func (p *parser) blanks() {
	for p.at < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) close() error {
	p.blanks()
	if !p.is("]") {
		return p.fail("Expected ']'")
	}
	p.at++
	return nil
}

// names reads 'a', 'b']: one is a field, more are fields.
func (p *parser) names() error {
	var names fields
	for {
		p.blanks()
		if !p.is("'") && !p.is(`"`) {
			return p.fail("Found empty property")
		}
		name, err := p.quoted()
		if err != nil {
			return err
		}
		names = append(names, name)
		if p.blanks(); !p.is(",") {
			break
		}
		p.at++
	}
	if len(names) == 1 {
		p.steps = append(p.steps, field(names[0]))
	} else {
		p.steps = append(p.steps, names)
	}
	return p.close()
}

// quoted reads a string in its quotes, with the escapes of Java.
func (p *parser) quoted() (string, error) {
	quote := p.s[p.at]
	var b strings.Builder
	for p.at++; p.at < len(p.s); p.at++ {
		c := p.s[p.at]
		switch {
		case c == quote:
			p.at++
			return b.String(), nil
		case c == '\\' && p.at+1 < len(p.s):
			p.at++
			if at := strings.IndexByte("bfnrt", p.s[p.at]); at >= 0 {
				b.WriteByte("\b\f\n\r\t"[at])
			} else if u, err := strconv.ParseUint(p.s[p.at+1:min(p.at+5, len(p.s))], 16, 16); p.s[p.at] == 'u' && err == nil {
				b.WriteRune(rune(u))
				p.at += 4
			} else {
				b.WriteByte(p.s[p.at])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail("Property has not been closed - missing closing " + string(quote))
}

// numbers reads what stands between brackets around numbers.
func (p *parser) numbers(inner string) error {
	if from, to, ok := strings.Cut(inner, ":"); ok {
		var s slice
		for _, end := range []struct {
			text string
			to   **int
		}{{from, &s.from0}, {to, &s.to}} {
			if t := strings.TrimSpace(end.text); t != "" {
				n, err := strconv.Atoi(t)
				if err != nil {
					return p.fail("Failed to parse SliceOperation: " + inner)
				}
				*end.to = &n
			}
		}
		p.steps = append(p.steps, s)
		return nil
	}
	var all indexes
	for part := range strings.SplitSeq(inner, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			return p.fail("Could not parse token. Expected ?, ', 0-9, *")
		}
		all = append(all, index(n))
	}
	if len(all) == 1 {
		p.steps = append(p.steps, all[0])
	} else {
		p.steps = append(p.steps, all)
	}
	return nil
}
