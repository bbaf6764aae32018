package objects

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Condition decides whether a write may replace the current object (nil when
// there is none); its error is the write's.
type Condition func(current *Object) error

// Object is a version's record: the current one for "", the one written
// without versioning for "null". When the current one is a delete marker the
// error is ErrNoKey and the marker is returned with it.
func (s *Store) Object(bucket, key, version string) (Object, error) {
	b, err := s.buckets.get(bucket)
	if err != nil {
		return Object{}, err
	}
	if version == "" {
		o, err := s.current(b.ID, key)
		if err == nil && o.Marker {
			err = ErrNoKey
		}
		return o, err
	}
	return s.version(b.ID, key, version)
}

// current is the newest version, a marker too.
func (s *Store) current(bucket uint64, key string) (Object, error) {
	var found Object
	err := s.versions(bucket, key, func(o Object) bool {
		found = o
		return false
	})
	if err == nil && found.Seq == 0 {
		err = ErrNoKey
	}
	return found, err
}

// version finds one version by its id.
func (s *Store) version(bucket uint64, key, id string) (Object, error) {
	if id == NullVersion {
		return s.nullVersion(bucket, key)
	}
	seq, ok := tokenSeq(id)
	if !ok {
		return Object{}, ErrNoVersion
	}
	v, closer, err := s.db.Get(versionKey(bucket, key, seq))
	if errors.Is(err, pebble.ErrNotFound) {
		return Object{}, ErrNoVersion
	}
	if err != nil {
		return Object{}, fmt.Errorf("reading the object index: %w", err)
	}
	o, err := decodeObject(v, key, seq)
	if err = errors.Join(err, closer.Close()); err != nil {
		return Object{}, err
	}
	if o.Version != id {
		return Object{}, ErrNoVersion
	}
	return o, nil
}

// nullVersion is the version written without versioning.
func (s *Store) nullVersion(bucket uint64, key string) (Object, error) {
	var found Object
	err := s.versions(bucket, key, func(o Object) bool {
		if o.Version == "" {
			found = o
		}
		return o.Version != ""
	})
	if err == nil && found.Seq == 0 {
		err = ErrNoVersion
	}
	return found, err
}

// versions walks the versions of a key, newest first, while f says true.
func (s *Store) versions(bucket uint64, key string, f func(Object) bool) error {
	low := ended(versionsIn(bucket), key)
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: low, UpperBound: after(low)})
	if err != nil {
		return fmt.Errorf("reading the object index: %w", err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		o, err := decodeEntry(it)
		if err != nil {
			return errors.Join(err, it.Close())
		}
		if !f(o) {
			break
		}
	}
	return errors.Join(it.Error(), it.Close())
}

// decodeEntry decodes the version an iterator stands on.
func decodeEntry(it *pebble.Iterator) (Object, error) {
	key, n, err := splitKey(it.Key())
	if err != nil {
		return Object{}, err
	}
	v, err := it.ValueAndErr()
	if err != nil {
		return Object{}, fmt.Errorf("reading the object index: %w", err)
	}
	return decodeObject(v, key, ^n)
}

func decodeObject(data []byte, key string, seq uint64) (Object, error) {
	o := Object{}
	if err := json.Unmarshal(data, &o); err != nil {
		return Object{}, fmt.Errorf("object index: object %q: %w", key, err)
	}
	o.Key, o.Seq = key, seq
	return o, nil
}

// Put makes o, whose Files are those of a draft or of another object, the
// current version of its key. Version, Seq and Modified are filled in.
func (s *Store) Put(bucket string, o Object, cond Condition) (Object, error) {
	err := s.commit(func(t *tx) error {
		b, err := s.buckets.get(bucket)
		if err != nil {
			return err
		}
		if err := t.check(b, o.Key, cond); err != nil {
			return err
		}
		return t.insert(b, &o)
	})
	return o, err
}

// check asks a condition about the current object.
func (t *tx) check(b *Bucket, key string, cond Condition) error {
	if cond == nil {
		return nil
	}
	cur, err := t.s.current(b.ID, key)
	if errors.Is(err, ErrNoKey) || err == nil && cur.Marker {
		return cond(nil)
	}
	if err != nil {
		return err
	}
	return cond(&cur)
}

// insert writes o as the newest version and removes the one it replaces.
func (t *tx) insert(b *Bucket, o *Object) error {
	var err error
	if o.Seq, err = t.s.seqs.take(); err != nil {
		return fullDisk(err)
	}
	o.Version, o.Modified = "", t.s.clock.Now().UnixMilli()
	if b.Versioning == VersioningEnabled {
		if o.Version, err = newToken(t.s.rand, o.Seq); err != nil {
			return err
		}
	} else if err := t.dropNull(b.ID, o.Key); err != nil {
		return err
	}
	t.name(o.Files, 1)
	return t.put(versionKey(b.ID, o.Key, o.Seq), o)
}

// dropNull removes the version written without versioning, if there is one.
func (t *tx) dropNull(bucket uint64, key string) error {
	old, err := t.s.nullVersion(bucket, key)
	if errors.Is(err, ErrNoVersion) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.drop(bucket, &old)
}

// drop removes a version, once: a change does not see its own writes.
func (t *tx) drop(bucket uint64, o *Object) error {
	if t.dropped[o.Seq] {
		return nil
	}
	t.dropped[o.Seq] = true
	t.name(o.Files, -1)
	return t.b.Delete(versionKey(bucket, o.Key, o.Seq), nil)
}

// Target is a key or version to delete.
type Target struct {
	Key, Version string
	Cond         Condition
}

// Deleted is what a delete did.
type Deleted struct {
	Version string // the version removed or the marker made; "" without versioning
	Marker  bool   // a marker was made or removed
	Err     error
}

// Delete deletes each target, all in one change; what goes wrong with one is in
// its result. A key that does not exist is deleted with success.
func (s *Store) Delete(bucket string, targets []Target) ([]Deleted, error) {
	results := make([]Deleted, len(targets))
	err := s.commit(func(t *tx) error {
		b, err := s.buckets.get(bucket)
		if err != nil {
			return err
		}
		for i, target := range targets {
			if results[i], err = t.delete(b, target); err != nil {
				return err
			}
		}
		return nil
	})
	return results, err
}

func (t *tx) delete(b *Bucket, target Target) (Deleted, error) {
	if err := t.check(b, target.Key, target.Cond); err != nil {
		return Deleted{Err: err}, nil
	}
	if target.Version != "" {
		return t.deleteVersion(b, target)
	}
	if b.Versioning == "" {
		return Deleted{}, t.dropNull(b.ID, target.Key)
	}
	marker := Object{Key: target.Key, Marker: true}
	if err := t.insert(b, &marker); err != nil {
		return Deleted{}, err
	}
	return Deleted{Version: marker.VersionID(), Marker: true}, nil
}

func (t *tx) deleteVersion(b *Bucket, target Target) (Deleted, error) {
	o, err := t.s.version(b.ID, target.Key, target.Version)
	if errors.Is(err, ErrNoVersion) {
		return Deleted{Version: target.Version}, nil // as S3 does
	}
	if err != nil {
		return Deleted{}, err
	}
	return Deleted{Version: target.Version, Marker: o.Marker}, t.drop(b.ID, &o)
}

// Update changes what is known of a version (its tags), not its data.
func (s *Store) Update(bucket, key, version string, change func(*Object)) (Object, error) {
	var o Object
	err := s.commit(func(t *tx) error {
		var err error
		if o, err = s.Object(bucket, key, version); err != nil {
			return err
		}
		b, err := s.buckets.get(bucket)
		if err != nil {
			return err
		}
		change(&o)
		return t.put(versionKey(b.ID, key, o.Seq), o)
	})
	return o, err
}
