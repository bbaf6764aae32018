// Package local runs applications on this machine: each a child process of the
// same binary (package application), started, watched and restarted here.
//
// Vocabulary. A child is one process of one run; a run may see several, each
// going on from the run's last checkpoint. The child's credentials are the role's,
// handed out on a loopback port and renewed while it runs.
//
// Invariants. A child ends when its standard input does, so none outlives the
// server. A child that dies without having said that it finished or failed is
// started again after RestartDelay, and told why.
package local

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	cloudwatch "weir/internal/aws/api/cloudwatch"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/control"
	"weir/internal/runner/application"
	"weir/internal/vfs"
)

// Roles assumes roles for applications.
type Roles interface {
	// AssumeRole is sts:AssumeRole by a service principal on behalf of the resource
	// sourceARN; the error says why the role cannot be assumed.
	AssumeRole(ctx context.Context, roleARN, service, session, sourceARN string) (aws.Credentials, wire.Principal, error)
}

// Metrics takes the applications' metrics (CloudWatch's Publish).
type Metrics interface {
	Publish(region, namespace string, data []cloudwatch.MetricDatum) error
}

// Deps is what a Runner works with.
type Deps struct {
	FS    vfs.FS
	Clock clock.Clock
	Rand  io.Reader
	Log   *slog.Logger
	// Executable is this binary; Args come before the subcommand, for tests.
	Executable string
	Args       []string
	// Packages is a folder where the pyflink package is kept.
	Packages string
	Python   string // the interpreter; "" is python3
	// Endpoint is where the services are reached: AWS_ENDPOINT_URL of the child.
	Endpoint func() string
	Roles    Roles
	Metrics  Metrics // nil publishes none
	// RestartDelay is Flink's fixed delay between restarts; 0 is 10 s.
	RestartDelay time.Duration
	// Memory is the bytes a process and all below it have in memory; nil watches
	// none. An application that uses more than KPUMemory for each of its KPUs is
	// started again.
	Memory func(pid int) int64
	// Env is the environment that children inherit beside what they are given:
	// PATH, HOME and the like. AWS's variables in it are dropped.
	Env []string
}

// Runner implements control.Runner. Make one with New; Close it.
type Runner struct {
	Deps
	credentials *credentialServer
}

// New makes a Runner.
func New(d Deps) (*Runner, error) {
	if d.RestartDelay == 0 {
		d.RestartDelay = 10 * time.Second
	}
	c, err := newCredentialServer(d.Roles, d.Clock)
	if err != nil {
		return nil, fmt.Errorf("handing out credentials: %w", err)
	}
	r := &Runner{Deps: d, credentials: c}
	return r, r.sweep()
}

// Close stops handing out credentials; the children must have ended.
func (r *Runner) Close() error { return r.credentials.close() }

// Complete implements control.Runner.
func (r *Runner) Complete(dir string) bool { return application.Complete(r.FS, dir) }

// Clean implements control.Runner: everything is in the run's directory.
func (r *Runner) Clean(control.Key) error { return nil }

// spec is what a child is told.
func (r *Runner) spec(s control.Spec) (application.Spec, error) {
	abs, err := filepath.Abs(s.Dir)
	if err != nil {
		return application.Spec{}, err
	}
	c := &s.Config
	out := application.Spec{Region: s.Region, Name: s.Name, ARN: s.ARN, Version: s.Version, Runtime: c.Runtime, Properties: c.Properties,
		Dir: abs, AllowNonRestoredState: s.AllowNonRestoredState, Resumed: s.Resumed, Parallelism: int(c.Parallelism.Parallelism), KPUs: c.Parallelism.KPUs(),
		MetricsLevel: c.Monitoring.Metrics, LogLevel: c.Monitoring.Log, RestartDelay: r.RestartDelay.Milliseconds(), Python: r.Python, Packages: r.Packages}
	if c.Checkpoint.Enabled {
		out.CheckpointInterval, out.MinPause = c.Checkpoint.Interval, c.Checkpoint.MinPause
	}
	if len(c.Logging) > 0 {
		out.LogStream = c.Logging[0].StreamARN
	}
	if s.Restore != "" {
		if out.Restore, err = filepath.Abs(s.Restore); err != nil {
			return out, err
		}
	}
	if c.Code != nil {
		out.Text = c.Code.Text
	}
	if s.Code != "" {
		out.Code, err = filepath.Abs(s.Code)
	}
	return out, err
}

// Start implements control.Runner.
func (r *Runner) Start(ctx context.Context, s control.Spec) (control.Handle, error) {
	spec, err := r.spec(s)
	if err != nil {
		return nil, err
	}
	// The role is asked for first: its refusal is the clearest reason there is.
	token, err := r.credentials.add(ctx, s.Config.Role, s.Name, s.ARN, r.Rand)
	if err != nil {
		return nil, fmt.Errorf("the role of the application cannot be assumed: %w", err)
	}
	h := &handle{runner: r, spec: spec, token: token, running: make(chan struct{}), done: make(chan struct{}), kill: make(chan struct{}), up: make(chan struct{})}
	go h.supervise()
	return h, nil
}
