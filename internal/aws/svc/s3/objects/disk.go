package objects

import (
	"errors"
	"fmt"
	"sync"
	"syscall"

	"weir/internal/vfs"
)

// minFree is kept free on the disk, so that the index can always be written: a
// full disk must stop puts, not the server.
const minFree = 32 << 20

// checkEvery is the number of files between two looks at the disk.
const checkEvery = 16

// diskRoom refuses new files when the disk is nearly full.
type diskRoom struct {
	fs  vfs.FS
	dir string

	mu    sync.Mutex
	since int
	full  bool
}

func (d *diskRoom) check() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.since%checkEvery == 0 || d.full {
		usage, err := d.fs.GetDiskUsage(d.dir)
		// A file system that cannot tell (in memory) is taken to have room.
		d.full = err == nil && usage.AvailBytes < min(minFree, usage.TotalBytes/8)
	}
	d.since++
	if d.full {
		return fmt.Errorf("%w: less than %d MiB are free in %s; free some space", ErrDiskFull, minFree>>20, d.dir)
	}
	return nil
}

// fullDisk adds ErrDiskFull to an error that means it.
func fullDisk(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}

// dirSyncer makes directory entries durable; callers that come while a sync of
// their directory runs share the next one.
type dirSyncer struct {
	fs vfs.FS

	mu   sync.Mutex
	dirs map[string]*dirRounds
}

type dirRounds struct{ running, next *syncRound }

type syncRound struct {
	done chan struct{}
	err  error
}

func (d *dirSyncer) sync(dir string) error {
	d.mu.Lock()
	if d.dirs == nil {
		d.dirs = map[string]*dirRounds{}
	}
	r := d.dirs[dir]
	if r == nil {
		r = &dirRounds{}
		d.dirs[dir] = r
	}
	if r.next != nil { // somebody leads the next round already
		round := r.next
		d.mu.Unlock()
		<-round.done
		return round.err
	}
	round := &syncRound{done: make(chan struct{})}
	r.next = round
	if running := r.running; running != nil {
		d.mu.Unlock()
		<-running.done
		d.mu.Lock()
	}
	r.next, r.running = nil, round
	d.mu.Unlock()
	round.err = vfs.SyncDir(d.fs, dir)
	d.mu.Lock()
	if r.running = nil; r.next == nil {
		delete(d.dirs, dir)
	}
	d.mu.Unlock()
	close(round.done)
	return round.err
}
