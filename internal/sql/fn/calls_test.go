package fn

import (
	"fmt"
	"testing"
	"time"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/types"
)

// TestCallsNeverPanic calls every scalar function with arguments of all kinds,
// as many as three: what Infer takes is compiled and run over rows with NULLs,
// constants and a selection, and must give as many rows as it got.
func TestCallsNeverPanic(t *testing.T) {
	env := &Env{Clock: clock.System{}, Zone: time.UTC, Rand: func() uint64 { return 7 }}
	args := sampleArgs(t, env)
	calls := 0
	for _, d := range BuiltIn().All() {
		if d.Class != Scalar {
			continue
		}
		for n := 0; n <= 3; n++ {
			pick := make([]int, n)
			for more := true; more; more = advance(pick, len(args)) {
				call := make([]sampleArg, n)
				for k, p := range pick {
					call[k] = args[p]
				}
				if tryCall(t, env, d, call) {
					calls++
				}
			}
		}
	}
	if calls < 1000 {
		t.Errorf("only %d calls were valid", calls)
	}
}

// advance counts pick up in base n; false when all are through.
func advance(pick []int, n int) bool {
	for k := range pick {
		if pick[k]++; pick[k] < n {
			return true
		}
		pick[k] = 0
	}
	return false
}

type sampleArg struct {
	Arg
	v *batch.Vec
}

const sampleRows = 3

// sampleArgs are a column of each kind of type, cast from text, and literals.
func sampleArgs(t *testing.T, env *Env) []sampleArg {
	text := func(con bool, values ...string) *batch.Vec {
		v := batch.NewVec(types.StringType, len(values))
		for _, s := range values {
			if s == "" {
				v.AppendNull()
			} else {
				v.AppendString(s)
			}
		}
		v.Const = con
		return v
	}
	str := text(false, `{"a": [1, 2]}`, "", "é,b%_\\[")
	args := []sampleArg{
		{Arg{Type: types.StringType}, str},
		{Arg{Type: types.StringType.WithNull(false), Literal: "$.a"}, text(true, "$.a")},
		{Arg{Type: types.NullType}, nullColumn()},
	}
	for _, to := range []types.Type{types.IntType, types.DecimalType(5, 2), types.DoubleType, types.BooleanType,
		types.TimestampType(3), types.BytesType} {
		values := []string{"-1", "", "3"}
		if to.Kind == types.Timestamp {
			values = []string{"2020-01-02 03:04:05", "", "1969-12-31"}
		} else if to.Kind == types.Boolean {
			values = []string{"true", "", "false"}
		}
		args = append(args, sampleArg{Arg{Type: to}, run(t, env, text(false, values...), to)})
	}
	ints := args[3].v
	array := batch.NewVec(types.ArrayType(types.IntType), 0)
	for i := range sampleRows {
		array.Kids[0].AppendFrom(ints, 2-i)
		array.Kids[0].AppendFrom(ints, i)
		array.AppendRow()
	}
	array.SetNull(2)
	mapped := batch.NewVec(types.MapType(types.StringType, types.IntType), 0)
	row := batch.NewVec(types.RowType(types.Field{Name: "a", Type: types.IntType}, types.Field{Name: "b", Type: types.StringType}), 0)
	for i := range sampleRows {
		mapped.Kids[0].AppendFrom(str, i)
		mapped.Kids[1].AppendFrom(ints, i)
		mapped.AppendRow()
		row.Kids[0].AppendFrom(ints, i)
		row.Kids[1].AppendFrom(str, i)
		row.AppendRow()
	}
	for _, v := range []*batch.Vec{array, mapped, row} {
		args = append(args, sampleArg{Arg{Type: v.Type}, v})
	}
	return args
}

func nullColumn() *batch.Vec {
	v := batch.NewVec(types.NullType, 1)
	v.AppendNull()
	v.Const = true
	return v
}

// run casts a column.
func run(t *testing.T, env *Env, v *batch.Vec, to types.Type) *batch.Vec {
	f, err := Cast(env, v.Type, to, true)
	if err != nil {
		t.Fatal(err)
	}
	out := batch.NewVec(to, 0)
	n := v.Len
	out.Resize(n)
	if err := f([]*batch.Vec{v}, nil, n, out); err != nil {
		t.Fatal(err)
	}
	out.Const = v.Const
	return out
}

// tryCall reports whether the call is a valid one.
func tryCall(t *testing.T, env *Env, d *Def, call []sampleArg) bool {
	args := make([]Arg, len(call))
	what := d.Name
	for k, a := range call {
		args[k] = a.Arg
		what += fmt.Sprintf(" %s", a.Type)
	}
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: %v", what, p)
		}
	}()
	typed, err := d.Infer(args)
	if err != nil || d.Compile == nil {
		return false
	}
	in := make([]*batch.Vec, len(call))
	for k, a := range call {
		in[k] = a.v
		if typed.Args != nil && !a.Type.SameShape(typed.Args[k]) {
			if !CanCast(a.Type, typed.Args[k]) {
				t.Errorf("%s: argument %d cannot be cast to %s", what, k+1, typed.Args[k])
				return false
			}
			in[k] = run(t, env, a.v, typed.Args[k])
			args[k].Type = typed.Args[k]
		}
	}
	f, err := d.Compile(env, args, typed.Ret)
	if err != nil {
		return false
	}
	for _, sel := range [][]int32{nil, {0, 2}, {}} {
		out := batch.NewVec(typed.Ret, 0)
		out.Resize(sampleRows)
		if err := f(in, sel, sampleRows, out); err == nil && out.Len != sampleRows {
			t.Errorf("%s: %d rows of %d", what, out.Len, sampleRows)
		}
	}
	return true
}
