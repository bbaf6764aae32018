// Package vfs is the seam for files.
//
// It is pebble's file system interface under our name, so that one in-memory
// file system, one fault injector (pebble's vfs/errorfs) and one disk-full
// simulation serve the record log, the metadata store, S3 objects, checkpoints
// and the file connector alike. No package above this one may call os.*
// file functions (internal/lint checks it).
package vfs

import (
	"io"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// FS is a file system; paths are slash-separated on every OS.
type FS = vfs.FS

// File is an open file.
type File = vfs.File

// Category labels a write for disk statistics.
const Category = vfs.WriteCategoryUnspecified

// OS is the machine's file system.
func OS() FS { return vfs.Default }

// NewMem returns an empty file system in memory.
func NewMem() FS { return vfs.NewMem() }

// ReadFile reads the whole of a file.
func ReadFile(fs FS, name string) ([]byte, error) {
	f, err := fs.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return data, err
}

// WriteFile puts data at name durably and atomically: readers see the old
// content or the new, never a part, and after it returns nil the new content
// survives a crash. The directory must exist.
func WriteFile(fs FS, name string, data []byte) error {
	tmp := name + ".tmp"
	f, err := fs.Create(tmp, Category)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = fs.Remove(tmp) // the write failed; its own error is the one to report
		return err
	}
	if err := fs.Rename(tmp, name); err != nil {
		return err
	}
	return SyncDir(fs, fs.PathDir(name))
}

// SyncDir makes the creations, renames and removals in dir durable.
func SyncDir(fs FS, dir string) error {
	d, err := fs.OpenDir(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}
