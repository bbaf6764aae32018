package walkthrough

import (
	"bytes"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/clock"
	"weir/internal/vfs"
)

// lines is a log read while it is written.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// TestWhyNoWindowFires: rows are read from a folder that is watched, and none is
// late enough to close their window: status and log tell what it waits for.
func TestWhyNoWindowFires(t *testing.T) {
	fs := vfs.NewMem()
	if err := fs.MkdirAll("/in", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := vfs.WriteFile(fs, "/in/one.json", []byte(`{"ts": "2021-06-01 10:00:30"}
`)); err != nil {
		t.Fatal(err)
	}
	clk, log := clock.NewManual(time.Unix(1_700_000_000, 0)), &lines{}
	se := newSession(fs, clk, log)
	for _, sql := range []string{`CREATE TABLE t (ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'filesystem',
		'path' = '/in', 'format' = 'json', 'source.monitor-interval' = '1 min')`,
		`CREATE TABLE o (n BIGINT) WITH ('connector' = 'blackhole')`} {
		if _, err := se.ExecuteSQL(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	r, err := se.ExecuteSQL(t.Context(), `INSERT INTO o SELECT COUNT(*) FROM t GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)`)
	if err != nil {
		t.Fatal(err)
	}
	standing := func() bool {
		st := r.Job.Status()
		return len(st.Tasks) > 0 && st.Tasks[0].RecordsIn > 0 && st.Tasks[0].Watermark > 0
	}
	for !standing() && t.Context().Err() == nil {
		clk.Advance(time.Millisecond)
		for range 100 {
			runtime.Gosched()
		}
	}
	for r.Job.Status().Silence == "" && t.Context().Err() == nil {
		clk.Advance(time.Second)
		runtime.Gosched()
	}
	for _, where := range []string{r.Job.Status().Silence, log.text()} {
		if !strings.Contains(where, "The watermark is 2021-06-01 10:00:25.000, the next window with rows ends at 2021-06-01 10:01:00.000") {
			t.Errorf("got %s", where)
		}
	}
	r.Job.Cancel()
	if err := r.Job.Wait(t.Context()); err == nil {
		t.Error("the job ended by itself")
	}
}
