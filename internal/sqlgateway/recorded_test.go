package sqlgateway_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/engine/ckpt"
	"weir/internal/obs"
	"weir/internal/session"
	"weir/internal/sqlgateway"
	"weir/internal/vfs"
)

// record writes testdata/recorded.txt anew, from the answers of a real Flink:
// go test ./internal/sqlgateway -run Recorded -record http://127.0.0.1:8083
var record = flag.String("record", "", "the endpoint of a real SQL Gateway")

func open(properties map[string]string) (*session.Session, error) {
	fs, formats := vfs.NewMem(), all.Formats()
	log := slog.New(slog.DiscardHandler)
	s := session.New(session.Config{Clock: clock.System{}, FS: fs, Rand: rand.Reader, Log: log, JSON: true,
		Metrics: obs.NewRegistry(clock.System{}), Connectors: all.Connectors(), Formats: formats,
		Env:         &connector.Env{Clock: clock.System{}, FS: fs, Rand: rand.Reader, Log: log, Stdout: io.Discard, Stderr: io.Discard, Formats: formats},
		Checkpoints: func(int) (*ckpt.Store, error) { return ckpt.OpenStore(vfs.NewMem(), "chk") }})
	for k, v := range properties {
		s.SetOption(k, v)
	}
	return s, nil
}

// serve starts a gateway for a test.
func serve(t *testing.T, c sqlgateway.Config) string {
	t.Helper()
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	c.Rand, c.Log, c.Open = rand.Reader, slog.New(slog.DiscardHandler), open
	g := sqlgateway.New(c)
	srv := httptest.NewServer(g)
	t.Cleanup(func() { srv.Close(); g.Close() })
	return srv.URL
}

// player makes the calls of a script. $S is the newest session, $O the newest
// operation, $N an identifier that nobody has.
type player struct {
	t              *testing.T
	base           string
	session, opera string
}

const nobody = "11111111-1111-1111-1111-111111111111"

func (p *player) call(method, path, body string) (int, string) {
	p.t.Helper()
	req, err := http.NewRequest(method, p.base+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	var ids struct{ SessionHandle, OperationHandle string }
	if json.Unmarshal(data, &ids) == nil {
		p.session, p.opera = first(ids.SessionHandle, p.session), first(ids.OperationHandle, p.opera)
	}
	return res.StatusCode, strings.TrimSpace(string(data))
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

var (
	frames = regexp.MustCompile(`\\n\\t(at |\.\.\. )[^\\"]*(\\"[^\\"]*)*`)
	jobIDs = regexp.MustCompile(`"[0-9a-f]{32}"`)
)

// plain takes out what is another each time.
func (p *player) plain(s string) string {
	s = frames.ReplaceAllString(s, "")
	s = jobIDs.ReplaceAllString(s, `"$$J"`)
	for _, id := range [][2]string{{p.session, "$S"}, {p.opera, "$O"}, {nobody, "$N"}} {
		if id[0] != "" {
			s = strings.ReplaceAll(s, id[0], id[1])
		}
	}
	return s
}

// line plays one line of a script.
func (p *player) line(l string) string {
	p.t.Helper()
	verb, rest, _ := strings.Cut(l, " ")
	if verb == "run" {
		return p.run(rest)
	}
	path, body, _ := strings.Cut(rest, " ")
	path = strings.NewReplacer("$S", p.session, "$O", p.opera, "$N", nobody).Replace(path)
	status, text := p.call(verb, path, body)
	return fmt.Sprintf("%d %s\n", status, p.plain(text))
}

// run plays a statement to its end; a query's pages are put together, for how
// many there are is chance.
func (p *player) run(l string) string {
	p.t.Helper()
	format, sql, _ := strings.Cut(l, " ")
	body, err := json.Marshal(map[string]string{"statement": sql})
	if err != nil {
		p.t.Fatal(err)
	}
	p.call("POST", "/v2/sessions/"+p.session+"/statements", string(body))
	var out strings.Builder
	path := "/v2/sessions/" + p.session + "/operations/" + p.opera + "/result/0?rowFormat=" + format
	for deadline := time.Now().Add(20 * time.Second); path != "" && time.Now().Before(deadline); {
		status, text := p.call("GET", path, "")
		var page struct {
			ResultType, NextResultUri string
			IsQueryResult             bool
			Results                   struct{ Data []json.RawMessage }
		}
		if err := json.Unmarshal([]byte(text), &page); err != nil {
			p.t.Fatal(err)
		}
		switch {
		case status != http.StatusOK, page.ResultType == "EOS", page.ResultType == "PAYLOAD" && !page.IsQueryResult:
			fmt.Fprintf(&out, "%d %s\n", status, p.plain(text))
		default:
			for _, d := range page.Results.Data {
				fmt.Fprintf(&out, "%s\n", d)
			}
		}
		path = page.NextResultUri
	}
	return out.String()
}

// TestRecorded holds the gateway to what a real Flink answered, byte for byte.
func TestRecorded(t *testing.T) {
	const file = "testdata/recorded.txt"
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{t: t, base: *record}
	if *record == "" {
		p.base = serve(t, sqlgateway.Config{})
	}
	var got bytes.Buffer
	calls := 0
	for block := range strings.SplitSeq(strings.TrimSuffix(string(want), "\n"), "\n") {
		if l, ok := strings.CutPrefix(block, "> "); ok {
			calls++
			fmt.Fprintf(&got, "%s\n%s", block, p.line(l))
		} else if strings.HasPrefix(block, "#") {
			fmt.Fprintln(&got, block)
		}
	}
	if calls < 30 {
		t.Fatalf("%s has %d calls", file, calls)
	}
	if *record != "" {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	g, w := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	ask := ""
	for i := range min(len(g), len(w)) {
		if strings.HasPrefix(w[i], ">") {
			ask = w[i]
		}
		if g[i] != w[i] {
			t.Fatalf("%s:%d: %s\n got %s\nwant %s", file, i+1, ask, g[i], w[i])
		}
	}
	if len(g) != len(w) {
		t.Errorf("%d lines, want %d", len(g), len(w))
	}
}
