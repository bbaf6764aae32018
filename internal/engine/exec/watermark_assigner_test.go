package exec

import (
	"math"
	"testing"

	"weir/internal/batch"
	"weir/internal/engine/expr"
	"weir/internal/engine/op"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// newest keeps the newest watermark that comes out.
type newest struct{ wm int64 }

func (n *newest) Emit(b *batch.Batch) error {
	for _, m := range b.Marks {
		n.wm = m.Watermark
	}
	return nil
}

// assigner is a WatermarkAssigner over one column of time, at a clock.
func assigner(t *testing.T, opts WatermarkOptions) (*WatermarkAssigner, *newest, func(split string, times ...int64)) {
	ts := types.Type{Kind: types.Timestamp, Prec: 3}
	fields := []types.Field{{Name: "ts", Type: ts}}
	w, err := NewWatermarkAssigner(&plan.WatermarkAssigner{Expr: &plan.Col{T: ts}}, &expr.Compiler{Env: &fn.Env{}}, opts)
	if err != nil {
		t.Fatal(err)
	}
	out := &newest{math.MinInt64}
	if err := w.Open(&op.Context{Out: out}); err != nil {
		t.Fatal(err)
	}
	return w, out, func(split string, times ...int64) {
		t.Helper()
		w.BeginSplit(split)
		b := batch.New(fields, len(times))
		for _, x := range times {
			b.Cols[0].AppendI64(x * ts.UnitsPerMilli())
		}
		b.N = len(times)
		if err := w.Process(0, b); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAllIdle: whichever split goes idle first, or both at one tick, the watermark
// gets to the one furthest ahead.
func TestAllIdle(t *testing.T) {
	for name, tips := range map[string][]string{"the one behind first": {"a", "b"}, "the one ahead first": {"b", "a"}, "at once": {"ab"}} {
		w, out, rows := assigner(t, WatermarkOptions{})
		now := int64(1_000_000)
		tick := func() {
			now += 200
			if err := w.Tick(now); err != nil {
				t.Fatal(err)
			}
		}
		tick()
		w.AddSplit("a")
		w.AddSplit("b")
		rows("a", 100)
		rows("b", 900)
		if tick(); out.wm != 100 {
			t.Fatalf("%s: got %d, want the least, 100", name, out.wm)
		}
		at := ""
		for _, more := range tips {
			at += more
			for range 10 {
				for _, s := range at {
					w.AtTip(string(s))
				}
				tick()
			}
		}
		if out.wm != 900 {
			t.Errorf("%s: got %d, want 900", name, out.wm)
		}
		w.Behind("a") // it has rows after all: it counts again
		rows("b", 2000)
		if tick(); out.wm != 900 {
			t.Errorf("%s: the watermark went to %d past a split with rows on their way", name, out.wm)
		}
	}
}

// TestIdleTimeoutFromTheStart: with a timeout set a split without rows is idle
// when it has passed, not before.
func TestIdleTimeoutFromTheStart(t *testing.T) {
	w, out, rows := assigner(t, WatermarkOptions{IdleTimeout: 3_600_000})
	w.AddSplit("a")
	w.AddSplit("b")
	now := int64(1_790_000_000_000)
	if err := w.Tick(now); err != nil {
		t.Fatal(err)
	}
	rows("a", 5000)
	if err := w.Tick(now + 3_599_999); err != nil || out.wm != math.MinInt64 {
		t.Fatalf("got %d, %v: a split idles before its time", out.wm, err)
	}
	rows("a", 6000)
	if err := w.Tick(now + 3_600_000); err != nil || out.wm != 6000 {
		t.Errorf("got %d, %v, want 6000", out.wm, err)
	}
}
