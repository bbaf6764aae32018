package kernel

import (
	"fmt"
	"testing"

	"weir/internal/batch"
	"weir/internal/types"
)

// column is a BIGINT column of xs; nil is NULL.
func column(xs ...any) *batch.Vec {
	v := batch.NewVec(types.BigIntType, len(xs))
	for _, x := range xs {
		if x == nil {
			v.AppendNull()
			continue
		}
		v.AppendI64(int64(x.(int)))
	}
	return v
}

func constant(x any) *batch.Vec {
	v := column(x)
	v.Const = true
	return v
}

// text is the rows of v that sel names.
func text(v *batch.Vec, sel []int32, n int) string {
	if sel == nil {
		sel = batch.Seq(0, n)
	}
	s := ""
	for _, i := range sel {
		if v.IsNull(int(i)) {
			s += " NULL"
			continue
		}
		s += fmt.Sprint(" ", v.I64[i])
	}
	return s
}

// Every way to make a function of a scalar gives the same rows, for constants,
// NULLs and selections alike; rows that are not selected are not computed.
func TestLiftedFunctionsAgree(t *testing.T) {
	minus := func(a, b int64) int64 {
		if b == 99 {
			panic("a row that is not selected was computed")
		}
		return a - b
	}
	ways := map[string]Func{
		"Lift2": Lift2(minus),
		"Row": Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
			out.I64[i] = minus(in[0].I64[At(in[0], i)], in[1].I64[At(in[1], i)])
			return nil
		}),
		"RowWithNulls": RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
			if in[0].IsNull(i) || in[1].IsNull(i) {
				NullAt(out, i)
				return nil
			}
			out.I64[i] = minus(in[0].I64[At(in[0], i)], in[1].I64[At(in[1], i)])
			return nil
		}),
	}
	for _, c := range []struct {
		a, b *batch.Vec
		sel  []int32
		want string
	}{
		{column(1, 2, nil, 4), column(10, nil, nil, 1), nil, " -9 NULL NULL 3"},
		{column(1, 2, 3, 4), column(10, 99, 99, 1), []int32{0, 3}, " -9 3"},
		{column(1, nil, 3, 4), constant(1), nil, " 0 NULL 2 3"},
		{column(1, nil, 3, 4), constant(1), []int32{1, 2}, " NULL 2"},
		{constant(10), column(1, nil, 99, 4), []int32{0, 1, 3}, " 9 NULL 6"},
		{column(1, 2, 3, 4), constant(nil), nil, " NULL NULL NULL NULL"},
		{constant(nil), column(1, 2, 3, 4), []int32{2}, " NULL"},
		{constant(5), constant(3), nil, " 2 2 2 2"},
		{constant(5), constant(nil), []int32{0, 1}, " NULL NULL"},
		{column(1, 2, 3, 4), column(1, 2, 3, 4), []int32{}, ""},
	} {
		for name, f := range ways {
			out := batch.NewVec(types.BigIntType, 4)
			out.Resize(4)
			if err := f([]*batch.Vec{c.a, c.b}, c.sel, 4, out); err != nil {
				t.Fatal(err)
			}
			if got := text(out, c.sel, 4); got != c.want {
				t.Errorf("%s: got%s, want%s", name, got, c.want)
			}
		}
	}
}

// A function of strings appends, so that rows which are not selected stand in
// the result as NULLs, and an error ends it.
func TestRowsOfStrings(t *testing.T) {
	in := batch.NewVec(types.StringType, 4)
	for _, s := range []string{"a", "b", "c", "d"} {
		in.AppendString(s)
	}
	double := Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		if string(in[0].Bytes(i)) == "d" {
			return fmt.Errorf("no d")
		}
		out.AppendString(string(in[0].Bytes(i)) + string(in[0].Bytes(i)))
		return nil
	})
	out := batch.NewVec(types.StringType, 4)
	out.Resize(4)
	if err := double([]*batch.Vec{in}, []int32{0, 2}, 4, out); err != nil {
		t.Fatal(err)
	}
	if string(out.Bytes(0)) != "aa" || string(out.Bytes(2)) != "cc" || !out.IsNull(1) || out.Len != 4 {
		t.Errorf("got %q", out.Data)
	}
	out.Resize(4)
	if err := double([]*batch.Vec{in}, nil, 4, out); err == nil {
		t.Error("the error is lost")
	}
}
