package fn

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// arraySort is ARRAY_SORT.
func arraySort() *Def {
	return &Def{Name: "ARRAY_SORT", Family: "collection", Usage: "ARRAY_SORT(array[, ascending[, null_first]])",
		Doc:      "The array sorted, ascending unless told otherwise; NULLs stand first when ascending, last when descending, unless told otherwise.",
		Examples: []Example{{"ARRAY_SORT(ARRAY[2, NULL, 1])", "[NULL, 1, 2]"}, {"ARRAY_SORT(ARRAY[2, NULL, 1], FALSE)", "[2, 1, NULL]"}},
		Infer:    known(signature(first, wantComparables, optional(wantBoolean), optional(wantBoolean))),
		Since:    "2.0",
		Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
			var rows []int
			return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
				asc := optionalBool(in, 1, i, true)
				nullsFirst := optionalBool(in, 2, i, asc)
				elems := in[0].Kids[0]
				rows = rows[:0]
				for r, to := in[0].Range(i); r < to; r++ {
					rows = append(rows, r)
				}
				slices.SortStableFunc(rows, func(a, b int) int {
					x, y := elems.IsNull(a), elems.IsNull(b)
					switch {
					case x && y:
						return 0
					case x || y:
						return 1 - 2*bitOf(x == nullsFirst)
					case asc:
						return batch.Order(elems, a, elems, b)
					}
					return batch.Order(elems, b, elems, a)
				})
				for _, r := range rows {
					out.Kids[0].AppendFrom(elems, r)
				}
				out.AppendRow()
				return nil
			}), nil
		}}
}

// arrayJoin is ARRAY_JOIN.
func arrayJoin() *Def {
	return &Def{Name: "ARRAY_JOIN", Family: "collection", Usage: "ARRAY_JOIN(array, delimiter[, null_replacement])",
		Doc:      "The strings with the delimiter between them; NULLs are left out, or replaced.",
		Examples: []Example{{"ARRAY_JOIN(ARRAY['a', 'b', CAST(NULL AS STRING)], '-')", "a-b"}, {"ARRAY_JOIN(ARRAY['a', CAST(NULL AS STRING)], '-', '?')", "a-?"}},
		Infer: known(signature(gives(types.StringType), wantStrings,
			wantText, optional(wantText))),
		Since: "1.18",
		Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
			elems := in[0].Kids[0]
			joined := 0
			for r, to := in[0].Range(i); r < to; r++ {
				if elems.IsNull(r) && len(in) < 3 {
					continue
				}
				if joined++; joined > 1 {
					out.Data = append(out.Data, in[1].Bytes(i)...)
				}
				if elems.IsNull(r) {
					out.Data = append(out.Data, in[2].Bytes(i)...)
				} else {
					out.Data = append(out.Data, elems.Bytes(r)...)
				}
			}
			out.EndBytes()
			return nil
		})}
}

// split is SPLIT.
func split() *Def {
	return &Def{Name: "SPLIT", Family: "collection", Usage: "SPLIT(string, delimiter)",
		Doc:      "The parts of the string between delimiters, empty ones too; the characters when the delimiter is empty.",
		Examples: []Example{{"SPLIT('a,b,,c', ',')", "[a, b, , c]"}, {"SPLIT('ab', '')", "[a, b]"}},
		Infer:    signature(gives(types.ArrayType(types.StringType)), wantText, wantText),
		Since:    "2.1",
		Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
			s, sep := in[0].Bytes(i), in[1].Bytes(i)
			if len(sep) == 0 {
				for len(s) > 0 {
					_, n := utf8.DecodeRune(s)
					out.Kids[0].AppendBytes(s[:n])
					s = s[n:]
				}
				out.AppendRow()
				return nil
			}
			for {
				part, rest, found := bytes.Cut(s, sep)
				if out.Kids[0].AppendBytes(part); !found {
					break
				}
				s = rest
			}
			out.AppendRow()
			return nil
		})}
}
