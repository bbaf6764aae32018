package objects

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// CreateUpload begins a multipart upload; ID and Initiated are filled in.
func (s *Store) CreateUpload(bucket string, u Upload) (Upload, error) {
	if err := s.files.room.check(); err != nil {
		return u, err
	}
	err := s.commit(func(t *tx) error {
		b, err := s.buckets.get(bucket)
		if err != nil {
			return err
		}
		seq, err := s.seqs.take()
		if err != nil {
			return err
		}
		if u.ID, err = newToken(s.rand, seq); err != nil {
			return err
		}
		u.Initiated = s.clock.Now().UnixMilli()
		return t.put(uploadKey(b.ID, u.Key, seq), u)
	})
	return u, err
}

// Upload is an upload under way, or ErrNoUpload.
func (s *Store) Upload(bucket, key, id string) (Upload, error) {
	u, _, err := s.upload(bucket, key, id)
	return u, err
}

func (s *Store) upload(bucket, key, id string) (Upload, uint64, error) {
	b, err := s.buckets.get(bucket)
	if err != nil {
		return Upload{}, 0, err
	}
	seq, ok := tokenSeq(id)
	if !ok {
		return Upload{}, 0, ErrNoUpload
	}
	v, closer, err := s.db.Get(uploadKey(b.ID, key, seq))
	if errors.Is(err, pebble.ErrNotFound) {
		return Upload{}, 0, ErrNoUpload
	}
	if err != nil {
		return Upload{}, 0, fmt.Errorf("reading the object index: %w", err)
	}
	u, err := decodeUpload(v, key)
	if err = errors.Join(err, closer.Close()); err != nil {
		return Upload{}, 0, err
	}
	if u.ID != id {
		return Upload{}, 0, ErrNoUpload
	}
	return u, seq, nil
}

func decodeUpload(data []byte, key string) (Upload, error) {
	var u Upload
	if err := json.Unmarshal(data, &u); err != nil {
		return u, fmt.Errorf("object index: upload of %q: %w", key, err)
	}
	u.Key = key
	return u, nil
}

// PutPart makes p, whose Files are those of a draft, the part of its number.
func (s *Store) PutPart(bucket, key, id string, p Part) (Part, error) {
	err := s.commit(func(t *tx) error {
		_, seq, err := s.upload(bucket, key, id)
		if err != nil {
			return err
		}
		old, err := s.part(seq, p.Number)
		if err != nil {
			return err
		}
		p.Modified = s.clock.Now().UnixMilli()
		t.name(old.Files, -1)
		t.name(p.Files, 1)
		return t.put(partKey(seq, p.Number), p)
	})
	return p, err
}

// part is a part, or the zero Part.
func (s *Store) part(upload uint64, number int) (Part, error) {
	var p Part
	v, closer, err := s.db.Get(partKey(upload, number))
	if errors.Is(err, pebble.ErrNotFound) {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("reading the object index: %w", err)
	}
	return p, errors.Join(json.Unmarshal(v, &p), closer.Close())
}

// Parts are the parts of an upload with numbers above after, in order.
func (s *Store) Parts(bucket, key, id string, after int) (Upload, []Part, error) {
	u, seq, err := s.upload(bucket, key, id)
	if err != nil {
		return u, nil, err
	}
	var parts []Part
	err = scan(s.db, partsOf(seq), func(_ []byte, p Part) error {
		if p.Number > after {
			parts = append(parts, p)
		}
		return nil
	})
	return u, parts, err
}

// Complete turns an upload into the current version of its key. choose gets the
// upload and its parts and gives the object (without files) and the parts it is
// made of; the others are dropped. No data is copied.
func (s *Store) Complete(bucket, key, id string, cond Condition, choose func(Upload, []Part) (Object, []Part, error)) (Object, error) {
	var o Object
	err := s.commit(func(t *tx) error {
		b, err := s.buckets.get(bucket)
		if err != nil {
			return err
		}
		_, seq, err := s.upload(bucket, key, id)
		if err != nil {
			return err
		}
		u, parts, err := s.Parts(bucket, key, id, 0)
		if err != nil {
			return err
		}
		if err := t.check(b, key, cond); err != nil {
			return err
		}
		var chosen []Part
		if o, chosen, err = choose(u, parts); err != nil {
			return err
		}
		o.Key, o.Upload, o.Files, o.Size = key, id, nil, 0
		for _, p := range chosen {
			o.Files = append(o.Files, p.Files...)
			o.Size += p.Size
		}
		if err := t.dropParts(seq, parts); err != nil {
			return err
		}
		if err := t.b.Delete(uploadKey(b.ID, key, seq), nil); err != nil {
			return err
		}
		return t.insert(b, &o)
	})
	return o, err
}

// dropParts removes parts of an upload (nil: all of them).
func (t *tx) dropParts(upload uint64, parts []Part) error {
	if parts == nil {
		return scan(t.s.db, partsOf(upload), func(key []byte, p Part) error {
			t.name(p.Files, -1)
			return t.b.Delete(key, nil)
		})
	}
	for _, p := range parts {
		t.name(p.Files, -1)
		if err := t.b.Delete(partKey(upload, p.Number), nil); err != nil {
			return err
		}
	}
	return nil
}

// Abort ends an upload and drops its parts.
func (s *Store) Abort(bucket, key, id string, may func(Upload) error) error {
	return s.commit(func(t *tx) error {
		b, err := s.buckets.get(bucket)
		if err != nil {
			return err
		}
		u, seq, err := s.upload(bucket, key, id)
		if err != nil {
			return err
		}
		if err := may(u); err != nil {
			return err
		}
		if err := t.dropParts(seq, nil); err != nil {
			return err
		}
		return t.b.Delete(uploadKey(b.ID, key, seq), nil)
	})
}
