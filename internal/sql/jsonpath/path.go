package jsonpath

import (
	"fmt"
	"strings"
)

// Path is a compiled path.
type Path struct {
	Lax  bool
	spec string
	// bad is what is wrong with the path: reading by it fails, as in Flink, and
	// nothing else does.
	bad   error
	steps []step
}

// A step leads from a value to some of those in it.
type step interface {
	// from calls f for what the step leads to from v. one says that all steps
	// before led to one value, so that finding nothing is an error.
	from(v, root *Value, one bool, f func(*Value) error) error
	// definite: the step leads to one value at most.
	definite() bool
	// text is the step in brackets, for messages.
	text() string
}

// Compile compiles a path with its mode before it: "lax $.a", "strict $.a[0]";
// strict when it is left out. A wrong path is found out by Read.
func Compile(spec string) *Path {
	p := &Path{spec: spec}
	path := spec
	trimmed := strings.TrimLeft(spec, " \t\r\n\v\f")
	for _, mode := range []string{"strict", "lax"} {
		if len(trimmed) > len(mode) && strings.EqualFold(trimmed[:len(mode)], mode) {
			if rest := strings.TrimLeft(trimmed[len(mode):], " \t\r\n\v\f"); rest != "" && len(rest) < len(trimmed)-len(mode) {
				p.Lax, path = mode == "lax", rest
				break
			}
		}
	}
	var err error
	if p.steps, err = compile(path); err != nil {
		p.bad = fmt.Errorf("Illegal jsonpath spec ''%s'', format of the spec should be: ''<lax|strict> $'{'expr'}''': %w", spec, err)
	}
	return p
}

// Definite reports whether the path leads to one value at most.
func (p *Path) Definite() bool {
	for i, s := range p.steps {
		if !s.definite() && (i < len(p.steps)-1 || !isMerge(s)) {
			return false
		}
	}
	return true
}

func isMerge(s step) bool {
	_, ok := s.(fields)
	return ok
}

// Read is what the path leads to in doc: nil for nothing, which a strict path
// reports as an error; a list when the path is not definite.
func (p *Path) Read(doc *Value) (*Value, error) {
	if p.bad != nil {
		return nil, p.bad
	}
	if doc.Kind == Null {
		return nil, errNullDocument
	}
	var found []*Value
	err := p.walk(doc, doc, 0, true, func(v *Value) error {
		found = append(found, v)
		return nil
	})
	switch {
	case p.Definite() && err == nil && len(found) > 0:
		return found[0], nil
	case p.Definite() && p.Lax:
		return nil, nil
	case p.Definite() && err == nil:
		return nil, p.notFound()
	case err != nil && !p.Lax:
		return nil, err
	case err != nil:
		found = nil
	}
	return &Value{Kind: Array, Elems: found}, nil
}

var errNullDocument = fmt.Errorf("json object can not be null")

func (p *Path) notFound() error {
	text := "$"
	for _, s := range p.steps {
		text += s.text()
	}
	return fmt.Errorf("No results for path: %s", text)
}

// walk calls f for all values that the steps from at on lead to from v.
func (p *Path) walk(v, root *Value, at int, one bool, f func(*Value) error) error {
	if at == len(p.steps) {
		return f(v)
	}
	s := p.steps[at]
	if m, ok := s.(fields); ok && at == len(p.steps)-1 {
		if v.Kind != Object {
			return nil
		}
		return f(m.merge(v))
	}
	return s.from(v, root, one, func(next *Value) error {
		return p.walk(next, root, at+1, one && s.definite(), f)
	})
}
