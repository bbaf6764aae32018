// Package walkthrough tests the walk-through's query over files, in process, at
// several parallelisms, against the rows recorded from Flink (README.md).
package walkthrough

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/engine/ckpt"
	"weir/internal/obs"
	"weir/internal/session"
	"weir/internal/vfs"
)

// TestLocalRows holds for every parallelism: which records are late must not
// depend on when readers without a file tell so.
func TestLocalRows(t *testing.T) {
	want := expected(t)
	for par := 1; par <= 4; par++ {
		t.Run(fmt.Sprintf("parallelism=%d", par), func(t *testing.T) {
			if got := rows(t, par); !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%v\nwant\n%v", got, want)
			}
		})
	}
}

// expected are the recorded rows of run base by directory, and the row of the
// window that the end of a file closes and the end of the recording left open.
func expected(t *testing.T) map[string][]string {
	data, err := os.ReadFile("expected-rows.json")
	if err != nil {
		t.Fatal(err)
	}
	var runs map[string]map[string][]string
	if err := json.Unmarshal(data, &runs); err != nil {
		t.Fatal(err)
	}
	want := runs["base"]
	want["ticker=AAPL"] = append(want["ticker=AAPL"], "64.0,\"2021-06-01 10:09:00\"\n")
	for _, rs := range want {
		slices.Sort(rs)
	}
	return want
}

// feed is the records of run base, a line each.
func feed(t *testing.T) []byte {
	var out []byte
	for _, name := range []string{"base", "second", "third"} {
		f, err := os.ReadFile("feeds/" + name + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(strings.NewReader(string(f)))
		for d.More() {
			var r struct{ Data string }
			if err := d.Decode(&r); err != nil {
				t.Fatal(err)
			}
			out = append(append(out, r.Data...), '\n')
		}
	}
	return out
}

// rows runs local.sql over a file and reads what it wrote, by directory.
func rows(t *testing.T, par int) map[string][]string {
	fs := vfs.NewMem()
	if err := vfs.WriteFile(fs, "/in.ndjson", feed(t)); err != nil {
		t.Fatal(err)
	}
	se := newSession(fs, clock.System{}, io.Discard)
	se.SetOption("parallelism.default", fmt.Sprint(par))
	script, err := os.ReadFile("local.sql")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("{input}", "/in.ndjson", "{output}", "/out").Replace(string(script))
	if err := execute(t, se, text); err != nil {
		t.Fatal(err)
	}
	return written(t, fs)
}

func newSession(fs vfs.FS, clk clock.Clock, log io.Writer) *session.Session {
	return session.New(session.Config{Clock: clk, FS: fs, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(log, nil)),
		Metrics: obs.NewRegistry(clk), Connectors: all.Connectors(), Formats: all.Formats(),
		Env: &connector.Env{Clock: clk, FS: fs, Rand: rand.Reader, Stdout: io.Discard, Formats: all.Formats(),
			Log: slog.New(slog.DiscardHandler), Getenv: func(string) string { return "" }},
		Checkpoints: func(int) (*ckpt.Store, error) { return ckpt.OpenStore(fs, "/chk") }})
}

// execute runs statements, each job to its end.
func execute(t *testing.T, se *session.Session, script string) error {
	for _, sql := range strings.Split(script, ";\n") {
		if strings.TrimSpace(sql) == "" {
			continue
		}
		r, err := se.ExecuteSQL(context.Background(), sql)
		if err == nil && r.Job != nil {
			err = r.Job.Wait(t.Context())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func written(t *testing.T, fs vfs.FS) map[string][]string {
	got := map[string][]string{}
	dirs, err := fs.List("/out")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		files, err := fs.List("/out/" + dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") {
				continue
			}
			data, err := vfs.ReadFile(fs, "/out/"+dir+"/"+name)
			if err != nil {
				t.Fatal(err)
			}
			got[dir] = append(got[dir], strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n")...)
			got[dir][len(got[dir])-1] += "\n"
		}
		slices.Sort(got[dir])
	}
	return got
}
