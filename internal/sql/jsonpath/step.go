package jsonpath

import (
	"fmt"
	"strconv"
	"strings"
)

// field is .name or ['name'].
type field string

func (k field) definite() bool { return true }
func (k field) text() string   { return "['" + string(k) + "']" }

func (k field) from(v, _ *Value, one bool, f func(*Value) error) error {
	if e := v.Field(string(k)); e != nil {
		return f(e)
	}
	if one {
		return fmt.Errorf("No results for path: $%s", k.text())
	}
	return nil
}

// fields is ['a', 'b']: as the last step an object of them.
type fields []string

func (k fields) definite() bool { return false }
func (k fields) text() string   { return "['" + strings.Join(k, "','") + "']" }

func (k fields) from(v, root *Value, one bool, f func(*Value) error) error {
	for _, name := range k {
		if err := field(name).from(v, root, false, f); err != nil {
			return err
		}
	}
	return nil
}

func (k fields) merge(v *Value) *Value {
	m := &Value{Kind: Object}
	for _, name := range k {
		if e := v.Field(name); e != nil {
			m.Keys, m.Elems = append(m.Keys, name), append(m.Elems, e)
		}
	}
	return m
}

// index is [n], counted from the end when negative.
type index int

func (n index) definite() bool { return true }
func (n index) text() string   { return "[" + strconv.Itoa(int(n)) + "]" }

func (n index) from(v, _ *Value, one bool, f func(*Value) error) error {
	if v.Kind != Array {
		if one {
			return fmt.Errorf("Filter: %s can only be applied to arrays", n.text())
		}
		return nil
	}
	i := int(n)
	if i < 0 {
		i += len(v.Elems)
	}
	if i < 0 || i >= len(v.Elems) {
		return nil
	}
	return f(v.Elems[i])
}

// indexes is [1, 2].
type indexes []index

func (n indexes) definite() bool { return false }
func (n indexes) text() string   { return fmt.Sprint([]index(n)) }

func (n indexes) from(v, root *Value, one bool, f func(*Value) error) error {
	for _, i := range n {
		if err := i.from(v, root, one, f); err != nil {
			return err
		}
	}
	return nil
}

// slice is [from:to], either of which may be missing.
type slice struct{ from0, to *int }

func (s slice) definite() bool { return false }
func (s slice) text() string   { return "[:]" }

func (s slice) from(v, _ *Value, one bool, f func(*Value) error) error {
	if v.Kind != Array {
		if one {
			return fmt.Errorf("Filter: %s can only be applied to arrays", s.text())
		}
		return nil
	}
	n := len(v.Elems)
	bound := func(p *int, otherwise int) int {
		if p == nil {
			return otherwise
		}
		if *p < 0 {
			return max(0, *p+n)
		}
		return min(*p, n)
	}
	for i, to := bound(s.from0, 0), bound(s.to, n); i < to; i++ {
		if err := f(v.Elems[i]); err != nil {
			return err
		}
	}
	return nil
}

// wildcard is .* or [*].
type wildcard struct{}

func (wildcard) definite() bool { return false }
func (wildcard) text() string   { return "[*]" }

func (wildcard) from(v, _ *Value, _ bool, f func(*Value) error) error {
	for _, e := range v.Elems {
		if err := f(e); err != nil {
			return err
		}
	}
	return nil
}

// scan is ..: the value and all below it, outermost first.
type scan struct{}

func (scan) definite() bool { return false }
func (scan) text() string   { return ".." }

func (s scan) from(v, root *Value, _ bool, f func(*Value) error) error {
	if v.IsScalar() {
		return nil
	}
	if err := f(v); err != nil {
		return err
	}
	for _, e := range v.Elems {
		if err := s.from(e, root, false, f); err != nil {
			return err
		}
	}
	return nil
}

// length is .length() and .size(): the number of members.
type length struct{}

func (length) definite() bool { return true }
func (length) text() string   { return ".length()" }

func (length) from(v, _ *Value, _ bool, f func(*Value) error) error {
	if v.IsScalar() {
		return nil
	}
	return f(&Value{Kind: Number, Text: strconv.Itoa(len(v.Elems))})
}
