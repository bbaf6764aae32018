package shape

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"
)

// Plans keeps what was learnt of each Go type. The zero value is ready; it is
// safe for concurrent use.
type Plans struct{ byType sync.Map } // reflect.Type -> *plan

// plan is a type's way in and out of a document.
type plan struct {
	decode func(r Reader, s *State, v reflect.Value) error
	encode func(w Writer, v reflect.Value)
	fields []field // of a struct
	byName map[string]int
	needed int // required members
}

type field struct {
	name     string
	path     string // in AWS's messages: first letter lower
	plan     *plan
	required bool
	bit      int // which required member it is
}

var (
	timeType = reflect.TypeFor[time.Time]()
	decType  = reflect.TypeFor[Decodable]()
	encType  = reflect.TypeFor[Encodable]()
)

func (ps *Plans) of(t reflect.Type) *plan {
	if p, ok := ps.byType.Load(t); ok {
		return p.(*plan)
	}
	building := map[reflect.Type]*plan{}
	p := ps.build(t, building)
	for t, p := range building { // whole only now: a recursive type refers to itself
		ps.byType.LoadOrStore(t, p)
	}
	return p
}

// build makes the plan of t; building has those under way.
func (ps *Plans) build(t reflect.Type, building map[reflect.Type]*plan) *plan {
	if p, ok := ps.byType.Load(t); ok {
		return p.(*plan)
	}
	if p := building[t]; p != nil {
		return p
	}
	p := &plan{}
	building[t] = p
	if t.Kind() == reflect.Struct && t != timeType {
		ps.buildStruct(p, t, building)
	} else {
		ps.buildValue(p, t, building)
	}
	if reflect.PointerTo(t).Implements(decType) {
		p.decode = func(r Reader, s *State, v reflect.Value) error {
			return v.Addr().Interface().(Decodable).DecodeShape(r, s)
		}
	}
	if reflect.PointerTo(t).Implements(encType) {
		p.encode = func(w Writer, v reflect.Value) { v.Addr().Interface().(Encodable).EncodeShape(w) }
	}
	return p
}

func (ps *Plans) buildStruct(p *plan, t reflect.Type, building map[reflect.Type]*plan) {
	p.byName = map[string]int{}
	for i := range t.NumField() {
		name, opts, _ := strings.Cut(t.Field(i).Tag.Get("aws"), ",")
		if name == "" {
			panic(fmt.Sprintf("shape: %s.%s has no aws tag", t, t.Field(i).Name))
		}
		f := field{name: name, path: Path(name)}
		format := TimeDefault
		for opt := range strings.SplitSeq(opts, ",") {
			switch opt {
			case "required":
				f.required, f.bit = true, p.needed
				p.needed++
			case "ts=iso8601":
				format = TimeISO8601
			case "ts=unixTimestamp":
				format = TimeUnix
			case "ts=rfc822":
				format = TimeRFC822
			}
		}
		f.plan = ps.build(t.Field(i).Type, building)
		if format != TimeDefault {
			f.plan = timePlan(t.Field(i).Type, format)
		}
		p.byName[name] = i
		p.fields = append(p.fields, f)
	}
	if p.needed > 64 {
		panic(fmt.Sprintf("shape: %s has more than 64 required members", t))
	}
	p.decode = p.decodeStruct
	p.encode = p.encodeStruct
}

// Path is a member's name in AWS's messages: its first letter lower-cased.
func Path(name string) string { return strings.ToLower(name[:1]) + name[1:] }
