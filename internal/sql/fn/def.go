// Package fn has the built-in functions. Each describes itself in one Def
// literal: name, types, documentation, examples (which are run as tests), and
// the kernel that computes it. Nobody else keeps the list: All collects the
// families, one slice a file.
//
// What the planner must know of a function stands in its Def and nowhere else.
// Functions see columns and types, never SQL text, catalogs or jobs; what
// depends on the session (time zone, clock, profile) comes in through Env.
package fn

import (
	"time"

	"weir/internal/clock"
	"weir/internal/kernel"
	"weir/internal/types"
)

// Class says how a function is used.
type Class uint8

// The classes of function.
const (
	Scalar Class = iota
	Aggregate
	Ranking  // of the rows of an OVER window
	Window   // of other rows of an OVER window
	Grouping // tells the sets of GROUPING SETS apart
)

// Arg is an argument as the binder sees it.
type Arg struct {
	Type types.Type
	// Literal is the argument's value when it is a literal (nil otherwise, and
	// for the NULL literal): string, bool, int64, float64, or a decimal's text.
	Literal any
}

// Typed is the outcome of a function's type inference.
type Typed struct {
	Ret types.Type
	// Args are the types that the arguments are implicitly cast to; a nil slice
	// takes them as they are.
	Args []types.Type
}

// Def describes a function.
type Def struct {
	Name    string   // upper case, as in SQL
	Aliases []string // other SQL names
	Class   Class
	Family  string // "string", "temporal" …: the heading in the documentation
	Usage   string // "ABS(numeric)"
	Doc     string
	// Examples are SQL expressions and the text CAST(… AS STRING) gives; NULL
	// is "NULL".
	Examples []Example
	// Infer checks the arguments and gives the result type. The error's text is
	// for the user: what was expected.
	Infer func(args []Arg) (Typed, error)
	// Compile makes the kernel for concrete types (scalar functions).
	Compile func(env *Env, args []Arg, ret types.Type) (kernel.Func, error)
	// NewAgg makes accumulators for concrete types (aggregate functions).
	NewAgg func(args []types.Type, ret types.Type) (kernel.Agg, error)
	// NewRetractable makes accumulators that can take rows back, where those of
	// NewAgg cannot.
	NewRetractable func(args []types.Type, ret types.Type) (kernel.Agg, error)
	// Retractable: what NewAgg makes can take rows back out.
	Retractable bool
	// Ordered: accumulators are merged in the order of their rows (those of
	// other functions in the order in which Flink merges them).
	Ordered bool
	// Refused says, in Flink's words, that a streaming query cannot have an
	// aggregate; it then has no NewAgg.
	Refused string
	// Volatile: two calls with the same arguments may differ (RAND, NOW).
	Volatile bool
	// Monotonic: increasing in its only non-literal argument.
	Monotonic bool
	// Since is the first Flink that has it ("1.12"); "" is always.
	Since string
}

// Example is an expression and its value as text.
type Example struct{ SQL, Want string }

// Env is what a compiled function may use of the session.
type Env struct {
	Clock clock.Clock
	Zone  *time.Location // table.local-time-zone
	Rand  func() uint64
	// Started is the moment at which a batch query began, which CURRENT_TIMESTAMP
	// and the like stand for in all of it; zero in a streaming query, where they
	// are those of each row.
	Started time.Time
	// LegacyCast: a failing CAST yields NULL, as before Flink 1.15
	// (table.exec.legacy-cast-behaviour).
	LegacyCast bool
	// Printing casts for people's eyes: bytes print as x'0aff'.
	Printing bool
	// JavaDoubles11 prints doubles as Java before 19 does (runtimes up to Java 11 / 17).
	JavaDoubles11 bool
}
