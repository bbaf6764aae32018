package fn

import (
	"fmt"
	"strings"

	"weir/internal/types"
)

// A want is what a function asks of one of its arguments (Flink's
// ArgumentTypeStrategy).
type want struct {
	// arg is the argument's name in Flink's signature; "" when it has none.
	arg string
	// what names it as Flink's signatures do: "<CHARACTER_STRING>", "INT".
	what string
	// as is the type that an argument is brought to; ok is false when it cannot
	// be one.
	as func(t types.Type) (to types.Type, ok bool)
	// optional arguments, and those after them, may be left out; a repeated one
	// stands last and takes all that follow.
	optional, repeated bool
}

// exactly takes what is implicitly cast to t.
func exactly(t types.Type) want {
	return want{what: t.String(), as: func(a types.Type) (types.Type, bool) { return t, types.Implicit(a, t) }}
}

// family takes the types of which is is true, as they are; a NULL becomes null.
func family(what string, is func(types.Type) bool, null types.Type) want {
	return want{what: "<" + what + ">", as: func(a types.Type) (types.Type, bool) {
		if a.Kind == types.Null {
			return null, true
		}
		return a.Plain(), is(a)
	}}
}

// The families of Flink's LogicalTypeFamily that functions ask for.
var (
	wantText    = family("CHARACTER_STRING", types.Type.IsString, types.StringType)
	wantBinary  = family("BINARY_STRING", types.Type.IsBinary, types.BytesType)
	wantInteger = family("INTEGER_NUMERIC", types.Type.IsInteger, types.IntType)
	wantNumber  = family("NUMERIC", types.Type.IsNumeric, types.IntType)
	wantAny     = family("ANY", func(types.Type) bool { return true }, types.NullType)

	wantInt     = exactly(types.IntType)
	wantBigInt  = exactly(types.BigIntType)
	wantDouble  = exactly(types.DoubleType)
	wantString  = exactly(types.StringType)
	wantBoolean = exactly(types.BooleanType)
)

// either takes what one of ws takes, asked in order.
func either(ws ...want) want {
	names := make([]string, len(ws))
	for i, w := range ws {
		names[i] = w.what
	}
	return want{what: strings.Join(names, " | "), as: func(a types.Type) (types.Type, bool) {
		for _, w := range ws {
			if t, ok := w.as(a); ok {
				return t, true
			}
		}
		return types.Type{}, false
	}}
}

func optional(w want) want { w.optional = true; return w }

// named gives an argument the name it has in Flink's signatures.
func named(arg string, w want) want { w.arg = arg; return w }
func repeated(w want) want          { w.repeated = true; return w }

// gives is the result type t, whatever the arguments.
func gives(t types.Type) func([]Arg) types.Type { return func([]Arg) types.Type { return t } }

// common is the type that all arguments have in common; types.NullType when
// there is none.
func common(args []Arg) types.Type {
	t := args[0].Type
	for _, a := range args[1:] {
		t, _ = types.Common(t, a.Type)
	}
	return t
}

// nullable makes the result of infer nullable: a function that gives NULL for
// some arguments that are not.
func nullable(infer func([]Arg) (Typed, error)) func([]Arg) (Typed, error) {
	return func(args []Arg) (Typed, error) {
		t, err := infer(args)
		t.Ret.NotNull = false
		return t, err
	}
}

// notNull makes the result of infer NOT NULL: a function that takes NULL as a
// value like others (kernel.RowWithNulls).
func notNull(infer func([]Arg) (Typed, error)) func([]Arg) (Typed, error) {
	return func(args []Arg) (Typed, error) {
		t, err := infer(args)
		t.Ret.NotNull = true
		return t, err
	}
}

// signature is the inference of a function whose arguments are asked for one
// by one (Flink's sequence of argument strategies). ret gives the result for
// the arguments as they are after the implicit casts; it may be NULL when an
// argument may (wrap the inference in nullable or notNull where it is
// otherwise).
func signature(ret func(args []Arg) types.Type, wants ...want) func([]Arg) (Typed, error) {
	return inferBy(ret, wants, false)
}

// operands is signature for the functions that Flink still takes from Calcite:
// they differ in the text of the error (OperandTypes.family).
func operands(ret func(args []Arg) types.Type, wants ...want) func([]Arg) (Typed, error) {
	return inferBy(ret, wants, true)
}

// overloads tries several signatures in order.
func overloads(infers ...func([]Arg) (Typed, error)) func([]Arg) (Typed, error) {
	return func(args []Arg) (Typed, error) {
		var all *Mismatch
		for _, infer := range infers {
			t, err := infer(args)
			m, ok := err.(*Mismatch)
			if !ok {
				return t, err
			}
			if all == nil {
				all = &Mismatch{Calcite: m.Calcite, Count: m.Count, Counts: m.Counts, Reason: m.Reason}
			}
			all.Forms = append(all.Forms, m.Forms...)
			all.Count = all.Count && m.Count
		}
		return Typed{}, all
	}
}

func inferBy(ret func(args []Arg) types.Type, wants []want, calcite bool) func([]Arg) (Typed, error) {
	return func(args []Arg) (Typed, error) {
		least, most := arity(wants)
		if len(args) < least || len(args) > most {
			return Typed{}, mismatch(wants, calcite, true, "expected "+countText(least, most))
		}
		cast := make([]types.Type, len(args))
		in := make([]Arg, len(args))
		null := false
		for i, a := range args {
			w := wants[min(i, len(wants)-1)]
			t, ok := w.as(a.Type)
			if !ok {
				return Typed{}, mismatch(wants, calcite, false, fmt.Sprintf("argument %d must be %s", i+1, w.what))
			}
			cast[i] = t.WithNull(a.Type.Nullable())
			in[i] = Arg{Type: cast[i], Literal: a.Literal}
			null = null || a.Type.Nullable()
		}
		t := ret(in)
		if t.Kind == types.Null && len(args) > 0 {
			return Typed{}, mismatch(wants, calcite, false, "the arguments have no common type")
		}
		return Typed{Ret: t.WithNull(null), Args: cast}, nil
	}
}

func arity(wants []want) (least, most int) {
	most = len(wants)
	for i, w := range wants {
		if !w.optional && !w.repeated {
			least = i + 1
		}
		if w.repeated {
			most = 1 << 15
			if !w.optional {
				least = i + 1
			}
		}
	}
	return least, most
}

// bySyntax guards the inference of a function whose arguments the binder makes
// of a syntax of its own: its name in back-ticks could be called with others.
func bySyntax(least int, infer func([]Arg) (Typed, error)) func([]Arg) (Typed, error) {
	return func(args []Arg) (Typed, error) {
		if len(args) < least {
			return Typed{}, fmt.Errorf("it has a syntax of its own, and is not called by a quoted name")
		}
		return infer(args)
	}
}
