package sqlgateway_test

import (
	"encoding/json"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"weir/internal/clock"
	"weir/internal/sqlgateway"
)

const endless = `{"statement":"SELECT x FROM g"}`

// endlessQuery opens a session and starts a query without end.
func endlessQuery(t *testing.T, p *player) {
	t.Helper()
	p.call("POST", "/v2/sessions", "")
	p.run("JSON CREATE TABLE g (x INT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000000')")
	if status, text := p.call("POST", "/v2/sessions/"+p.session+"/statements", endless); status != http.StatusOK {
		t.Fatal(text)
	}
}

// page fetches until there are rows, and gives the address after them.
func (p *player) page(path string) (rows int, next string) {
	p.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); path = next {
		var page struct {
			NextResultUri string
			Results       struct{ Data []json.RawMessage }
		}
		status, text := p.call("GET", path, "")
		if err := json.Unmarshal([]byte(text), &page); err != nil || status != http.StatusOK {
			p.t.Fatal(status, text)
		}
		if next = page.NextResultUri; len(page.Results.Data) > 0 {
			return len(page.Results.Data), next
		}
	}
	p.t.Fatal("no rows")
	return 0, ""
}

// An unbounded query gives page after page, each of them twice when asked for,
// and ends when it is cancelled.
func TestEndlessQuery(t *testing.T) {
	p := &player{t: t, base: serve(t, sqlgateway.Config{})}
	endlessQuery(t, p)
	path := "/v2/sessions/" + p.session + "/operations/" + p.opera
	_, next := p.page(path + "/result/0?rowFormat=JSON")
	for range 3 {
		_, again := p.call("GET", next, "")
		if _, text := p.call("GET", next, ""); text != again {
			t.Errorf("a page fetched twice differs:\n%.200s\n%.200s", again, text)
		}
		_, next = p.page(next)
	}
	if status, text := p.call("POST", path+"/cancel", ""); status != http.StatusOK || !strings.Contains(text, "CANCELED") {
		t.Errorf("cancel: %d %s", status, text)
	}
	if status, text := p.call("GET", next, ""); status != http.StatusInternalServerError || !strings.Contains(text, "was cancelled") {
		t.Errorf("a fetch after cancel: %d %s", status, text)
	}
}

// Nothing of a session is left when it is closed: not the goroutines of a
// query that nobody reads.
func TestClosedSessionLeavesNothing(t *testing.T) {
	p := &player{t: t, base: serve(t, sqlgateway.Config{})}
	endlessQuery(t, p)
	p.call("DELETE", "/v2/sessions/"+p.session, "")
	before := runtime.NumGoroutine()
	for range 20 {
		endlessQuery(t, p)
		p.page("/v2/sessions/" + p.session + "/operations/" + p.opera + "/result/0?rowFormat=JSON")
		if status, text := p.call("DELETE", "/v2/sessions/"+p.session, ""); status != http.StatusOK {
			t.Fatal(text)
		}
	}
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before+5 && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before+5 {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

// A session that nobody uses is closed.
func TestIdleSession(t *testing.T) {
	clk := clock.NewManual(time.Unix(0, 0))
	p := &player{t: t, base: serve(t, sqlgateway.Config{Clock: clk, IdleTimeout: time.Minute})}
	p.call("POST", "/v2/sessions", "")
	path := "/v2/sessions/" + p.session
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if clk.Waiting() > 0 {
			clk.Advance(7 * time.Second)
		}
		runtime.Gosched()
		if clk.Now().After(time.Unix(90, 0)) {
			break
		}
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		if clk.Waiting() > 0 {
			break
		}
	}
	if status, text := p.call("POST", path+"/heartbeat", ""); status != http.StatusInternalServerError || !strings.Contains(text, "does not exist") {
		t.Errorf("%d %s", status, text)
	}
}

// A statement that takes longer than its executionTimeout is ended.
func TestExecutionTimeout(t *testing.T) {
	p := &player{t: t, base: serve(t, sqlgateway.Config{})}
	endlessQuery(t, p)
	p.run("JSON CREATE TABLE s (x INT) WITH ('connector' = 'blackhole')")
	p.run("JSON SET 'table.dml-sync' = 'true'")
	p.call("POST", "/v2/sessions/"+p.session+"/statements", `{"statement":"INSERT INTO s SELECT x FROM g","executionTimeout":50}`)
	path := "/v2/sessions/" + p.session + "/operations/" + p.opera + "/status"
	text := ""
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if _, text = p.call("GET", path, ""); !strings.Contains(text, "RUNNING") {
			break
		}
	}
	if text != `{"status":"TIMEOUT"}` {
		t.Error(text)
	}
}
