package local

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/control"
	"weir/internal/obs"
	"weir/internal/runner/application"
	"weir/internal/vfs"
)

// TestMain is the application's process when it is asked to be.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == application.Command {
		if err := application.Main(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

type anyRole struct{}

// AssumeRole implements Roles.
func (anyRole) AssumeRole(_ context.Context, role, service, _, _ string) (aws.Credentials, wire.Principal, error) {
	if role == "none" {
		return aws.Credentials{}, wire.Principal{}, wire.Errorf("AccessDenied", "%s may not assume %s", service, role)
	}
	return aws.Credentials{AccessKeyID: "A", SecretAccessKey: "S", SessionToken: "T", CanExpire: true, Expires: time.Now().Add(time.Hour)}, wire.Principal{}, nil
}

func newRunner(t *testing.T) *Runner {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Deps{FS: vfs.OS(), Clock: clock.System{}, Rand: rand.Reader, Log: obs.Discard(), Executable: exe, Packages: t.TempDir(),
		Endpoint: func() string { return "http://127.0.0.1:1" }, Roles: anyRole{}, RestartDelay: 50 * time.Millisecond, Env: os.Environ()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

const endless = `CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100', 'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '100000000');
CREATE TABLE nowhere (n BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO nowhere SELECT n FROM numbers;`

func spec(dir, text string) control.Spec {
	return control.Spec{Key: control.Key{Region: "us-east-1", Name: "app"}, ARN: "arn:aws:kinesisanalytics:us-east-1:012345678901:application/app",
		Version: 1, Dir: dir, Config: control.Config{Runtime: "FLINK-1_15", Role: "role", Code: &control.Code{Type: "PLAINTEXT", Text: text},
			Checkpoint: control.Checkpoint{Enabled: true, Interval: 200}, Parallelism: control.Parallelism{Parallelism: 1, PerKPU: 1},
			Monitoring: control.Monitoring{Metrics: "APPLICATION", Log: "INFO"}}}
}

func started(t *testing.T, r *Runner, s control.Spec) *handle {
	t.Helper()
	h, err := r.Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Kill(); <-h.Done() })
	if err := h.Running(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h.(*handle)
}

func get(t *testing.T, h control.Handle, path string) string {
	t.Helper()
	res, err := (&http.Client{Transport: h.REST()}).Get("http://application" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRunStopRestore(t *testing.T) {
	r := newRunner(t)
	dir := t.TempDir()
	h := started(t, r, spec(filepath.Join(dir, "run1"), endless))
	if got := get(t, h, "/jobs/overview"); !strings.Contains(got, `"state":"RUNNING"`) {
		t.Fatalf("the job is not RUNNING: %s", got)
	}
	if got := get(t, h, application.MetricsPath); !strings.Contains(got, "uptime") {
		t.Fatalf("no uptime among the metrics: %s", got)
	}
	snap, last := filepath.Join(dir, "snap"), filepath.Join(dir, "last")
	if err := h.Snapshot(t.Context(), snap); err != nil || !r.Complete(snap) {
		t.Fatalf("snapshot: %v, complete %t", err, r.Complete(snap))
	}
	if err := h.Stop(t.Context(), last); err != nil || !r.Complete(last) {
		t.Fatalf("stop: %v, complete %t", err, r.Complete(last))
	}
	if h.Err() != nil {
		t.Fatal(h.Err())
	}
	again := spec(filepath.Join(dir, "run2"), endless)
	again.Restore = last
	h = started(t, r, again)
	var c struct{ Counts struct{ Restored int } }
	var jobs struct{ Jobs []struct{ JID string } }
	if err := json.Unmarshal([]byte(get(t, h, "/jobs/overview")), &jobs); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(get(t, h, "/jobs/"+jobs.Jobs[0].JID+"/checkpoints")), &c); err != nil || c.Counts.Restored != 1 {
		t.Fatalf("restored %d times, %v", c.Counts.Restored, err)
	}
	// The run has its own copy.
	if err := os.RemoveAll(last); err != nil {
		t.Fatal(err)
	}
	if err := h.Stop(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
}

func TestCrash(t *testing.T) {
	r := newRunner(t)
	h := started(t, r, spec(filepath.Join(t.TempDir(), "run"), endless))
	for range 2 {
		h.mu.Lock()
		c := h.child
		h.mu.Unlock()
		if err := c.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for { // until another child's job runs; a snapshot waits for that
			h.mu.Lock()
			next, up := h.child, h.up
			h.mu.Unlock()
			if next != nil && next != c {
				<-up
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	if got := get(t, h, "/jobs/overview"); !strings.Contains(got, `"state":"RUNNING"`) {
		t.Fatalf("the job is not RUNNING: %s", got)
	}
	if log := get(t, h, "/jobmanager/log"); !strings.Contains(log, "process was restarted: the application's process ended: signal: killed") {
		t.Fatalf("the log does not tell why: %s", log)
	}
}

func TestFailures(t *testing.T) {
	r := newRunner(t)
	for name, c := range map[string]struct{ text, want string }{
		"syntax":    {"CREATE TABLE t (a INT) WITH ('connector' = 'datagen');\nINSERT INTO t SELCT 1;", "line 2"},
		"connector": {"CREATE TABLE t (a INT) WITH ('connector' = 'datgen');\nINSERT INTO t SELECT 1;", "datagen"},
		"no job":    {"CREATE TABLE t (a INT) WITH ('connector' = 'datagen');", "no execute() calls"},
		"python":    {"import sys\nprint('hello')\nraise ValueError('oh no')", "ValueError: oh no"},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := r.Start(t.Context(), spec(filepath.Join(t.TempDir(), "run"), c.text))
			if err != nil {
				t.Fatal(err)
			}
			err = h.Running(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			<-h.Done()
		})
	}
	s := spec(t.TempDir(), endless)
	s.Config.Role = "none"
	if _, err := r.Start(t.Context(), s); err == nil || !strings.Contains(err.Error(), "may not assume none") {
		t.Errorf("a role that cannot be assumed: %v", err)
	}
}

func TestBounded(t *testing.T) {
	r := newRunner(t)
	h, err := r.Start(t.Context(), spec(filepath.Join(t.TempDir(), "run"), `CREATE TABLE nowhere (n INT) WITH ('connector' = 'blackhole');
INSERT INTO nowhere VALUES (1), (2);`))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Running(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-h.Done()
	if h.Err() != nil {
		t.Fatal(h.Err())
	}
}

func TestCredentials(t *testing.T) {
	r := newRunner(t)
	token, err := r.credentials.add(t.Context(), "role", "app", "arn", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ token, want string }{{token, `"AccessKeyId":"A"`}, {"other", "AccessDenied"}, {"", "AccessDenied"}} {
		rq, err := http.NewRequest(http.MethodGet, r.credentials.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		rq.Header.Set("Authorization", c.token)
		res, err := http.DefaultClient.Do(rq)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || !strings.Contains(string(b), c.want) {
			t.Errorf("token %q: %s, %v", c.token, b, err)
		}
	}
}
