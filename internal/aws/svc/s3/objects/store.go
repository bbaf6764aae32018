// Package objects keeps what S3 keeps: buckets, object versions and multipart
// uploads, durable and atomic, with the data in plain files.
//
// Vocabulary. A File is one plain file under objects/, named by a number that
// is never used twice and that says nothing about keys, so that a key may be any
// bytes. The index is a pebble database that maps keys to Objects (versions);
// an Object names the files that hold its bytes in order: one for a put, one a
// part for a multipart upload, shared ones for a copy. A Draft is a file that is
// written and synced but that no Object names yet. A Version id and an upload id
// are opaque and carry the sequence number they are indexed by.
//
// Invariants. A file is synced (and its directory) before the index names it,
// and the index change is synced before a call returns, so a crash never shows a
// partial object. The index counts the names of each file in the same batch that
// adds or removes them; a file nobody names is first written down as garbage,
// then removed, and what a crash leaves behind (garbage, drafts) is removed at
// the next Open, which looks only at the files numbered since the last point at
// which no draft was open. A file being read is removed when its last reader is
// done. All index changes run one after the other under one lock, which is held
// while the batch is applied but not while it is synced, so that syncs are shared.
//
// It must not know HTTP, AWS's shapes or permissions: that is package s3.
package objects

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"weir/internal/clock"
	"weir/internal/vfs"
)

// Options says where a Store lives and where it gets time and randomness from.
type Options struct {
	FS    vfs.FS
	Dir   string
	Clock clock.Clock
	Rand  io.Reader
}

// Store is the buckets and objects under one directory. It is safe for
// concurrent use.
type Store struct {
	db    *pebble.DB
	clock clock.Clock
	rand  io.Reader
	files *fileSet
	seqs  *counter

	mu      sync.Mutex // held while an index change is decided and applied
	buckets bucketTable
}

// Open opens or creates the store and removes what a crash left behind.
func Open(o Options) (*Store, error) {
	dir := o.FS.PathJoin(o.Dir, "index")
	for _, name := range []string{"index", "objects"} {
		if err := o.FS.MkdirAll(o.FS.PathJoin(o.Dir, name), 0o755); err != nil {
			return nil, fmt.Errorf("creating the object store in %s: %w", o.Dir, err)
		}
	}
	for _, d := range []string{o.Dir, o.FS.PathDir(o.Dir)} {
		if err := vfs.SyncDir(o.FS, d); err != nil {
			return nil, fmt.Errorf("creating the object store in %s: %w", o.Dir, err)
		}
	}
	db, err := pebble.Open(dir, &pebble.Options{
		FS:                 o.FS,
		Logger:             quiet{},
		FormatMajorVersion: pebble.FormatNewest,
		MemTableSize:       8 << 20,
		CacheSize:          16 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("opening the object index in %s: %w", dir, err)
	}
	s := &Store{db: db, clock: o.Clock, rand: o.Rand}
	if err := s.load(o); err != nil {
		_ = db.Close() // the first error is the one to report
		return nil, err
	}
	return s, nil
}

// load reads what lives in memory and sweeps.
func (s *Store) load(o Options) error {
	var err error
	if s.seqs, err = openCounter(s.db, keySeqLimit, 1<<20); err != nil {
		return err
	}
	if s.files, err = openFiles(s.db, o.FS, o.Dir); err != nil {
		return err
	}
	return s.loadBuckets()
}

// Close closes the index; no call may be under way.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("closing the object index: %w", err)
	}
	return nil
}

// ErrUncertain marks a change that was applied but whose sync failed: it may or
// may not be there after a crash, and its files must stay.
var ErrUncertain = errors.New("the change could not be made durable")

// tx is one index change.
type tx struct {
	s    *Store
	b    *pebble.Batch
	refs map[uint64]int // changes to the number of names of a file
	// dropped are the versions removed, by sequence number.
	dropped map[uint64]bool
}

// commit runs f, applies what it put into the batch, waits until that is on
// disk, and removes the files that nobody names any more.
func (s *Store) commit(f func(*tx) error) error {
	t := &tx{s: s, b: s.db.NewBatch(), refs: map[uint64]int{}, dropped: map[uint64]bool{}}
	garbage, err := s.apply(t, f)
	if err != nil {
		// err may be an answer to a client, to be returned as it is.
		if cerr := t.b.Close(); cerr != nil {
			return errors.Join(err, cerr)
		}
		return err
	}
	if err := t.b.SyncWait(); err != nil {
		return fmt.Errorf("writing the object index: %w: %w", ErrUncertain, err)
	}
	if err := t.b.Close(); err != nil {
		return fmt.Errorf("writing the object index: %w", err)
	}
	return s.files.discard(garbage)
}

// apply decides and applies the change under the lock.
func (s *Store) apply(t *tx, f func(*tx) error) ([]uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := f(t); err != nil {
		return nil, err
	}
	garbage, err := t.countRefs()
	if err != nil {
		return nil, err
	}
	if err := s.db.ApplyNoSyncWait(t.b, pebble.Sync); err != nil {
		return nil, fmt.Errorf("writing the object index: %w", err)
	}
	return garbage, nil
}

// countRefs puts the changed name counts into the batch and tells which files
// have no name left.
func (t *tx) countRefs() ([]uint64, error) {
	var garbage []uint64
	for id, delta := range t.refs {
		if delta == 0 {
			continue
		}
		n, err := t.s.files.refs(id)
		if err != nil {
			return nil, err
		}
		if n += delta; n > 0 {
			if err := t.b.Set(refKey(id), putUint(nil, uint64(n)), nil); err != nil {
				return nil, err
			}
			continue
		}
		garbage = append(garbage, id)
		if err := errors.Join(t.b.Delete(refKey(id), nil), t.b.Set(garbageKey(id), nil, nil)); err != nil {
			return nil, err
		}
	}
	return garbage, nil
}

// name adds by to the number of names of each file.
func (t *tx) name(files []File, by int) {
	for _, f := range files {
		t.refs[f.ID] += by
	}
}

// quiet keeps pebble's progress notes out of the server's log; what goes wrong
// comes back as errors.
type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf("pebble: "+format, args...))
}
