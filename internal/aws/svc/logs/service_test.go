package logs

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"time"

	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/aws/store"
	"weir/internal/clock"
	"weir/internal/obs"
	"weir/internal/vfs"
)

// start runs the service on an empty file system.
func start(t testing.TB, clk clock.Clock) (*Service, *gatewaytest.Server) {
	t.Helper()
	s := open(t, vfs.NewMem(), clk)
	return s, gatewaytest.Start(t, gatewaytest.Options{Clock: clk}, s)
}

// open opens the service on fs until the test ends.
func open(t testing.TB, fs vfs.FS, clk clock.Clock) *Service {
	t.Helper()
	db, err := store.Open(fs, "meta")
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Deps{DB: db, Clock: clk, FS: fs, Dir: "logs", Log: obs.Discard()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// now is when the scripts play: 1614600000000.
var now = time.Date(2021, 3, 1, 12, 0, 0, 0, time.UTC)

func TestScripts(t *testing.T) {
	gatewaytest.RunScripts(t, "testdata", func(t testing.TB) *gatewaytest.Server {
		_, server := start(t, clock.NewManual(now))
		return server
	})
}

// TestClients has boto3 and the AWS CLI use the service.
func TestClients(t *testing.T) {
	python := os.Getenv("WEIR_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import boto3, awscli").Run(); err != nil {
		t.Skipf("SKIPPED: %s has no boto3 and awscli (set WEIR_PYTHON): %v", python, err)
	}
	_, server := start(t, clock.System{})
	cmd := exec.Command(python, "testdata/clients_check.py")
	cmd.Env = append(os.Environ(), server.Env()...)
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("clients agree")) {
		t.Fatalf("%v\n%s", err, out)
	}
}
