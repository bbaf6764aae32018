//go:build cgo

package athena_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"weir/internal/athena/worker"
	api "weir/internal/aws/api/athena"
	"weir/internal/aws/store"
	athenasvc "weir/internal/aws/svc/athena"
	"weir/internal/aws/svc/glue"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	runner "weir/internal/runner/athena"
	"weir/internal/vfs"
)

// TestMain is the child too.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == runner.Command {
		if err := runner.Serve(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// bucketDir is a bucket store in a folder of this machine.
type bucketDir struct {
	mu    sync.Mutex
	dir   string
	files map[string]string // bucket/key -> path
	deny  string            // a key that may not be read
	lists []string
}

func (s *bucketDir) put(name string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := filepath.Join(s.dir, fmt.Sprint(len(s.files)))
	s.files[name] = path
	return os.WriteFile(path, data, 0o600)
}

func (s *bucketDir) keys(bucket, prefix string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists = append(s.lists, bucket+"/"+prefix)
	var out []string
	for k := range s.files {
		if key, ok := strings.CutPrefix(k, bucket+"/"); ok && strings.HasPrefix(key, prefix) {
			out = append(out, key)
		}
	}
	sort.Strings(out)
	return out
}

func (s *bucketDir) data(bucket, key string) ([]byte, error) {
	s.mu.Lock()
	path, ok := s.files[bucket+"/"+key]
	s.mu.Unlock()
	if !ok {
		return nil, errors.New("NoSuchKey: " + key)
	}
	return os.ReadFile(path)
}

// crawlerStore is bucketDir as Glue sees it.
type crawlerStore struct{ *bucketDir }

func (s crawlerStore) List(_ context.Context, _ glue.Credentials, bucket, prefix string, each func(glue.Object) error) error {
	for _, k := range s.keys(bucket, prefix) {
		data, err := s.data(bucket, k)
		if err != nil {
			return err
		}
		if err := each(glue.Object{Key: k, Size: int64(len(data))}); err != nil {
			return err
		}
	}
	return nil
}

func (s crawlerStore) Read(_ context.Context, _ glue.Credentials, bucket, key string, offset, n int64) ([]byte, int64, error) {
	data, err := s.data(bucket, key)
	size := int64(len(data))
	return data[min(offset, size):min(offset+n, size)], size, err
}

// queryStore is bucketDir as Athena sees it, with the caller's keys.
type queryStore struct{ *bucketDir }

func (s queryStore) List(_ context.Context, cred athenasvc.Credentials, bucket, prefix string, each func(athenasvc.Object) error) error {
	if cred.SecretAccessKey != "secret" {
		return errors.New("AccessDenied")
	}
	for _, k := range s.keys(bucket, prefix) {
		data, err := s.data(bucket, k)
		if err != nil {
			return err
		}
		if err := each(athenasvc.Object{Key: k, Size: int64(len(data))}); err != nil {
			return err
		}
	}
	return nil
}

func (s queryStore) Head(_ context.Context, cred athenasvc.Credentials, bucket, key string) (athenasvc.Object, error) {
	if cred.SecretAccessKey != "secret" || s.deny != "" && strings.Contains(key, s.deny) {
		return athenasvc.Object{}, errors.New("AccessDenied: Access Denied")
	}
	data, err := s.data(bucket, key)
	return athenasvc.Object{Key: key, Size: int64(len(data))}, err
}

func (s queryStore) Read(_ context.Context, _ athenasvc.Credentials, bucket, key string, offset, n int64) ([]byte, int64, error) {
	data, err := s.data(bucket, key)
	if err != nil {
		return nil, 0, err
	}
	size := int64(len(data))
	return data[min(offset, size):min(offset+n, size)], size, nil
}

func (s queryStore) Put(_ context.Context, _ athenasvc.Credentials, bucket, key, _ string, body io.ReadSeeker, size int64) error {
	data, err := io.ReadAll(body)
	if err != nil || int64(len(data)) != size {
		return fmt.Errorf("%d bytes of %d: %w", len(data), size, err)
	}
	if bucket != "out" {
		return errors.New("NoSuchBucket: The specified bucket does not exist")
	}
	return s.put(bucket+"/"+key, data)
}

func (s queryStore) File(_ context.Context, bucket, key string) (string, func() error, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[bucket+"/"+key], func() error { return nil }, nil
}

// iam knows one role and one key.
type iam struct{}

func (iam) AssumeRole(context.Context, string, string, string, string) (glue.Credentials, wire.Principal, error) {
	return glue.Credentials{}, wire.Principal{ARN: "arn:aws:sts::012345678901:assumed-role/crawl/AWS-Crawler"}, nil
}

func (iam) Credentials(context.Context, string) (string, string, wire.Principal, time.Time, error) {
	return "secret", "", wire.Principal{}, time.Time{}, nil
}

func (iam) PutLines(context.Context, string, string, string, string, time.Time, []string) error {
	return nil
}

// denier lets everything but one action pass.
type denier struct{ action string }

func (d *denier) Authorize(c *wire.Call, action string, resources []string) error {
	if action == d.action {
		return wire.Errorf("AccessDeniedException", "User: %s is not authorized to perform: %s on resource: %s", c.Principal.ARN, action, resources[0])
	}
	return nil
}

type world struct {
	t      *testing.T
	s3     *bucketDir
	glue   *glue.Service
	athena *athenasvc.Service
	deny   *denier
	last   string
}

func newWorld(t *testing.T) *world {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(vfs.NewMem(), "meta")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, s3: &bucketDir{dir: t.TempDir(), files: map[string]string{}}, deny: &denier{}}
	cl := clock.NewManual(time.Date(2021, 6, 1, 10, 0, 0, 0, time.UTC))
	if w.glue, err = glue.New(glue.Deps{DB: db, Clock: cl, Rand: rand.New(rand.NewSource(1)), Roles: iam{}, Objects: crawlerStore{w.s3}, Logs: iam{}}); err != nil {
		t.Fatal(err)
	}
	w.athena, err = athenasvc.New(athenasvc.Deps{
		DB: db, Clock: cl, Rand: rand.New(rand.NewSource(2)), FS: vfs.OS(), Dir: filepath.Join(t.TempDir(), "scratch"), Worker: runner.Starter{Executable: self},
		Catalog: athenasvc.CatalogOf(w.glue), Objects: queryStore{w.s3}, Files: queryStore{w.s3}, Keys: iam{}, Options: athenasvc.Options{MemoryMB: 256},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(w.athena.Close(), w.glue.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) call(svc wire.Service, op, input string, into any) error {
	c := &wire.Call{Context: context.Background(), Service: svc.Name(), Operation: op, Account: "012345678901", Region: "us-east-1", Partition: "aws",
		Principal: wire.Principal{ARN: "arn:aws:iam::012345678901:user/u", AccessKey: "AKIA"}, Now: time.Date(2021, 6, 1, 10, 0, 0, 0, time.UTC), Authorizer: w.deny}
	h, ok := svc.Ops()[op]
	if !ok {
		return fmt.Errorf("no operation %s", op)
	}
	in := h.New()
	if strings.TrimSpace(input) != "" {
		if err := json.Unmarshal([]byte(input), in); err != nil {
			return err
		}
	}
	svc.Resources(c, op, in)
	out, err := h.Run(c, in)
	if err != nil {
		return err
	}
	data, err := json.Marshal(out)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func quote(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// start begins a query and waits for its end.
func (w *world) start(sql, extra string) (*api.QueryExecution, error) {
	var started api.StartQueryExecutionOutput
	err := w.call(w.athena, "StartQueryExecution", `{"QueryString":`+quote(sql)+`,"QueryExecutionContext":{"Database":"demo"},
		"ResultConfiguration":{"OutputLocation":"s3://out/q"}`+extra+`}`, &started)
	if err != nil {
		return nil, err
	}
	w.last = *started.QueryExecutionId
	for {
		var got api.GetQueryExecutionOutput
		if err := w.call(w.athena, "GetQueryExecution", `{"QueryExecutionId":`+quote(w.last)+`}`, &got); err != nil {
			return nil, err
		}
		switch *got.QueryExecution.Status.State {
		case api.QueryExecutionStateQueued, api.QueryExecutionStateRunning:
			w.athena.Wait(w.last)
		default:
			return got.QueryExecution, nil
		}
	}
}

// results are an execution's state and rows.
func (w *world) results(e *api.QueryExecution) string {
	var b strings.Builder
	fmt.Fprintf(&b, "-- %s %s %s", *e.StatementType, *e.SubstatementType, *e.Status.State)
	if e.Status.StateChangeReason != nil {
		return b.String() + ": " + *e.Status.StateChangeReason + "\n"
	}
	fmt.Fprintf(&b, ", %d bytes scanned\n", *e.Statistics.DataScannedInBytes)
	token := ""
	for first := true; ; first = false {
		var page api.GetQueryResultsOutput
		if err := w.call(w.athena, "GetQueryResults", `{"QueryExecutionId":`+quote(w.last)+`,"MaxResults":2`+token+`}`, &page); err != nil {
			return b.String() + err.Error() + "\n"
		}
		for i, c := range page.ResultSet.ResultSetMetadata.ColumnInfo {
			if first {
				fmt.Fprintf(&b, "%s%s %s", map[bool]string{true: ", "}[i > 0], c.Name, c.Type)
			}
		}
		if first {
			b.WriteByte('\n')
		}
		for _, r := range page.ResultSet.Rows {
			for i, d := range r.Data {
				v := "NULL"
				if d.VarCharValue != nil {
					v = *d.VarCharValue
				}
				fmt.Fprintf(&b, "%s%s", map[bool]string{true: " | "}[i > 0], v)
			}
			b.WriteByte('\n')
		}
		if page.NextToken == nil {
			return strings.ReplaceAll(b.String(), " \n", "·\n")
		}
		token = `,"NextToken":` + quote(*page.NextToken)
	}
}

// TestScripts runs testdata: `put` fills S3, `crawl` runs a crawler over
// s3://data/, `sql` runs a statement and prints what GetQueryResults gives (page
// by page), `object` shows a result file, `deny` takes a right away, anything
// else is an operation of Athena or Glue with its input as JSON.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		w := newWorld(t)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			out, err := w.command(d)
			if err != nil {
				return err.Error() + "\n"
			}
			return out
		})
	})
}

func (w *world) command(d *datadriven.TestData) (string, error) {
	switch d.Cmd {
	case "put":
		return "", w.s3.put(d.CmdArgs[0].String(), []byte(d.Input+"\n"))
	case "deny":
		w.deny.action, w.s3.deny = "", ""
		if strings.HasPrefix(d.Input, "glue:") {
			w.deny.action = d.Input
		} else {
			w.s3.deny = d.Input
		}
		return "", nil
	case "sql":
		extra := ""
		for _, a := range d.CmdArgs {
			extra += `,"` + a.Key + `":` + strings.Join(a.Vals, ",")
		}
		e, err := w.start(d.Input, extra)
		if err != nil {
			return "", err
		}
		return w.results(e), nil
	case "object":
		data, err := w.s3.data("out", "q/"+w.last+d.CmdArgs[0].String())
		if d.HasArg("hex") {
			return fmt.Sprintf("%x\n", bytes.ReplaceAll(data, []byte(w.last), nil)), err
		}
		return string(data), err
	case "lists":
		w.s3.lists = nil
		if _, err := w.start(d.Input, ""); err != nil {
			return "", err
		}
		sort.Strings(w.s3.lists)
		return strings.Join(w.s3.lists, "\n") + "\n", nil
	case "crawl":
		return "", w.crawl()
	}
	var svc wire.Service = w.athena
	if _, ok := svc.Ops()[d.Cmd]; !ok {
		svc = w.glue
	}
	var out any
	if err := w.call(svc, d.Cmd, strings.ReplaceAll(d.Input, "$ID", w.last), &out); err != nil {
		return "", err
	}
	data, err := json.MarshalIndent(prune(out), "", "  ")
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`).ReplaceAllString(string(data), "<id>") + "\n", err
}

func (w *world) crawl() error {
	var out any
	err := w.call(w.glue, "CreateCrawler", `{"Name":"c","Role":"crawl","DatabaseName":"demo","Targets":{"S3Targets":[{"Path":"s3://data/"}]}}`, &out)
	if err == nil {
		err = w.call(w.glue, "StartCrawler", `{"Name":"c"}`, &out)
	}
	w.glue.Wait("c")
	return err
}

func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if e == nil {
				delete(v, k)
			} else {
				v[k] = prune(e)
			}
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
	}
	return v
}

// TestStop kills a query that would run for hours.
func TestStop(t *testing.T) {
	w := newWorld(t)
	var started api.StartQueryExecutionOutput
	sql := "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 2000000000) SELECT count(*) FROM r"
	if err := w.call(w.athena, "StartQueryExecution", `{"QueryString":`+quote(sql)+`,"ResultConfiguration":{"OutputLocation":"s3://out/q"}}`, &started); err != nil {
		t.Fatal(err)
	}
	id := `{"QueryExecutionId":` + quote(*started.QueryExecutionId) + `}`
	var out api.GetQueryExecutionOutput
	if err := w.call(w.athena, "StopQueryExecution", id, &out); err != nil {
		t.Fatal(err)
	}
	if err := w.call(w.athena, "GetQueryExecution", id, &out); err != nil {
		t.Fatal(err)
	}
	if s := *out.QueryExecution.Status.State; s != api.QueryExecutionStateCancelled {
		t.Errorf("state %s", s)
	}
}

// TestChildDies gives a plain error when the child's process ends.
func TestChildDies(t *testing.T) {
	_, err := worker.Open(context.Background(), runner.Starter{Executable: "/bin/false"}, worker.Sandbox{})
	if err == nil || !strings.Contains(err.Error(), "the query engine ended") {
		t.Error(err)
	}
}
