package ast

// Call is a function call, an aggregate, a window function or a niladic
// function such as CURRENT_DATE.
type Call struct {
	At
	Name     Name
	Args     []Expr // Star for COUNT(*)
	Niladic  bool   // written without parentheses
	Distinct bool   // f(DISTINCT x)
	// OrderBy is ORDER BY inside the parentheses or of WITHIN GROUP.
	OrderBy     []OrderItem
	WithinGroup bool // the ORDER BY is WITHIN GROUP's
	Nulls       NullTreatment
	Filter      Expr        // FILTER (WHERE …), nil without
	Over        *WindowSpec // OVER …, nil without
}

// NullTreatment is IGNORE NULLS or RESPECT NULLS after a call.
type NullTreatment uint8

// The null treatments.
const (
	NullsDefault NullTreatment = iota
	IgnoreNulls
	RespectNulls
)

// WindowSpec is what stands after OVER or in the WINDOW clause.
type WindowSpec struct {
	At
	Name        Ident // OVER w, or the window this one builds on
	Bare        bool  // OVER w: the name and nothing else, without parentheses
	PartitionBy []Expr
	OrderBy     []OrderItem
	Frame       *Frame // nil without ROWS or RANGE
}

// Frame is ROWS|RANGE BETWEEN start AND end.
type Frame struct {
	At
	Rows       bool // ROWS; otherwise RANGE
	Start, End Bound
	Between    bool // written with BETWEEN; otherwise End is CURRENT ROW
}

// Bound is an end of a Frame.
type Bound struct {
	At
	Kind   BoundKind
	Offset Expr // of Preceding and Following
}

// BoundKind is the kind of a Bound.
type BoundKind uint8

// The kinds of Bound.
const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

// JSONExists is JSON_EXISTS(x, path [TRUE|FALSE|UNKNOWN|ERROR ON ERROR]).
type JSONExists struct {
	At
	X, Path Expr
	OnError string // the keyword, "" when not given
}

// JSONValue is JSON_VALUE(x, path [RETURNING type] [… ON EMPTY] [… ON ERROR]).
type JSONValue struct {
	At
	X, Path          Expr
	Returning        *Type
	OnEmpty, OnError *JSONBehavior
}

// JSONQuery is JSON_QUERY(x, path [RETURNING type] [wrapper] [… ON EMPTY] [… ON ERROR]).
type JSONQuery struct {
	At
	X, Path          Expr
	Returning        *Type
	Wrapper          string // "", "WITHOUT", "CONDITIONAL", "UNCONDITIONAL"
	OnEmpty, OnError *JSONBehavior
}

// JSONBehavior is what comes out when a path finds nothing or fails.
type JSONBehavior struct {
	At
	Kind    string // NULL, ERROR, DEFAULT, EMPTY ARRAY, EMPTY OBJECT
	Default Expr   // of DEFAULT
}

// JSONObject is JSON_OBJECT(KEY k VALUE v, … [NULL|ABSENT ON NULL]), or
// JSON_OBJECTAGG with its one pair.
type JSONObject struct {
	At
	Keys, Values []Expr
	OnNull       string // "", NULL, ABSENT
	Agg          bool
	Filter       Expr
}

// JSONArray is JSON_ARRAY(a, … [NULL|ABSENT ON NULL]), or JSON_ARRAYAGG with
// its one element.
type JSONArray struct {
	At
	Elems   []Expr
	OrderBy []OrderItem // JSON_ARRAYAGG(x ORDER BY y)
	OnNull  string
	Agg     bool
	Filter  Expr
}

func (*Call) expr()       {}
func (*JSONExists) expr() {}
func (*JSONValue) expr()  {}
func (*JSONQuery) expr()  {}
func (*JSONObject) expr() {}
func (*JSONArray) expr()  {}
