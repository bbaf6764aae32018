package policy

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	version2008 = "2008-10-17"
	version2012 = "2012-10-17"
)

// source is a document as written, its shape known to be right.
type source struct {
	version    string
	statements []rawStatement
}

// rawStatement is a statement as written.
type rawStatement struct {
	sid, effect                   string
	actions, resources            []string
	notAction, notRes             bool // the Not… spelling
	has                           map[string]bool
	principal                     map[string][]string
	anybody                       bool // "Principal": "*"
	conditions                    []rawCondition
	principalIsText, notPrincipal bool
}

type rawCondition struct {
	op, key string
	values  []string
}

// object is a JSON object in the order written; a key twice is an error.
type object []member

type member struct {
	key   string
	value any
}

// read decodes JSON into objects, []any, strings, numbers, bools and nil.
func read(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := readValue(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the document")
	}
	return v, nil
}

func readValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := object{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name := key.(string) // the decoder takes no other key
			if slices.ContainsFunc(o, func(m member) bool { return m.key == name }) {
				return nil, fmt.Errorf("%q stands twice", name)
			}
			v, err := readValue(d)
			if err != nil {
				return nil, err
			}
			o = append(o, member{name, v})
		}
		_, err := d.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := readValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

// shape reads the grammar: which elements there are and of which kinds.
func shape(text string) (*source, bool) {
	v, err := read(text)
	top, ok := v.(object)
	if err != nil || !ok {
		return nil, false
	}
	s := &source{}
	for _, m := range top {
		switch m.key {
		case "Version":
			s.version, ok = m.value.(string)
			ok = ok && (s.version == version2008 || s.version == version2012)
		case "Id":
			_, ok = m.value.(string)
		case "Statement":
			list, isList := m.value.([]any)
			if !isList {
				list = []any{m.value}
			}
			for _, x := range list {
				st, good := statementShape(x)
				if !good {
					return nil, false
				}
				s.statements = append(s.statements, st)
			}
		default:
			ok = false
		}
		if !ok {
			return nil, false
		}
	}
	return s, len(s.statements) > 0
}

func statementShape(v any) (st rawStatement, ok bool) {
	o, ok := v.(object)
	if !ok {
		return st, false
	}
	st.has = map[string]bool{}
	for _, m := range o {
		st.has[m.key] = true
		switch m.key {
		case "Sid":
			st.sid, ok = m.value.(string)
		case "Effect":
			st.effect, ok = m.value.(string)
		case "Action", "NotAction":
			st.notAction = m.key == "NotAction"
			st.actions, ok = texts(m.value)
		case "Resource", "NotResource":
			st.notRes = m.key == "NotResource"
			st.resources, ok = texts(m.value)
		case "Principal", "NotPrincipal":
			st.notPrincipal = m.key == "NotPrincipal"
			ok = st.readPrincipal(m.value)
		case "Condition":
			ok = st.readConditions(m.value)
		default:
			ok = false
		}
		if !ok {
			return st, false
		}
	}
	both := func(name string) bool { return st.has[name] && st.has["Not"+name] }
	return st, !both("Action") && !both("Resource") && !both("Principal")
}

// texts is a string or a list of strings.
func texts(v any) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, true
	case []any:
		out := make([]string, 0, len(v))
		for _, x := range v {
			s, ok := x.(string)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, true
	}
	return nil, false
}

func (st *rawStatement) readPrincipal(v any) bool {
	if s, ok := v.(string); ok {
		st.principalIsText, st.anybody = true, s == "*"
		return true
	}
	o, ok := v.(object)
	st.principal = map[string][]string{}
	for _, m := range o {
		if st.principal[m.key], ok = texts(m.value); !ok {
			return false
		}
	}
	return ok
}

func (st *rawStatement) readConditions(v any) bool {
	ops, ok := v.(object)
	for _, op := range ops {
		keys, isObject := op.value.(object)
		if _, _, known := newCondition(op.key, "", nil, version2012); !known || !isObject {
			return false
		}
		for _, k := range keys {
			list, isList := k.value.([]any)
			if !isList {
				list = []any{k.value}
			}
			c := rawCondition{op: op.key, key: k.key}
			for _, x := range list {
				switch x := x.(type) {
				case string:
					c.values = append(c.values, x)
				case json.Number, bool:
					c.values = append(c.values, fmt.Sprint(x))
				default:
					return false
				}
			}
			st.conditions = append(st.conditions, c)
		}
	}
	return ok
}

// build compiles a document; ok is false when a condition's value or an effect
// is not what it must be.
func (s *source) build() (d *Document, ok bool) {
	d, ok = &Document{version: s.version}, true
	for _, raw := range s.statements {
		st := statement{notAction: raw.notAction, notRes: raw.notRes}
		switch raw.effect {
		case "Allow":
			st.effect = Allow
		case "Deny":
			st.effect = Deny
		default:
			ok = false
		}
		for _, a := range raw.actions {
			st.actions = append(st.actions, compile(a, textMode, "").fold())
		}
		for _, r := range raw.resources {
			m := resourceMode
			if r == "*" {
				m = textMode
			}
			st.resources = append(st.resources, compile(r, m, s.version))
		}
		for _, c := range raw.conditions {
			cond, valid, _ := newCondition(c.op, c.key, c.values, s.version)
			ok = ok && valid
			st.conditions = append(st.conditions, cond)
		}
		st.principals.aws = raw.principal["AWS"]
		if raw.anybody {
			st.principals.aws = []string{"*"}
		}
		for _, name := range raw.principal["Service"] {
			st.principals.services = append(st.principals.services, plainService(name))
		}
		d.statements = append(d.statements, st)
	}
	return d, ok
}

// Parse compiles a document that was checked when it was stored.
func Parse(text string) (*Document, error) {
	s, ok := shape(text)
	if !ok {
		return nil, &ParseError{"Syntax errors in policy."}
	}
	d, ok := s.build()
	if !ok {
		return nil, &ParseError{errLegacy}
	}
	return d, nil
}
