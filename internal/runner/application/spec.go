// Package application is the process of one running application: it opens the
// bundle, runs the program, serves Flink's REST API and ships log lines and
// metrics with the role's credentials.
//
// Vocabulary. The parent is the server (runner/local). It writes a Spec to the
// process's standard input and keeps that open: its end is the parent's, and the
// process ends with it. The process tells its parent Events on standard output,
// a line of JSON each; the parent asks for snapshots over the socket.
//
// Invariants. Two processes never run the same run: the run's directory is
// locked. Everything of AWS is reached over the wire with the credentials of the
// environment, which are the role's. A snapshot is complete when every job's
// manifest is there.
package application

import (
	"encoding/json"
	"fmt"

	"weir/internal/app"
	"weir/internal/engine/ckpt"
	"weir/internal/vfs"
)

// Command is the hidden subcommand the process is started with.
const Command = "application"

// Spec is what the parent asks for.
type Spec struct {
	Region, Name, ARN            string
	Version                      int64
	Runtime                      string
	Code, Text                   string // the file of the code, or PLAINTEXT code itself
	Properties                   app.Properties
	Dir                          string // of the run
	Work                         string // a short-named folder for sockets and the unpacked code; the parent's to remove
	Socket                       string // to serve on
	Restore                      string // the snapshot to begin from, or ""
	AllowNonRestoredState        bool
	CheckpointInterval, MinPause int64 // ms; an interval of 0 takes no checkpoints
	Parallelism                  int
	MetricsLevel, LogLevel       string
	LogStream                    string // ARN, or ""
	RestartDelay                 int64  // ms between the restarts of a failed job
	Python                       string
	Packages                     string // where the pyflink package is kept
	KPUs                         int
	Before                       string // why the process before this one ended, or ""
	Resumed                      bool   // the run has been RUNNING before
}

// Event is what the process tells its parent.
type Event struct {
	Event  string // one of the constants below
	Reason string `json:",omitempty"`
}

// The events.
const (
	EventRunning  = "running"  // the program's job is RUNNING
	EventFailed   = "failed"   // the program or its job failed for good, for Reason
	EventFinished = "finished" // all jobs have ended well
)

// SnapshotRequest is the body of a POST to SnapshotPath.
type SnapshotRequest struct {
	Dir  string // "": a last checkpoint of the run; needs Stop
	Stop bool
}

// SnapshotPath is where on the socket snapshots are asked for.
const SnapshotPath = "/_weir/snapshot"

// jobsFile lists the jobs a snapshot is of.
const jobsFile = "JOBS"

func jobName(n int) string { return fmt.Sprintf("job-%d", n) }

// Complete reports whether dir holds a complete snapshot.
func Complete(fs vfs.FS, dir string) bool {
	data, err := vfs.ReadFile(fs, fs.PathJoin(dir, jobsFile))
	if err != nil {
		return false
	}
	var jobs []int
	if err := json.Unmarshal(data, &jobs); err != nil || len(jobs) == 0 {
		return false
	}
	for _, i := range jobs {
		if _, err := ckpt.Open(fs, fs.PathJoin(dir, jobName(i))); err != nil {
			return false
		}
	}
	return true
}

// adopt gives job n of a run the checkpoint a snapshot has of it, when it has
// none of its own yet. The files are linked, so that the snapshot may be deleted.
func adopt(fs vfs.FS, snapshot, store string, n int) error {
	from := fs.PathJoin(snapshot, jobName(n))
	c, err := ckpt.Open(fs, from)
	if err != nil {
		if _, serr := fs.Stat(from); serr != nil {
			return nil // the snapshot's program had fewer jobs
		}
		return err
	}
	to := fs.PathJoin(store, fmt.Sprintf("chk-%d", c.Manifest.ID))
	if err := fs.MkdirAll(to, 0o755); err != nil {
		return err
	}
	names, err := fs.List(from)
	if err != nil {
		return err
	}
	link := func(name string) error { return fs.Link(fs.PathJoin(from, name), fs.PathJoin(to, name)) }
	for _, name := range names {
		if name == manifest {
			continue // last: it makes the checkpoint complete
		}
		if err := link(name); err != nil {
			return err
		}
	}
	if err := link(manifest); err != nil {
		return err
	}
	return vfs.SyncDir(fs, to)
}

const manifest = "MANIFEST"

// openStore opens the checkpoints of job n; fresh: there are none.
func openStore(fs vfs.FS, s *Spec, n int) (store *ckpt.Store, fresh bool, err error) {
	dir := fs.PathJoin(s.Dir, "checkpoints", jobName(n))
	if store, err = ckpt.OpenStore(fs, dir); err != nil {
		return nil, false, err
	}
	last, err := store.Latest()
	if err != nil || last != nil || s.Restore == "" {
		return store, last == nil, err
	}
	if err := adopt(fs, s.Restore, dir, n); err != nil {
		return nil, false, fmt.Errorf("restoring from the snapshot: %w", err)
	}
	last, err = store.Latest()
	return store, last == nil, err
}
