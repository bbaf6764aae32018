package fn

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// constructors are ROW, ARRAY and MAP, and the access to what they hold.
func constructors() []*Def {
	return []*Def{
		{
			Name: "ROW", Family: "value construction", Usage: "ROW(value1, …) or (value1, …)", Doc: "A row of the values, whose fields are called EXPR$0, EXPR$1 ….",
			Examples: []Example{{"ROW(1, 'a', CAST(NULL AS INT))", "(1, a, NULL)"}, {"(TRUE, 2)", "(TRUE, 2)"}},
			Infer:    inferRow,
			Compile: eachRowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
				for k, v := range in {
					out.Kids[k].AppendFrom(v, i)
				}
				out.AppendRow()
				return nil
			}),
		},
		{
			Name: "ARRAY", Family: "value construction", Usage: "ARRAY[value1, …]", Doc: "An array of the values, of the type they have in common.",
			Examples: []Example{{"ARRAY[1, 2 + 1]", "[1, 3]"}, {"ARRAY['a', CAST(NULL AS STRING)]", "[a, NULL]"}},
			Infer:    inferArray,
			Compile: eachRowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
				for _, v := range in {
					out.Kids[0].AppendFrom(v, i)
				}
				out.AppendRow()
				return nil
			}),
		},
		{
			Name: "MAP", Family: "value construction", Usage: "MAP[key1, value1, …]",
			Doc:      "A map of keys to values; of equal keys the last value counts.",
			Examples: []Example{{"MAP['a', 1, 'b', 2]", "{a=1, b=2}"}, {"MAP[1, 'x', 1, 'y']", "{1=y}"}},
			Infer:    inferMap,
			Compile:  compileMap,
		},
		{
			Name: "ITEM", Family: "value access", Usage: "array[index] or map[key]",
			Doc:      "The element of an array, counted from 1, or the value of a key of a map; NULL where there is none.",
			Examples: []Example{{"ARRAY[7, 8][2]", "8"}, {"ARRAY[7, 8][3]", "NULL"}, {"MAP['a', 1]['a']", "1"}, {"MAP['a', 1]['z']", "NULL"}},
			Infer:    inferItem,
			Compile:  compileItem,
		},
	}
}

// eachRow is the Compile of a function that is NULL when an argument is.
func eachRow(f func(in []*batch.Vec, i int, out *batch.Vec) error) func(*Env, []Arg, types.Type) (kernel.Func, error) {
	return func(*Env, []Arg, types.Type) (kernel.Func, error) { return kernel.Row(f), nil }
}

// eachRowWithNulls is the Compile of a function that looks at NULLs itself.
func eachRowWithNulls(f func(in []*batch.Vec, i int, out *batch.Vec) error) func(*Env, []Arg, types.Type) (kernel.Func, error) {
	return func(*Env, []Arg, types.Type) (kernel.Func, error) { return kernel.RowWithNulls(f), nil }
}

// errBareNull is Flink's answer to NULL where nothing tells its type.
var errBareNull = errs.New(errs.Invalid, "sql.null", "Illegal use of 'NULL'")

// illegalNull is errBareNull for the place it is found at.
func illegalNull() error { e := *errBareNull; return &e }

func inferRow(args []Arg) (Typed, error) {
	fields := make([]types.Field, len(args))
	for i, a := range args {
		if a.Type.Kind == types.Null {
			return Typed{}, illegalNull()
		}
		fields[i] = types.Field{Name: fmt.Sprintf("EXPR$%d", i), Type: a.Type.Plain()}
	}
	return Typed{Ret: types.RowType(fields...).WithNull(false)}, nil
}

// member is the type that values of an ARRAY or a MAP are brought to.
func member(args []Arg) (types.Type, error) {
	different := errs.New(errs.Invalid, "sql.type", "Parameters must be of the same type")
	if len(args) == 0 {
		return types.Type{}, errs.New(errs.Invalid, "sql.function-arguments", "Require at least 1 argument")
	}
	t := args[0].Type.Plain()
	for _, a := range args[1:] {
		var ok bool
		if t, ok = types.Common(t, a.Type.Plain()); !ok {
			return t, different
		}
	}
	if t.Kind == types.Null {
		return t, different
	}
	return t, nil
}

func inferArray(args []Arg) (Typed, error) {
	t, err := member(args)
	cast := make([]types.Type, len(args))
	for i, a := range args {
		cast[i] = t.WithNull(a.Type.Nullable())
	}
	return Typed{Ret: types.ArrayType(t).WithNull(false), Args: cast}, err
}

func inferMap(args []Arg) (Typed, error) {
	if len(args) == 0 || len(args)%2 != 0 {
		return Typed{}, errs.New(errs.Invalid, "sql.function-arguments", "Map requires an even number of arguments")
	}
	var sides [2][]Arg
	for i, a := range args {
		sides[i%2] = append(sides[i%2], a)
	}
	key, err := member(sides[0])
	if err != nil {
		return Typed{}, err
	}
	value, err := member(sides[1])
	cast := make([]types.Type, len(args))
	for i, a := range args {
		cast[i] = [...]types.Type{key, value}[i%2].WithNull(a.Type.Nullable())
	}
	return Typed{Ret: types.MapType(key, value).WithNull(false), Args: cast}, err
}

func compileMap(_ *Env, _ []Arg, ret types.Type) (kernel.Func, error) {
	entry := newMapWriter(ret)
	return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
		entry.start()
		for k := 0; k < len(in); k += 2 {
			entry.put(in[k], i, in[k+1], i)
		}
		entry.end(out)
		return nil
	}), nil
}

// mapWriter collects the entries of one map, of which the last with a key wins
// and the first gives the place.
type mapWriter struct {
	list   *batch.Vec // one row: the map being written
	values []place
}

// place is where a value is.
type place struct {
	v *batch.Vec
	i int
}

func newMapWriter(t types.Type) *mapWriter {
	return &mapWriter{list: batch.NewVec(types.ArrayType(*t.Key), 0)}
}

func (w *mapWriter) start() {
	w.list.Reset()
	w.values = w.values[:0]
}

func (w *mapWriter) put(key *batch.Vec, i int, value *batch.Vec, j int) {
	keys := w.list.Kids[0]
	for r := range keys.Len {
		if batch.Same(keys, r, key, i) {
			w.values[r] = place{value, j}
			return
		}
	}
	keys.AppendFrom(key, i)
	w.values = append(w.values, place{value, j})
}

func (w *mapWriter) end(out *batch.Vec) {
	for r, p := range w.values {
		out.Kids[0].AppendFrom(w.list.Kids[0], r)
		out.Kids[1].AppendFrom(p.v, p.i)
	}
	out.AppendRow()
}

// itemTypes are what an array or a map and what stands in brackets behind it are
// brought to; ok is false when the one cannot be accessed by the other.
func itemTypes(t, key types.Type) (args []types.Type, ok bool) {
	switch {
	case t.Kind == types.Array && (key.IsInteger() || key.Kind == types.Null):
		return []types.Type{t, types.BigIntType.WithNull(key.Nullable())}, true
	case t.Kind == types.Map && types.Implicit(key, *t.Key):
		return []types.Type{t, t.Key.WithNull(true)}, true
	case t.Kind == types.Map:
		c, ok := types.Common(key, *t.Key)
		return []types.Type{types.MapType(c, *t.Elem).WithNull(t.Nullable()), c.WithNull(true)}, ok
	}
	return nil, false
}

// CanAccess reports whether a value of type t can be accessed by [key].
func CanAccess(t, key types.Type) bool {
	_, ok := itemTypes(t.Plain(), key.Plain())
	return ok
}

func inferItem(args []Arg) (Typed, error) {
	if len(args) != 2 {
		return Typed{}, fmt.Errorf("expected 2 arguments")
	}
	cast, ok := itemTypes(args[0].Type.Plain(), args[1].Type.Plain())
	if !ok {
		return Typed{}, fmt.Errorf("an array is accessed by an integer, a map by a key of its own type")
	}
	if n, ok := args[1].Literal.(int64); ok && n < 1 && args[0].Type.Kind == types.Array {
		return Typed{}, noElement(n)
	}
	return Typed{Ret: args[0].Type.Elem.WithNull(true), Args: cast}, nil
}

func noElement(n int64) error {
	return errs.New(errs.Invalid, "sql.index", "Array element access needs an index starting at 1 but was %d.", n)
}

func compileItem(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	if args[0].Type.Kind == types.Map {
		return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
			r := -1
			if !in[0].IsNull(i) {
				r = in[0].Find(i, in[1], i)
			}
			return putElement(out, i, in[0], 1, r)
		}), nil
	}
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		n := in[1].I64[kernel.At(in[1], i)]
		if n < 1 {
			return noElement(n)
		}
		from, to := in[0].Range(i)
		r := -1
		if n <= int64(to-from) {
			r = from + int(n) - 1
		}
		return putElement(out, i, in[0], 0, r)
	}), nil
}

// putElement sets row i of out to row r of a child of list, NULL when r is -1.
func putElement(out *batch.Vec, i int, list *batch.Vec, kid, r int) error {
	if r < 0 || list.Kids[kid].IsNull(r) {
		kernel.NullAt(out, i)
		return nil
	}
	return copyValue(list.Kids[kid], r, out, i)
}
