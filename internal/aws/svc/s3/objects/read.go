package objects

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/cockroachdb/pebble/v2"

	"weir/internal/vfs"
)

// pin keeps files from being removed; false means that one of them is just
// being removed, and then none is pinned.
func (f *fileSet) pin(files []File) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, file := range files {
		if f.dying[file.ID] {
			return false
		}
	}
	for _, file := range files {
		f.pins[file.ID]++
	}
	return true
}

// unpin ends a pin and removes what was waiting for it.
func (f *fileSet) unpin(files []File) error {
	f.mu.Lock()
	var due []uint64
	for _, file := range files {
		if f.pins[file.ID]--; f.pins[file.ID] > 0 {
			continue
		}
		delete(f.pins, file.ID)
		if f.doomed[file.ID] {
			delete(f.doomed, file.ID)
			f.dying[file.ID] = true
			due = append(due, file.ID)
		}
	}
	f.mu.Unlock()
	return f.remove(due)
}

// discard removes files that nobody names, those in use when their last reader
// is done.
func (f *fileSet) discard(ids []uint64) error {
	f.mu.Lock()
	var due []uint64
	for _, id := range ids {
		if f.pins[id] > 0 {
			f.doomed[id] = true
			continue
		}
		f.dying[id] = true
		due = append(due, id)
	}
	f.mu.Unlock()
	return f.remove(due)
}

// remove removes dying files and what is written down about them.
func (f *fileSet) remove(ids []uint64) error {
	var errs []error
	for _, id := range ids {
		err := f.fs.Remove(f.path(id))
		if errors.Is(err, fs.ErrNotExist) {
			err = nil // a crash came between this and the next line, once
		}
		if err == nil {
			err = f.db.Delete(garbageKey(id), pebble.NoSync)
		}
		errs = append(errs, err)
	}
	f.mu.Lock()
	for _, id := range ids {
		delete(f.dying, id)
	}
	f.mu.Unlock()
	return errors.Join(errs...)
}

// Reader reads a range of an object's data; the object stays readable through
// it when it is deleted meanwhile. Close it.
type Reader struct {
	Object Object
	set    *fileSet
	files  []File // those still to be read, the open one first
	open   vfs.File
	off    int64 // in the open file
	left   int64
}

// maxLookups is how often Open looks again when the object is replaced between
// the look at the index and at the files.
const maxLookups = 100

// Open finds a version ("" for the current one) and prepares to read all of it;
// Seek to the wanted range before the first Read.
func (s *Store) Open(bucket, key, version string) (*Reader, error) {
	for range maxLookups {
		o, err := s.Object(bucket, key, version)
		if err != nil {
			return &Reader{Object: o}, err
		}
		ok, err := s.hold(bucket, &o)
		if err != nil {
			return nil, err
		}
		if ok {
			return &Reader{Object: o, set: s.files, files: o.Files, left: o.Size}, nil
		}
	}
	return nil, fmt.Errorf("reading %s/%s: it was replaced %d times meanwhile", bucket, key, maxLookups)
}

// hold pins the files of an object just looked up; false means that it is no
// longer what the index says.
func (s *Store) hold(bucket string, o *Object) (bool, error) {
	if len(o.Files) == 0 {
		return true, nil
	}
	if !s.files.pin(o.Files) {
		return false, nil
	}
	// Between the look-up and the pin it may have been removed.
	now, err := s.Object(bucket, o.Key, o.VersionID())
	if err == nil && now.Seq == o.Seq && now.Files[0].ID == o.Files[0].ID {
		return true, nil
	}
	if uerr := s.files.unpin(o.Files); uerr != nil {
		return false, uerr
	}
	if err != nil && !errors.Is(err, ErrNoKey) && !errors.Is(err, ErrNoVersion) && !errors.Is(err, ErrNoBucket) {
		return false, err
	}
	return false, nil
}

// Range limits the reader to length bytes from offset; call it before Read.
func (r *Reader) Range(offset, length int64) {
	i := 0
	for i < len(r.files) && offset >= r.files[i].Size {
		offset -= r.files[i].Size
		i++
	}
	r.skip(i)
	r.off, r.left = offset, length
}

// skip drops the first n files, which are read or not wanted.
func (r *Reader) skip(n int) { r.files = r.files[n:] }

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	for {
		if r.left == 0 || len(r.files) == 0 {
			return 0, io.EOF
		}
		if r.open == nil {
			f, err := r.set.fs.Open(r.set.path(r.files[0].ID))
			if err != nil {
				return 0, fmt.Errorf("opening the data of %q: %w", r.Object.Key, err)
			}
			r.open = f
		}
		want := min(int64(len(p)), r.left, r.files[0].Size-r.off)
		if want == 0 {
			if err := r.next(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := r.open.ReadAt(p[:want], r.off)
		r.off += int64(n)
		r.left -= int64(n)
		if n > 0 {
			return n, nil
		}
		return 0, fmt.Errorf("reading the data of %q: %w", r.Object.Key, err)
	}
}

// next goes on to the next file.
func (r *Reader) next() error {
	err := r.open.Close()
	r.open, r.off = nil, 0
	r.skip(1)
	return err
}

// Close ends the reading.
func (r *Reader) Close() error {
	var err error
	if r.open != nil {
		err = r.open.Close()
		r.open = nil
	}
	if r.set == nil {
		return err
	}
	held := r.Object.Files
	set := r.set
	r.set, r.files = nil, nil
	return errors.Join(err, set.unpin(held))
}
