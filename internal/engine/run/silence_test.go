package run

import (
	"math"
	"strings"
	"testing"
	"time"

	"weir/internal/clock"
	"weir/internal/engine/op"
	"weir/internal/obs"
)

// silent is a source task with a window that waits, read from two shards.
func silent(splits ...op.SplitWatermark) *taskInfo {
	clk := clock.NewManual(time.Unix(0, 0))
	t := newTaskInfo(0, 0, "Source: ticks[1] (1/1)", obs.NewRegistry(clk).Task("v", "Source: ticks[1]", 0), clk)
	t.source = true
	t.splits.Store(&splits)
	return t
}

// TestSilence: after two intervals without a window it is told once why, and again
// only after a window has fired.
func TestSilence(t *testing.T) {
	at := func(s string) int64 {
		x, err := time.Parse("2006-01-02 15:04:05", s)
		if err != nil {
			t.Fatal(err)
		}
		return x.UnixMilli()
	}
	task := silent(op.SplitWatermark{Split: "shardId-000000000000", Watermark: at("2021-06-01 10:00:40")},
		op.SplitWatermark{Split: "shardId-000000000001", Watermark: at("2021-06-01 10:00:12")},
		op.SplitWatermark{Split: "shardId-000000000002", Watermark: math.MinInt64, Idle: true})
	task.watermark.Store(at("2021-06-01 10:00:12"))
	clk := clock.NewManual(time.Unix(1_000_000, 0))
	var s silence
	look := func(after time.Duration) (string, bool) {
		clk.Advance(after)
		return s.look(clk.Now(), []*taskInfo{task})
	}
	if why, _ := look(time.Hour); why != "" {
		t.Errorf("nothing waits: %s", why)
	}
	task.recordsIn.Add(100)
	task.window.Store(&windowWait{end: at("2021-06-01 10:01:00"), every: 60_000})
	look(0)
	task.recordsIn.Add(23)
	if why, _ := look(2*time.Minute - time.Second); why != "" {
		t.Errorf("before two intervals: %s", why)
	}
	why, news := look(time.Second)
	const want = "No window has fired for 2m0s. 23 rows were read meanwhile. The watermark is 2021-06-01 10:00:12.000, the next window with rows ends at 2021-06-01 10:01:00.000. It is held by shardId-000000000001 of Source: ticks[1] (1/1), which stands at 2021-06-01 10:00:12.000"
	if !strings.HasPrefix(why, want) || !news {
		t.Errorf("got %q, %v, want %q", why, news, want)
	}
	if why, news := look(time.Minute); !strings.Contains(why, "for 3m0s") || news {
		t.Errorf("got %q, %v: told twice, or not kept", why, news)
	}
	task.fired.Add(1)
	if why, _ := look(0); why != "" {
		t.Errorf("a window fired: %s", why)
	}
	if why, news := look(2 * time.Minute); why == "" || !news {
		t.Errorf("it is silent again: %q, %v", why, news)
	}
}

// TestSilenceHolders names what holds event time back.
func TestSilenceHolders(t *testing.T) {
	for want, splits := range map[string][]op.SplitWatermark{
		"Every shard or file is idle":                                      {{Split: "a", Watermark: 5, Idle: true}},
		"held by b of Source: ticks[1] (1/1), which has had no record yet": {{Split: "a", Watermark: 5}, {Split: "b", Watermark: math.MinInt64}},
		"Nothing is being read":                                            {},
	} {
		if got := holder([]*taskInfo{silent(splits...)}); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
