package kinesisanalyticsv2

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/aws/store"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/control"
	"weir/internal/control/controltest"
	"weir/internal/obs"
	"weir/internal/vfs"
)

// now is when the scripts play: 1614600000.
var now = time.Date(2021, 3, 1, 12, 0, 0, 0, time.UTC)

// roles lets every role be assumed but one.
type roles struct{}

// AssumeRole implements Roles.
func (roles) AssumeRole(_ context.Context, arn, service, _, _ string) (Credentials, wire.Principal, error) {
	if strings.HasSuffix(arn, "/untrusting") {
		return Credentials{}, wire.Principal{}, wire.Errorf("AccessDenied", "%s is not authorized to perform: sts:AssumeRole on resource: %s", service, arn)
	}
	return Credentials{AccessKeyID: arn}, wire.Principal{}, nil
}

// bucket has one object, code.zip, which the role "reader" may not read.
type bucket struct{}

// Open implements Objects.
func (bucket) Open(_ context.Context, cred Credentials, bucket, key, _ string) (io.ReadCloser, int64, error) {
	switch {
	case strings.HasSuffix(cred.AccessKeyID, "/nothing"):
		return nil, 0, wire.Errorf("AccessDenied", "Access Denied")
	case bucket+"/"+key == "code/text.txt":
		return io.NopCloser(strings.NewReader("text")), 4, nil
	case bucket != "code" || key != "code.zip":
		return nil, 0, errors.New("NoSuchKey: The specified key does not exist.")
	}
	return io.NopCloser(bytes.NewReader([]byte("PK\x05\x06 and so on"))), 16, nil
}

// patient waits before it describes until nothing is under way, so that scripts
// need not poll; starts that hang are not waited for.
type patient struct {
	*Service
	runner *controltest.Runner
}

// Ops implements wire.Service.
func (p patient) Ops() wire.Ops {
	ops := p.Service.Ops()
	for name, h := range ops {
		if !strings.HasPrefix(name, "Describe") && !strings.HasPrefix(name, "List") && name != "CreateApplicationPresignedUrl" {
			continue
		}
		ops[name] = wire.Handler{New: h.New, Run: func(c *wire.Call, in any) (any, error) {
			ctx, cancel := context.WithCancel(c)
			idle := make(chan struct{})
			go func() {
				defer close(idle)
				for _, r := range p.Resources(c, name, in) {
					_ = p.Control.Wait(ctx, key(c, r[strings.LastIndexByte(r, '/')+1:])) // cancelled when it hangs
				}
			}()
			select {
			case <-idle:
			case <-p.runner.Hung():
			}
			cancel()
			<-idle
			return h.Run(c, in)
		}}
	}
	return ops
}

func start(t testing.TB, fs vfs.FS, clk clock.Clock) (*Service, *controltest.Runner, *gatewaytest.Server) {
	t.Helper()
	db, err := store.Open(fs, "/meta")
	if err != nil {
		t.Fatal(err)
	}
	runner := controltest.New(fs)
	m, err := control.Open(control.Deps{DB: db, Clock: clk, Rand: rand.Reader, FS: fs, Dir: "/apps", Runner: runner, Log: obs.Discard()})
	if err != nil {
		t.Fatal(err)
	}
	var server *gatewaytest.Server
	s := New(Deps{Control: m, Clock: clk, Rand: rand.Reader, Roles: roles{}, Objects: bucket{}, BaseURL: func() string { return server.URL }})
	server = gatewaytest.Start(t, gatewaytest.Options{Clock: clk, Weir: s.Dashboard()}, patient{s, runner})
	t.Cleanup(func() {
		if err := m.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, runner, server
}

func TestScripts(t *testing.T) {
	gatewaytest.RunScripts(t, "testdata", func(t testing.TB) *gatewaytest.Server {
		_, _, server := start(t, vfs.NewMem(), clock.NewManual(now))
		return server
	})
}

const create = `{"ApplicationName":"demo","RuntimeEnvironment":"FLINK-1_11","ServiceExecutionRole":"arn:aws:iam::012345678901:role/app",
"ApplicationConfiguration":{"ApplicationCodeConfiguration":{"CodeContentType":"PLAINTEXT","CodeContent":{"TextContent":"SELECT 1"}}}}`

// call runs an operation as root, and fails the test when it is refused.
func call(t *testing.T, server *gatewaytest.Server, op, in string) string {
	t.Helper()
	out, err := (&gatewaytest.Client{Server: server, AccessKey: gatewaytest.RootAccessKey, Secret: gatewaytest.RootSecret}).Call("kinesisanalyticsv2", op, in)
	if err != nil {
		t.Fatalf("%s: %v", op, err)
	}
	return out
}

// TestTwoStarts: of many starts at once one is done and the others are refused.
func TestTwoStarts(t *testing.T) {
	_, runner, server := start(t, vfs.NewMem(), clock.NewManual(now))
	call(t, server, "CreateApplication", create)
	const n = 8
	codes := make(chan string, n)
	for range n {
		go func() {
			_, err := (&gatewaytest.Client{Server: server, AccessKey: gatewaytest.RootAccessKey, Secret: gatewaytest.RootSecret}).
				Call("kinesisanalyticsv2", "StartApplication", `{"ApplicationName":"demo"}`)
			var refused *gatewaytest.Error
			if errors.As(err, &refused) {
				codes <- refused.Code
				return
			}
			codes <- ""
		}()
	}
	count := map[string]int{}
	for range n {
		count[<-codes]++
	}
	if count[""] != 1 || count["ResourceInUseException"] != n-1 {
		t.Errorf("%v", count)
	}
	call(t, server, "DescribeApplication", `{"ApplicationName":"demo"}`)
	if got := len(runner.Specs()); got != 1 {
		t.Errorf("%d jobs were started", got)
	}
}

// TestDashboard opens presigned URLs in time and too late.
func TestDashboard(t *testing.T) {
	clk := clock.NewManual(now)
	_, _, server := start(t, vfs.NewMem(), clk)
	call(t, server, "CreateApplication", create)
	call(t, server, "StartApplication", `{"ApplicationName":"demo"}`)
	presigned := func() string {
		out := call(t, server, "CreateApplicationPresignedUrl", `{"ApplicationName":"demo","UrlType":"FLINK_DASHBOARD_URL","SessionExpirationDurationInSeconds":1800}`)
		_, rest, _ := strings.Cut(out, `"AuthorizedUrl": "`)
		u, _, _ := strings.Cut(rest, `"`)
		return u
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	get := func(c *http.Client, u string) (int, string) {
		res, err := c.Get(u)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(b)
	}
	is := func(wantCode int, want string, code int, body string) {
		t.Helper()
		if code != wantCode || !strings.Contains(body, want) {
			t.Errorf("%d %s, want %d %s", code, body, wantCode, want)
		}
	}
	late, u := presigned(), presigned()
	base, query, _ := strings.Cut(u, "?")
	check := func(wantCode int, want string, c *http.Client, u string) {
		t.Helper()
		code, body := get(c, u)
		is(wantCode, want, code, body)
	}
	check(403, "not valid", http.DefaultClient, base+"/jobs")
	check(200, "REST /?", browser, u)                                             // sets the cookie
	check(200, "REST /jobs/overview?get=x", browser, base+"/jobs/overview?get=x") // by cookie
	check(200, "REST /jobs?", http.DefaultClient, base+"/jobs?"+query)            // by token, as scripts do
	clk.Advance(4 * time.Minute)
	check(403, "not valid", http.DefaultClient, late)
	check(200, "REST /jobs?", http.DefaultClient, base+"/jobs?"+query) // it was opened in time
	res, err := browser.Post(base+"/jobs/x/stop", "application/json", strings.NewReader("{}"))
	if err != nil || res.StatusCode != 403 {
		t.Errorf("a POST: %v, %v", res, err)
	}
	clk.Advance(27 * time.Minute)
	check(403, "not valid", http.DefaultClient, base+"/jobs?"+query)
}
