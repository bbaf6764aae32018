package objects

import (
	"errors"
	"fmt"

	"weir/internal/vfs"
)

// Local is an object's data as one plain file, kept until Release.
type Local struct {
	Object Object
	Path   string
	set    *fileSet
}

// Release lets the file be removed.
func (l *Local) Release() error { return l.set.unpin(l.Object.Files) }

// Local gives the current object as one file on this machine, which must only
// be read. The parts of a multipart upload are put together into one file the
// first time they are asked for, and stay so. An object without data is a file
// of its own, too.
func (s *Store) Local(bucket, key string) (*Local, error) {
	for range maxLookups {
		o, err := s.Object(bucket, key, "")
		if err != nil {
			return nil, err
		}
		if len(o.Files) > 1 {
			if err := s.join(bucket, o); err != nil {
				return nil, err
			}
			continue
		}
		if len(o.Files) == 0 {
			path, err := s.files.empty()
			return &Local{Object: o, Path: path, set: s.files}, err
		}
		ok, err := s.hold(bucket, &o)
		if err != nil {
			return nil, err
		}
		if ok {
			return &Local{Object: o, Path: s.files.path(o.Files[0].ID), set: s.files}, nil
		}
	}
	return nil, fmt.Errorf("reading %s/%s: it was replaced %d times meanwhile", bucket, key, maxLookups)
}

// join puts the files of an object together.
func (s *Store) join(bucket string, o Object) (err error) {
	r, err := s.Open(bucket, o.Key, o.VersionID())
	if errors.Is(err, ErrNoKey) || errors.Is(err, ErrNoVersion) {
		return nil // gone meanwhile: the caller looks again
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	d, err := s.Stage(r)
	if err != nil {
		return err
	}
	stale := errors.New("stale")
	err = s.commit(func(t *tx) error {
		b, err := s.buckets.get(bucket)
		if err != nil {
			return err
		}
		now, err := s.version(b.ID, o.Key, o.VersionID())
		if err != nil || now.Seq != r.Object.Seq || len(now.Files) != len(r.Object.Files) {
			return stale
		}
		t.name(now.Files, -1)
		now.Files = d.Files
		t.name(now.Files, 1)
		return t.put(versionKey(b.ID, o.Key, now.Seq), now)
	})
	d.Finish(err)
	if errors.Is(err, stale) {
		return nil
	}
	return err
}

// empty is the path of a file without data.
func (f *fileSet) empty() (string, error) {
	path := f.fs.PathJoin(f.dir, "empty")
	if _, err := f.fs.Stat(path); err == nil {
		return path, nil
	}
	return path, vfs.WriteFile(f.fs, path, nil)
}
