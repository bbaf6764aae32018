package spacewait

import (
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"weir/internal/clock"
	"weir/internal/vfs"
)

// tightDisk is a file system whose writes fail while full is set.
func tightDisk(full *atomic.Bool) vfs.FS {
	return errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if full.Load() && op.Kind.ReadOrWrite() == errorfs.OpIsWrite && op.Kind != errorfs.OpFileSync {
			return syscall.ENOSPC
		}
		return nil
	}))
}

func TestWriteWaitsForSpace(t *testing.T) {
	var full atomic.Bool
	clk := clock.NewManual(time.Unix(0, 0))
	fs := New(tightDisk(&full), clk, "", 0)
	f, err := fs.Create("a", vfs.Category)
	if err != nil {
		t.Fatal(err)
	}
	full.Store(true)
	waiting := fs.Waiting()
	wrote := make(chan error, 1)
	go func() {
		_, err := f.Write([]byte("hello"))
		wrote <- err
	}()
	<-waiting
	if fs.Full() == nil {
		t.Fatal("a write waits and the file system is not full")
	}
	full.Store(false)
	for done := false; !done; {
		select {
		case err := <-wrote:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		default:
			clk.Advance(retryEvery)
		}
	}
	if err := fs.Full(); err != nil {
		t.Fatalf("full after the write went through: %v", err)
	}
	if got, err := vfs.ReadFile(fs, "a"); err != nil || string(got) != "hello" {
		t.Fatalf("read %q, %v", got, err)
	}
}

func TestReleaseEndsTheWait(t *testing.T) {
	var full atomic.Bool
	full.Store(true)
	fs := New(tightDisk(&full), clock.NewManual(time.Unix(0, 0)), "", 0)
	waiting := fs.Waiting()
	made := make(chan error, 1)
	go func() {
		_, err := fs.Create("a", vfs.Category)
		made <- err
	}()
	<-waiting
	fs.Release()
	if err := <-made; !NoSpace(err) {
		t.Fatalf("got %v, want the disk's own error", err)
	}
}
