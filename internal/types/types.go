// Package types has the SQL types of Flink and how each is held in memory.
//
// Vocabulary. A Type is a logical type with its nullability (Flink's
// LogicalType); types are nullable unless NotNull. A Phys is the layout of a
// column of it, which is Arrow's (except BOOLEAN: a byte a value, packed only
// at the edges). A time attribute marks the column that carries event or
// processing time.
//
// Units. DATE is days and TIME milliseconds; TIMESTAMP(p) and TIMESTAMP_LTZ(p)
// are an int64 of milliseconds for p<=3, microseconds for p<=6, nanoseconds
// above, since 1970-01-01 (UTC for LTZ, the wall clock otherwise); INTERVAL
// YEAR TO MONTH is months, INTERVAL DAY TO SECOND milliseconds; DECIMAL(p,s)
// is the unscaled number, in an int64 for p<=18 and 128 bits above.
//
// This package knows nothing of vectors, SQL text or files.
package types

import (
	"fmt"
	"strings"
)

// Kind is a type's root, without parameters.
type Kind uint8

// The kinds of Type.
const (
	Null Kind = iota // the type of a bare NULL
	Boolean
	TinyInt
	SmallInt
	Int
	BigInt
	Float
	Double
	Decimal
	Char
	VarChar
	Binary
	VarBinary
	Date
	Time
	Timestamp
	TimestampLTZ
	IntervalYM
	IntervalDS
	Array
	Map
	Multiset
	Row
	Symbol // a keyword argument such as the unit of FLOOR(ts TO DAY)
)

// MaxLen is the length of STRING and BYTES.
const MaxLen = 1<<31 - 1

// TimeAttr says whether a column is a time attribute.
type TimeAttr uint8

// The time attributes.
const (
	NoAttr TimeAttr = iota
	Rowtime
	Proctime
)

// Type is a logical type. The zero value is NULL's type.
type Type struct {
	Kind    Kind
	NotNull bool
	Len     int32    // CHAR, VARCHAR, BINARY, VARBINARY
	Prec    int32    // DECIMAL, TIME, TIMESTAMP*
	Scale   int32    // DECIMAL
	Attr    TimeAttr // TIMESTAMP*
	Key     *Type    // MAP
	Elem    *Type    // ARRAY, MULTISET; the value of MAP
	Fields  []Field  // ROW
}

// Field is a column of a table or a member of a ROW.
type Field struct {
	Name string
	Type Type
}

// Constructors for the plain types, nullable.
var (
	BooleanType  = Type{Kind: Boolean}
	TinyIntType  = Type{Kind: TinyInt}
	SmallIntType = Type{Kind: SmallInt}
	IntType      = Type{Kind: Int}
	BigIntType   = Type{Kind: BigInt}
	FloatType    = Type{Kind: Float}
	DoubleType   = Type{Kind: Double}
	StringType   = Type{Kind: VarChar, Len: MaxLen}
	BytesType    = Type{Kind: VarBinary, Len: MaxLen}
	DateType     = Type{Kind: Date}
	NullType     = Type{Kind: Null}
)

// DecimalType is DECIMAL(p, s).
func DecimalType(p, s int32) Type { return Type{Kind: Decimal, Prec: p, Scale: s} }

// CharType is CHAR(n).
func CharType(n int32) Type { return Type{Kind: Char, Len: n} }

// VarCharType is VARCHAR(n).
func VarCharType(n int32) Type { return Type{Kind: VarChar, Len: n} }

// TimeType is TIME(p).
func TimeType(p int32) Type { return Type{Kind: Time, Prec: p} }

// TimestampType is TIMESTAMP(p).
func TimestampType(p int32) Type { return Type{Kind: Timestamp, Prec: p} }

// TimestampLTZType is TIMESTAMP_LTZ(p).
func TimestampLTZType(p int32) Type { return Type{Kind: TimestampLTZ, Prec: p} }

// IntervalDSType is INTERVAL DAY TO SECOND, held in milliseconds.
func IntervalDSType() Type { return Type{Kind: IntervalDS, Prec: 3} }

// IntervalYMType is INTERVAL YEAR TO MONTH, held in months.
func IntervalYMType() Type { return Type{Kind: IntervalYM} }

// ArrayType is ARRAY<elem>.
func ArrayType(elem Type) Type { return Type{Kind: Array, Elem: &elem} }

// MapType is MAP<key, value>.
func MapType(key, value Type) Type { return Type{Kind: Map, Key: &key, Elem: &value} }

// RowType is ROW<fields>.
func RowType(fields ...Field) Type { return Type{Kind: Row, Fields: fields} }

// WithNull returns t with the given nullability.
func (t Type) WithNull(nullable bool) Type {
	t.NotNull = !nullable
	return t
}

// Plain returns t without its time attribute.
func (t Type) Plain() Type {
	t.Attr = NoAttr
	return t
}

// Nullable reports whether a value may be NULL.
func (t Type) Nullable() bool { return !t.NotNull }

// IsNumeric reports whether arithmetic is defined on t.
func (t Type) IsNumeric() bool { return t.Kind >= TinyInt && t.Kind <= Decimal }

// IsExact reports whether t is an integer or DECIMAL type.
func (t Type) IsExact() bool { return t.IsInteger() || t.Kind == Decimal }

// IsInteger reports whether t is TINYINT … BIGINT.
func (t Type) IsInteger() bool { return t.Kind >= TinyInt && t.Kind <= BigInt }

// IsApprox reports whether t is FLOAT or DOUBLE.
func (t Type) IsApprox() bool { return t.Kind == Float || t.Kind == Double }

// IsString reports whether t is CHAR or VARCHAR.
func (t Type) IsString() bool { return t.Kind == Char || t.Kind == VarChar }

// IsBinary reports whether t is BINARY or VARBINARY.
func (t Type) IsBinary() bool { return t.Kind == Binary || t.Kind == VarBinary }

// IsTimestamp reports whether t is TIMESTAMP or TIMESTAMP_LTZ.
func (t Type) IsTimestamp() bool { return t.Kind == Timestamp || t.Kind == TimestampLTZ }

// IsTemporal reports whether t is DATE, TIME or a timestamp.
func (t Type) IsTemporal() bool { return t.Kind >= Date && t.Kind <= TimestampLTZ }

// IsInterval reports whether t is an interval.
func (t Type) IsInterval() bool { return t.Kind == IntervalYM || t.Kind == IntervalDS }

// IsNested reports whether values of t hold other values.
func (t Type) IsNested() bool { return t.Kind >= Array && t.Kind <= Row }

// Members are the types of what a nested value holds: the fields of a ROW, the
// element of an ARRAY, key and value of a MAP, element and count of a MULTISET.
func (t Type) Members() []Type {
	var m []Type
	for _, f := range t.Fields {
		m = append(m, f.Type)
	}
	if t.Key != nil {
		m = append(m, *t.Key)
	}
	if t.Elem != nil {
		m = append(m, *t.Elem)
	}
	if t.Kind == Multiset {
		m = append(m, IntType.WithNull(false))
	}
	return m
}

// Equal reports whether t and u are the same type, nullability and time
// attribute included.
func (t Type) Equal(u Type) bool {
	return t.NotNull == u.NotNull && t.Attr == u.Attr && t.SameShape(u)
}

// SameShape reports whether t and u are the same type at every level but for
// nullability and time attribute.
func (t Type) SameShape(u Type) bool {
	if t.Kind != u.Kind || t.Len != u.Len || t.Prec != u.Prec || t.Scale != u.Scale ||
		len(t.Fields) != len(u.Fields) || !samePtr(t.Key, u.Key) || !samePtr(t.Elem, u.Elem) {
		return false
	}
	for i := range t.Fields {
		if t.Fields[i].Name != u.Fields[i].Name || !t.Fields[i].Type.SameShape(u.Fields[i].Type) {
			return false
		}
	}
	return true
}

func samePtr(a, b *Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.SameShape(*b)
}

// String is the type as Flink prints it in DESCRIBE and error texts:
// "VARCHAR(6)", "TIMESTAMP(3) *ROWTIME*", "BIGINT NOT NULL".
func (t Type) String() string {
	s := t.bare()
	switch t.Attr {
	case Rowtime:
		s += " *ROWTIME*"
	case Proctime:
		s += " *PROCTIME*"
	}
	if t.NotNull && t.Kind != Null {
		s += " NOT NULL"
	}
	return s
}

var kindNames = map[Kind]string{
	Null: "NULL", Boolean: "BOOLEAN", TinyInt: "TINYINT", SmallInt: "SMALLINT", Int: "INT", BigInt: "BIGINT",
	Float: "FLOAT", Double: "DOUBLE", Decimal: "DECIMAL", Char: "CHAR", VarChar: "VARCHAR", Binary: "BINARY",
	VarBinary: "VARBINARY", Date: "DATE", Time: "TIME", Timestamp: "TIMESTAMP", TimestampLTZ: "TIMESTAMP_LTZ",
	IntervalYM: "INTERVAL YEAR TO MONTH", IntervalDS: "INTERVAL DAY TO SECOND", Array: "ARRAY", Map: "MAP",
	Multiset: "MULTISET", Row: "ROW", Symbol: "SYMBOL",
}

// String is the kind's SQL name: "TIMESTAMP".
func (k Kind) String() string { return kindNames[k] }

func (t Type) bare() string {
	switch t.Kind {
	case VarChar:
		if t.Len == MaxLen {
			return "STRING"
		}
		return fmt.Sprintf("VARCHAR(%d)", t.Len)
	case VarBinary:
		if t.Len == MaxLen {
			return "BYTES"
		}
		return fmt.Sprintf("VARBINARY(%d)", t.Len)
	case Char, Binary:
		return fmt.Sprintf("%s(%d)", t.Kind, t.Len)
	case Decimal:
		return fmt.Sprintf("DECIMAL(%d, %d)", t.Prec, t.Scale)
	case Time, Timestamp, TimestampLTZ:
		return fmt.Sprintf("%s(%d)", t.Kind, t.Prec)
	case IntervalDS:
		return "INTERVAL SECOND(3)"
	case IntervalYM:
		return "INTERVAL MONTH"
	case Array, Multiset:
		return fmt.Sprintf("%s<%s>", t.Kind, t.Elem)
	case Map:
		return fmt.Sprintf("MAP<%s, %s>", t.Key, t.Elem)
	case Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = fmt.Sprintf("`%s` %s", strings.ReplaceAll(f.Name, "`", "``"), f.Type)
		}
		return "ROW<" + strings.Join(parts, ", ") + ">"
	}
	return t.Kind.String()
}
