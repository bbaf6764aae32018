//go:build cgo && linux

package duck

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"weir/internal/athena/serde"
	"weir/internal/athena/worker"
	"weir/internal/vfs"
)

// TestMain serves as the real child when it is told to: sandbox and all.
func TestMain(m *testing.M) {
	if os.Getenv("WEIR_TEST_CHILD") == "1" {
		if err := Serve(context.Background(), vfs.OS(), os.Stdin, os.Stdout, Lock); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir := os.Getenv("WEIR_TEST_PROBE"); dir != "" {
		if err := probe(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// inProcess serves children in this process, which cannot be locked in.
type inProcess struct{}

type pipes struct {
	io.Reader
	io.WriteCloser
}

func (inProcess) Start(ctx context.Context) (worker.Child, error) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	go func() {
		err := Serve(ctx, vfs.OS(), inR, outW, func(worker.Sandbox) (bool, error) { return false, nil })
		_ = outW.CloseWithError(errors.Join(err, io.EOF))
	}()
	return pipes{outR, inW}, nil
}

// processes starts this test binary as a child.
type processes struct{}

type process struct {
	pipes
	cmd *exec.Cmd
}

func (p process) Close() error {
	_ = p.pipes.Close()
	return p.cmd.Wait()
}

func (processes) Start(ctx context.Context) (worker.Child, error) {
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), "WEIR_TEST_CHILD=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return process{pipes{out, in}, cmd}, cmd.Start()
}

// TestQueries runs the files of testdata. `table` takes SerDe=…, columns and
// then files (`-- name` or `-- key=value/name`); `query` prints what the query
// read, the columns' types and the rows.
func TestQueries(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		h := &harness{t: t, dir: t.TempDir()}
		datadriven.RunTest(t, path, func(_ *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "table":
				h.tables = append(h.tables, h.table(d))
				return ""
			case "query":
				out, err := h.query(inProcess{}, d.Input)
				if err != nil {
					return err.Error() + "\n"
				}
				return out
			}
			return "unknown command\n"
		})
	})
}

type harness struct {
	t      *testing.T
	dir    string
	tables []worker.Table
	n      int
	limit  int64
}

func (h *harness) table(d *datadriven.TestData) worker.Table {
	libs := map[string]string{"lazy": serde.LazySimple, "opencsv": serde.OpenCSV, "json": serde.OpenX, "orc": "org.apache.hadoop.hive.ql.io.orc.OrcSerde"}
	tab := worker.Table{Database: "default", Name: d.CmdArgs[0].Key, Storage: worker.Storage{Library: serde.LazySimple, Params: map[string]string{"field.delim": ","}}}
	var file *strings.Builder
	name, parts := "", map[string]int{}
	flush := func() {
		if file == nil {
			return
		}
		h.n++
		path := filepath.Join(h.dir, strconv.Itoa(h.n))
		if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
			h.t.Fatal(err)
		}
		f := worker.File{Path: path, Location: "s3://bucket/" + tab.Name + "/" + name, Size: int64(file.Len()), Partition: -1}
		if dir, _, ok := strings.Cut(name, "/"); ok {
			if _, seen := parts[dir]; !seen {
				_, v, _ := strings.Cut(dir, "=")
				parts[dir] = len(tab.Partitions)
				tab.Partitions = append(tab.Partitions, worker.Partition{Values: []string{v}})
			}
			f.Partition = parts[dir]
		}
		tab.Files = append(tab.Files, f)
	}
	for line := range strings.Lines(d.Input) {
		text := strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(text, "-- "):
			flush()
			name, file = text[3:], &strings.Builder{}
		case file != nil:
			file.WriteString(line)
			if !strings.HasSuffix(line, "\n") {
				file.WriteByte('\n')
			}
		case strings.HasPrefix(text, "serde="):
			tab.Storage.Library = libs[text[6:]]
		case strings.HasPrefix(text, "key "):
			k, typ, _ := strings.Cut(text[4:], " ")
			tab.Keys = append(tab.Keys, worker.Column{Name: k, Type: typ})
		default:
			k, typ, _ := strings.Cut(text, " ")
			tab.Storage.Columns = append(tab.Storage.Columns, worker.Column{Name: k, Type: typ})
		}
	}
	flush()
	return tab
}

// query does what the Athena service does: analyse, prune, run on what is left.
func (h *harness) query(s worker.Starter, sql string) (string, error) {
	ctx := context.Background()
	se, err := worker.Open(ctx, s, worker.Sandbox{MemoryMB: 256, Threads: 2})
	if err != nil {
		return "", err
	}
	defer se.Close()
	a, err := se.Analyze(worker.Analyze{SQL: sql, Database: "default"})
	if err != nil {
		return "", err
	}
	run := worker.Run{Analysis: *a, Limit: h.limit}
	for _, ref := range a.Tables {
		for _, tab := range h.tables {
			if tab.Name == ref.Name && tab.Database == ref.Database {
				run.Tables = append(run.Tables, tab)
			}
		}
	}
	if err := h.prune(se, &run); err != nil {
		return "", err
	}
	h.n++
	box := worker.Sandbox{MemoryMB: 256, Threads: 2, Scratch: filepath.Join(h.dir, "scratch"+strconv.Itoa(h.n))}
	if err := os.Mkdir(box.Scratch, 0o700); err != nil {
		return "", err
	}
	for _, tab := range run.Tables {
		for _, f := range tab.Files {
			box.Files = append(box.Files, f.Path)
		}
	}
	se2, err := worker.Open(ctx, s, box)
	if err != nil {
		return "", err
	}
	defer se2.Close()
	res, err := se2.Run(run)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(filepath.Join(box.Scratch, worker.ResultFile))
	var b strings.Builder
	fmt.Fprintf(&b, "-- %d files, %d bytes scanned\n", len(box.Files), res.BytesScanned)
	for i, c := range res.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s", c.Name, c.Type)
		if c.Type == "decimal" {
			fmt.Fprintf(&b, "(%d,%d)", c.Precision, c.Scale)
		}
	}
	return b.String() + "\n" + string(data), err
}

func (h *harness) prune(se *worker.Session, run *worker.Run) error {
	for i, tab := range run.Tables {
		if len(tab.Keys) == 0 {
			continue
		}
		p := worker.PruneTable{Database: tab.Database, Name: tab.Name, Keys: tab.Keys}
		for _, part := range tab.Partitions {
			p.Partitions = append(p.Partitions, part.Values)
		}
		kept, err := se.Prune(worker.Prune{Trees: []json.RawMessage{run.Tree}, Tables: []worker.PruneTable{p}})
		if err != nil {
			return err
		}
		var files []worker.File
		for _, f := range tab.Files {
			for _, k := range kept.Kept[0] {
				if f.Partition == k {
					files = append(files, f)
				}
			}
		}
		run.Tables[i].Files = files
	}
	return nil
}
