package objects

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	pvfs "github.com/cockroachdb/pebble/v2/vfs"

	"weir/internal/vfs"
)

// smallDisk is a file system whose free space the test sets.
type smallDisk struct {
	vfs.FS
	free   uint64
	broken bool // writes of data fail as on a full disk
}

func (d *smallDisk) GetDiskUsage(string) (pvfs.DiskUsage, error) {
	return pvfs.DiskUsage{AvailBytes: d.free, TotalBytes: 1 << 40}, nil
}

func (d *smallDisk) Create(name string, c pvfs.DiskWriteCategory) (vfs.File, error) {
	f, err := d.FS.Create(name, c)
	if err == nil && d.broken && strings.Contains(name, "objects") {
		return fullFile{f}, nil
	}
	return f, err
}

type fullFile struct{ vfs.File }

func (fullFile) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// TestDiskFull fills the disk: puts fail with a clear error, what is there stays
// readable and deletable, and puts work again when there is space.
func TestDiskFull(t *testing.T) {
	disk := &smallDisk{FS: vfs.NewMem(), free: 1 << 30}
	s := open(t, disk, 1)
	if err := s.CreateBucket(Bucket{Name: "b"}); err != nil {
		t.Fatal(err)
	}
	put(t, s, "before", "data")
	for _, full := range []func(){func() { disk.free = 1 << 20 }, func() { disk.free, disk.broken = 1<<30, true }} {
		full()
		for failed := false; !failed; { // the disk is looked at now and then
			_, err := s.Stage(strings.NewReader("more"))
			if failed = err != nil; failed && !errors.Is(err, ErrDiskFull) {
				t.Fatal(err)
			}
		}
		if data, err := get(t, s, "before", ""); err != nil || data != "data" {
			t.Errorf("on a full disk: %q, %v", data, err)
		}
		if _, err := s.Delete("b", []Target{{Key: "other"}}); err != nil {
			t.Error(err)
		}
		disk.free, disk.broken = 1<<30, false
		put(t, s, "other", "data")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
