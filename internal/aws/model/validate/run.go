package validate

import (
	"fmt"
	"hash/fnv"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// run is one check under way.
type run struct {
	missing map[string]bool
	faults  []string
	path    []step
}

type step struct {
	name  string // a member, or a map's key
	index int    // an element, from 1
	elem  bool
}

func (st *run) at() string {
	var b strings.Builder
	for i, s := range st.path {
		if i > 0 {
			b.WriteByte('.')
		}
		if s.index > 0 {
			b.WriteString(strconv.Itoa(s.index))
		} else {
			b.WriteString(s.name)
		}
		if s.elem {
			b.WriteString(".member")
		}
	}
	return b.String()
}

func (st *run) push(s step) { st.path = append(st.path, s) }
func (st *run) pop()        { st.path = st.path[:len(st.path)-1] }
func (st *run) full() bool  { return len(st.faults) >= maxFaults }
func (st *run) lacks() bool { return st.missing != nil && st.missing[st.at()] }
func (st *run) tell(f string) {
	if !st.full() {
		st.faults = append(st.faults, f)
	}
}

// fault tells that the value at the present path breaks a constraint.
func (st *run) fault(n *node, v reflect.Value, constraint string) {
	value := ""
	if !n.shape.Sensitive {
		value = " '" + n.text(v) + "'"
	}
	st.tell("Value" + value + " at '" + st.at() + "' failed to satisfy constraint: " + constraint)
}

// check checks a value that is there.
func (n *node) check(st *run, v reflect.Value) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	for _, r := range n.rules {
		if !r.holds(v) {
			st.fault(n, v, r.text)
		}
	}
	if st.full() {
		return
	}
	switch {
	case n.shape == nil:
	case n.shape.Type == "structure":
		n.checkMembers(st, v)
	case n.shape.Type == "list":
		n.checkList(st, v)
	case n.shape.Type == "map":
		n.checkMap(st, v)
	}
}

func (n *node) checkMembers(st *run, v reflect.Value) {
	for i := range n.members {
		m := &n.members[i]
		f := v.Field(m.field)
		st.push(step{name: m.path})
		switch {
		case m.required && st.lacks():
			st.tell("Value null at '" + st.at() + "' failed to satisfy constraint: Member must not be null")
		case (f.Kind() == reflect.Pointer || f.Kind() == reflect.Slice || f.Kind() == reflect.Map) && f.IsNil():
		default:
			m.node.check(st, f)
		}
		st.pop()
		if st.full() {
			return
		}
	}
}

func (n *node) checkList(st *run, v reflect.Value) {
	if n.elem == nil && len(n.elemRules) == 0 && st.missing == nil {
		return
	}
	told := false
	for i := range v.Len() {
		st.push(step{index: i + 1, elem: true})
		lacks := st.lacks()
		if lacks {
			st.tell("Value null at '" + st.at() + "' failed to satisfy constraint: Member must not be null")
		} else if n.elem != nil {
			n.elem.check(st, v.Index(i))
		}
		st.pop()
		if !told && !lacks && n.elem == nil && !all(n.elemRules, v.Index(i)) {
			st.fault(n, v, "Member must satisfy constraint: "+list(n.elemRules))
			told = true
		}
		if st.full() {
			return
		}
	}
}

func (n *node) checkMap(st *run, v reflect.Value) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	badKey, badValue := false, false
	for _, k := range keys {
		badKey = badKey || !all(n.keyRules, k)
		st.push(step{name: k.String(), elem: true})
		if st.lacks() {
			st.tell("Value null at '" + st.at() + "' failed to satisfy constraint: Member must not be null")
		} else if n.elem != nil {
			n.elem.check(st, v.MapIndex(k))
		} else {
			badValue = badValue || !all(n.elemRules, v.MapIndex(k))
		}
		st.pop()
	}
	if badKey {
		st.fault(n, v, "Map keys must satisfy constraint: "+list(bracketed(n.keyRules)))
	}
	if badValue {
		st.fault(n, v, "Map value must satisfy constraint: "+list(n.elemRules))
	}
}

func all(rules []rule, v reflect.Value) bool {
	for _, r := range rules {
		if !r.holds(v) {
			return false
		}
	}
	return true
}

// list is rules as AWS lists an element's: [a, b].
func list(rules []rule) string {
	texts := make([]string, len(rules))
	for i, r := range rules {
		texts[i] = r.text
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// text is a value as AWS's messages show it: Java's toString of it.
func (n *node) text(v reflect.Value) string {
	sh := n.shape
	if sh.Type == "list" || sh.Type == "map" {
		return n.collection(v)
	}
	return n.plain(n.name, v)
}

func (n *node) plain(name string, v reflect.Value) string {
	sh := n.s.Shapes[name]
	if sh.Sensitive {
		return "***"
	}
	switch sh.Type {
	case "structure":
		h := fnv.New32a()
		_, _ = h.Write([]byte(name)) // a hash takes everything
		return fmt.Sprintf("com.amazonaws.%s.v%s.%s@%08x", n.s.Metadata.EndpointPrefix,
			strings.ReplaceAll(n.s.Metadata.APIVersion, "-", ""), name, h.Sum32())
	case "blob":
		return fmt.Sprintf("java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]", v.Len(), v.Len())
	case "timestamp":
		return v.Interface().(time.Time).UTC().Format("2006-01-02T15:04:05.000Z")
	case "list", "map":
		return (&node{s: n.s, shape: sh, name: name}).collection(v)
	}
	return fmt.Sprint(v.Interface())
}

func (n *node) collection(v reflect.Value) string {
	var parts []string
	if n.shape.Type == "list" {
		for i := range v.Len() {
			parts = append(parts, n.plain(n.shape.Member.Shape, v.Index(i)))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	for _, k := range v.MapKeys() {
		parts = append(parts, k.String()+"="+n.plain(n.shape.Value.Shape, v.MapIndex(k)))
	}
	slices.Sort(parts)
	return "{" + strings.Join(parts, ", ") + "}"
}
