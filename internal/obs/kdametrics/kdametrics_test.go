package kdametrics

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"weir/internal/clock"
	"weir/internal/obs"
)

func show(data []Datum) string {
	var lines []string
	for _, d := range data {
		text := d.Name
		for _, x := range d.Dimensions {
			text += " " + x.Name + "=" + x.Value
		}
		lines = append(lines, fmt.Sprint(text, ": ", d.Value, " ", d.Unit))
	}
	return strings.Join(lines, "\n")
}

func snapshot() obs.Snapshot {
	r := obs.NewRegistry(clock.NewManual(time.Unix(0, 0)))
	r.Job().Gauge(obs.Uptime).Set(60000)
	r.Job().Gauge("numRunningJobs").Set(1) // nothing of AWS's
	for i := range 2 {
		src := r.Task("v1", "Source: in", i)
		src.Counter(obs.NumRecordsOut).Add(int64(10 * (i + 1)))
		src.Operator("Source: in").Counter(obs.NumRecordsOut).Add(int64(10 * (i + 1)))
		src.Operator("Source: in").Group("KinesisConsumer").Label("stream", "s").Label("shardId", fmt.Sprint(i)).Gauge(obs.MillisBehindLatest).Set(int64(7 - i))
		win := r.Task("v2", "Window", i)
		win.Gauge(obs.CurrentInputWatermark).Set(int64(1000 + i))
		win.Operator("Window").Counter(obs.NumLateRecordsDropped).Add(2)
	}
	r.Task("v3", "Sink", 0).Gauge(obs.CurrentInputWatermark).Set(math.MinInt64)
	return r.Snapshot()
}

func TestLevels(t *testing.T) {
	// The sink has no watermark yet, and so the application as a whole has none.
	atApplication := `millisBehindLatest Application=a Flow=Input Id=s: 7 Milliseconds
numLateRecordsDropped Application=a: 4 Count
numRecordsOut Application=a: 30 Count
uptime Application=a: 60000 Milliseconds`
	if got := show(Data(snapshot(), "a", Application)); got != atApplication {
		t.Errorf("APPLICATION:\n%s\nwant\n%s", got, atApplication)
	}
	got := show(Data(snapshot(), "a", Parallelism))
	for _, want := range []string{
		"currentInputWatermark Application=a Task=Window: 1000 Milliseconds",
		"currentInputWatermark Application=a Task=Window Parallelism=1: 1001 Milliseconds",
		"numLateRecordsDropped Application=a Operator=Window Task=Window: 4 Count",
		"numLateRecordsDropped Application=a Task=Window: 4 Count",
		"numRecordsOut Application=a Task=Source: in Parallelism=0: 10 Count",
		"numRecordsOut Application=a Operator=Source: in Task=Source: in: 30 Count",
	} {
		if !strings.Contains("\n"+got+"\n", "\n"+want+"\n") {
			t.Errorf("PARALLELISM has no %q in\n%s", want, got)
		}
	}
	if n := strings.Count(show(Data(snapshot(), "a", Task)), "Operator=") + strings.Count(show(Data(snapshot(), "a", Task)), "Parallelism="); n != 0 {
		t.Error("TASK is too fine")
	}
}

func TestParseLevel(t *testing.T) {
	if l, ok := ParseLevel("OPERATOR"); !ok || l != Operator {
		t.Errorf("OPERATOR is %v, %v", l, ok)
	}
	if _, ok := ParseLevel("FINE"); ok {
		t.Error("FINE is a level")
	}
}
