package main

import (
	"io"
	"os"
	"path/filepath"
	"time"

	"weir/internal/vfs"
)

// runPattern are the names of the folders of `weir run` for temporary files.
const runPattern = "weir-run-*"

// runFolder makes this run's folder and locks it, and removes those that killed
// runs have left: whose lock nobody holds, and which are not just being made.
func runFolder(fs vfs.FS) (dir string, remove func(), err error) {
	old, err := filepath.Glob(filepath.Join(os.TempDir(), runPattern))
	if err != nil {
		return "", nil, err
	}
	for _, d := range old {
		if info, err := os.Stat(d); err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		if l, err := lockFolder(fs, d); err == nil {
			_ = os.RemoveAll(d) // another run may be at it
			_ = l.Close()       // nothing was written
		}
	}
	if dir, err = os.MkdirTemp("", runPattern); err != nil {
		return "", nil, err
	}
	l, err := lockFolder(fs, dir)
	if err != nil {
		return "", nil, err
	}
	return dir, func() {
		_ = os.RemoveAll(dir) // the system clears its folder for temporary files too
		_ = l.Close()         // nothing was written
	}, nil
}

func lockFolder(fs vfs.FS, dir string) (io.Closer, error) { return fs.Lock(filepath.Join(dir, "LOCK")) }
