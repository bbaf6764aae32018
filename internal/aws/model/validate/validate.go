// Package validate checks inputs against the constraints of AWS's models, in
// AWS's order and words:
//
//	2 validation errors detected: Value '' at 'streamName' failed to satisfy constraint: Member must …; Value null at …
//
// Members are checked in the model's order; of one value first its presence, then
// pattern, lengths or bounds, set of values, then what is inside it. At most ten
// faults are told. The constraints of a list's or map's plain elements are told
// of the whole list, as AWS does.
//
// A Checker is compiled once an operation and safe for concurrent use. It knows
// the model and Go structs with aws tags, no protocol and no behaviour: what the
// model does not say is the handler's to check.
package validate

import (
	"fmt"
	"reflect"
	"strings"

	"weir/internal/aws/model"
)

// maxFaults is how many faults AWS tells at most.
const maxFaults = 10

// Checker checks the input of one operation.
type Checker struct{ root *node }

// Check returns the faults of in, a pointer to the operation's input; missing
// are the paths of the required members that were not there.
func (c *Checker) Check(in any, missing []string) []string {
	st := &run{}
	if len(missing) > 0 {
		st.missing = make(map[string]bool, len(missing))
		for _, m := range missing {
			st.missing[m] = true
		}
	}
	c.root.check(st, reflect.ValueOf(in).Elem())
	return st.faults
}

// Message joins faults into AWS's message.
func Message(faults []string) string {
	s := "s"
	if len(faults) == 1 {
		s = ""
	}
	return fmt.Sprintf("%d validation error%s detected: %s", len(faults), s, strings.Join(faults, "; "))
}

// Compile makes the Checker of an operation for inputs of the Go type in, whose
// fields' aws tags name the model's members.
func Compile(s *model.Service, op string, in reflect.Type) (*Checker, error) {
	o := s.Operations[op]
	if o == nil {
		return nil, fmt.Errorf("validate: %s has no operation %s", s.Name, op)
	}
	if o.Input == nil {
		return &Checker{root: &node{}}, nil
	}
	c := &compiler{s: s, done: map[string]*node{}}
	n, err := c.shape(o.Input.Shape, in)
	return &Checker{root: n}, err
}

// node is what is checked of one shape's values.
type node struct {
	s         *model.Service
	shape     *model.Shape
	name      string
	rules     []rule // of the value itself
	elemRules []rule // of a list's or map's plain elements, told of the whole
	keyRules  []rule
	members   []member // of a structure
	elem      *node    // of a list's or map's structured elements
}

type member struct {
	field    int
	path     string
	required bool
	node     *node
}

type compiler struct {
	s    *model.Service
	done map[string]*node
}

// shape compiles a shape for values of a Go type (pointers looked through).
func (c *compiler) shape(name string, t reflect.Type) (*node, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n := c.done[name]; n != nil {
		return n, nil
	}
	sh := c.s.Shapes[name]
	n := &node{s: c.s, shape: sh, name: name}
	c.done[name] = n
	var err error
	if n.rules, err = rulesOf(sh); err != nil {
		return nil, fmt.Errorf("validate: %s %s: %w", c.s.Name, name, err)
	}
	switch {
	case sh.Document:
		n.shape = nil // nothing is known of what is inside
	case sh.Type == "structure":
		return n, c.structure(n, t)
	}
	switch sh.Type {
	case "list":
		n.elem, n.elemRules, err = c.element(sh.Member.Shape, t.Elem())
	case "map":
		if n.keyRules, err = rulesOf(c.s.Shapes[sh.Key.Shape]); err == nil {
			n.elem, n.elemRules, err = c.element(sh.Value.Shape, t.Elem())
		}
	}
	return n, err
}

// element compiles the elements of a list or map: plain ones give rules, others
// a node of their own.
func (c *compiler) element(name string, t reflect.Type) (*node, []rule, error) {
	switch c.s.Shapes[name].Type {
	case "structure", "list", "map":
		n, err := c.shape(name, t)
		return n, nil, err
	}
	rules, err := rulesOf(c.s.Shapes[name])
	return nil, bracketed(rules), err
}

func (c *compiler) structure(n *node, t reflect.Type) error {
	fields := map[string]int{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("aws"), ",")
		fields[name] = i
	}
	for _, m := range n.shape.Members {
		i, ok := fields[m.Name]
		if !ok {
			return fmt.Errorf("validate: %s has no field for %s.%s", t, n.name, m.Name)
		}
		child, err := c.shape(m.Shape, t.Field(i).Type)
		if err != nil {
			return err
		}
		n.members = append(n.members, member{
			field: i, path: strings.ToLower(m.Name[:1]) + m.Name[1:],
			required: n.shape.IsRequired(m.Name), node: child,
		})
	}
	return nil
}
