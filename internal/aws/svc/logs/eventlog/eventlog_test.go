package eventlog

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	pvfs "github.com/cockroachdb/pebble/v2/vfs"

	"weir/internal/vfs"
)

func open(t *testing.T, fs vfs.FS) *Log {
	t.Helper()
	l, err := Open(fs, "logs", nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// put writes events "time:message".
func put(t *testing.T, l *Log, id uint64, arrival int64, events ...string) {
	t.Helper()
	var es []Event
	for _, text := range events {
		var e Event
		at, msg, _ := strings.Cut(text, ":")
		if _, err := fmt.Sscan(at, &e.Time); err != nil {
			t.Fatal(err)
		}
		e.Message = msg
		es = append(es, e)
	}
	if err := l.Put(id, arrival, es); err != nil {
		t.Fatal(err)
	}
}

var everything = Pos{Time: math.MaxInt64}

// texts is the messages of a walk.
func texts[E any](t *testing.T, seq iter.Seq2[E, error], text func(E) string) string {
	t.Helper()
	var all []string
	for e, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text(e))
	}
	return strings.Join(all, " ")
}

func message(e Event) string { return e.Message }

func TestEventsComeInTimeOrder(t *testing.T) {
	l := open(t, vfs.NewMem())
	defer l.Close()
	put(t, l, 1, 50, "10:a", "20:b", "20:c")
	put(t, l, 2, 51, "11:x")
	put(t, l, 1, 52, "5:late", "20:d")
	if got := texts(t, l.Scan(1, Pos{}, everything), message); got != "late a b c d" {
		t.Errorf("forward: %s", got)
	}
	if got := texts(t, l.ScanBack(1, Pos{Time: 10}, everything), message); got != "d c b a" {
		t.Errorf("back: %s", got)
	}
	if got := texts(t, l.Scan(1, Pos{Time: 10}, Pos{Time: 20}), message); got != "a" {
		t.Errorf("range: %s", got)
	}
	got := texts(t, l.Merge([]uint64{2, 1, 3}, Pos{Time: 6}, everything), func(m Merged) string { return fmt.Sprint(m.Stream, m.Message) })
	if want := "1a 2x 1b 1c 1d"; got != want {
		t.Errorf("merged: %s, want %s", got, want)
	}
	if got, want := l.Summary(1), (Summary{First: 5, Last: 20, LastArrival: 52, Bytes: 5*Overhead + 8, Count: 5}); got != want {
		t.Errorf("summary %+v, want %+v", got, want)
	}
}

func TestMergeReadsBeyondOneChunk(t *testing.T) {
	l := open(t, vfs.NewMem())
	defer l.Close()
	var want []string
	for i := range 3 * cursorChunk {
		put(t, l, uint64(i%3)+1, 0, fmt.Sprintf("%d:%d", i, i))
		want = append(want, fmt.Sprint(i))
	}
	if got := texts(t, l.Merge([]uint64{1, 2, 3}, Pos{}, everything), func(m Merged) string { return m.Message }); got != strings.Join(want, " ") {
		t.Errorf("merged wrongly: %.200s", got)
	}
}

func TestTrimAndDrop(t *testing.T) {
	l := open(t, vfs.NewMem())
	defer l.Close()
	put(t, l, 1, 1, "10:a", "20:bb", "30:ccc")
	put(t, l, 2, 1, "10:x")
	if err := l.Trim(1, 20); err != nil {
		t.Fatal(err)
	}
	if got := texts(t, l.Scan(1, Pos{}, everything), message); got != "bb ccc" {
		t.Errorf("after trim: %s", got)
	}
	if got, want := l.Summary(1), (Summary{First: 20, Last: 30, LastArrival: 1, Bytes: 2*Overhead + 5, Count: 2}); got != want {
		t.Errorf("summary %+v, want %+v", got, want)
	}
	if err := l.Drop(1); err != nil {
		t.Fatal(err)
	}
	if got := texts(t, l.Merge([]uint64{1, 2}, Pos{}, everything), func(m Merged) string { return m.Message }); got != "x" {
		t.Errorf("after drop: %s", got)
	}
}

// TestAcknowledgedEventsSurvivePowerLoss loses what was not synced.
func TestAcknowledgedEventsSurvivePowerLoss(t *testing.T) {
	fs := pvfs.NewCrashableMem()
	l := open(t, fs)
	put(t, l, 1, 7, "10:a", "11:b")
	first := last(t, l)
	crashed := fs.CrashClone(pvfs.CrashCloneCfg{})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, crashed)
	defer l.Close()
	put(t, l, 1, 8, "11:c")
	if got := texts(t, l.Scan(1, Pos{}, everything), message); got != "a b c" {
		t.Errorf("after the crash: %s", got)
	}
	if got := l.Summary(1); got.Count != 3 || got.LastArrival != 8 {
		t.Errorf("summary after the crash: %+v", got)
	}
	if again := last(t, l); !first.Before(again) {
		t.Errorf("sequence numbers are given out twice: %v, then %v", first, again)
	}
}

func last(t *testing.T, l *Log) Pos {
	t.Helper()
	for e, err := range l.ScanBack(1, Pos{}, everything) {
		if err != nil {
			t.Fatal(err)
		}
		return e.Pos
	}
	t.Fatal("no events")
	return Pos{}
}

func TestPutWhenFull(t *testing.T) {
	full := errors.New("9 bytes left")
	l, err := Open(vfs.NewMem(), "logs", func() error { return full })
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := l.Put(1, 0, []Event{{Message: "x"}}); !errors.Is(err, ErrFull) {
		t.Errorf("error is %v, want ErrFull", err)
	}
}

// BenchmarkPut measures durable lines a second: 100 lines of 200 bytes a call,
// four producers.
func BenchmarkPut(b *testing.B) {
	l, err := Open(vfs.OS(), b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	events := make([]Event, 100)
	for i := range events {
		events[i] = Event{Pos: Pos{Time: int64(i)}, Message: strings.Repeat("x", 200)}
	}
	start := time.Now()
	var wg sync.WaitGroup
	for p := range 4 {
		wg.Go(func() {
			for range b.N/4 + 1 {
				if err := l.Put(uint64(p), 0, events); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N*len(events))/time.Since(start).Seconds(), "lines/s")
}
