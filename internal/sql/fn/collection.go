package fn

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// collections are the functions of arrays and maps.
func collections() []*Def {
	defs := []*Def{
		{
			Name: "CARDINALITY", Family: "collection", Usage: "CARDINALITY(collection)", Doc: "The number of elements of an array, or of entries of a map.",
			Examples: []Example{{"CARDINALITY(ARRAY[1, 2])", "2"}, {"CARDINALITY(MAP['a', 1])", "1"}},
			Infer:    operands(gives(types.IntType), wantCollection),
			Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
				from, to := in[0].Range(i)
				out.I32[i] = int32(to - from)
				return nil
			}),
		},
		{
			Name: "ELEMENT", Family: "collection", Usage: "ELEMENT(array)",
			Doc:      "The only element of an array; NULL when it is empty. An array of more elements is an error.",
			Examples: []Example{{"ELEMENT(ARRAY[7])", "7"}},
			Infer: nullable(operands(elementOfFirst, want{what: "<MULTISET>", as: func(t types.Type) (types.Type, bool) {
				return t.Plain(), t.Kind == types.Array || t.Kind == types.Multiset
			}})),
			Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
				from, to := in[0].Range(i)
				if to-from > 1 {
					return fmt.Errorf("Array has more than one element.")
				}
				if to == from {
					kernel.NullAt(out, i)
					return nil
				}
				return putElement(out, i, in[0], 0, from)
			}),
		},
	}
	defs = append(defs, arrayEdits()...)
	defs = append(defs, arrayParts()...)
	defs = append(defs, arraySets()...)
	defs = append(defs, arraySearches()...)
	defs = append(defs, arraySort(), arrayJoin(), split())
	return append(defs, mapFunctions()...)
}

// arrayEdits are the functions that give the array changed.
func arrayEdits() []*Def {
	return []*Def{
		{
			Name: "ARRAY_APPEND", Family: "collection", Usage: "ARRAY_APPEND(array, element)", Doc: "The array with the element at its end; NULL when the array is.",
			Examples: []Example{{"ARRAY_APPEND(ARRAY[1, 2], 3)", "[1, 2, 3]"}, {"ARRAY_APPEND(ARRAY[1], NULL)", "[1, NULL]"}},
			Infer:    withElement("array", "element", extended),
			Compile: unlessArrayNull(func(in []*batch.Vec, i int, out *batch.Vec) {
				copyElements(out, in[0], i)
				out.Kids[0].AppendFrom(in[1], i)
			}),
			Since: "1.20",
		},
		{
			Name: "ARRAY_PREPEND", Family: "collection", Usage: "ARRAY_PREPEND(array, element)", Doc: "The array with the element before its first; NULL when the array is.",
			Examples: []Example{{"ARRAY_PREPEND(ARRAY[1, 2], 3)", "[3, 1, 2]"}},
			Infer:    withElement("array", "element", extended),
			Compile: unlessArrayNull(func(in []*batch.Vec, i int, out *batch.Vec) {
				out.Kids[0].AppendFrom(in[1], i)
				copyElements(out, in[0], i)
			}),
			Since: "1.20",
		},
		{
			Name: "ARRAY_REMOVE", Family: "collection", Usage: "ARRAY_REMOVE(haystack, needle)", Doc: "The array without the elements that equal the needle, which may be NULL.",
			Examples: []Example{{"ARRAY_REMOVE(ARRAY[1, 2, 1], 1)", "[2]"}, {"ARRAY_REMOVE(ARRAY[1, NULL], NULL)", "[1]"}},
			Infer:    withElement("haystack", "needle", func(t types.Type, _ Arg) types.Type { return t }),
			Compile: unlessArrayNull(func(in []*batch.Vec, i int, out *batch.Vec) {
				from, to := in[0].Range(i)
				for r := from; r < to; r++ {
					if !batch.Same(in[0].Kids[0], r, in[1], i) {
						out.Kids[0].AppendFrom(in[0].Kids[0], r)
					}
				}
			}),
			Since: "1.18",
		},
	}
}

// arrayParts are the functions that give parts of arrays, or arrays together.
func arrayParts() []*Def {
	return []*Def{
		{
			Name: "ARRAY_REVERSE", Family: "collection", Usage: "ARRAY_REVERSE(array)", Doc: "The array backwards.",
			Examples: []Example{{"ARRAY_REVERSE(ARRAY[1, 2, NULL])", "[NULL, 2, 1]"}},
			Infer:    known(signature(first, named("haystack", wantArray))),
			Compile: unlessArrayNull(func(in []*batch.Vec, i int, out *batch.Vec) {
				from, to := in[0].Range(i)
				for r := to - 1; r >= from; r-- {
					out.Kids[0].AppendFrom(in[0].Kids[0], r)
				}
			}),
			Since: "1.18",
		},
		{
			Name: "ARRAY_SLICE", Family: "collection", Usage: "ARRAY_SLICE(array, start[, end])",
			Doc:      "The elements from start to end, both counted from 1 and included, or from the end when negative; to the last without end.",
			Examples: []Example{{"ARRAY_SLICE(ARRAY[1, 2, 3, 4], 2, 3)", "[2, 3]"}, {"ARRAY_SLICE(ARRAY[1, 2, 3], -2)", "[2, 3]"}},
			Infer: forms(known(signature(first, wantArray, wantInt, optional(wantInt))),
				"<ARRAY>, <INTEGER>, <INTEGER>", "<ARRAY>, <INTEGER>"),
			Compile: eachRow(sliceArray),
			Since:   "1.20",
		},
		{
			Name: "ARRAY_CONCAT", Family: "collection", Usage: "ARRAY_CONCAT(array1, …)", Doc: "The arrays one after the other; NULL when one is.",
			Examples: []Example{{"ARRAY_CONCAT(ARRAY[1], ARRAY[2, NULL])", "[1, 2, NULL]"}},
			Infer:    commonArrays(1, 1<<15),
			Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
				for _, v := range in {
					copyElements(out, v, i)
				}
				out.AppendRow()
				return nil
			}),
			Since: "1.18",
		},
	}
}

// extended is the type of an array with one element more.
func extended(t types.Type, element Arg) types.Type {
	return types.ArrayType(t.Elem.WithNull(t.Elem.Nullable() || element.Type.Nullable())).WithNull(t.Nullable())
}

// unlessArrayNull is the Compile of a function that gives an array unless its
// first argument is NULL; f appends the elements.
func unlessArrayNull(f func(in []*batch.Vec, i int, out *batch.Vec)) func(*Env, []Arg, types.Type) (kernel.Func, error) {
	return eachRowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
		if in[0].IsNull(i) {
			out.AppendNull()
			return nil
		}
		f(in, i, out)
		out.AppendRow()
		return nil
	})
}

func sliceArray(in []*batch.Vec, i int, out *batch.Vec) error {
	from, to := in[0].Range(i)
	n := to - from
	fromEnd := func(k int) int {
		if k < 0 {
			return k + n + 1
		}
		return k
	}
	start, end := fromEnd(int(in[1].I32[kernel.At(in[1], i)])), n
	if len(in) > 2 {
		end = fromEnd(int(in[2].I32[kernel.At(in[2], i)]))
		if end == 0 {
			end = 1
		}
	}
	start, end = max(start, 1), min(end, n)
	if start <= end {
		appendElements(out, in[0], from+start-1, from+end)
	}
	out.AppendRow()
	return nil
}
