package fn

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/types"
)

// The wants of functions of collections.
var (
	wantArray      = nestedWant("ARRAY", types.Array)
	wantMap        = nestedWant("MAP", types.Map)
	wantCollection = want{what: "<COLLECTION>", as: func(t types.Type) (types.Type, bool) {
		return t.Plain(), t.Kind == types.Array || t.Kind == types.Map || t.Kind == types.Multiset
	}}
	wantStrings = want{what: "ARRAY<STRING>", as: func(t types.Type) (types.Type, bool) {
		ok := t.Kind == types.Array && t.Elem.IsString()
		return types.ArrayType(types.StringType), ok
	}}
)

// nestedWant takes the types of a kind as they are, and no NULL of no type.
func nestedWant(what string, kind types.Kind) want {
	return want{what: "<" + what + ">", as: func(t types.Type) (types.Type, bool) { return t.Plain(), t.Kind == kind }}
}

// first is the type of the first argument.
func first(args []Arg) types.Type { return args[0].Type }

// elementOfFirst is the element type of the first argument, an array.
func elementOfFirst(args []Arg) types.Type { return args[0].Type.Elem.WithNull(true) }

// known refuses a NULL of no type as the first argument.
func known(infer func([]Arg) (Typed, error)) func([]Arg) (Typed, error) {
	return func(args []Arg) (Typed, error) {
		if len(args) > 0 && args[0].Type.Kind == types.Null {
			return Typed{}, illegalNull()
		}
		return infer(args)
	}
}

// ofArray makes the result NULL when the first argument, an array, may be, and
// not because of others.
func ofArray(infer func([]Arg) (Typed, error)) func([]Arg) (Typed, error) {
	return func(args []Arg) (Typed, error) {
		t, err := known(infer)(args)
		if err == nil {
			t.Ret.NotNull = args[0].Type.NotNull
		}
		return t, err
	}
}

// withElement is the inference of a function of an array and a value that might
// be its element (ArrayElementArgumentTypeStrategy).
func withElement(array, element string, ret func(t types.Type, element Arg) types.Type) func([]Arg) (Typed, error) {
	return known(func(args []Arg) (Typed, error) {
		refuse := func(count bool, why string) error {
			return &Mismatch{Forms: []string{array + " <ARRAY>, " + element + " <ARRAY ELEMENT>"}, Counts: []int{2}, Count: count, Reason: why}
		}
		if len(args) != 2 {
			return Typed{}, refuse(true, "expected 2 arguments")
		}
		t := args[0].Type.Plain()
		if t.Kind != types.Array || !types.Implicit(args[1].Type, t.Elem.Plain()) {
			return Typed{}, refuse(false, fmt.Sprintf("%s is no element of %s", args[1].Type, args[0].Type))
		}
		return Typed{Ret: ret(t, args[1]), Args: []types.Type{t, t.Elem.WithNull(args[1].Type.Nullable())}}, nil
	})
}

// commonArrays is the inference of a function of arrays that are brought to the
// type they have in common (CommonArrayInputTypeStrategy).
func commonArrays(least, most int) func([]Arg) (Typed, error) {
	return known(func(args []Arg) (Typed, error) {
		form := "<COMMON>"
		if most == 2 {
			form += ", <COMMON>"
		} else {
			form += ", <COMMON>..."
		}
		refuse := func(count bool, why string) error {
			return &Mismatch{Forms: []string{form}, Counts: []int{least}, Count: count, Reason: why}
		}
		if len(args) < least || len(args) > most {
			return Typed{}, refuse(true, "expected "+countText(least, most))
		}
		t := args[0].Type.Plain()
		null := false
		for _, a := range args {
			var ok bool
			if t, ok = types.Common(t, a.Type.Plain()); !ok || t.Kind != types.Array {
				return Typed{}, refuse(false, "the arguments must be arrays with a common type")
			}
			null = null || a.Type.Nullable()
		}
		cast := make([]types.Type, len(args))
		for i, a := range args {
			cast[i] = t.WithNull(a.Type.Nullable())
		}
		return Typed{Ret: t.WithNull(null), Args: cast}, nil
	})
}

// forms gives the argument lists that Flink prints for a function, where they
// are others than its wants say.
func forms(infer func([]Arg) (Typed, error), lists ...string) func([]Arg) (Typed, error) {
	return func(args []Arg) (Typed, error) {
		t, err := infer(args)
		if m, ok := err.(*Mismatch); ok {
			m.Forms = lists
		}
		return t, err
	}
}

// appendElements adds rows [from, to) of the child of list to out's child.
func appendElements(out, list *batch.Vec, from, to int) {
	for r := from; r < to; r++ {
		out.Kids[0].AppendFrom(list.Kids[0], r)
	}
}

// copyElements adds all elements of row i of list to out's child.
func copyElements(out, list *batch.Vec, i int) {
	from, to := list.Range(i)
	appendElements(out, list, from, to)
}

// among reports whether rows [from, to) of v have the value of row j of x.
func among(v *batch.Vec, from, to int, x *batch.Vec, j int) bool {
	for r := from; r < to; r++ {
		if batch.Same(v, r, x, j) {
			return true
		}
	}
	return false
}
