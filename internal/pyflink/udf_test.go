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
