package obs

import (
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"weir/internal/clock"
)

var start = time.Date(2021, 3, 1, 12, 0, 0, 0, time.UTC)

func TestMeterIsTheRateOfTheLastMinute(t *testing.T) {
	clk := clock.NewManual(start)
	r := NewRegistry(clk)
	s := r.Task("v1", "Source: ticks", 0)
	c := s.Rated(NumRecordsOut)
	rate := func() float64 { return r.Snapshot().Named(LevelTask, NumRecordsOutPerSecond).Sum() }
	for i := range 24 { // 2 minutes: 10/s in the first, 20/s in the second
		n := int64(50)
		if i >= 12 {
			n = 100
		}
		c.Add(n)
		clk.Advance(5 * time.Second)
		r.Update()
		switch i {
		case 0, 5, 11:
			if got := rate(); got != 10 {
				t.Errorf("after %d updates the rate is %v, want 10", i+1, got)
			}
		case 17:
			if got := rate(); got != 15 {
				t.Errorf("half way the rate is %v, want 15", got)
			}
		}
	}
	if got := rate(); got != 20 {
		t.Errorf("the rate is %v, want 20", got)
	}
}

func TestScopes(t *testing.T) {
	r := NewRegistry(clock.NewManual(start))
	op := r.Task("v1", "Source: ticks -> Calc", 1).Operator("Source: ticks")
	op.Group("KinesisConsumer").Label("stream", "in").Label("shardId", "shardId-0").Gauge(MillisBehindLatest).Set(7)
	op.Counter("x").Add(2)
	if op.Counter("x") != op.Counter("x") {
		t.Error("the same name in the same scope is two counters")
	}
	r.Job().GaugeFunc(Uptime, func() float64 { return 2.5 })
	var got []string
	for _, s := range r.Snapshot() {
		got = append(got, s.ID()+"="+s.Text())
	}
	want := "uptime=2.5 Source__ticks.x=2 Source__ticks.KinesisConsumer.stream.in.shardId.shardId-0.millisBehindLatest=7"
	if g := strings.Join(got, " "); g != want {
		t.Errorf("snapshot is\n%s\nwant\n%s", g, want)
	}
	shard := r.Snapshot().Named(LevelOperator, MillisBehindLatest)[0]
	if shard.Labels["stream"] != "in" || shard.Labels["shardId"] != "shardId-0" || shard.Subtask != 1 {
		t.Errorf("labels of the shard's gauge are %v, subtask %d", shard.Labels, shard.Subtask)
	}
	r.Task("v1", "Source: ticks -> Calc", 1)
	if n := len(r.Snapshot()); n != 1 {
		t.Errorf("a new attempt of the task leaves %d metrics, want only the job's", n)
	}
}

func TestZeroScopeCounts(t *testing.T) {
	var s Scope
	c := s.Operator("x").Rated("n")
	c.Add(3)
	var r *Registry
	r.Task("v", "t", 0).Gauge("g").Set(1)
	if c.Value() != 3 || r.Snapshot() != nil {
		t.Error("metrics without a registry do not work")
	}
}

func BenchmarkCounterAdd(b *testing.B) {
	c := NewRegistry(clock.System{}).Job().Counter("n")
	for b.Loop() {
		c.Add(1024)
	}
}

// lines logs with f and returns what was written.
func lines(f func(*slog.Logger)) []string {
	ring := NewRing(1 << 20)
	f(slog.New(Lines(Application{"arn:aws:kinesisanalytics:us-east-1:012345678901:application/a", 5}, slog.LevelInfo, ring.Add)))
	return ring.Lines()
}

func TestLinesHaveTheServicesKeys(t *testing.T) {
	got := lines(func(l *slog.Logger) {
		l = l.With(AttrLogger, "org.apache.flink.client.python.PythonDriver")
		l.Debug("not shown")
		l.Error("Run python process failed", AttrThread, "Flink-DispatcherRestEndpoint-thread-2", AttrLocation, "P.main(P.java:107)",
			AttrError, errors.New("exit code: 1"))
		l.Info("a < b & c", "shard", "shardId-0")
		l.Error("Could not execute application.", AttrCode, "CodeError.InvalidApplicationCode")
	})
	if len(got) != 3 {
		t.Fatalf("%d lines, want 3", len(got))
	}
	const tail = `"applicationARN":"arn:aws:kinesisanalytics:us-east-1:012345678901:application/a",`
	want := `{"locationInformation":"P.main(P.java:107)","logger":"org.apache.flink.client.python.PythonDriver",` +
		`"message":"Run python process failed","throwableInformation":"exit code: 1","threadName":"Flink-DispatcherRestEndpoint-thread-2",` +
		tail + `"applicationVersionId":"5","messageSchemaVersion":"1","messageType":"ERROR"}`
	if got[0] != want {
		t.Errorf("line is\n%s\nwant\n%s", got[0], want)
	}
	var info map[string]any
	if err := json.Unmarshal([]byte(got[1]), &info); err != nil {
		t.Fatal(err)
	}
	if info["message"] != "a < b & c (shard=shardId-0)" || !strings.HasPrefix(info["locationInformation"].(string), "obs.TestLinesHaveTheServicesKeys.func1(obs_test.go:") {
		t.Errorf("line is %s", got[1])
	}
	want = `{"message":"Could not execute application.",` + tail + `"applicationVersionId":5,"messageType":"ERROR","messageSchemaVersion":"1","errorCode":"CodeError.InvalidApplicationCode"}`
	if got[2] != want {
		t.Errorf("line is\n%s\nwant\n%s", got[2], want)
	}
}

func TestTextAndTee(t *testing.T) {
	a, b := NewRing(1<<10), NewRing(60)
	l := slog.New(Tee(Text(slog.LevelInfo, a.Add), Text(slog.LevelWarn, b.Add))).With(AttrLogger, "x.Y")
	l.WithGroup("g").Info("hello", "k", 1)
	l.Warn(strings.Repeat("w", 60))
	if got := a.Lines(); len(got) != 2 || !strings.HasSuffix(got[0], "INFO  x.Y"+strings.Repeat(" ", 57)+" [] - hello (g.k=1)") {
		t.Errorf("lines are %q", got)
	}
	if got := b.Lines(); len(got) != 0 {
		t.Errorf("a ring of 60 bytes kept %q", got)
	}
}
