package objects

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cockroachdb/pebble/v2"
)

// Query says what to list.
type Query struct {
	Prefix    string
	Delimiter string
	// After is the key or common prefix after which to begin. A common prefix is
	// passed over only when it is After itself.
	After string
	// AfterID is the version or upload of After after which to begin; "" passes
	// over the whole key.
	AfterID string
	Max     int
}

// Page is a piece of a listing, in byte order of keys and prefixes.
type Page[T any] struct {
	Items     []T
	Prefixes  []string
	Truncated bool
	Last      string // what After must be for the next page
	LastID    string // what AfterID must be
}

// lister walks an index space by keys, prefixes and ids.
type lister[T any] struct {
	q     Query
	space []byte
	it    *pebble.Iterator
	page  Page[T]
	// item decodes where the iterator stands; show false leaves it out, next
	// says where to go on: nil for the next entry.
	item func(it *pebble.Iterator, key string) (v T, id string, show bool, next []byte, err error)
}

// run walks until the page is full.
func (l *lister[T]) run(db *pebble.DB) (Page[T], error) {
	low := escape(append([]byte(nil), l.space...), l.q.Prefix)
	var err error
	l.it, err = db.NewIter(&pebble.IterOptions{LowerBound: low, UpperBound: after(low)})
	if err != nil {
		return l.page, fmt.Errorf("listing: %w", err)
	}
	err = l.walk(l.first(low))
	return l.page, errors.Join(err, l.it.Error(), l.it.Close())
}

// first goes to the first entry after After.
func (l *lister[T]) first(low []byte) bool {
	q := l.q
	if q.After == "" {
		return l.it.First()
	}
	if prefix, is := commonPrefix(q.After, q); is && prefix == q.After && q.AfterID == "" {
		return l.it.SeekGE(after(escape(append([]byte(nil), l.space...), q.After)))
	}
	start := ended(append([]byte(nil), l.space...), q.After)
	if q.AfterID != "" {
		if seq, ok := l.place(q.AfterID); ok {
			return l.it.SeekGE(append(putUint(start, seq), 0))
		}
	}
	return l.it.SeekGE(after(start))
}

// place is the index number of an id: versions count down.
func (l *lister[T]) place(id string) (uint64, bool) {
	seq, ok := tokenSeq(id)
	if l.space[0] == nsObject {
		seq = ^seq
	}
	return seq, ok
}

func (l *lister[T]) walk(ok bool) error {
	for ok {
		key, _, err := splitKey(l.it.Key())
		if err != nil {
			return err
		}
		if prefix, is := commonPrefix(key, l.q); is {
			full, err := l.addPrefix(prefix)
			if err != nil || full {
				return err
			}
			ok = l.it.SeekGE(after(escape(append([]byte(nil), l.space...), prefix)))
			continue
		}
		v, id, show, next, err := l.item(l.it, key)
		if err != nil {
			return err
		}
		if show {
			if !l.add(key, id) {
				return nil
			}
			l.page.Items = append(l.page.Items, v)
		}
		if next == nil {
			ok = l.it.Next()
		} else {
			ok = l.it.SeekGE(next)
		}
	}
	return nil
}

// addPrefix counts a common prefix that has something to show.
func (l *lister[T]) addPrefix(prefix string) (full bool, err error) {
	shown, err := l.visible(prefix)
	if err != nil || !shown {
		return false, err
	}
	if !l.add(prefix, "") {
		return true, nil
	}
	l.page.Prefixes = append(l.page.Prefixes, prefix)
	return false, nil
}

// visible reports whether anything under a common prefix is to be shown (all
// may be delete markers); it leaves the iterator anywhere under the prefix.
func (l *lister[T]) visible(prefix string) (bool, error) {
	end := after(escape(append([]byte(nil), l.space...), prefix))
	for ok := true; ok && string(l.it.Key()) < string(end); {
		key, _, err := splitKey(l.it.Key())
		if err != nil {
			return false, err
		}
		_, _, show, next, err := l.item(l.it, key)
		if err != nil || show {
			return show, err
		}
		if next == nil {
			ok = l.it.Next()
		} else {
			ok = l.it.SeekGE(next)
		}
	}
	return false, nil
}

// add counts an entry; false means that the page is full without it.
func (l *lister[T]) add(last, id string) bool {
	if len(l.page.Items)+len(l.page.Prefixes) >= l.q.Max {
		l.page.Truncated = l.q.Max > 0
		return false
	}
	l.page.Last, l.page.LastID = last, id
	return true
}

// commonPrefix is the part of key up to the first delimiter after the prefix.
func commonPrefix(key string, q Query) (string, bool) {
	if q.Delimiter == "" {
		return "", false
	}
	rest, under := strings.CutPrefix(key, q.Prefix)
	i := strings.Index(rest, q.Delimiter)
	if !under || i < 0 {
		return "", false
	}
	return key[:len(q.Prefix)+i+len(q.Delimiter)], true
}

// List lists the current objects of a bucket.
func (s *Store) List(bucket string, q Query) (Page[Object], error) {
	b, err := s.buckets.get(bucket)
	if err != nil {
		return Page[Object]{}, err
	}
	space := versionsIn(b.ID)
	l := &lister[Object]{q: q, space: space}
	l.item = func(it *pebble.Iterator, key string) (Object, string, bool, []byte, error) {
		o, err := decodeEntry(it)
		if b.Versioning == "" {
			return o, "", err == nil, nil, err // one version a key
		}
		return o, "", err == nil && !o.Marker, after(ended(append([]byte(nil), space...), key)), err
	}
	return l.run(s.db)
}

// Listed is a version in a listing of versions.
type Listed struct {
	Object
	Latest bool
}

// ListVersions lists all versions and delete markers of a bucket.
func (s *Store) ListVersions(bucket string, q Query) (Page[Listed], error) {
	b, err := s.buckets.get(bucket)
	if err != nil {
		return Page[Listed]{}, err
	}
	if q.AfterID == NullVersion {
		if o, err := s.nullVersion(b.ID, q.After); err == nil {
			if q.AfterID, err = newToken(zeros{}, o.Seq); err != nil {
				return Page[Listed]{}, err
			}
		}
	}
	previous := ""
	if q.AfterID != "" {
		previous = q.After // what follows of this key is not its latest version
	}
	started := q.AfterID != ""
	l := &lister[Listed]{q: q, space: versionsIn(b.ID)}
	l.item = func(it *pebble.Iterator, key string) (Listed, string, bool, []byte, error) {
		o, err := decodeEntry(it)
		latest := !started || key != previous
		started, previous = true, key
		return Listed{o, latest}, o.VersionID(), err == nil, nil, err
	}
	return l.run(s.db)
}

// zeros gives zeros for ever: a token of it only carries its number.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// ListUploads lists the uploads under way in a bucket.
func (s *Store) ListUploads(bucket string, q Query) (Page[Upload], error) {
	b, err := s.buckets.get(bucket)
	if err != nil {
		return Page[Upload]{}, err
	}
	l := &lister[Upload]{q: q, space: uploadsIn(b.ID)}
	l.item = func(it *pebble.Iterator, key string) (Upload, string, bool, []byte, error) {
		u, err := decodeUpload(it.Value(), key)
		return u, u.ID, err == nil, nil, err
	}
	return l.run(s.db)
}
