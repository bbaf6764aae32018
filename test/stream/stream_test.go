package stream

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/print"
	"weir/internal/engine/ckpt"
	"weir/internal/obs"
	"weir/internal/session"
	"weir/internal/vfs"
)

// way is one cell of the matrix.
type way struct {
	batch, par int
	restarts   bool // after every feed, at the other parallelism
}

func TestStreams(t *testing.T) {
	files, err := filepath.Glob("testdata/*.slt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		for _, batch := range []int{1, 3, 4096} {
			for _, par := range []int{1, 3} {
				for _, restarts := range []bool{false, true} {
					w := way{batch, par, restarts}
					t.Run(fmt.Sprintf("%s/batch=%d,par=%d,restarts=%v", strings.TrimSuffix(filepath.Base(file), ".slt"), batch, par, restarts),
						func(t *testing.T) { run(t, file, w) })
				}
			}
		}
	}
}

// script is a script being run.
type script struct {
	t     *testing.T
	way   way
	file  string
	feeds map[string]*feed
	ddl   []string
	query string
	fs    vfs.FS
	out   output
	job   *session.Job
}

type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

var taskPrefix = regexp.MustCompile(`(?m)^\d+> `)

// take is the lines since the last take, sorted.
func (o *output) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := taskPrefix.ReplaceAllString(o.buf.String(), "")
	o.buf.Reset()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	slices.Sort(lines)
	return lines
}

func run(t *testing.T, file string, w way) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{t: t, way: w, file: file, feeds: map[string]*feed{}, fs: vfs.NewMem()}
	lines := strings.Split(string(text), "\n")
	for i := 0; i < len(lines); {
		words := strings.Fields(lines[i])
		start := i
		i++
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		var body, want []string
		for ; i < len(lines) && lines[i] != "" && lines[i] != "----"; i++ {
			body = append(body, lines[i])
		}
		if i < len(lines) && lines[i] == "----" {
			for i++; i < len(lines) && lines[i] != ""; i++ {
				want = append(want, lines[i])
			}
		}
		s.step(start+1, words, body, want)
	}
	if s.job != nil {
		t.Fatalf("%s: the script does not end its job", file)
	}
}

func (s *script) step(line int, words, body, want []string) {
	arg := func(key string, otherwise int) int {
		for _, w := range words {
			if v, ok := strings.CutPrefix(w, key+"="); ok {
				if _, err := fmt.Sscan(v, &otherwise); err != nil {
					s.t.Fatalf("%s:%d: %v", s.file, line, err)
				}
			}
		}
		return otherwise
	}
	switch words[0] {
	case "stream":
		s.feeds[words[1]] = newFeed(arg("splits", 1), s.way.batch)
		s.ddl = append(s.ddl, fmt.Sprintf("CREATE TABLE %s (%s) WITH ('connector' = 'feed', 'feed' = '%[1]s')", words[1], strings.Join(body, "\n")))
	case "set":
		s.ddl = append(s.ddl, fmt.Sprintf("SET '%s' = '%s'", words[1], words[2]))
	case "sql":
		s.ddl = append(s.ddl, strings.Join(body, "\n"))
	case "run":
		s.query = strings.Join(body, "\n")
		s.start(s.way.par)
	case "feed":
		f, split := s.feeds[words[1]], arg("split", 0)
		f.update(func() { f.splits[split] = append(f.splits[split], body...) })
		s.settle(line)
		s.compare(line, want)
		if s.way.restarts {
			s.restart(line, 4-s.way.par)
		}
	case "restart":
		s.restart(line, arg("par", s.way.par))
	case "end":
		for _, f := range s.feeds {
			f.update(func() { f.ended = true })
		}
		if err := s.job.Wait(s.t.Context()); err != nil {
			s.t.Fatalf("%s:%d: %v", s.file, line, err)
		}
		s.job = nil
		s.compare(line, want)
	default:
		s.t.Fatalf("%s:%d: no step %q", s.file, line, words[0])
	}
}

func (s *script) start(par int) {
	se := session.New(session.Config{Clock: clock.System{}, FS: s.fs, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		Metrics: obs.NewRegistry(clock.System{}), Env: &connector.Env{Clock: clock.System{}, FS: s.fs, Stdout: &s.out},
		Connectors:  map[string]*connector.Factory{"feed": factory(s.feeds), "print": print.Factory()},
		Checkpoints: func(int) (*ckpt.Store, error) { return ckpt.OpenStore(s.fs, "chk") }})
	se.SetOption("pipeline.auto-watermark-interval", "0")
	se.SetOption("parallelism.default", fmt.Sprint(par))
	s.out.take()
	ctx := context.Background()
	exec := func(sql string) *session.Result {
		r, err := se.ExecuteSQL(ctx, sql)
		if err != nil {
			s.t.Fatalf("%s: %s: %v", s.file, sql, err)
		}
		return r
	}
	for _, d := range s.ddl {
		exec(d)
	}
	exec("CREATE VIEW result_ AS " + s.query)
	cols := exec("DESCRIBE result_")
	var defs []string
	for _, r := range cols.Rows {
		defs = append(defs, fmt.Sprintf("`%s` %s", *r[0], strings.TrimSuffix(strings.TrimSuffix(*r[1], " *ROWTIME*"), " NOT NULL")))
	}
	exec("CREATE TABLE out_ (" + strings.Join(defs, ", ") + ") WITH ('connector' = 'print')")
	for _, f := range s.feeds {
		f.update(func() { f.closed, f.sources = 0, nil })
	}
	s.job = exec("INSERT INTO out_ SELECT * FROM result_").Job
	for _, f := range s.feeds {
		if err := f.spareClosed(par, s.job.Done()); err != nil {
			s.t.Fatalf("%s: %v: %v", s.file, err, s.job.Wait(s.t.Context()))
		}
	}
	s.settle(0)
}

// settle waits until all that was fed has come out.
func (s *script) settle(line int) {
	for _, f := range s.feeds {
		if err := f.drained(s.job.Done()); err != nil {
			s.t.Fatalf("%s:%d: %v: %v", s.file, line, err, s.job.Wait(s.t.Context()))
		}
	}
	if _, err := s.job.Savepoint(s.t.Context(), "", false); err != nil {
		s.t.Fatalf("%s:%d: %v", s.file, line, err)
	}
}

func (s *script) restart(line, par int) {
	if _, err := s.job.Savepoint(s.t.Context(), "", true); err != nil {
		s.t.Fatalf("%s:%d: stop: %v", s.file, line, err)
	}
	if err := s.job.Wait(s.t.Context()); err != nil {
		s.t.Fatalf("%s:%d: %v", s.file, line, err)
	}
	if got := s.out.take(); got[0] != "" {
		s.t.Errorf("%s:%d: the restart let out\n%s", s.file, line, strings.Join(got, "\n"))
	}
	s.start(par)
}

func (s *script) compare(line int, want []string) {
	slices.Sort(want)
	if g, w := strings.Join(s.out.take(), "\n"), strings.Join(want, "\n"); g != w {
		s.t.Errorf("%s:%d: got\n%s\nwant\n%s", s.file, line, g, w)
	}
}
