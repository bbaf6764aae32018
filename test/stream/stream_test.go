package stream

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weir/test/streamjob"
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
	t    *testing.T
	way  way
	file string
	job  *streamjob.Job
}

func run(t *testing.T, file string, w way) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{t: t, way: w, file: file, job: streamjob.New(w.batch)}
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
	if s.job.Running() {
		t.Fatalf("%s: the script does not end its job", file)
	}
}

func (s *script) step(line int, words, body, want []string) {
	ctx := s.t.Context()
	arg := func(key string, otherwise int) int {
		for _, w := range words {
			if v, ok := strings.CutPrefix(w, key+"="); ok {
				_, err := fmt.Sscan(v, &otherwise)
				s.check(line, err)
			}
		}
		return otherwise
	}
	switch words[0] {
	case "stream":
		s.job.Stream(words[1], strings.Join(body, "\n"), arg("splits", 1))
	case "set":
		s.job.Before(fmt.Sprintf("SET '%s' = '%s'", words[1], words[2]))
	case "sql":
		s.job.Before(strings.Join(body, "\n"))
	case "run":
		s.job.Query = strings.Join(body, "\n")
		s.check(line, s.job.Start(ctx, s.way.par))
	case "feed":
		s.check(line, s.job.Feed(ctx, words[1], arg("split", 0), body...))
		s.compare(line, want)
		if s.way.restarts {
			s.check(line, s.job.Restart(ctx, 4-s.way.par))
		}
	case "restart":
		s.check(line, s.job.Restart(ctx, arg("par", s.way.par)))
	case "end":
		s.check(line, s.job.End(ctx))
		s.compare(line, want)
	default:
		s.t.Fatalf("%s:%d: no step %q", s.file, line, words[0])
	}
}

func (s *script) check(line int, err error) {
	if err != nil {
		s.t.Helper()
		s.t.Fatalf("%s:%d: %v", s.file, line, err)
	}
}

func (s *script) compare(line int, want []string) {
	slices.Sort(want)
	if g, w := strings.Join(s.job.Take(), "\n"), strings.Join(want, "\n"); g != w {
		s.t.Errorf("%s:%d: got\n%s\nwant\n%s", s.file, line, g, w)
	}
}
