package ast

// Type is a type as written.
type Type struct {
	At
	Kind TypeKind
	// Prec is a length or precision, Scale a DECIMAL's scale; -1 where not given.
	Prec, Scale int32
	Key         *Type       // MAP
	Elem        *Type       // ARRAY, MULTISET; the value of MAP
	Fields      []TypeField // ROW, STRUCTURED
	Unit        IntervalUnit
	Name        Name   // a user-defined type
	Class       string // RAW, STRUCTURED: the class
	Serializer  string // RAW: the serializer's snapshot
	NotNull     bool   // NOT NULL; NULL, which says nothing, is dropped
}

// TypeField is a member of ROW<…> or STRUCTURED<…>.
type TypeField struct {
	At
	Name    Ident
	Type    *Type
	Comment *String
}

// TypeKind is a type's root. Synonyms are one: INTEGER is INT, NUMERIC and DEC
// are DECIMAL, DOUBLE PRECISION is DOUBLE, TIMESTAMP_LTZ is TIMESTAMP WITH LOCAL
// TIME ZONE, CHARACTER VARYING is VARCHAR.
type TypeKind uint8

// The kinds of Type.
const (
	BooleanType TypeKind = iota
	TinyIntType
	SmallIntType
	IntType
	BigIntType
	FloatType
	RealType // not in Flink's types; the binder refuses it
	DoubleType
	DecimalType
	CharType
	VarCharType
	StringType
	BinaryType
	VarBinaryType
	BytesType
	DateType
	TimeType
	TimestampType
	TimestampTZType // TIMESTAMP WITH TIME ZONE
	TimestampLTZType
	IntervalType
	ArrayType
	MapType
	MultisetType
	RowType
	RawType
	StructuredType
	NullType // of the Table API; SQL has no word for it
	VariantType
	BitmapType
	UserType
)

var typeNames = [...]string{"BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "REAL", "DOUBLE", "DECIMAL",
	"CHAR", "VARCHAR", "STRING", "BINARY", "VARBINARY", "BYTES", "DATE", "TIME", "TIMESTAMP",
	"TIMESTAMP WITH TIME ZONE", "TIMESTAMP_LTZ", "INTERVAL", "ARRAY", "MAP", "MULTISET", "ROW", "RAW", "STRUCTURED",
	"NULL", "VARIANT", "BITMAP", ""}

// String is the kind's SQL name.
func (k TypeKind) String() string { return typeNames[k] }
