package objects

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble/v2"
)

// bucketTable is all buckets, in memory: they are few and looked up each time.
type bucketTable struct {
	mu sync.RWMutex
	by map[string]*Bucket
}

func (t *bucketTable) get(name string) (*Bucket, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	b, ok := t.by[name]
	if !ok {
		return nil, ErrNoBucket
	}
	return b, nil
}

func (t *bucketTable) set(b *Bucket) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.by[b.Name] = b
}

func (t *bucketTable) drop(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.by, name)
}

func (s *Store) loadBuckets() error {
	s.buckets.by = map[string]*Bucket{}
	return scan(s.db, []byte{nsBucket}, func(_ []byte, b Bucket) error {
		s.buckets.by[b.Name] = &b
		return nil
	})
}

// scan decodes every entry under low, in order, until f fails.
func scan[T any](db *pebble.DB, low []byte, f func(key []byte, v T) error) error {
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: low, UpperBound: after(low)})
	if err != nil {
		return fmt.Errorf("reading the object index: %w", err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		var v T
		if err := json.Unmarshal(it.Value(), &v); err != nil {
			return errors.Join(fmt.Errorf("object index: entry %q: %w", it.Key(), err), it.Close())
		}
		if err := f(it.Key(), v); err != nil {
			return errors.Join(err, it.Close())
		}
	}
	return errors.Join(it.Error(), it.Close())
}

// put encodes v at key.
func (t *tx) put(key []byte, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("object index: encoding %q: %w", key, err)
	}
	return t.b.Set(key, data, nil)
}

// CreateBucket makes a bucket; ID and Created are filled in.
func (s *Store) CreateBucket(b Bucket) error {
	id, err := s.seqs.take()
	if err != nil {
		return err
	}
	b.ID, b.Created = id, s.clock.Now()
	return s.commit(func(t *tx) error {
		if _, err := s.buckets.get(b.Name); err == nil {
			return ErrBucketExists
		}
		if err := t.put(bucketKey(b.Name), b); err != nil {
			return err
		}
		s.buckets.set(&b)
		return nil
	})
}

// Bucket is the bucket of that name, or ErrNoBucket.
func (s *Store) Bucket(name string) (Bucket, error) {
	b, err := s.buckets.get(name)
	if err != nil {
		return Bucket{}, err
	}
	return *b, nil
}

// Buckets are all buckets by name.
func (s *Store) Buckets() []Bucket {
	s.buckets.mu.RLock()
	defer s.buckets.mu.RUnlock()
	all := make([]Bucket, 0, len(s.buckets.by))
	for _, name := range slices.Sorted(maps.Keys(s.buckets.by)) {
		all = append(all, *s.buckets.by[name])
	}
	return all
}

// UpdateBucket changes a bucket's configuration. change gets a copy whose
// Documents it may change; other maps it must replace.
func (s *Store) UpdateBucket(name string, change func(*Bucket) error) error {
	return s.commit(func(t *tx) error {
		old, err := s.buckets.get(name)
		if err != nil {
			return err
		}
		b := *old
		if b.Documents = maps.Clone(b.Documents); b.Documents == nil {
			b.Documents = map[string]string{}
		}
		if err := change(&b); err != nil {
			return err
		}
		if err := t.put(bucketKey(name), b); err != nil {
			return err
		}
		s.buckets.set(&b)
		return nil
	})
}

// DeleteBucket removes a bucket without objects, with its incomplete uploads.
func (s *Store) DeleteBucket(name string) error {
	return s.commit(func(t *tx) error {
		b, err := s.buckets.get(name)
		if err != nil {
			return err
		}
		errFound := errors.New("found")
		err = scan(s.db, versionsIn(b.ID), func([]byte, Object) error { return errFound })
		if errors.Is(err, errFound) {
			return ErrNotEmpty
		}
		if err != nil {
			return err
		}
		if err := t.dropUploads(b.ID); err != nil {
			return err
		}
		if err := t.b.Delete(bucketKey(name), nil); err != nil {
			return err
		}
		s.buckets.drop(name)
		return nil
	})
}

// dropUploads aborts every upload of a bucket.
func (t *tx) dropUploads(bucket uint64) error {
	return scan(t.s.db, uploadsIn(bucket), func(key []byte, _ Upload) error {
		_, seq, err := splitKey(key)
		if err != nil {
			return err
		}
		return errors.Join(t.dropParts(seq, nil), t.b.Delete(key, nil))
	})
}
