package control_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	memfs "github.com/cockroachdb/pebble/v2/vfs"

	"weir/internal/app"
	"weir/internal/aws/store"
	"weir/internal/clock"
	"weir/internal/control"
	"weir/internal/control/controltest"
	"weir/internal/obs"
)

var (
	now = time.Date(2021, 3, 1, 12, 0, 0, 0, time.UTC)
	key = control.Key{Region: "us-east-1", Name: "demo"}
)

// server is a manager over a file system that loses what was not made durable.
type server struct {
	*control.Manager
	runner *controltest.Runner
	db     *store.DB
	fs     *memfs.MemFS
}

func open(t *testing.T, fs *memfs.MemFS) *server {
	t.Helper()
	db, err := store.Open(fs, "/meta")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{runner: controltest.New(fs), db: db, fs: fs}
	s.Manager, err = control.Open(control.Deps{DB: db, Clock: clock.NewManual(now), Rand: rand.Reader, FS: fs, Dir: "/apps", Runner: s.runner, Log: obs.Discard()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// crash gives the server that starts after this one was killed now.
func (s *server) crash(t *testing.T) *server {
	t.Helper()
	left := s.fs.CrashClone(memfs.CrashCloneCfg{})
	t.Cleanup(func() { // the old one ends, on the file system that was lost
		s.runner.Crash()
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := s.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return open(t, left)
}

func (s *server) create(t *testing.T, fake map[string]string) {
	t.Helper()
	c := control.Config{Runtime: "FLINK-1_11", SnapshotsEnabled: true, Code: &control.Code{Type: "PLAINTEXT", Text: "SELECT 1"},
		Properties: app.Properties{{PropertyGroupId: "fake", PropertyMap: fake}}}
	if _, _, err := s.Create(key, "arn", c, nil); err != nil {
		t.Fatal(err)
	}
}

func (s *server) is(t *testing.T, status string) control.App {
	t.Helper()
	if err := s.Wait(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	a, _, err := s.Describe(key)
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != status {
		t.Fatalf("the application is %s, want %s", a.Status, status)
	}
	return a
}

func (s *server) operation(t *testing.T, id, status string) control.Operation {
	t.Helper()
	op, err := s.DescribeOperation(key, id)
	if err != nil || op.Status != status {
		t.Fatalf("the operation is %+v, %v; want %s", op, err, status)
	}
	return op
}

// done is a call's answer, which must not fail.
func done(t *testing.T) func(string, error) string {
	return func(id string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
}

// TestKilledWhileRunning: the same run goes on, in its own directory.
func TestKilledWhileRunning(t *testing.T) {
	s := open(t, memfs.NewCrashableMem())
	s.create(t, nil)
	done(t)(s.Start(key, nil))
	s.is(t, control.Running)
	before := s.runner.Specs()[0]
	for range 3 {
		s = s.crash(t)
		s.is(t, control.Running)
		specs := s.runner.Specs()
		if len(specs) != 1 || specs[0].Dir != before.Dir {
			t.Fatalf("started %+v, want the run in %s", specs, before.Dir)
		}
	}
	op := done(t)(s.Stop(key))
	s.is(t, control.Ready)
	s.operation(t, op, control.Successful)
}

// TestKilledWhileStarting: the start is done again, by the same operation.
func TestKilledWhileStarting(t *testing.T) {
	s := open(t, memfs.NewCrashableMem())
	s.create(t, map[string]string{"hang": "1"})
	op := done(t)(s.Start(key, nil))
	<-s.runner.Hung()
	s = s.crash(t)
	<-s.runner.Hung()
	s.operation(t, op, control.InProgress)
	force := done(t)(s.ForceStop(key))
	s.is(t, control.Ready)
	s.operation(t, op, control.Cancelled)
	s.operation(t, force, control.Successful)
}

// TestKilledWhileStopping: at every write of a stop the server is killed; the
// next one brings the stop to its end, with one good snapshot.
func TestKilledWhileStopping(t *testing.T) {
	s := open(t, memfs.NewCrashableMem())
	s.create(t, map[string]string{"stop-hangs": "1"})
	done(t)(s.Start(key, nil))
	s.is(t, control.Running)
	op := done(t)(s.Stop(key))
	<-s.runner.Hung() // the snapshot is being taken
	s = s.crash(t)
	<-s.runner.Hung() // and again, by a job brought back for it
	if n := len(s.runner.Specs()); n != 1 {
		t.Fatalf("%d jobs were brought back", n)
	}
	s.runner.Release()
	s.is(t, control.Ready)
	s.operation(t, op, control.Successful)
	snaps, err := s.Snapshots(key)
	if err != nil || len(snaps) != 1 || snaps[0].Status != control.SnapshotReady {
		t.Fatalf("snapshots %+v, %v", snaps, err)
	}
}

// TestKilledAfterTheSnapshot: a snapshot that is complete is not taken again,
// for its sinks have committed.
func TestKilledAfterTheSnapshot(t *testing.T) {
	s := open(t, memfs.NewCrashableMem())
	s.create(t, map[string]string{"end-hangs": "1"})
	done(t)(s.Start(key, nil))
	s.is(t, control.Running)
	op := done(t)(s.Stop(key))
	<-s.runner.Hung() // the snapshot is there, the job has not ended
	s = s.crash(t)
	s.is(t, control.Ready)
	s.operation(t, op, control.Successful)
	if n := len(s.runner.Specs()); n != 0 {
		t.Fatalf("%d jobs were started", n)
	}
	done(t)(s.Start(key, nil))
	s.is(t, control.Running)
	if r := s.runner.Specs()[0].Restore; !strings.Contains(r, "snapshots") {
		t.Fatalf("restored from %q", r)
	}
}

// TestKilledWhileDeleting: the deletion is brought to its end.
func TestKilledWhileDeleting(t *testing.T) {
	s := open(t, memfs.NewCrashableMem())
	s.create(t, map[string]string{"kill-hangs": "1"})
	done(t)(s.Start(key, nil))
	s.is(t, control.Running)
	if err := s.Delete(key, now); err != nil {
		t.Fatal(err)
	}
	<-s.runner.Hung()
	s = s.crash(t)
	if err := s.Wait(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Describe(key); err == nil {
		t.Fatal("the application is still there")
	}
	s.create(t, nil)
}

// TestServerStops: applications keep their state and go on after it.
func TestServerStops(t *testing.T) {
	fs := memfs.NewCrashableMem()
	s := open(t, fs)
	s.create(t, nil)
	done(t)(s.Start(key, nil))
	s.is(t, control.Running)
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, fs)
	s.is(t, control.Running)
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
}
