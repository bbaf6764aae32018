package shape

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

// buildValue makes the plan of everything that is not a structure.
func (ps *Plans) buildValue(p *plan, t reflect.Type, building map[reflect.Type]*plan) {
	switch {
	case t == timeType:
		*p = *timePlan(t, TimeDefault)
	case t.Kind() == reflect.Interface: // a document: no service here looks into one
		p.decode = func(r Reader, _ *State, _ reflect.Value) error { return r.Skip() }
		p.encode = func(w Writer, _ reflect.Value) { w.Struct(); w.EndStruct() }
	case t.Kind() == reflect.Pointer:
		p.pointer(t, ps.build(t.Elem(), building))
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		p.decode = func(r Reader, _ *State, v reflect.Value) error {
			b, err := r.Blob()
			v.SetBytes(b)
			return err
		}
		p.encode = func(w Writer, v reflect.Value) { w.Blob(v.Bytes()) }
	case t.Kind() == reflect.Slice:
		p.list(ps.build(t.Elem(), building))
	case t.Kind() == reflect.Map:
		p.mapping(t, ps.build(t.Elem(), building))
	default:
		p.scalar(t)
	}
}

func (p *plan) scalar(t reflect.Type) {
	switch t.Kind() {
	case reflect.String:
		p.decode = func(r Reader, _ *State, v reflect.Value) error {
			x, err := r.Str()
			v.SetString(x)
			return err
		}
		p.encode = func(w Writer, v reflect.Value) { w.Str(v.String()) }
	case reflect.Int32, reflect.Int64:
		bits := t.Bits()
		p.decode = func(r Reader, _ *State, v reflect.Value) error {
			x, err := r.Int(bits)
			v.SetInt(x)
			return err
		}
		p.encode = func(w Writer, v reflect.Value) { w.Int(v.Int()) }
	case reflect.Float32, reflect.Float64:
		p.decode = func(r Reader, _ *State, v reflect.Value) error {
			x, err := r.Float()
			v.SetFloat(x)
			return err
		}
		p.encode = func(w Writer, v reflect.Value) { w.Float(v.Float()) }
	case reflect.Bool:
		p.decode = func(r Reader, _ *State, v reflect.Value) error {
			x, err := r.Bool()
			v.SetBool(x)
			return err
		}
		p.encode = func(w Writer, v reflect.Value) { w.Bool(v.Bool()) }
	default:
		panic(fmt.Sprintf("shape: no member has the Go type %s", t))
	}
}

// timePlan is for time.Time and *time.Time with a member's own format.
func timePlan(t reflect.Type, format TimeFormat) *plan {
	p := &plan{
		decode: func(r Reader, _ *State, v reflect.Value) error {
			x, err := r.Time(format)
			v.Set(reflect.ValueOf(x))
			return err
		},
		encode: func(w Writer, v reflect.Value) { w.Time(v.Interface().(time.Time), format) },
	}
	if t.Kind() == reflect.Pointer {
		outer := &plan{}
		outer.pointer(t, p)
		return outer
	}
	return p
}

func (p *plan) pointer(t reflect.Type, elem *plan) {
	p.decode = func(r Reader, s *State, v reflect.Value) error {
		x := reflect.New(t.Elem())
		v.Set(x)
		return elem.decode(r, s, x.Elem())
	}
	p.encode = func(w Writer, v reflect.Value) { elem.encode(w, v.Elem()) }
}

func (p *plan) list(elem *plan) {
	p.decode = func(r Reader, s *State, v reflect.Value) error {
		if err := r.List(); err != nil {
			return err
		}
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		for n := 0; ; n++ {
			ok, err := r.Next()
			if err != nil || !ok {
				return err
			}
			if n == v.Cap() {
				v.Grow(1)
			}
			v.SetLen(n + 1)
			s.path = append(s.path, step{index: n + 1})
			if r.Null() {
				s.missing()
			} else if err := elem.decode(r, s, v.Index(n)); err != nil {
				return err
			}
			s.path = s.path[:len(s.path)-1]
		}
	}
	p.encode = func(w Writer, v reflect.Value) {
		n := v.Len()
		w.List(n)
		for i := range n {
			w.Elem()
			elem.encode(w, v.Index(i))
		}
		w.EndList()
	}
}

func (p *plan) mapping(t reflect.Type, elem *plan) {
	p.decode = func(r Reader, s *State, v reflect.Value) error {
		if err := r.Map(); err != nil {
			return err
		}
		v.Set(reflect.MakeMap(t))
		for {
			k, ok, err := r.Key()
			if err != nil || !ok {
				return err
			}
			key := string(k)
			s.path = append(s.path, step{key: key})
			x := reflect.New(t.Elem()).Elem()
			if r.Null() {
				s.missing()
			} else if err := elem.decode(r, s, x); err != nil {
				return err
			}
			v.SetMapIndex(reflect.ValueOf(key), x)
			s.path = s.path[:len(s.path)-1]
		}
	}
	p.encode = func(w Writer, v reflect.Value) {
		keys := make([]string, 0, v.Len())
		for _, k := range v.MapKeys() {
			keys = append(keys, k.String())
		}
		slices.Sort(keys)
		w.Map(len(keys))
		for _, k := range keys {
			w.MapKey(k)
			elem.encode(w, v.MapIndex(reflect.ValueOf(k)))
		}
		w.EndMap()
	}
}
