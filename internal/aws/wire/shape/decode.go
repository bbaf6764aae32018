package shape

import (
	"reflect"
	"strconv"
	"strings"
)

// State is one decoding under way: where it is, and what was missing.
type State struct {
	path []step
	lost []string
}

// step is one level of the path: a member, an element (from 1) or a map's key.
type step struct {
	member string
	index  int
	key    string
}

// Decode reads the document into dst, a pointer to a shape. It returns the paths
// of required members that were not there.
func (ps *Plans) Decode(r Reader, dst any) (missing []string, err error) {
	v := reflect.ValueOf(dst).Elem()
	s := &State{path: make([]step, 0, 8)}
	err = ps.of(v.Type()).decode(r, s, v)
	return s.lost, err
}

// Missing notes that a required member of the structure being read was not
// there; name is the member's, below says where in the structure: pairs of a
// list's name and an index from 1. For Decodable shapes.
func (s *State) Missing(name string, below ...any) {
	n := len(s.path)
	for i := 0; i+1 < len(below); i += 2 {
		s.path = append(s.path, step{member: Path(below[i].(string))}, step{index: below[i+1].(int)})
	}
	s.path = append(s.path, step{member: Path(name)})
	s.missing()
	s.path = s.path[:n]
}

// missing notes that the value at the present path was not there.
func (s *State) missing() {
	var b strings.Builder
	for i, st := range s.path {
		if i > 0 {
			b.WriteByte('.')
		}
		switch {
		case st.member != "":
			b.WriteString(st.member)
		case st.index > 0:
			b.WriteString(strconv.Itoa(st.index))
			b.WriteString(".member")
		default:
			b.WriteString(st.key)
			b.WriteString(".member")
		}
	}
	s.lost = append(s.lost, b.String())
}

// find is the member named key; next is where it is when members come in the
// model's order, as most clients send them.
func (p *plan) find(key []byte, next int) (int, bool) {
	if next < len(p.fields) && p.fields[next].name == string(key) {
		return next, true
	}
	i, ok := p.byName[string(key)]
	return i, ok
}

func (p *plan) decodeStruct(r Reader, s *State, v reflect.Value) error {
	if err := r.Struct(); err != nil {
		return err
	}
	var seen uint64
	for next := 0; ; {
		key, ok, err := r.Key()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		i, known := p.find(key, next)
		if !known {
			if err := r.Skip(); err != nil {
				return err
			}
			continue
		}
		next = i + 1
		f := &p.fields[i]
		if r.Null() {
			continue
		}
		s.path = append(s.path, step{member: f.path})
		if err := f.plan.decode(r, s, v.Field(i)); err != nil {
			return err
		}
		s.path = s.path[:len(s.path)-1]
		if f.required {
			seen |= 1 << f.bit
		}
	}
	if seen != 1<<p.needed-1 {
		p.reportMissing(s, seen)
	}
	return nil
}

func (p *plan) reportMissing(s *State, seen uint64) {
	for i := range p.fields {
		if f := &p.fields[i]; f.required && seen&(1<<f.bit) == 0 {
			s.path = append(s.path, step{member: f.path})
			s.missing()
			s.path = s.path[:len(s.path)-1]
		}
	}
}

// Encode writes src, a pointer to a shape. Optional members that are nil are
// left out; a required list or map that is nil is written empty.
func (ps *Plans) Encode(w Writer, src any) {
	v := reflect.ValueOf(src).Elem()
	ps.of(v.Type()).encode(w, v)
}

func (p *plan) encodeStruct(w Writer, v reflect.Value) {
	w.Struct()
	for i := range p.fields {
		f, x := &p.fields[i], v.Field(i)
		switch x.Kind() {
		case reflect.Pointer:
			if x.IsNil() {
				continue
			}
		case reflect.Slice, reflect.Map:
			if x.IsNil() && !f.required {
				continue
			}
		}
		w.Field(f.name)
		f.plan.encode(w, x)
	}
	w.EndStruct()
}
