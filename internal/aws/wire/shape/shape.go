// Package shape moves values between Go structs and a protocol's document.
//
// Vocabulary. A Reader pulls values off one document (JSON, CBOR, a query form),
// a Writer puts them into one (JSON, CBOR, XML); the protocols' packages have
// them. A shape is a Go struct whose fields carry an aws tag: the member's name,
// then "required" and "ts=<format>" where the model says so. A plan is what
// reflection learns of a Go type once and keeps.
//
// Decode never checks a constraint but presence, which is lost in the struct: it
// returns the paths of required members that were absent or null, in AWS's
// spelling (records.3.member.data), for the validator to report in its turn. A
// value of the wrong kind is a *TypeError in the words of AWS's own framework.
// Unknown members are skipped. Nothing here knows a service or a protocol.
package shape

import (
	"fmt"
	"time"
)

// TimeFormat is how a member's time is written where the protocol leaves a choice.
type TimeFormat uint8

// The time formats a model can ask for.
const (
	TimeDefault TimeFormat = iota // the protocol's own
	TimeUnix
	TimeISO8601
	TimeRFC822
)

// Reader pulls values off a document. Each typed call consumes one value and
// answers a value of another kind with a *TypeError.
type Reader interface {
	// Null consumes a null if there is one.
	Null() bool
	Bool() (bool, error)
	// Int is a whole number; fractions are cut off, what exceeds bits is clamped.
	Int(bits int) (int64, error)
	Float() (float64, error)
	Str() (string, error)
	Blob() ([]byte, error)
	Time(TimeFormat) (time.Time, error)
	// Struct and Map begin an object, whose members Key then names until it says
	// false. The key is good until the next call.
	Struct() error
	Map() error
	Key() ([]byte, bool, error)
	// List begins a list; Next tells whether there is another element.
	List() error
	Next() (bool, error)
	Skip() error
}

// Writer puts values into a document, in the order of the calls.
type Writer interface {
	Bool(bool)
	Int(int64)
	Float(float64)
	Str(string)
	Blob([]byte)
	Time(time.Time, TimeFormat)
	Null()
	Struct()
	Field(name string)
	EndStruct()
	List(n int)
	Elem()
	EndList()
	Map(n int)
	MapKey(key string)
	EndMap()
}

// Decodable is a shape that reads itself, for the few operations whose speed
// matters. It must accept what the plan of its type would accept; State.Missing
// takes the required members that were not there.
type Decodable interface {
	DecodeShape(r Reader, s *State) error
}

// Encodable is a shape that writes itself, byte for byte as the plan of its
// type would.
type Encodable interface {
	EncodeShape(w Writer)
}

// TypeError is a value of a kind the member does not have.
type TypeError struct{ Msg string }

// Error is the message.
func (e *TypeError) Error() string { return e.Msg }

// Kind is the kind of a value found in a document, by AWS's words for it.
type Kind string

// The kinds of value a document can hold.
const (
	KindBool   Kind = "class java.lang.Boolean"
	KindNumber Kind = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber"
	KindString Kind = "class java.lang.String"
	KindBlob   Kind = "class java.nio.HeapByteBuffer"
	KindList   Kind = "list"
	KindMap    Kind = "map"
)

// The names of wanted kinds in type errors.
const (
	WantBool   = "an Boolean"
	WantInt    = "an Integer"
	WantLong   = "an Long"
	WantDouble = "an Double"
	WantString = "an String"
	WantBlob   = "a Blob"
	WantTime   = "milliseconds since epoch"
	WantList   = "list"
	WantMap    = "map"
	WantStruct = "structure"
)

// Mismatch is the TypeError for finding one kind where another is wanted.
func Mismatch(found Kind, want string) error {
	switch {
	case found == KindList:
		return &TypeError{"Start of list found where not expected"}
	case found == KindMap:
		return &TypeError{"Start of structure or map found where not expected."}
	case want == WantList || want == WantMap:
		return &TypeError{"Expected " + want + " or null"}
	case want == WantStruct:
		return &TypeError{"Expected null"}
	}
	return &TypeError{fmt.Sprintf("%s can not be converted to %s", found, want)}
}
