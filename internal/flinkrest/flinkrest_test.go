package flinkrest_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/engine/ckpt"
	"weir/internal/engine/run"
	"weir/internal/flinkrest"
	"weir/internal/obs"
	"weir/internal/session"
	"weir/internal/vfs"
)

const script = `CREATE TABLE ticks (n BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen', 'rows-per-second' = '1000', 'fields.n.kind' = 'random', 'fields.n.min' = '1', 'fields.n.max' = '5');
CREATE TABLE nowhere (n BIGINT, c BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO nowhere SELECT n, COUNT(*) FROM TABLE(TUMBLE(TABLE ticks, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY n, window_start, window_end`

// api is a real job behind the handler.
type api struct {
	t       *testing.T
	handler http.Handler
	job     *session.Job
}

func start(t *testing.T, sql string) *api {
	t.Helper()
	clk, fs, log := clock.System{}, vfs.NewMem(), obs.Discard()
	metrics := obs.NewRegistry(clk)
	formats := all.Formats()
	var mu sync.Mutex
	var jobs []*run.Job
	s := session.New(session.Config{Clock: clk, FS: fs, Rand: rand.Reader, Log: log, Metrics: metrics, Connectors: all.Connectors(), Formats: formats,
		Env:         &connector.Env{Clock: clk, FS: fs, Rand: rand.Reader, Log: log, Stdout: io.Discard, Stderr: io.Discard, Getenv: os.Getenv, Formats: formats},
		Checkpoints: func(n int) (*ckpt.Store, error) { return ckpt.OpenStore(fs, fmt.Sprint("checkpoints/", n)) },
		OnJob:       func(j *run.Job) { mu.Lock(); jobs = append(jobs, j); mu.Unlock() }})
	s.SetOption("parallelism.default", "2") // so that there is an exchange
	a := &api{t: t}
	for st := range strings.SplitSeq(sql, ";\n") {
		res, err := s.ExecuteSQL(t.Context(), st)
		if err != nil {
			t.Fatal(err)
		}
		if res.Job != nil {
			a.job = res.Job
		}
	}
	t.Cleanup(func() { a.job.Cancel(); <-a.job.Done() })
	a.handler = flinkrest.New(flinkrest.Config{Jobs: func() []*run.Job { mu.Lock(); defer mu.Unlock(); return jobs }, Metrics: metrics, Clock: clk,
		Version: "1.11", Title: "demo <app>", Options: map[string]string{"parallelism.default": "1"}, Slots: 1, CheckpointInterval: 60_000,
		Log: func() []string { return []string{"a line"} }})
	return a
}

func (a *api) get(path string) (int, string) {
	rec := httptest.NewRecorder()
	a.handler.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	return rec.Code, rec.Body.String()
}

func (a *api) json(path string) any {
	a.t.Helper()
	code, body := a.get(path)
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil || code != http.StatusOK {
		a.t.Fatalf("%s: %d %s %v", path, code, body, err)
	}
	return v
}

// running waits until the job has rows on their way.
func running(t *testing.T, a *api) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for a.job.Status().State != run.Running || len(a.job.Status().Tasks) == 0 || a.job.Status().Tasks[0].RecordsOut == 0 {
		if time.Now().After(deadline) {
			t.Fatalf("the job does not run: %+v", a.job.Status())
		}
		time.Sleep(time.Millisecond)
	}
}

// TestShapes compares with what Flink 1.11.4 answered: every member that it has
// we have, of the same type.
func TestShapes(t *testing.T) {
	a := start(t, script)
	running(t, a)
	if _, err := a.job.Savepoint(t.Context(), "", false); err != nil {
		t.Fatal(err)
	}
	g := a.job.Graph
	if len(g.Vertices) < 2 {
		t.Fatalf("the job has %d vertices", len(g.Vertices))
	}
	goldens, err := filepath.Glob("testdata/*.json")
	if err != nil || len(goldens) < 15 {
		t.Fatalf("%d recorded answers, %v", len(goldens), err)
	}
	for _, golden := range goldens {
		path := "/" + strings.ReplaceAll(strings.TrimSuffix(filepath.Base(golden), ".json"), "__", "/")
		path = strings.NewReplacer("JOB", a.job.ID, "V1", g.Vertices[0].ID, "V2", g.Vertices[1].ID).Replace(path)
		t.Run(filepath.Base(golden), func(t *testing.T) {
			data, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			var want any
			if err := json.Unmarshal(data, &want); err != nil {
				t.Fatal(err)
			}
			for _, p := range []string{path, "/v1" + path} {
				if err := likeIt("", want, a.json(p)); err != nil {
					t.Errorf("%s: %v", p, err)
				}
			}
		})
	}
}

// likeIt compares shapes; of lists the first elements stand for all.
func likeIt(at string, want, got any) error {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("%s is %T, not an object", at, got)
		}
		var errs []error
		for k, x := range w {
			y, there := g[k]
			if at == ".tasks" { // by vertex id
				for _, y := range g {
					errs = append(errs, likeIt(at+".ID", x, y))
				}
				there = len(g) > 0
			}
			if at == ".tasks" && there {
				continue
			}
			if !there && k != "inputs" { // of a source there are none, and the order of nodes is another
				errs = append(errs, fmt.Errorf("%s.%s is missing", at, k))
			}
			if !there {
				continue
			}
			errs = append(errs, likeIt(at+"."+k, x, y))
		}
		return errors.Join(errs...)
	case []any:
		g, ok := got.([]any)
		if !ok {
			return fmt.Errorf("%s is %T, not a list", at, got)
		}
		if len(w) > 0 && len(g) == 0 {
			return fmt.Errorf("%s is empty", at)
		}
		if len(w) > 0 {
			return likeIt(at+"[0]", w[0], g[0])
		}
	case nil:
	default:
		if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
			return fmt.Errorf("%s is %T, not %T", at, got, want)
		}
	}
	return nil
}

// TestMetrics asks for metrics by name, as the dashboard does.
func TestMetrics(t *testing.T) {
	a := start(t, script)
	base := "/jobs/" + a.job.ID + "/vertices/" + a.job.Graph.Vertices[0].ID
	running(t, a)
	var ids []string
	for _, x := range a.json(base + "/metrics").([]any) {
		ids = append(ids, x.(map[string]any)["id"].(string))
	}
	if !slices.Contains(ids, "0.numRecordsOut") || !slices.IsSorted(ids) {
		t.Fatalf("metrics %v", ids)
	}
	got := a.json(base + "/metrics?get=0.numRecordsOut,0.nothing").([]any)
	if len(got) != 1 || got[0].(map[string]any)["value"] == "0" {
		t.Errorf("values %v", got)
	}
	agg := a.json(base + "/subtasks/metrics?get=numRecordsOut").([]any)
	if len(agg) != 1 || agg[0].(map[string]any)["sum"].(float64) <= 0 {
		t.Errorf("aggregated %v", agg)
	}
}

// TestVertexCheckpoint asks for a checkpoint by vertex: each subtask's answer, and
// the vertices' parts make the whole.
func TestVertexCheckpoint(t *testing.T) {
	a := start(t, script)
	running(t, a)
	if _, err := a.job.Savepoint(t.Context(), "", false); err != nil {
		t.Fatal(err)
	}
	whole := a.json("/jobs/" + a.job.ID + "/checkpoints/details/1").(map[string]any)
	sum := 0.0
	for _, x := range a.job.Graph.Vertices {
		got := a.json("/jobs/" + a.job.ID + "/checkpoints/details/1/subtasks/" + x.ID).(map[string]any)
		part := whole["tasks"].(map[string]any)[x.ID].(map[string]any)
		sum += part["state_size"].(float64)
		if got["state_size"] != part["state_size"] || got["num_acknowledged_subtasks"].(float64) != float64(x.Parallelism) {
			t.Errorf("%s: %v, and in the whole %v", x.Name, got, part)
		}
		subtasks := got["subtasks"].([]any)
		if len(subtasks) != x.Parallelism || subtasks[0].(map[string]any)["status"] != "completed" {
			t.Errorf("%s: subtasks %v", x.Name, subtasks)
		}
	}
	if sum != whole["state_size"].(float64) || sum == 0 {
		t.Errorf("the vertices have %v bytes, the checkpoint %v", sum, whole["state_size"])
	}
}

// TestFlow follows rows through operators and bytes between vertices.
func TestFlow(t *testing.T) {
	a := start(t, script)
	running(t, a)
	g := a.job.Graph
	if _, err := a.job.Savepoint(t.Context(), "", true); err != nil { // and stop: nothing moves any more
		t.Fatal(err)
	}
	<-a.job.Done()
	from := a.json("/jobs/" + a.job.ID).(map[string]any)["vertices"].([]any)[0].(map[string]any)["metrics"].(map[string]any)
	to := a.json("/jobs/" + a.job.ID).(map[string]any)["vertices"].([]any)[1].(map[string]any)["metrics"].(map[string]any)
	if from["write-bytes"] != to["read-bytes"] || from["write-bytes"].(float64) < 16*from["write-records"].(float64) { // a BIGINT and a TIMESTAMP
		t.Errorf("sent %v, got %v", from, to)
	}
	sum := func(vertex int, metric string) float64 {
		got := a.json("/jobs/" + a.job.ID + "/vertices/" + g.Vertices[vertex].ID + "/subtasks/metrics?get=" + metric).([]any)
		if len(got) != 1 {
			t.Fatalf("%s: %v", metric, got)
		}
		return got[0].(map[string]any)["sum"].(float64)
	}
	source, _, _ := strings.Cut(g.Vertices[0].Name, " -> ")
	id := strings.NewReplacer(":", "_", " ", "_", "[", "_", "]", "_").Replace(source)
	if given, out := sum(0, id+".numRecordsOut"), sum(0, "numRecordsOut"); given != out || out == 0 {
		t.Errorf("the source gave %v rows, its task %v", given, out)
	}
	var window string
	for name := range strings.SplitSeq(g.Vertices[1].Name, " -> ") {
		if strings.HasPrefix(name, "WindowAggregate") {
			window = strings.NewReplacer("[", "_", "]", "_").Replace(name)
		}
	}
	if in, task := sum(1, window+".numRecordsIn"), sum(1, "numRecordsIn"); in != task {
		t.Errorf("the window was given %v rows, its task %v", in, task)
	}
	pressed := a.json("/jobs/" + a.job.ID + "/vertices/" + g.Vertices[0].ID + "/backpressure").(map[string]any)
	if pressed["status"] != "ok" || len(pressed["subtasks"].([]any)) != g.Vertices[0].Parallelism {
		t.Errorf("backpressure %v", pressed)
	}
	if _, page := a.get("/"); !strings.Contains(page, "<th>backpressure</th>") || !strings.Contains(page, "<td>"+source+"</td>") {
		t.Errorf("the page does not show operators: %s", page)
	}
}

// TestNotThere pins what is answered for what is not there.
func TestNotThere(t *testing.T) {
	a := start(t, script)
	for _, path := range []string{"/jobs/00", "/jobs/" + a.job.ID + "/vertices/00", "/jobs/" + a.job.ID + "/checkpoints/details/99", "/nothing",
		"/taskmanagers/x", "/jobs/" + a.job.ID + "/vertices/" + a.job.Graph.Vertices[0].ID + "/subtasks/7"} {
		if code, body := a.get(path); code != http.StatusNotFound || !strings.Contains(body, `"errors":[`) {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}

// TestFailure shows a failure as exceptions, and on the page.
func TestFailure(t *testing.T) {
	a := start(t, `CREATE TABLE ticks (n BIGINT, c BIGINT) WITH ('connector' = 'filesystem', 'path' = 'bad', 'format' = 'json');
CREATE TABLE nowhere (n BIGINT, c BIGINT) WITH ('connector' = 'blackhole');
INSERT INTO nowhere SELECT n, c FROM ticks`)
	<-a.job.Done()
	ex := a.json("/jobs/" + a.job.ID + "/exceptions").(map[string]any)
	root, _ := ex["root-exception"].(string)
	if root == "" || len(ex["all-exceptions"].([]any)) != 1 {
		t.Fatalf("exceptions %v", ex)
	}
	if state := a.json("/jobs/" + a.job.ID).(map[string]any)["state"]; state != "FAILED" {
		t.Errorf("the job is %v", state)
	}
	code, page := a.get("/")
	for _, want := range []string{"demo &lt;app&gt;", "FAILED", "a line", "bad"} {
		if code != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("the page has no %q: %d %s", want, code, page)
		}
	}
	for _, bad := range []string{"http://", "https://", "<script"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
}
