package ast

// Number is a numeric literal as written: 42, 1.50, .5, 1e3. It is approximate
// (DOUBLE) when it has an exponent, else exact.
type Number struct {
	At
	Text string
}

// String is a character literal, decoded.
type String struct {
	At
	Value string
}

// Bytes is a binary literal: X'CAFE'.
type Bytes struct {
	At
	Value []byte
}

// Bool is TRUE or FALSE.
type Bool struct {
	At
	Value bool
}

// Null is NULL; UNKNOWN is a NULL of type BOOLEAN.
type Null struct {
	At
	Unknown bool
}

// Temporal is DATE '…', TIME '…' or TIMESTAMP '…', its text not yet checked.
type Temporal struct {
	At
	Kind TemporalKind
	Text string
}

// TemporalKind is the type of a Temporal.
type TemporalKind uint8

// The kinds of Temporal.
const (
	DateLit TemporalKind = iota
	TimeLit
	TimestampLit
	TimestampLTZLit // TIMESTAMP WITH LOCAL TIME ZONE '…'
)

// Interval is INTERVAL [-]'text' unit [TO unit], its text not yet checked. With
// an expression instead of a string (INTERVAL 5 DAY, INTERVAL (a + 1) DAY) X is
// set and Text empty; Neg applies to both.
type Interval struct {
	At
	Neg  bool
	Text string
	X    Expr
	Unit IntervalUnit
}

// IntervalUnit is the qualifier of an interval: DAY(3) TO SECOND(6).
type IntervalUnit struct {
	At
	From TimeUnit
	To   TimeUnit // NoUnit for a single field
	// Prec is the leading field's precision, Frac that of the seconds; -1 where
	// not given.
	Prec, Frac int32
}

// TimeUnit is a field of a date, time or interval.
type TimeUnit uint8

// The units of intervals, and the smaller ones that programs count in.
const (
	NoUnit TimeUnit = iota
	Year
	Quarter
	Month
	Week
	Day
	Hour
	Minute
	Second
	Millisecond
	Microsecond
	Nanosecond
)

var unitNames = [...]string{"", "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND",
	"MILLISECOND", "MICROSECOND", "NANOSECOND"}

// String is the unit's keyword.
func (u TimeUnit) String() string { return unitNames[u] }

func (*Number) expr()   {}
func (*String) expr()   {}
func (*Bytes) expr()    {}
func (*Bool) expr()     {}
func (*Null) expr()     {}
func (*Temporal) expr() {}
func (*Interval) expr() {}
