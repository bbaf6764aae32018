// Package print is Flink's 'print' connector: a sink that writes each change
// to the process's output as text, +I[AMZN, 1.5, 2020-10-10T00:00].
package print

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/format"
	"weir/internal/javanum"
	"weir/internal/kernel"
	"weir/internal/obs"
	"weir/internal/option"
	"weir/internal/types"
)

// Options are the connector's options (PrintTableSinkFactory).
type Options struct {
	Connector   string `option:"connector" doc:"'print'."`
	Identifier  string `option:"print-identifier" doc:"Written before each row."`
	StdErr      bool   `option:"standard-error" default:"false" doc:"Write to standard error."`
	Parallelism *int   `option:"sink.parallelism" doc:"Accepted for Flink; the sink runs with the job's parallelism."`
}

// Factory describes the connector.
func Factory() *connector.Factory {
	return &connector.Factory{
		Name: "print", Doc: "Writes each row to standard output.", Options: &Options{},
		Validate: func(t *connector.Table, _ map[string]*format.Format) error {
			return option.Decode(t.Options, &Options{})
		},
		NewSink: newSink,
		Accepts: func(*connector.Table) connector.Changes { return connector.All },
	}
}

func newSink(_ context.Context, env *connector.Env, t *connector.Table) (connector.Sink, error) {
	s := &sink{table: t, out: env.Stdout, old: t.Profile == "1.11"}
	if err := option.Decode(t.Options, &s.opts); err != nil {
		return nil, err
	}
	if s.opts.StdErr {
		s.out = env.Stderr
	}
	return s, nil
}

type sink struct {
	table *connector.Table
	opts  Options
	out   io.Writer
	old   bool // Flink 1.11 printed +I(…)
}

// Identity implements connector.Sink.
func (s *sink) Identity() string { return "print:" + s.table.Name + ":" + s.opts.Identifier }

// Writer implements connector.Sink.
func (s *sink) Writer(_ context.Context, index, parallelism int, _ obs.Scope) (connector.Writer, error) {
	w := &writer{sink: s, open: '[', end: ']'}
	if s.old {
		w.open, w.end = '(', ')'
	}
	switch {
	case s.opts.Identifier != "" && parallelism > 1:
		w.prefix = fmt.Sprintf("%s:%d> ", s.opts.Identifier, index+1)
	case s.opts.Identifier != "":
		w.prefix = s.opts.Identifier + "> "
	case parallelism > 1:
		w.prefix = fmt.Sprintf("%d> ", index+1)
	}
	return w, nil
}

// Committer implements connector.Sink: what is printed is printed.
func (*sink) Committer(context.Context, []byte) (connector.Committer, error) { return nil, nil }

type writer struct {
	*sink
	prefix    string
	open, end byte
	buf       []byte
}

// Write implements connector.Writer.
func (w *writer) Write(b *batch.Batch) error {
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	w.buf = w.buf[:0]
	for _, i := range sel {
		w.buf = append(w.buf, w.prefix...)
		w.buf = append(w.buf, b.Kind(int(i)).String()...)
		w.buf = append(w.buf, w.open)
		for c, v := range b.Cols {
			if c > 0 {
				w.buf = append(w.buf, ", "...)
			}
			w.buf = appendJava(w.buf, v, int(i))
		}
		w.buf = append(w.buf, w.end, '\n')
	}
	_, err := w.out.Write(w.buf)
	return err
}

// appendJava appends a value as its external Java class prints it: null,
// LocalDateTime without seconds when they are zero, byte[] as numbers.
func appendJava(buf []byte, v *batch.Vec, i int) []byte {
	if v.IsNull(i) {
		return append(buf, "null"...)
	}
	i = kernel.At(v, i)
	switch v.Type.Kind {
	case types.Boolean:
		return strconv.AppendBool(buf, v.B[i])
	case types.TinyInt:
		return strconv.AppendInt(buf, int64(v.I8[i]), 10)
	case types.SmallInt:
		return strconv.AppendInt(buf, int64(v.I16[i]), 10)
	case types.Int:
		return strconv.AppendInt(buf, int64(v.I32[i]), 10)
	case types.BigInt:
		return strconv.AppendInt(buf, v.I64[i], 10)
	case types.Float:
		return javanum.AppendFloat(buf, v.F32[i])
	case types.Double:
		return javanum.AppendDouble(buf, v.F64[i])
	case types.Decimal:
		return appendDecimal(buf, v, i)
	case types.Char, types.VarChar:
		return append(buf, v.Bytes(i)...)
	case types.Binary, types.VarBinary:
		buf = append(buf, '[')
		for k, c := range v.Bytes(i) {
			if k > 0 {
				buf = append(buf, ", "...)
			}
			buf = strconv.AppendInt(buf, int64(int8(c)), 10)
		}
		return append(buf, ']')
	case types.Date, types.Time, types.Timestamp, types.TimestampLTZ, types.IntervalDS, types.IntervalYM:
		return appendTime(buf, v, i)
	}
	return appendNested(buf, v, i)
}

// Watermark implements connector.Writer.
func (*writer) Watermark(int64) error { return nil }

// Prepare implements connector.Writer.
func (*writer) Prepare(bool) ([]connector.Committable, error) { return nil, nil }

// Close implements connector.Writer.
func (*writer) Close() error { return nil }
