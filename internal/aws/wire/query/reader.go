// Package query reads the forms of AWS's query protocol and writes its XML.
//
// Vocabulary. A form is flat: Tags.member.1.Key=a. The Reader makes it a tree of
// nodes by the dots; what kind a node is, the shape that asks decides. Lists are
// read as member.N, as N alone (flattened), maps as entry.N.key and .value.
//
// An absent member and an empty one differ: TagKeys= is an empty list.
package query

import (
	"encoding/base64"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"weir/internal/aws/wire/shape"
)

// maxDepth bounds how deep a form's names may nest.
const maxDepth = 64

// node is a name's value or the names below it.
type node struct {
	value string
	names []string // in the form's order
	below map[string]*node
}

func (n *node) child(name string) *node {
	c := n.below[name]
	if c == nil {
		c = &node{}
		if n.below == nil {
			n.below = map[string]*node{}
		}
		n.below[name] = c
		n.names = append(n.names, name)
	}
	return c
}

// level is an object or list being read.
type level struct {
	keys []string
	at   []*node
	next int
}

// Reader is a shape.Reader over a form.
type Reader struct {
	cur   *node
	stack []level
}

// NewReader reads a form; Action and Version are the protocol's own.
func NewReader(form url.Values) (*Reader, error) {
	root := &node{}
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == "Action" || name == "Version" {
			continue
		}
		n, depth := root, 0
		for part := range strings.SplitSeq(name, ".") {
			if depth++; depth > maxDepth {
				return nil, &shape.TypeError{Msg: "The request is nested too deeply"}
			}
			n = n.child(part)
		}
		n.value = form[name][len(form[name])-1]
	}
	return &Reader{cur: root}, nil
}

// scalar is the text of the current node, which must be no structure.
func (r *Reader) scalar() (string, error) {
	if len(r.cur.names) > 0 {
		return "", &shape.TypeError{Msg: "Unexpected complex element termination"}
	}
	return r.cur.value, nil
}

// Null implements shape.Reader: a form has no null.
func (r *Reader) Null() bool { return false }

// Bool implements shape.Reader.
func (r *Reader) Bool() (bool, error) {
	s, err := r.scalar()
	if err != nil {
		return false, err
	}
	switch strings.ToLower(s) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, malformed(s)
}

// malformed is a text that is not what the member takes.
func malformed(s string) error {
	return &shape.TypeError{Msg: "'" + s + "' is not a valid value for this parameter"}
}

// Int implements shape.Reader.
func (r *Reader) Int(bits int) (int64, error) {
	s, err := r.scalar()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseInt(s, 10, bits)
	if err != nil {
		return 0, malformed(s)
	}
	return v, nil
}

// Float implements shape.Reader.
func (r *Reader) Float() (float64, error) {
	s, err := r.scalar()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, malformed(s)
	}
	return v, nil
}

// Str implements shape.Reader.
func (r *Reader) Str() (string, error) { return r.scalar() }

// Blob implements shape.Reader.
func (r *Reader) Blob() ([]byte, error) {
	s, err := r.scalar()
	if err != nil {
		return nil, err
	}
	v, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, malformed(s)
	}
	return v, nil
}

// Time implements shape.Reader: ISO 8601, or seconds since the epoch.
func (r *Reader) Time(shape.TimeFormat) (time.Time, error) {
	s, err := r.scalar()
	if err != nil {
		return time.Time{}, err
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z", "2006-01-02", "20060102T150405Z"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(f) < 1<<53 {
		return time.UnixMilli(int64(math.Round(f * 1000))).UTC(), nil
	}
	return time.Time{}, malformed(s)
}

// Struct implements shape.Reader.
func (r *Reader) Struct() error {
	l := level{keys: r.cur.names}
	for _, name := range r.cur.names {
		l.at = append(l.at, r.cur.below[name])
	}
	r.stack = append(r.stack, l)
	return nil
}

// Map implements shape.Reader.
func (r *Reader) Map() error {
	l := level{}
	for _, entry := range elements(r.cur, "entry") {
		key, value := entry.below["key"], entry.below["value"]
		if key == nil {
			return &shape.TypeError{Msg: "A map entry has no key"}
		}
		if value == nil {
			value = &node{}
		}
		l.keys = append(l.keys, key.value)
		l.at = append(l.at, value)
	}
	r.stack = append(r.stack, l)
	return nil
}

// List implements shape.Reader.
func (r *Reader) List() error {
	r.stack = append(r.stack, level{at: elements(r.cur, "member")})
	return nil
}

// elements are the numbered nodes below n, or below n's only child of the name.
func elements(n *node, wrapper string) []*node {
	if w := n.below[wrapper]; w != nil {
		n = w
	}
	type numbered struct {
		i int
		n *node
	}
	var all []numbered
	for name, c := range n.below {
		if i, err := strconv.Atoi(name); err == nil {
			all = append(all, numbered{i, c})
		}
	}
	slices.SortFunc(all, func(a, b numbered) int { return a.i - b.i })
	nodes := make([]*node, len(all))
	for i, x := range all {
		nodes[i] = x.n
	}
	return nodes
}

// Next implements shape.Reader.
func (r *Reader) Next() (bool, error) {
	top := &r.stack[len(r.stack)-1]
	if top.next == len(top.at) {
		r.stack = r.stack[:len(r.stack)-1]
		return false, nil
	}
	r.cur = top.at[top.next]
	top.next++
	return true, nil
}

// Key implements shape.Reader.
func (r *Reader) Key() ([]byte, bool, error) {
	ok, err := r.Next()
	if err != nil || !ok {
		return nil, false, err
	}
	top := &r.stack[len(r.stack)-1]
	return []byte(top.keys[top.next-1]), true, nil
}

// Skip implements shape.Reader.
func (r *Reader) Skip() error { return nil }
