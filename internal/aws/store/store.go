// Package store keeps the services' metadata: small values by key, durable and
// transactional, in one pebble database under the data directory.
//
// Vocabulary. A Table is a key prefix whose values are all one Go type, kept as
// JSON. A Tx is a set of writes that happens whole or not at all and is on disk
// when Commit returns. Keys are built with Key, which escapes its parts so that
// a scan of ("us-east-1") never meets ("us-east-12").
//
// Records, objects and keyed state do not belong here: they have their own
// homes (svc/kinesis, svc/s3, engine/state).
package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/cockroachdb/pebble/v2"

	"weir/internal/vfs"
)

// DB is the metadata database. It is safe for concurrent use.
type DB struct{ p *pebble.DB }

// Open opens or creates the database in dir of fs.
func Open(fs vfs.FS, dir string) (*DB, error) {
	p, err := pebble.Open(dir, &pebble.Options{
		FS:                 fs,
		Logger:             quiet{},
		FormatMajorVersion: pebble.FormatNewest,
		MemTableSize:       4 << 20,
		CacheSize:          16 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("opening metadata in %s: %w", dir, err)
	}
	return &DB{p}, nil
}

// Close flushes and closes the database.
func (db *DB) Close() error { return db.p.Close() }

// Key joins parts into one key; the parts may hold any bytes.
func Key(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		for i := 0; i < len(p); i++ {
			if p[i] <= 1 { // 0 ends a part, 1 escapes 0 and 1
				b.WriteByte(1)
				b.WriteByte(p[i] + 1)
				continue
			}
			b.WriteByte(p[i])
		}
		b.WriteByte(0)
	}
	return b.String()
}

// Table is the values of type T under one prefix.
type Table[T any] struct {
	db     *DB
	prefix string
}

// NewTable names a table; two tables must not share a name.
func NewTable[T any](db *DB, name string) Table[T] { return Table[T]{db, Key(name)} }

// Get reads the value at Key(key...); ok is false when there is none.
func (t Table[T]) Get(key ...string) (v T, ok bool, err error) {
	data, closer, err := t.db.p.Get([]byte(t.prefix + Key(key...)))
	if errors.Is(err, pebble.ErrNotFound) {
		return v, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("reading metadata: %w", err)
	}
	err = json.Unmarshal(data, &v)
	if cerr := closer.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return v, false, fmt.Errorf("decoding metadata at %q: %w", key, err)
	}
	return v, true, nil
}

// Put writes one value durably.
func (t Table[T]) Put(v T, key ...string) error {
	tx := t.db.Begin()
	t.PutTx(tx, v, key...)
	return tx.Commit()
}

// Delete removes one value durably; there need not be one.
func (t Table[T]) Delete(key ...string) error {
	tx := t.db.Begin()
	t.DeleteTx(tx, key...)
	return tx.Commit()
}

// PutTx adds a write to tx.
func (t Table[T]) PutTx(tx *Tx, v T, key ...string) {
	data, err := json.Marshal(v)
	if err != nil {
		tx.fail(fmt.Errorf("encoding metadata at %q: %w", key, err))
		return
	}
	tx.fail(tx.b.Set([]byte(t.prefix+Key(key...)), data, nil))
}

// DeleteTx adds a removal to tx.
func (t Table[T]) DeleteTx(tx *Tx, key ...string) {
	tx.fail(tx.b.Delete([]byte(t.prefix+Key(key...)), nil))
}

// Scan walks, in key order, the values whose key begins with the parts of
// prefix, from the first key after the one of after (nil: from the start).
// A read or decode error is yielded once, with a zero value, and ends the walk.
func (t Table[T]) Scan(prefix []string, after []string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		low := []byte(t.prefix + Key(prefix...))
		opts := &pebble.IterOptions{LowerBound: low, UpperBound: upper(low)}
		if after != nil {
			opts.LowerBound = append([]byte(t.prefix+Key(after...)), 0)
		}
		it, err := t.db.p.NewIter(opts)
		if err != nil {
			yield(zero, fmt.Errorf("scanning metadata: %w", err))
			return
		}
		defer func() { _ = it.Close() }() // its error is it.Error, reported below
		for ok := it.First(); ok; ok = it.Next() {
			var v T
			if err := json.Unmarshal(it.Value(), &v); err != nil {
				yield(zero, fmt.Errorf("decoding metadata at %q: %w", it.Key(), err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := it.Error(); err != nil {
			yield(zero, fmt.Errorf("scanning metadata: %w", err))
		}
	}
}

// Tx is a set of writes; make one with DB.Begin. It is not safe for
// concurrent use.
type Tx struct {
	b   *pebble.Batch
	err error
}

// Begin starts a transaction.
func (db *DB) Begin() *Tx { return &Tx{b: db.p.NewBatch()} }

// Commit makes the writes durable, all or none.
func (tx *Tx) Commit() error {
	if tx.err != nil {
		_ = tx.b.Close() // nothing was written; tx.err says why
		return tx.err
	}
	if err := tx.b.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("writing metadata: %w", err)
	}
	return nil
}

func (tx *Tx) fail(err error) {
	if tx.err == nil {
		tx.err = err
	}
}

// upper is the first key after every key that begins with low.
func upper(low []byte) []byte {
	up := append([]byte(nil), low...)
	for i := len(up) - 1; i >= 0; i-- {
		if up[i]++; up[i] != 0 {
			return up[:i+1]
		}
	}
	return nil
}

// quiet keeps pebble's progress notes out of the server's log; what goes wrong
// comes back as errors.
type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf("pebble: "+format, args...))
}
