package state

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/batch"
	"weir/internal/types"
)

var keyFields = []types.Field{{Name: "s", Type: types.StringType}, {Name: "n", Type: types.BigIntType}}

// keys makes a batch of n random keys out of few, NULLs among them.
func keys(r *rand.Rand, n, distinct int) *batch.Batch {
	b := batch.New(keyFields, n)
	for range n {
		if k := r.IntN(distinct); k%7 == 0 {
			b.Cols[0].AppendNull()
		} else {
			b.Cols[0].AppendString(fmt.Sprint("key", k/2))
		}
		b.Cols[1].AppendI64(int64(r.IntN(2)))
		b.N++
	}
	return b
}

// A table numbers keys as a map would, whatever it was sized for and however the
// rows are batched or selected.
func TestKeysNumberInOrderOfAppearance(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	k, want := NewKeys(keyFields, 0), map[string]int32{}
	for range 50 {
		b := keys(r, 1+r.IntN(1000), 3000)
		var sel []int32
		for i := range int32(b.N) {
			if r.IntN(3) > 0 {
				sel = append(sel, i)
			}
		}
		hashes := make([]uint64, b.N)
		Hash(b.Cols, sel, b.N, hashes)
		groups := k.Groups(b.Cols, hashes, sel, b.N, nil)
		for at, i := range sel {
			text := "NULL"
			if !b.Cols[0].IsNull(int(i)) {
				text = string(b.Cols[0].Bytes(int(i)))
			}
			text += fmt.Sprint("|", b.Cols[1].I64[i])
			g, ok := want[text]
			if !ok {
				g = int32(len(want))
				want[text] = g
			}
			if groups[at] != g {
				t.Fatalf("%s has group %d, want %d", text, groups[at], g)
			}
		}
	}
	if k.Len() != len(want) {
		t.Errorf("%d groups, want %d", k.Len(), len(want))
	}
	k.Reset()
	if k.Len() != 0 {
		t.Error("Reset left groups")
	}
}

// The hash decides key groups and stands in snapshots: these never change.
func TestHashIsFixed(t *testing.T) {
	b := batch.New([]types.Field{{Type: types.StringType}, {Type: types.BigIntType}, {Type: types.DoubleType}}, 2)
	for i, s := range []string{"AAPL", ""} {
		b.Cols[0].AppendString(s)
		b.Cols[1].AppendI64(int64(i))
		b.Cols[2].AppendF64(float64(i) / 2)
	}
	// By the xxhash package of Python, and splitmix64's finaliser worked out there.
	want := [][2]uint64{{0xdfb0aa5c25cce8c5, 0x2d06800538d394c2}, {0, 0x5692161d100b05e5}, {0, 0x440fe4ce5f2d375}}
	for c, v := range b.Cols {
		got := make([]uint64, 2)
		Hash([]*batch.Vec{v}, nil, 2, got)
		if [2]uint64(got) != want[c] {
			t.Errorf("column %d: %#x", c, got)
		}
	}
}

// valuesOf is a vector of every layout with values at the edges, and a NULL.
func valuesOf() []*batch.Vec {
	d := types.DecimalType(38, 2)
	list := types.ArrayType(types.StringType)
	row := types.RowType(types.Field{Name: "a", Type: types.BigIntType}, types.Field{Name: "b", Type: types.StringType})
	var vs []*batch.Vec
	add := func(t types.Type, fill func(v *batch.Vec)) {
		v := batch.NewVec(t, 0)
		fill(v)
		v.AppendNull()
		vs = append(vs, v)
	}
	fixed := func(t types.Type, n int, set func(v *batch.Vec)) {
		v := batch.NewVec(t, n)
		v.Resize(n)
		set(v)
		v.AppendNull()
		vs = append(vs, v)
	}
	add(types.BooleanType, func(v *batch.Vec) { v.AppendBool(true); v.AppendBool(false) })
	fixed(types.TinyIntType, 2, func(v *batch.Vec) { copy(v.I8, []int8{math.MinInt8, math.MaxInt8}) })
	fixed(types.SmallIntType, 2, func(v *batch.Vec) { copy(v.I16, []int16{math.MinInt16, math.MaxInt16}) })
	add(types.IntType, func(v *batch.Vec) { v.AppendI32(math.MinInt32); v.AppendI32(math.MaxInt32) })
	add(types.BigIntType, func(v *batch.Vec) { v.AppendI64(math.MinInt64); v.AppendI64(math.MaxInt64) })
	fixed(types.FloatType, 2, func(v *batch.Vec) { copy(v.F32, []float32{float32(math.Inf(-1)), math.SmallestNonzeroFloat32}) })
	add(types.DoubleType, func(v *batch.Vec) { v.AppendF64(math.Copysign(0, -1)); v.AppendF64(math.NaN()) })
	fixed(d, 2, func(v *batch.Vec) { copy(v.I128, []decimal128.Num{decimal128.FromI64(-1), decimal128.New(1<<60, 7)}) })
	add(types.StringType, func(v *batch.Vec) { v.AppendString(""); v.AppendString("é\x00") })
	add(list, func(v *batch.Vec) {
		v.AppendRow() // []
		v.Kids[0].AppendString("x")
		v.Kids[0].AppendNull()
		v.AppendRow() // ["x", NULL]
	})
	add(row, func(v *batch.Vec) {
		v.AppendRow()
		v.Kids[0].AppendI64(5)
		v.Kids[1].AppendNull()
	})
	return vs
}

func TestValuesComeBackFromTheirEncoding(t *testing.T) {
	for _, v := range valuesOf() {
		back := batch.NewVec(v.Type, 0)
		for i := range v.Len {
			data := AppendValue(nil, v, i)
			rest, err := ReadValue(append(data, 0xEE), back)
			if err != nil || len(rest) != 1 {
				t.Fatalf("%s row %d: %v, %d bytes left", v.Type, i, err, len(rest))
			}
			if !Equal(v, i, back, i) {
				t.Errorf("%s row %d is another value", v.Type, i)
			}
			for cut := range data {
				if _, err := ReadValue(data[:cut], batch.NewVec(v.Type, 0)); err == nil {
					t.Errorf("%s row %d: %d of %d bytes are taken for a value", v.Type, i, cut, len(data))
				}
			}
		}
	}
}

func BenchmarkGroups(b *testing.B) {
	for _, distinct := range []int{10, 100_000} {
		b.Run(fmt.Sprint(distinct), func(b *testing.B) {
			in := keys(rand.New(rand.NewPCG(5, 6)), batch.MaxRows, distinct)
			k, hashes, groups := NewKeys(keyFields, 0), make([]uint64, in.N), []int32(nil)
			b.ReportAllocs()
			for b.Loop() {
				Hash(in.Cols, nil, in.N, hashes)
				groups = k.Groups(in.Cols, hashes, nil, in.N, groups[:0])
			}
			b.ReportMetric(float64(b.N)*float64(in.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
