// Package spacewait makes a full disk a delay and not a failure.
//
// Vocabulary. An FS wraps another file system. A write that the disk has no
// room for does not fail: it waits, and is tried again until there is room.
// Meanwhile the FS is full: Full gives the reason, and Waiting a channel that
// closes when it begins, so that a server can turn new work away and go on
// when space comes back. It is full also when less than the reserve is free,
// before any write had to wait, so that what must still be written can be.
//
// It exists because pebble ends the process when its log or manifest cannot
// be written: a database that lives on such an FS never sees the disk full.
// What it must not do is retry a failed sync: the kernel may have dropped the
// pages, so that error goes through.
package spacewait

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"sync"
	"syscall"
	"time"

	pvfs "github.com/cockroachdb/pebble/v2/vfs"

	"weir/internal/clock"
	"weir/internal/vfs"
)

const (
	retryEvery = 200 * time.Millisecond
	checkEvery = 500 * time.Millisecond
)

// FS is a file system whose writes wait for space. Make one with New.
type FS struct {
	vfs.FS
	clock   clock.Clock
	dir     string
	reserve uint64

	mu      sync.Mutex
	blocked int           // writes that wait now
	low     bool          // less than the reserve was free at checked
	checked time.Time     // when free space was last asked for
	full    chan struct{} // closed while blocked > 0
	closed  chan struct{} // closed by Release
}

// New wraps fs. The FS calls itself full when dir's disk has less than reserve
// bytes free (0: only when a write had to wait).
func New(fs vfs.FS, clk clock.Clock, dir string, reserve uint64) *FS {
	return &FS{
		FS: fs, clock: clk, dir: dir, reserve: reserve,
		full: make(chan struct{}), closed: make(chan struct{}),
	}
}

// Unwrap gives the file system underneath.
func (f *FS) Unwrap() vfs.FS { return f.FS }

// Full says why nothing can be written now, or nil.
func (f *FS) Full() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.blocked > 0 {
		return fmt.Errorf("no space left on the disk of %s; free some, and writing goes on", f.dir)
	}
	if f.reserve == 0 {
		return nil
	}
	if now := f.clock.Now(); f.checked.IsZero() || now.Sub(f.checked) >= checkEvery {
		f.checked = now
		// A file system that cannot tell (one in memory) has no reserve.
		u, err := f.FS.GetDiskUsage(f.dir)
		f.low = err == nil && u.AvailBytes < f.reserve
	}
	if f.low {
		return fmt.Errorf("less than %d MiB left on the disk of %s; free some, and writing goes on", f.reserve>>20, f.dir)
	}
	return nil
}

// Waiting is a channel that is closed as soon as a write has to wait for
// space; ask for it again after Full has become nil.
func (f *FS) Waiting() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.full
}

// Release makes the writes that wait, and later ones, fail with the disk's own
// error: what a server calls before it closes its databases.
func (f *FS) Release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-f.closed:
	default:
		close(f.closed)
	}
}

// NoSpace reports whether err says that the disk, or the user's quota, is full.
func NoSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// try runs op until it ends otherwise than for want of space.
func (f *FS) try(op func() error) error {
	err := op()
	if err == nil || !NoSpace(err) {
		return err
	}
	f.enter()
	defer f.leave()
	for {
		tick, stop := f.clock.After(retryEvery)
		select {
		case <-tick:
		case <-f.closed:
			stop()
			return err
		}
		if err = op(); err == nil || !NoSpace(err) {
			return err
		}
	}
}

func (f *FS) enter() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.blocked++; f.blocked == 1 {
		close(f.full)
	}
}

func (f *FS) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.blocked--; f.blocked == 0 {
		f.full = make(chan struct{})
	}
}

// opened wraps the file that op opens, waiting for space.
func (f *FS) opened(op func() (vfs.File, error)) (vfs.File, error) {
	var file vfs.File
	err := f.try(func() (err error) {
		file, err = op()
		return err
	})
	if err != nil {
		return nil, err
	}
	return &waitingFile{File: file, fs: f}, nil
}

// Create implements vfs.FS.
func (f *FS) Create(name string, c pvfs.DiskWriteCategory) (vfs.File, error) {
	return f.opened(func() (vfs.File, error) { return f.FS.Create(name, c) })
}

// OpenReadWrite implements vfs.FS.
func (f *FS) OpenReadWrite(name string, c pvfs.DiskWriteCategory, opts ...pvfs.OpenOption) (vfs.File, error) {
	return f.opened(func() (vfs.File, error) { return f.FS.OpenReadWrite(name, c, opts...) })
}

// ReuseForWrite implements vfs.FS.
func (f *FS) ReuseForWrite(oldname, newname string, c pvfs.DiskWriteCategory) (vfs.File, error) {
	return f.opened(func() (vfs.File, error) { return f.FS.ReuseForWrite(oldname, newname, c) })
}

// Link implements vfs.FS.
func (f *FS) Link(oldname, newname string) error {
	return f.try(func() error { return f.FS.Link(oldname, newname) })
}

// Rename implements vfs.FS.
func (f *FS) Rename(oldname, newname string) error {
	return f.try(func() error { return f.FS.Rename(oldname, newname) })
}

// MkdirAll implements vfs.FS.
func (f *FS) MkdirAll(dir string, perm iofs.FileMode) error {
	return f.try(func() error { return f.FS.MkdirAll(dir, perm) })
}

// waitingFile is a file of an FS.
type waitingFile struct {
	vfs.File
	fs *FS
}

// Write implements vfs.File; what a short write left over is tried again.
func (w *waitingFile) Write(p []byte) (int, error) {
	done := 0
	err := w.fs.try(func() error {
		n, err := w.File.Write(p[done:])
		done += n
		return err
	})
	return done, err
}

// WriteAt implements vfs.File.
func (w *waitingFile) WriteAt(p []byte, off int64) (int, error) {
	done := 0
	err := w.fs.try(func() error {
		n, err := w.File.WriteAt(p[done:], off+int64(done))
		done += n
		return err
	})
	return done, err
}
