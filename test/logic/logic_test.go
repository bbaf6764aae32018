package logic

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/engine/ckpt"
	"weir/internal/obs"
	"weir/internal/session"
	"weir/internal/vfs"
)

const (
	arrow = "  =>  "
	note  = "  ##  Weir: "
)

// way is one cell of the matrix.
type way struct {
	par int
	raw bool // without the rules that a plan can do without
}

func TestLogic(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".slt" {
			return err
		}
		files++
		for _, w := range []way{{1, false}, {3, false}, {1, true}} {
			t.Run(fmt.Sprintf("%s/par=%d,raw=%v", strings.TrimSuffix(path, ".slt"), w.par, w.raw), func(t *testing.T) { run(t, path, w) })
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files: %v", files, err)
	}
}

// script is a file being run.
type script struct {
	t    *testing.T
	file string
	dir  string
	se   *session.Session
}

func run(t *testing.T, file string, w way) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{t: t, file: file, dir: t.TempDir(), se: newSession(w)}
	if !strings.Contains(string(text), "# Answers: Apache Flink ") {
		t.Errorf("%s has no answers of Flink's: run make flink-record", file)
	}
	lines := strings.Split(string(text), "\n")
	for i := 0; i < len(lines); {
		if lines[i] == "" || lines[i][0] == '#' {
			i++
			continue
		}
		start := i
		for i < len(lines) && lines[i] != "" {
			i++
		}
		s.block(start+1, lines[start], lines[start+1:i])
	}
}

func newSession(w way) *session.Session {
	mem := vfs.NewMem()
	cfg := session.Config{Clock: clock.System{}, FS: mem, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		Metrics: obs.NewRegistry(clock.System{}), Env: &connector.Env{Clock: clock.System{}, FS: vfs.OS(), Stdout: io.Discard, Formats: all.Formats()},
		Connectors: all.Connectors(), Formats: all.Formats(),
		Checkpoints: func(n int) (*ckpt.Store, error) { return ckpt.OpenStore(mem, fmt.Sprint("chk", n)) }}
	if w.raw {
		cfg.WithoutRule = dispensable
	}
	se := session.New(cfg)
	se.SetOption("parallelism.default", fmt.Sprint(w.par))
	se.SetOption("table.local-time-zone", "UTC")
	return se
}

// dispensable reports whether a plan runs, slower, without a rule.
func dispensable(rule string) bool {
	return !slices.Contains([]string{"WindowAggregateFromTVF", "RankFromOver", "JoinKeys"}, rule)
}

func (s *script) block(line int, head string, body []string) {
	kind, rest, _ := strings.Cut(head, " ")
	sql, want := body, []string(nil)
	if k := slices.Index(body, "----"); k >= 0 {
		sql, want = body[:k], body[k+1:]
	}
	text := strings.ReplaceAll(strings.Join(sql, "\n"), "$DIR", s.dir)
	switch kind {
	case "statement":
		if _, err := s.se.ExecuteSQL(s.t.Context(), text); err != nil {
			s.t.Errorf("%s:%d: %v", s.file, line, err)
		}
	case "file":
		if err := os.WriteFile(filepath.Join(s.dir, rest), []byte(strings.Join(body, "\n")+"\n"), 0o600); err != nil {
			s.t.Fatal(err)
		}
	case "query":
		s.query(line, text, want)
	case "expr":
		if rest == "" {
			rest = "FROM (VALUES (1)) AS t_(x_)"
		}
		for i, l := range body {
			if l[0] != '#' {
				s.expression(line+1+i, l, rest)
			}
		}
	default:
		s.t.Fatalf("%s:%d: no block %q", s.file, line, kind)
	}
}

func (s *script) query(line int, sql string, want []string) {
	_, got, err := s.rows(sql)
	if len(want) > 0 && strings.HasPrefix(want[0], "ERROR") {
		if got := fmt.Sprint("ERROR ", err); err == nil || !agrees(got, want[0]) {
			s.t.Errorf("%s:%d: got error %v, want %s", s.file, line, err, want[0])
		}
		return
	}
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		s.t.Errorf("%s:%d: got %v\n%s\nwant\n%s", s.file, line, err, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (s *script) expression(line int, text, source string) {
	sql, want, ok := strings.Cut(text, arrow)
	if !ok {
		s.t.Errorf("%s:%d: no answer: run make flink-record", s.file, line)
		return
	}
	got := s.answer("SELECT " + sql + " AS e " + source)
	want, ours, differs := strings.Cut(want, note)
	switch {
	case differs && agrees(got, want):
		s.t.Errorf("%s:%d: %s: Weir answers as Flink does; take the note %q away", s.file, line, sql, note+ours)
	case differs && !agrees(got, ours), !differs && !agrees(got, want):
		s.t.Errorf("%s:%d: %s: got %q, want %q", s.file, line, sql, got, want)
	}
}

// answer is the type and the value of a query with one, or ERROR and why.
func (s *script) answer(sql string) string {
	typ, rows, err := s.rows(sql)
	switch {
	case err != nil:
		return "ERROR " + err.Error()
	case len(rows) != 1:
		return fmt.Sprintf("%d rows", len(rows))
	}
	return typ + "  " + rows[0]
}

// agrees compares an answer with the one wanted, which may be an error.
func agrees(got, want string) bool {
	message, exact := strings.CutPrefix(want, "ERROR ")
	if !strings.HasPrefix(want, "ERROR") {
		return got == want
	}
	return strings.HasPrefix(got, "ERROR") && (!exact || strings.Contains(got, message))
}

// rows is the type of a query's first column and, its changes applied, its rows.
func (s *script) rows(sql string) (typ string, rows []string, err error) {
	r, err := s.se.ExecuteSQL(s.t.Context(), sql)
	if err != nil {
		return "", nil, err
	}
	typ = r.Columns[0].Type.WithNull(true).String()
	for {
		row, err := r.Stream.Next(s.t.Context())
		if errors.Is(err, io.EOF) {
			return typ, rows, nil
		}
		if err != nil {
			return typ, rows, err
		}
		cells := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			if cells[i] = "NULL"; c != nil {
				cells[i] = *c
			}
		}
		text := strings.Join(cells, " | ")
		if row.Kind == batch.Insert || row.Kind == batch.UpdateAfter {
			rows = append(rows, text)
		} else if k := slices.Index(rows, text); k >= 0 {
			rows = slices.Delete(rows, k, k+1)
		} else {
			return typ, rows, fmt.Errorf("%s takes back a row that is not there: %s", row.Kind, text)
		}
	}
}
