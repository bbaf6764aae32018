package fn

import (
	"testing"

	"weir/internal/batch"
	"weir/internal/types"
)

// BenchmarkJSONValue reads one field of three of short JSON texts: the shape of
// a Kinesis record.
func BenchmarkJSONValue(b *testing.B) {
	const text = `{"event_time":"2026-01-02T03:04:05.678","ticker":"AMZN","price":123.45}`
	for _, c := range []struct {
		name, path string
		ret        types.Type
	}{
		{"string", "$.ticker", types.StringType},
		{"double", "lax $.price", types.DoubleType},
		{"filter", "$[?(@.price > 1)].ticker", types.StringType},
	} {
		b.Run(c.name, func(b *testing.B) {
			in := []*batch.Vec{batch.NewVec(types.StringType, batch.MaxRows)}
			for range batch.MaxRows {
				in[0].AppendString(text)
			}
			arg := func(t types.Type, s string) {
				v := batch.NewVec(t, 1)
				if v.Const = true; s == "" {
					v.AppendNull()
				} else {
					v.AppendString(s)
				}
				v.Const = true
				in = append(in, v)
			}
			symbol := types.Type{Kind: types.Symbol}
			arg(types.StringType, c.path)
			arg(c.ret, "")
			args := []Arg{{}, {}, {}}
			for range 2 {
				arg(symbol, "NULL")
				arg(c.ret, "")
				args = append(args, Arg{Type: symbol, Literal: "NULL"}, Arg{})
			}
			f, err := BuiltIn().Lookup("JSON_VALUE").Compile(&Env{}, args, c.ret)
			if err != nil {
				b.Fatal(err)
			}
			out := batch.NewVec(c.ret, batch.MaxRows)
			b.ReportAllocs()
			for b.Loop() {
				out.Resize(batch.MaxRows)
				if err := f(in, nil, batch.MaxRows, out); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*batch.MaxRows/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
