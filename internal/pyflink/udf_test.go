package pyflink_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"weir/internal/batch"
	"weir/internal/pyflink/udf"
	"weir/internal/types"
)

// prepared is a program that registers functions, has its helper forked, and
// then waits for its end.
const prepared = `
import os, sys, time
from pyflink.table import DataTypes, EnvironmentSettings, TableEnvironment
from pyflink.table.udf import udf
env = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
S, D, B = DataTypes.STRING(), DataTypes.DOUBLE(), DataTypes.BIGINT()
fs = [udf(lambda p, t: p * 2 + len(t), result_type=D),
      udf(lambda x: time.sleep(3600), result_type=B),
      udf(lambda x: os._exit(7) if x == 13 else x, result_type=B),
      udf(lambda *a: a[0] if len(a) == 1 else list(a), result_type=B),
      udf(lambda x: os.getpid(), result_type=B)]
keys = [f._definition()["key"] for f in fs]
assert keys == ["py0", "py1", "py2", "py3", "py4"], keys
env.execute_sql("SHOW TABLES")
print("prepared", flush=True)
time.sleep(3600)
`

// background starts the program prepared and waits until its functions can be
// called. What it and its processes print comes after that; it ends when all of
// them have.
func background(t testing.TB, callTimeout time.Duration) (*testServer, *exec.Cmd, io.Reader) {
	t.Helper()
	b := serve(t, callTimeout)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := b.start(t, prepared, w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.stop()
		_ = cmd.Wait() // it ends with the server, with 143
		_ = r.Close()
	})
	out := bufio.NewReader(r)
	if line, err := out.ReadString('\n'); line != "prepared\n" {
		rest, _ := io.ReadAll(out)
		t.Fatalf("%v\n%s%s", err, line, rest)
	}
	return b, cmd, out
}

func vec(t types.Type, n int, set func(v *batch.Vec, i int)) *batch.Vec {
	v := batch.NewVec(t, 0)
	for i := range n {
		set(v, i)
	}
	return v
}

func bigints(n int) *batch.Vec {
	return vec(types.BigIntType, n, func(v *batch.Vec, i int) { v.AppendI64(int64(i)) })
}

func TestHangingFunctionIsKilledWithItsTraceback(t *testing.T) {
	b, _, _ := background(t, 300*time.Millisecond)
	f, err := b.host.Func(udf.Spec{Key: "py1", Name: "hang", Args: []types.Type{types.BigIntType}, Result: types.BigIntType})
	if err != nil {
		t.Fatal(err)
	}
	out := batch.NewVec(types.BigIntType, 0)
	out.Resize(1)
	err = f([]*batch.Vec{bigints(1)}, nil, 1, out)
	if err == nil || !strings.Contains(err.Error(), "did not answer within 300ms") || !strings.Contains(err.Error(), "program.py\", line 8 in <lambda>") {
		t.Fatalf("got %v", err)
	}
}

func TestDyingWorkerIsReplaced(t *testing.T) {
	b, _, _ := background(t, 0)
	f, err := b.host.Func(udf.Spec{Key: "py2", Name: "die", Args: []types.Type{types.BigIntType}, Result: types.BigIntType})
	if err != nil {
		t.Fatal(err)
	}
	out := batch.NewVec(types.BigIntType, 0)
	out.Resize(20)
	if err := f([]*batch.Vec{bigints(20)}, nil, 20, out); err == nil || !strings.Contains(err.Error(), "the worker of Python function die ended: exit code 7") {
		t.Fatalf("got %v", err)
	}
	if err := f([]*batch.Vec{bigints(5)}, nil, 5, out); err != nil || out.I64[4] != 4 {
		t.Fatalf("after the death: %v, %v", err, out.I64)
	}
	// a worker that dies while it is idle
	pid, err := b.host.Func(udf.Spec{Key: "py4", Name: "pid", Args: []types.Type{types.BigIntType}, Result: types.BigIntType})
	if err != nil {
		t.Fatal(err)
	}
	out.Resize(1)
	for range 3 {
		if err := pid([]*batch.Vec{bigints(1)}, nil, 1, out); err != nil {
			t.Fatal(err)
		}
		before := int(out.I64[0])
		if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		for b.host.Idle() > 0 {
			runtime.Gosched() // the end of its connection is seen
		}
		if err := pid([]*batch.Vec{bigints(1)}, nil, 1, out); err != nil || int(out.I64[0]) == before {
			t.Fatalf("after SIGKILL: %v", err)
		}
	}
}

// TestNothingOutlivesTheServer checks that program, helper and workers end when
// the server does: each has the pipe open until its end.
func TestNothingOutlivesTheServer(t *testing.T) {
	b, cmd, out := background(t, 0)
	f, err := b.host.Func(udf.Spec{Key: "py4", Name: "pid", Args: []types.Type{types.BigIntType}, Result: types.BigIntType})
	if err != nil {
		t.Fatal(err)
	}
	res := batch.NewVec(types.BigIntType, 0)
	res.Resize(1)
	if err := f([]*batch.Vec{bigints(1)}, nil, 1, res); err != nil {
		t.Fatal(err)
	}
	b.stop()
	if rest, err := io.ReadAll(out); err != nil || len(rest) > 0 {
		t.Fatalf("printed at the end: %q, %v", rest, err)
	}
	_ = cmd.Wait() // its code is looked at
	if code := cmd.ProcessState.ExitCode(); code != 143 {
		t.Errorf("the program ended with %d", code)
	}
}

// BenchmarkScalarFunction is rows a second through f(DOUBLE, STRING).
func BenchmarkScalarFunction(b *testing.B) {
	s, _, _ := background(b, 0)
	f, err := s.host.Func(udf.Spec{Key: "py0", Name: "f", Args: []types.Type{types.DoubleType, types.StringType}, Result: types.DoubleType})
	if err != nil {
		b.Fatal(err)
	}
	const n = batch.MaxRows
	prices := vec(types.DoubleType, n, func(v *batch.Vec, i int) { v.AppendF64(float64(i)) })
	tickers := vec(types.StringType, n, func(v *batch.Vec, i int) { v.AppendString("TICK" + strconv.Itoa(i%10)) })
	out := batch.NewVec(types.DoubleType, n)
	rows := 0
	for b.Loop() {
		out.Resize(n)
		if err := f([]*batch.Vec{prices, tickers}, nil, n, out); err != nil {
			b.Fatal(err)
		}
		rows += n
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

// TestKilledProgramIsNoticed checks that the helper, which goes on, does not hide
// the program's end.
func TestKilledProgramIsNoticed(t *testing.T) {
	b, cmd, _ := background(t, 0)
	f, err := b.host.Func(udf.Spec{Key: "py3", Name: "same", Args: []types.Type{types.BigIntType}, Result: types.BigIntType})
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-b.Ended()
	if o := b.Outcome(); o != nil {
		t.Errorf("a killed program told %+v", o)
	}
	out := batch.NewVec(types.BigIntType, 0)
	out.Resize(3)
	if err := f([]*batch.Vec{bigints(3)}, nil, 3, out); err != nil || out.I64[2] != 2 {
		t.Errorf("after the program's end: %v", err)
	}
}

// TestValuesOfEveryType sends values through a function that gives back what
// it got: the rows of a selection, with NULLs.
func TestValuesOfEveryType(t *testing.T) {
	b, _, _ := background(t, 0)
	const n = 300
	row := types.RowType(types.Field{Name: "a", Type: types.IntType}, types.Field{Name: "b", Type: types.StringType})
	for _, c := range []struct {
		t   types.Type
		set func(v *batch.Vec, i int)
	}{
		{types.BooleanType, func(v *batch.Vec, i int) { v.AppendBool(i%3 == 0) }},
		{types.IntType, func(v *batch.Vec, i int) { v.AppendI32(int32(i - 7)) }},
		{types.BigIntType, func(v *batch.Vec, i int) { v.AppendI64(int64(i) << 40) }},
		{types.DoubleType, func(v *batch.Vec, i int) { v.AppendF64(1 / float64(i-150)) }},
		{types.DecimalType(10, 2), func(v *batch.Vec, i int) { v.AppendI64(int64(i)*-1234567 + 5) }},
		{types.StringType, func(v *batch.Vec, i int) { v.AppendString(strings.Repeat("é股😀x", i%5)) }},
		{types.BytesType, func(v *batch.Vec, i int) { v.AppendBytes([]byte{0, byte(i), 255}) }},
		{types.DateType, func(v *batch.Vec, i int) { v.AppendI32(int32(i*100 - 20000)) }},
		{types.TimeType(0), func(v *batch.Vec, i int) { v.AppendI32(int32(i * 1000)) }},
		{types.TimestampType(3), func(v *batch.Vec, i int) { v.AppendI64(int64(i)*1e10 - 1e11 + 7) }},
		{types.TimestampType(6), func(v *batch.Vec, i int) { v.AppendI64(int64(i)*1e13 - 1e14 + 7) }},
		{types.TimestampLTZType(3), func(v *batch.Vec, i int) { v.AppendI64(int64(i) * 1e10) }},
		{types.IntervalDSType(), func(v *batch.Vec, i int) { v.AppendI64(int64(i)*99999 - 5) }},
		{types.ArrayType(types.IntType), func(v *batch.Vec, i int) {
			for k := range i % 4 {
				v.Kids[0].AppendI32(int32(k * i))
			}
			v.AppendRow()
		}},
		{types.MapType(types.StringType, types.BigIntType), func(v *batch.Vec, i int) {
			for k := range i % 3 {
				v.Kids[0].AppendString(strconv.Itoa(k))
				v.Kids[1].AppendI64(int64(i))
			}
			v.AppendRow()
		}},
		{row, func(v *batch.Vec, i int) {
			v.AppendRow()
			v.Kids[0].AppendI32(int32(i))
			if i%2 == 0 {
				v.Kids[1].AppendNull()
			} else {
				v.Kids[1].AppendString("s" + strconv.Itoa(i))
			}
		}},
	} {
		in := vec(c.t, n, func(v *batch.Vec, i int) {
			if i%7 == 3 {
				v.AppendNull()
			} else {
				c.set(v, i)
			}
		})
		f, err := b.host.Func(udf.Spec{Key: "py3", Name: "same", Args: []types.Type{c.t}, Result: c.t})
		if err != nil {
			t.Fatal(err)
		}
		for _, sel := range [][]int32{nil, every(2, n), every(1, 200)} {
			out := batch.NewVec(c.t, 0)
			out.Resize(n)
			if err := f([]*batch.Vec{in}, sel, n, out); err != nil {
				t.Errorf("%s: %v", c.t, err)
				break
			}
			if sel == nil {
				sel = batch.Seq(0, n)
			}
			want, got := text(in, sel), text(out, sel)
			if want != got {
				t.Errorf("%s, %d rows:\n got %.300s\nwant %.300s", c.t, len(sel), got, want)
			}
		}
		constant := vec(c.t, 1, func(v *batch.Vec, _ int) { c.set(v, 8) })
		constant.Const = true
		out := batch.NewVec(c.t, 0)
		out.Resize(3)
		if err := f([]*batch.Vec{constant}, nil, 3, out); err != nil || text(out, batch.Seq(0, 3)) != text(constant, []int32{0, 0, 0}) {
			t.Errorf("%s constant: %v", c.t, err)
		}
	}
}

func every(step, n int) []int32 {
	var sel []int32
	for i := 0; i < n; i += step {
		sel = append(sel, int32(i))
	}
	return sel
}

// text shows rows of a vector.
func text(v *batch.Vec, sel []int32) string {
	var b strings.Builder
	for _, i := range sel {
		one := batch.NewVec(v.Type, 0)
		one.AppendFrom(v, int(i))
		b.WriteString(show(one, 0) + ";")
	}
	return b.String()
}

func show(v *batch.Vec, i int) string {
	if v.IsNull(i) {
		return "NULL"
	}
	parts := func(kids []*batch.Vec, from, to int) string {
		s := ""
		for r := from; r < to; r++ {
			for _, k := range kids {
				s += show(k, r) + ","
			}
		}
		return "[" + s + "]"
	}
	switch v.Type.Phys() {
	case types.PhysBool:
		return strconv.FormatBool(v.B[i])
	case types.PhysI32:
		return strconv.Itoa(int(v.I32[i]))
	case types.PhysI64:
		return strconv.FormatInt(v.I64[i], 10)
	case types.PhysF64:
		return strconv.FormatFloat(v.F64[i], 'g', -1, 64)
	case types.PhysBytes:
		return strconv.Quote(string(v.Bytes(i)))
	case types.PhysList:
		from, to := v.Range(i)
		return parts(v.Kids, from, to)
	}
	return parts(v.Kids, i, i+1)
}
