package pyflink_test

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/pyflink"
	"weir/internal/pyflink/udf"
	"weir/internal/session"
	"weir/internal/sql/ast"
	"weir/internal/sql/parser"
	"weir/internal/types"
	"weir/internal/vfs"
)

// recorder is a session that notes statements; DDL is executed, inserts only bound.
type recorder struct {
	*session.Session
	mu         sync.Mutex
	statements []string
}

func (r *recorder) note(s ast.Statement) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statements = append(r.statements, ast.SQL(s))
}

// ExecuteSQL implements pyflink.Session.
func (r *recorder) ExecuteSQL(ctx context.Context, text string) (*session.Result, error) {
	stmt, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	return r.Execute(ctx, stmt)
}

// Execute implements pyflink.Session.
func (r *recorder) Execute(ctx context.Context, stmt ast.Statement) (*session.Result, error) {
	switch stmt.(type) {
	case *ast.Insert, *ast.StatementSet:
		if set, ok := stmt.(*ast.StatementSet); ok {
			r.note(&ast.Execute{Stmt: set})
		} else {
			r.note(stmt)
		}
		res, err := r.Session.Execute(ctx, &ast.Explain{Stmt: stmt})
		if err != nil {
			return nil, err
		}
		res.Columns = []types.Field{{Name: "result", Type: types.StringType}}
		res.Rows = [][]*string{{new("OK")}}
		return res, nil
	case *ast.CreateTable, *ast.CreateView, *ast.Set:
		r.note(stmt)
	}
	return r.Session.Execute(ctx, stmt)
}

// TestSamples runs sample programs of the managed service, with their property
// files, and compares the statements that reach the session. A file has the
// program, application_properties.json, and statements.sql.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob("testdata/samples/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]string{}
			for _, f := range a.Files {
				parts[f.Name] = string(f.Data)
			}
			sample(t, parts["program.py"], parts["application_properties.json"], parts["statements.sql"])
		})
	}
}

// TestWalkthrough runs the walk-through's program as its author has it, where
// the folder with it is there.
func TestWalkthrough(t *testing.T) {
	program, err := os.ReadFile("../../../shared/walkthrough/kda-pyflink-demo.py")
	if err != nil {
		t.Skip("SKIPPED: the walk-through's own file is not here; testdata/samples/tumbling_window.txtar has one like it")
	}
	a, err := txtar.ParseFile("testdata/samples/tumbling_window.txtar")
	if err != nil {
		t.Fatal(err)
	}
	sample(t, string(program), string(a.Files[1].Data), string(a.Files[2].Data))
}

func sample(t *testing.T, program, properties, want string) {
	t.Helper()
	b := serve(t, 0)
	b.stop()
	log, fs, formats := slog.New(slog.DiscardHandler), vfs.NewMem(), all.Formats()
	rec := &recorder{Session: session.New(session.Config{Clock: clock.System{}, Log: log, Connectors: all.Connectors(), Formats: formats,
		Env: &connector.Env{Clock: clock.System{}, FS: fs, Rand: rand.Reader, Log: log, Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }, Formats: formats}})}
	l, err := net.Listen("unix", filepath.Join(b.dir, "r"))
	if err != nil {
		t.Fatal(err)
	}
	srv := pyflink.NewServer(pyflink.Config{Listener: l, Token: "secret", Clock: clock.System{}, Log: slog.New(slog.DiscardHandler),
		Functions:  udf.NewHost(udf.Config{Clock: clock.System{}}),
		NewSession: func(context.Context, pyflink.Settings) (pyflink.Session, error) { return rec, nil }})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = srv.Serve(ctx) })
	defer running.Wait()
	defer cancel()
	b.program.Address = pyflink.Address(l)
	b.program.Properties = filepath.Join(b.dir, "mine.json")
	if err := os.WriteFile(b.program.Properties, []byte(properties), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := b.run(t, program); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	var wants []string
	script, err := parser.ParseScript(want)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range script {
		wants = append(wants, ast.SQL(st.Statement))
	}
	if got, want := strings.Join(rec.statements, ";\n"), strings.Join(wants, ";\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
