package pyflink_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/blackhole"
	"weir/internal/engine/ckpt"
	"weir/internal/obs"
	"weir/internal/pyflink"
	"weir/internal/pyflink/udf"
	"weir/internal/session"
	"weir/internal/vfs"
)

// packages is the unpacked pyflink package, shared by all tests.
var packages string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pyflink")
	if err == nil {
		packages, err = pyflink.Unpack(vfs.OS(), dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// testServer is what a program runs on in these tests: a real Python, a real session.
type testServer struct {
	*pyflink.Server
	host     *udf.Host
	program  pyflink.Program
	dir      string
	stop     func()
	sessions []*session.Session
}

func serve(t testing.TB, callTimeout time.Duration) *testServer {
	t.Helper()
	dir := t.TempDir()
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	b := &testServer{dir: dir, host: udf.NewHost(udf.Config{Clock: clock.System{}, Log: log, CallTimeout: callTimeout})}
	b.Server = pyflink.NewServer(pyflink.Config{Listener: l, Token: "secret", Functions: b.host, Clock: clock.System{}, Log: log,
		NewSession: func(context.Context, pyflink.Settings) (pyflink.Session, error) {
			fs := vfs.NewMem()
			s := session.New(session.Config{Clock: clock.System{}, FS: fs, Rand: rand.Reader, Log: log,
				Metrics: obs.NewRegistry(clock.System{}), Env: &connector.Env{Clock: clock.System{}, FS: fs},
				Connectors:  map[string]*connector.Factory{"blackhole": blackhole.Factory()},
				Checkpoints: func(n int) (*ckpt.Store, error) { return ckpt.OpenStore(fs, fmt.Sprint("chk", n)) }})
			b.sessions = append(b.sessions, s)
			return s, nil
		}})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.Serve(ctx); err != nil {
			t.Error(err)
		}
	})
	b.stop = func() { cancel(); running.Wait() }
	t.Cleanup(b.stop)
	b.program = pyflink.Program{Python: python(), Packages: packages, Address: pyflink.Address(l), Token: "secret"}
	return b
}

func python() string {
	if p := os.Getenv("WEIR_PYTHON"); p != "" {
		return p
	}
	return "python3"
}

// start starts a program given as text.
func (b *testServer) start(t testing.TB, code string, out *os.File) *exec.Cmd {
	t.Helper()
	b.program.File = filepath.Join(b.dir, "program.py")
	if err := os.WriteFile(b.program.File, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	argv, env := b.program.Command("")
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Dir = b.dir
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// run runs a program and gives what it printed and how it ended. What it prints
// goes to a file: a pipe would be held open by the helper after its end.
func (b *testServer) run(t testing.TB, code string) (string, int) {
	t.Helper()
	f, err := os.Create(filepath.Join(b.dir, "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := b.start(t, code, f)
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	out, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// unstable is what differs from run to run, or from one Python to the next.
var unstable = regexp.MustCompile(`/[^\s"]*/(program\.py)|[0-9a-f]{32}|(?m)^ *[\^~]+\n`)

// TestPrograms runs PyFlink programs and compares what they print.
func TestPrograms(t *testing.T) {
	datadriven.Walk(t, "testdata/programs", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			b := serve(t, 0)
			defer b.stop()
			out, code := b.run(t, d.Input)
			out = unstable.ReplaceAllString(out, "$1")
			if code != 0 {
				out += fmt.Sprintf("exit %d\n", code)
			}
			if o := b.Outcome(); o == nil || o.Code != code || (code == 0) != (o.Message == "") {
				t.Errorf("%s: the server was told %+v of a program that ended with %d", d.Pos, o, code)
			}
			return strings.ReplaceAll(out, "\n\n", "\n<empty line>\n")
		})
	})
}
