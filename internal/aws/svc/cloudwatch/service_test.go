package cloudwatch

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
	"time"

	api "weir/internal/aws/api/cloudwatch"
	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/clock"
	"weir/internal/obs"
	"weir/internal/vfs"
)

// start runs the service on an empty file system.
func start(t testing.TB, clk clock.Clock) (*Service, *gatewaytest.Server) {
	t.Helper()
	s, err := New(Deps{Clock: clk, FS: vfs.NewMem(), Dir: "metrics", Log: obs.Discard()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, gatewaytest.Start(t, gatewaytest.Options{Clock: clk}, s)
}

func TestScripts(t *testing.T) {
	gatewaytest.RunScripts(t, "testdata", func(t testing.TB) *gatewaytest.Server {
		_, server := start(t, clock.NewManual(time.Date(2021, 3, 1, 12, 0, 0, 0, time.UTC)))
		return server
	})
}

// TestClients has boto3, in every protocol CloudWatch speaks, and the AWS CLI
// use the service.
func TestClients(t *testing.T) {
	python := os.Getenv("WEIR_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import boto3, awscli").Run(); err != nil {
		t.Skipf("SKIPPED: %s has no boto3 and awscli (set WEIR_PYTHON): %v", python, err)
	}
	s, server := start(t, clock.System{})
	data := []api.MetricDatum{{MetricName: "uptime", Value: new(60000.0), Unit: new("Milliseconds"),
		Dimensions: []api.Dimension{{Name: "Application", Value: "app"}}}}
	if err := s.Publish("us-east-1", "AWS/KinesisAnalytics", data); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "testdata/clients_check.py")
	cmd.Env = append(os.Environ(), server.Env()...)
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("clients agree")) {
		t.Fatalf("%v\n%s", err, out)
	}
}
