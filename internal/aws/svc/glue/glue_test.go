package glue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	api "weir/internal/aws/api/glue"
	"weir/internal/aws/store"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/vfs"
)

// world is what stands in for S3, IAM and Logs.
type world struct {
	objects map[string]string // bucket/key
	logs    []string
	deny    string // an action the role lacks
	hold    chan struct{}
}

func (w *world) AssumeRole(_ context.Context, role, service, session, source string) (Credentials, wire.Principal, error) {
	if strings.HasSuffix(role, "/untrusting") || service != principal || !strings.Contains(source, ":crawler/") {
		return Credentials{}, wire.Principal{}, errors.New("not trusted")
	}
	return Credentials{AccessKeyID: "ASIA"}, wire.Principal{ARN: "arn:aws:sts::012345678901:assumed-role/crawl/" + session, RoleName: "crawl"}, nil
}

func (w *world) List(ctx context.Context, cred Credentials, bucket, prefix string, each func(Object) error) error {
	if cred.AccessKeyID != "ASIA" {
		return errors.New("AccessDenied")
	}
	if w.hold != nil {
		<-ctx.Done()
		return ctx.Err()
	}
	var keys []string
	for k := range w.objects {
		if key, ok := strings.CutPrefix(k, bucket+"/"); ok && strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	sort.Strings(keys)
	for _, k := range keys {
		if err := each(Object{Key: k, Size: int64(len(w.objects[bucket+"/"+k]))}); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) Read(_ context.Context, _ Credentials, bucket, key string, offset, n int64) ([]byte, int64, error) {
	data := w.objects[bucket+"/"+key]
	return []byte(data[offset:min(len(data), int(offset+n))]), int64(len(data)), nil
}

func (w *world) PutLines(_ context.Context, _, _, group, stream string, _ time.Time, lines []string) error {
	for _, l := range lines {
		w.logs = append(w.logs, group+" "+stream+" "+regexp.MustCompile(`^\[[0-9a-f-]{36}\] `).ReplaceAllString(l, ""))
	}
	return nil
}

func (w *world) Authorize(c *wire.Call, action string, _ []string) error {
	if c.Principal.RoleName == "crawl" && action == w.deny {
		return wire.Errorf("AccessDeniedException", "%s is not authorized to perform: %s", c.Principal.ARN, action)
	}
	return nil
}

type fixture struct {
	*Service
	world *world
	clock *clock.Manual
}

func newFixture(t *testing.T) *fixture {
	db, err := store.Open(vfs.NewMem(), "meta")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{objects: map[string]string{}}
	cl := clock.NewManual(time.Date(2021, 6, 1, 10, 0, 0, 0, time.UTC))
	s, err := New(Deps{DB: db, Clock: cl, Rand: rand.New(rand.NewSource(1)), Roles: w, Objects: w, Logs: w, Authorizer: w})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return &fixture{s, w, cl}
}

func (f *fixture) call(op, input string) (string, error) {
	c := &wire.Call{Context: context.Background(), Service: "glue", Operation: op, Account: "012345678901", Region: "us-east-1",
		Partition: "aws", Principal: wire.Principal{ARN: "arn:aws:iam::012345678901:root", Root: true}, Now: f.clock.Now()}
	h, ok := f.Ops()[op]
	if !ok {
		return "", fmt.Errorf("no operation %s", op)
	}
	in := h.New()
	if strings.TrimSpace(input) != "" {
		if err := json.Unmarshal([]byte(input), in); err != nil {
			return "", err
		}
	}
	f.Resources(c, op, in)
	out, err := h.Run(c, in)
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(out)
	if err != nil {
		return "", err
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return "", err
	}
	data, err = json.MarshalIndent(prune(v), "", "  ")
	return ids.ReplaceAllString(string(data), "<id>"), err
}

var ids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// prune leaves out what an answer does not have.
func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if e == nil || e == "0001-01-01T00:00:00Z" {
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

// TestOps runs testdata: `put` fills S3 (key, then its text), `remove` empties
// it, `crawl NAME` starts a crawler and waits; any other command is an
// operation with its input as JSON.
func TestOps(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		f := newFixture(t)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "put":
				f.world.objects[d.CmdArgs[0].String()] = d.Input + "\n"
				return ""
			case "empty":
				f.world.objects[d.CmdArgs[0].String()] = ""
				return ""
			case "remove":
				delete(f.world.objects, d.CmdArgs[0].String())
				return ""
			case "deny":
				f.world.deny = d.Input
				return ""
			case "logs":
				out := strings.Join(f.world.logs, "\n") + "\n"
				f.world.logs = nil
				return out
			case "crawl":
				f.clock.Advance(time.Second)
				if _, err := f.call("StartCrawler", `{"Name":"`+d.CmdArgs[0].String()+`"}`); err != nil {
					return err.Error() + "\n"
				}
				f.Wait("c")
				return ""
			}
			out, err := f.call(d.Cmd, d.Input)
			if err != nil {
				return err.Error() + "\n"
			}
			return out + "\n"
		})
	})
}

func TestStop(t *testing.T) {
	f := newFixture(t)
	f.world.hold = make(chan struct{})
	if _, err := f.call("CreateCrawler", `{"Name":"c","Role":"crawl","DatabaseName":"d","Targets":{"S3Targets":[{"Path":"s3://b/"}]}}`); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ op, want string }{
		{"StopCrawler", "CrawlerNotRunningException: Crawler with name c is not running"},
		{"StartCrawler", ""},
		{"StartCrawler", "CrawlerRunningException: Crawler with name c has already started"},
		{"DeleteCrawler", "CrawlerRunningException: Crawler with name c is currently running"},
		{"StopCrawler", ""},
	} {
		_, err := f.call(step.op, `{"Name":"c"}`)
		if got := fmt.Sprint(err); err == nil && step.want != "" || err != nil && got != step.want {
			t.Errorf("%s: %v", step.op, err)
		}
	}
	f.Wait("c")
	out, err := f.call("GetCrawler", `{"Name":"c"}`)
	if err != nil || !strings.Contains(out, `"Status": "CANCELLED"`) || !strings.Contains(out, `"State": "READY"`) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSchedule(t *testing.T) {
	f := newFixture(t)
	if _, err := f.call("CreateCrawler", `{"Name":"c","Role":"crawl","DatabaseName":"d","Schedule":"cron(2/5 10 * JUN ? 2021)",
		"Targets":{"S3Targets":[{"Path":"s3://b/"}]}}`); err != nil {
		t.Fatal(err)
	}
	f.startDue(f.clock.Now().Add(time.Minute))
	if len(f.running) != 0 {
		t.Error("10:01 is not due")
	}
	f.startDue(f.clock.Now().Add(7 * time.Minute))
	f.Wait("c")
	out, err := f.call("ListCrawls", `{"CrawlerName":"c"}`)
	if err != nil || !strings.Contains(out, `"State": "COMPLETED"`) {
		t.Errorf("%v\n%s", err, out)
	}
	for _, bad := range []string{"rate(5 minutes)", "cron(1 2 3)", "cron(60 * * * ? *)", "cron(* * * FOO ? *)", "cron(5-2 * * * ? *)"} {
		if _, err := parseCron(bad); err == nil {
			t.Errorf("%s must be refused", bad)
		}
	}
}

func TestRecover(t *testing.T) {
	f := newFixture(t)
	if _, err := f.call("CreateCrawler", `{"Name":"c","Role":"crawl","DatabaseName":"d","Targets":{"S3Targets":[{"Path":"s3://b/"}]}}`); err != nil {
		t.Fatal(err)
	}
	r, err := f.crawler("us-east-1", "c")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.record(r, crawlRec{ID: "x", State: api.CrawlerHistoryStateRunning, Start: f.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := f.recover(); err != nil { // as a start after kill -9 does
		t.Fatal(err)
	}
	out, err := f.call("GetCrawler", `{"Name":"c"}`)
	if err != nil || !strings.Contains(out, `"Status": "FAILED"`) || !strings.Contains(out, `"State": "READY"`) {
		t.Errorf("%v\n%s", err, out)
	}
}
