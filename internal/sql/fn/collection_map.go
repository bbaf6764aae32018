package fn

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// mapFunctions are the functions of maps.
func mapFunctions() []*Def {
	return []*Def{
		mapSide("MAP_KEYS", "The keys of the map, in no particular order.", Example{"MAP_KEYS(MAP['a', 1])", "[a]"}, 0, func(t types.Type) types.Type { return *t.Key }),
		mapSide("MAP_VALUES", "The values of the map, in no particular order.", Example{"MAP_VALUES(MAP['a', 1])", "[1]"}, 1, func(t types.Type) types.Type { return *t.Elem }),
		{
			Name: "MAP_ENTRIES", Family: "collection", Usage: "MAP_ENTRIES(map)", Doc: "The entries of the map as rows of key and value, in no particular order.",
			Examples: []Example{{"MAP_ENTRIES(MAP['a', 1])", "[(a, 1)]"}},
			Infer: known(signature(func(args []Arg) types.Type {
				t := args[0].Type
				return types.ArrayType(types.RowType(types.Field{Name: "key", Type: *t.Key}, types.Field{Name: "value", Type: *t.Elem}))
			}, named("input", wantMap))),
			Since: "1.18",
			Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
				for r, to := in[0].Range(i); r < to; r++ {
					for k, kid := range out.Kids[0].Kids {
						kid.AppendFrom(in[0].Kids[k], r)
					}
					out.Kids[0].AppendRow()
				}
				out.AppendRow()
				return nil
			}),
		},
		{
			Name: "MAP_FROM_ARRAYS", Family: "collection", Usage: "MAP_FROM_ARRAYS(keys, values)", Doc: "The map of the keys to the values in the same places; the arrays must be of one length.",
			Examples: []Example{{"MAP_FROM_ARRAYS(ARRAY['a', 'b'], ARRAY[1, 2])", "{a=1, b=2}"}},
			Infer: known(signature(func(args []Arg) types.Type {
				return types.MapType(*args[0].Type.Elem, *args[1].Type.Elem)
			}, wantArray, wantArray)),
			Since:   "1.18",
			Compile: compileMapFromArrays,
		},
		{
			Name: "MAP_UNION", Family: "collection", Usage: "MAP_UNION(map1, …)", Doc: "The entries of all maps; of equal keys the last map's value counts. NULL when a map is.",
			Examples: []Example{{"MAP_UNION(MAP['a', 1, 'b', 2], MAP['a', 3])", "{a=3, b=2}"}},
			Infer:    inferMapUnion,
			Since:    "1.20",
			Compile: func(_ *Env, _ []Arg, ret types.Type) (kernel.Func, error) {
				entries := newMapWriter(ret)
				return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
					entries.start()
					for _, v := range in {
						for r, to := v.Range(i); r < to; r++ {
							entries.put(v.Kids[0], r, v.Kids[1], r)
						}
					}
					entries.end(out)
					return nil
				}), nil
			},
		},
	}
}

// mapSide is MAP_KEYS or MAP_VALUES.
func mapSide(name, doc string, ex Example, kid int, of func(types.Type) types.Type) *Def {
	return &Def{Name: name, Family: "collection", Usage: name + "(map)", Doc: doc, Examples: []Example{ex}, Since: "1.18",
		Infer: known(signature(func(args []Arg) types.Type { return types.ArrayType(of(args[0].Type)) }, named("input", wantMap))),
		Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
			for r, to := in[0].Range(i); r < to; r++ {
				out.Kids[0].AppendFrom(in[0].Kids[kid], r)
			}
			out.AppendRow()
			return nil
		})}
}

func compileMapFromArrays(_ *Env, _ []Arg, ret types.Type) (kernel.Func, error) {
	entries := newMapWriter(ret)
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		from, to := in[0].Range(i)
		at, end := in[1].Range(i)
		if to-from != end-at {
			return fmt.Errorf("Invalid function MAP_FROM_ARRAYS call:\nThe length of the keys array %d is not equal to the length of the values array %d", to-from, end-at)
		}
		entries.start()
		for r := range to - from {
			entries.put(in[0].Kids[0], from+r, in[1].Kids[0], at+r)
		}
		entries.end(out)
		return nil
	}), nil
}

func inferMapUnion(args []Arg) (Typed, error) {
	refuse := func(count bool, why string) error {
		return &Mismatch{Forms: []string{"<COMMON>, <COMMON>..."}, Counts: []int{1}, Count: count, Reason: why}
	}
	if len(args) == 0 {
		return Typed{}, refuse(true, "expected at least 1 argument")
	}
	t := args[0].Type.Plain()
	null := false
	for _, a := range args {
		var ok bool
		if t, ok = types.Common(t, a.Type.Plain()); !ok || t.Kind != types.Map {
			return Typed{}, refuse(false, "the arguments must be maps with a common type")
		}
		null = null || a.Type.Nullable()
	}
	cast := make([]types.Type, len(args))
	for i, a := range args {
		cast[i] = t.WithNull(a.Type.Nullable())
	}
	return Typed{Ret: t.WithNull(null), Args: cast}, nil
}
