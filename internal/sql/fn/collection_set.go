package fn

import (
	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// arraySets are the functions that take arrays as sets: what they give has no
// element twice, in the order of first appearance. NULL is an element.
func arraySets() []*Def {
	set := func(name, doc, since string, arity int, ex Example, keep func(in []*batch.Vec, i int, v *batch.Vec, r int, k int) bool) *Def {
		d := &Def{Name: name, Family: "collection", Usage: name + "(array1, array2)", Doc: doc, Examples: []Example{ex},
			Infer: commonArrays(2, 2), Since: since, Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
				elems := out.Kids[0]
				start := elems.Len
				for k, v := range in {
					from, to := v.Range(i)
					for r := from; r < to; r++ {
						if keep(in, i, v.Kids[0], r, k) && !among(elems, start, elems.Len, v.Kids[0], r) {
							elems.AppendFrom(v.Kids[0], r)
						}
					}
				}
				out.AppendRow()
				return nil
			})}
		if arity == 1 {
			d.Usage, d.Infer = name+"(array)", known(signature(first, named("haystack", wantArray)))
		}
		return d
	}
	inSecond := func(in []*batch.Vec, i int, v *batch.Vec, r int) bool {
		from, to := in[1].Range(i)
		return among(in[1].Kids[0], from, to, v, r)
	}
	return []*Def{
		set("ARRAY_DISTINCT", "The array without the elements that stand in it before.", "1.18", 1,
			Example{"ARRAY_DISTINCT(ARRAY[1, 2, 1, NULL, NULL])", "[1, 2, NULL]"},
			func([]*batch.Vec, int, *batch.Vec, int, int) bool { return true }),
		set("ARRAY_UNION", "The elements of either array.", "1.18", 2,
			Example{"ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])", "[1, 2, 3]"},
			func([]*batch.Vec, int, *batch.Vec, int, int) bool { return true }),
		set("ARRAY_EXCEPT", "The elements of the first array that are not in the second.", "1.20", 2,
			Example{"ARRAY_EXCEPT(ARRAY[1, 2, 2], ARRAY[1])", "[2]"},
			func(in []*batch.Vec, i int, v *batch.Vec, r, k int) bool { return k == 0 && !inSecond(in, i, v, r) }),
		set("ARRAY_INTERSECT", "The elements that both arrays have.", "1.20", 2,
			Example{"ARRAY_INTERSECT(ARRAY[1, 2, 2], ARRAY[2, 3])", "[2]"},
			func(in []*batch.Vec, i int, v *batch.Vec, r, k int) bool { return k == 0 && inSecond(in, i, v, r) }),
	}
}

// arraySearches are the functions that look for an element.
func arraySearches() []*Def {
	return []*Def{
		{
			Name: "ARRAY_CONTAINS", Family: "collection", Usage: "ARRAY_CONTAINS(haystack, needle)",
			Doc:      "Whether the needle, which may be NULL, is an element; NULL when the array is.",
			Examples: []Example{{"ARRAY_CONTAINS(ARRAY[1, 2], 2)", "TRUE"}, {"ARRAY_CONTAINS(ARRAY[1, 2], NULL)", "FALSE"}},
			Infer: withElement("haystack", "needle", func(t types.Type, _ Arg) types.Type {
				return types.BooleanType.WithNull(t.Nullable())
			}),
			Compile: eachRowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
				if in[0].IsNull(i) {
					out.SetNull(i)
					return nil
				}
				out.B[i] = in[0].Find(i, in[1], i) >= 0
				return nil
			}),
			Since: "1.18",
		},
		{
			Name: "ARRAY_POSITION", Family: "collection", Usage: "ARRAY_POSITION(haystack, needle)",
			Doc:      "The place of the first element that equals the needle, counted from 1; 0 when there is none; NULL when an argument is.",
			Examples: []Example{{"ARRAY_POSITION(ARRAY[7, 8], 8)", "2"}, {"ARRAY_POSITION(ARRAY[7, 8], 9)", "0"}},
			Infer: withElement("haystack", "needle", func(t types.Type, e Arg) types.Type {
				return types.IntType.WithNull(t.Nullable() || e.Type.Nullable())
			}),
			Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
				from, _ := in[0].Range(i)
				out.I32[i] = int32(max(in[0].Find(i, in[1], i)-from, -1) + 1)
				return nil
			}),
			Since: "1.18",
		},
		greatestElement("ARRAY_MAX", "The greatest element that is not NULL; NULL when there is none.", Example{"ARRAY_MAX(ARRAY[1, 3, NULL])", "3"}, 1),
		greatestElement("ARRAY_MIN", "The least element that is not NULL; NULL when there is none.", Example{"ARRAY_MIN(ARRAY[2, 1, NULL])", "1"}, -1),
	}
}

// greatestElement is ARRAY_MAX with sign 1, ARRAY_MIN with sign -1.
func greatestElement(name, doc string, ex Example, sign int) *Def {
	return &Def{Name: name, Family: "collection", Usage: name + "(array)", Doc: doc, Examples: []Example{ex}, Since: "1.18",
		Infer: nullable(known(signature(elementOfFirst, wantComparables))),
		Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
			best := -1
			elems := in[0].Kids[0]
			from, to := in[0].Range(i)
			for r := from; r < to; r++ {
				if !elems.IsNull(r) && (best < 0 || sign*batch.Order(elems, r, elems, best) > 0) {
					best = r
				}
			}
			return putElement(out, i, in[0], 0, best)
		})}
}

// wantComparables takes arrays whose elements have an order.
var wantComparables = want{what: "<ARRAY<COMPARABLE>>", as: func(t types.Type) (types.Type, bool) {
	return t.Plain(), t.Kind == types.Array && !t.Elem.IsNested()
}}

// optionalBool is the boolean argument k, or otherwise when it was left out.
func optionalBool(in []*batch.Vec, k, i int, otherwise bool) bool {
	if k >= len(in) {
		return otherwise
	}
	return in[k].B[kernel.At(in[k], i)]
}
