package fn

import (
	"fmt"
	"testing"
	"time"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/types"
)

// benchRows is the size of a batch in the benchmarks.
const benchRows = 4096

// benchFunction measures a call of function name; rows/s is the figure.
func benchFunction(b *testing.B, name string, in ...*batch.Vec) {
	def := BuiltIn().Lookup(name)
	args := make([]Arg, len(in))
	for i, v := range in {
		args[i].Type = v.Type
		if v.Const && v.Type.IsString() || v.Type.Kind == types.Symbol {
			args[i].Literal = string(v.Bytes(0))
		}
		if v.Const && v.Type.Kind == types.Int {
			args[i].Literal = int64(v.I32[0])
		}
	}
	t, err := def.Infer(args)
	if err != nil {
		b.Fatal(err)
	}
	for i := range t.Args {
		args[i].Type = t.Args[i]
	}
	f, err := def.Compile(testEnv(), args, t.Ret)
	if err != nil {
		b.Fatal(err)
	}
	benchKernel(b, t.Ret, func(out *batch.Vec) error { return f(in, nil, benchRows, out) })
}

func benchKernel(b *testing.B, ret types.Type, f func(out *batch.Vec) error) {
	out := batch.NewVec(ret, benchRows)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		out.Resize(benchRows)
		if err := f(out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

func testEnv() *Env {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	n := uint64(1)
	return &Env{Clock: clock.NewManual(time.Unix(1_700_000_000, 0)), Zone: berlin, Rand: func() uint64 {
		n = n*6364136223846793005 + 1442695040888963407
		return n
	}}
}

// column makes a column of benchRows values, none of them NULL.
func column(t types.Type, f func(i int) int64) *batch.Vec {
	v := batch.NewVec(t.WithNull(false), benchRows)
	v.Resize(benchRows)
	for i := range benchRows {
		putNumber(v, i, float64(f(i))/1000, f(i))
	}
	return v
}

func texts64(f func(i int) string) *batch.Vec {
	v := batch.NewVec(types.StringType.WithNull(false), 0)
	for i := range benchRows {
		v.AppendString(f(i))
	}
	return v
}

// constant makes a literal argument.
func constant(t types.Type, x any) *batch.Vec {
	v := batch.NewVec(t.WithNull(false), 1)
	if s, ok := x.(string); ok {
		v.AppendString(s)
	} else {
		v.Resize(1)
		putNumber(v, 0, 0, int64(x.(int)))
	}
	v.Const = true
	return v
}

func unit(name string) *batch.Vec { return constant(types.Type{Kind: types.Symbol}, name) }

// seconds spreads over eight years.
func seconds(i int) int64 { return 1_600_000_000 + int64(i)*61_007 }

func BenchmarkMoments(b *testing.B) {
	ts := column(types.TimestampType(3), func(i int) int64 { return seconds(i)*1000 + int64(i)%1000 })
	ltz := column(types.TimestampLTZType(3), func(i int) int64 { return 1_600_000_000_000 + int64(i)*977 })
	days := column(types.DateType, func(i int) int64 { return int64(i) * 5 })
	ints := column(types.IntType, func(i int) int64 { return int64(i*7919) % 10_007 })
	big := column(types.BigIntType, func(i int) int64 { return seconds(i) })
	floats := column(types.DoubleType, func(i int) int64 { return int64(i) * 977 })
	text := texts64(func(i int) string { return time.Unix(seconds(i), 0).UTC().Format("2006-01-02 15:04:05.000") })
	dates := texts64(func(i int) string { return time.Unix(seconds(i), 0).UTC().Format("2006-01-02") })
	pattern := constant(types.CharType(23), "yyyy-MM-dd HH:mm:ss.SSS")
	for _, c := range []struct {
		name string
		in   []*batch.Vec
	}{
		{"+", []*batch.Vec{ints, ints}}, {"*", []*batch.Vec{floats, floats}}, {"/", []*batch.Vec{big, constant(types.BigIntType, 60)}},
		{"MOD", []*batch.Vec{ints, constant(types.IntType, 10)}}, {"ABS", []*batch.Vec{ints}}, {"FLOOR", []*batch.Vec{floats}}, {"SIN", []*batch.Vec{floats}},
		{"POWER", []*batch.Vec{floats, floats}}, {"ROUND", []*batch.Vec{floats, constant(types.IntType, 2)}}, {"RAND", nil},
		{"EXTRACT", []*batch.Vec{unit("MONTH"), ts}}, {"HOUR", []*batch.Vec{ltz}}, {"YEAR", []*batch.Vec{days}},
		{"FLOOR", []*batch.Vec{ts, unit("DAY")}}, {"FLOOR", []*batch.Vec{ltz, unit("MONTH")}},
		{"TIMESTAMPADD", []*batch.Vec{unit("MONTH"), big, days}}, {"TIMESTAMPDIFF", []*batch.Vec{unit("MONTH"), ts, ts}},
		{"TO_TIMESTAMP", []*batch.Vec{text}}, {"TO_TIMESTAMP", []*batch.Vec{text, pattern}}, {"TO_DATE", []*batch.Vec{dates}},
		{"DATE_FORMAT", []*batch.Vec{ts, pattern}}, {"DATE_FORMAT", []*batch.Vec{ltz, pattern}},
		{"UNIX_TIMESTAMP", []*batch.Vec{text}}, {"FROM_UNIXTIME", []*batch.Vec{big}}, {"CURRENT_TIMESTAMP", nil},
	} {
		name := c.name
		for _, v := range c.in {
			name += fmt.Sprintf("_%s", v.Type.Kind)
		}
		b.Run(name, func(b *testing.B) { benchFunction(b, c.name, c.in...) })
	}
	for _, c := range []struct {
		from *batch.Vec
		to   types.Type
	}{{text, types.TimestampType(3)}, {dates, types.DateType}, {ts, types.TimestampLTZType(3)}, {ltz, types.TimestampType(3)}, {ts, types.StringType}, {days, types.StringType}} {
		b.Run(fmt.Sprintf("CAST_%s_%s", c.from.Type.Kind, c.to.Kind), func(b *testing.B) {
			f, err := Cast(testEnv(), c.from.Type, c.to, false)
			if err != nil {
				b.Fatal(err)
			}
			benchKernel(b, c.to, func(out *batch.Vec) error { return f([]*batch.Vec{c.from}, nil, benchRows, out) })
		})
	}
}
