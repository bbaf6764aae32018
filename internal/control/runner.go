package control

import (
	"context"
	"net/http"
)

// Runner runs jobs of applications.
type Runner interface {
	// Start begins a run, or goes on with it when it has checkpoints. It returns
	// when there is something to wait for; ctx bounds only that.
	Start(ctx context.Context, s Spec) (Handle, error)
	// Complete reports whether dir holds a complete snapshot.
	Complete(dir string) bool
	// Clean removes what the runner keeps of an application outside Spec.Dir.
	Clean(k Key) error
}

// Spec is a job to run.
type Spec struct {
	Key
	ARN     string
	Version int64
	Config  Config
	Code    string // the file of the code; "" for Config.Code.Text
	Dir     string // of the run: checkpoints and whatever the runner needs
	Restore string // directory of the snapshot to begin from, or ""
	// AllowNonRestoredState lets state be dropped that the program does not claim.
	AllowNonRestoredState bool
	// Resumed: the run has been RUNNING under a server before this one. A process
	// of it that is killed is followed by another, also before it is RUNNING again.
	Resumed bool
}

// Handle is a job being run.
type Handle interface {
	// Running waits until the program's job is RUNNING; the error is why it
	// never will be.
	Running(ctx context.Context) error
	// Snapshot takes a snapshot into dir while the job goes on.
	Snapshot(ctx context.Context, dir string) error
	// Stop ends the job with a snapshot in dir ("": with a last checkpoint of the
	// run); on error the job may be running on.
	Stop(ctx context.Context, dir string) error
	// Kill ends the job at once; Done tells when it has.
	Kill()
	// Done is closed when the job has ended for good, whatever the reason; Err
	// then is why: nil for a job that finished or was stopped.
	Done() <-chan struct{}
	Err() error
	// REST carries requests to the job's Flink REST API.
	REST() http.RoundTripper
}
