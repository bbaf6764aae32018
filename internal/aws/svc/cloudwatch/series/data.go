package series

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

const dataPrefix = 1 + 2 + 8 // space, resolution, metric

// dataKey is the key of a bucket that begins at sec (seconds of the epoch).
func dataKey(r Resolution, id uint64, sec int64, unit string) []byte {
	key := make([]byte, 0, dataPrefix+8+len(unit))
	key = append(key, dataSpace)
	key = binary.BigEndian.AppendUint16(key, uint16(r))
	key = binary.BigEndian.AppendUint64(key, id)
	key = binary.BigEndian.AppendUint64(key, uint64(max(sec, 0)))
	return append(key, unit...)
}

// Put adds samples, observed by now. They are on disk when it returns nil.
func (s *Store) Put(now time.Time, samples []Sample) error {
	if s.full != nil {
		if err := s.full(); err != nil {
			return fmt.Errorf("%w: %v", ErrFull, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &put{s: s, now: now, buckets: map[string]*Bucket{}, touched: map[string]*entry{}, nextID: s.nextID}
	for _, x := range samples {
		if err := p.add(x); err != nil {
			return err
		}
	}
	if err := p.commit(); err != nil {
		return err
	}
	for k, e := range p.touched {
		s.byKey[k] = e
	}
	s.nextID = p.nextID
	return nil
}

// put is one Put under way; nothing of it is seen before it is on disk.
type put struct {
	s       *Store
	now     time.Time
	buckets map[string]*Bucket
	touched map[string]*entry
	nextID  uint64
}

func (p *put) add(x Sample) error {
	key := x.Metric.key()
	e := p.touched[key]
	if e == nil {
		if old := p.s.byKey[key]; old != nil {
			e = &entry{old.id, old.info}
		} else {
			e = &entry{p.nextID, Info{Metric: x.Metric.sorted()}}
			p.nextID++
		}
		e.info.LastPut = p.now
		p.touched[key] = e
	}
	for _, r := range resolutions() {
		if r == Second && !x.HighRes || x.Time.Before(p.now.Add(-r.Keep())) {
			continue
		}
		b, err := p.bucket(dataKey(r, e.id, r.floor(x.Time.Unix()), x.Unit))
		if err != nil {
			return err
		}
		b.Merge(x.Bucket)
	}
	return nil
}

// floor is the begin of the bucket that sec is in.
func (r Resolution) floor(sec int64) int64 { return sec - sec%int64(r) }

// bucket is the bucket at a key as it is so far.
func (p *put) bucket(key []byte) (*Bucket, error) {
	if b := p.buckets[string(key)]; b != nil {
		return b, nil
	}
	b := &Bucket{}
	data, closer, err := p.s.db.Get(key)
	switch {
	case errors.Is(err, pebble.ErrNotFound):
	case err != nil:
		return nil, fmt.Errorf("reading metrics: %w", err)
	default:
		old, err := decode(data)
		if cerr := closer.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return nil, err
		}
		*b = old
	}
	p.buckets[string(key)] = b
	return b, nil
}

func (p *put) commit() error {
	batch := p.s.db.NewBatch()
	for key, b := range p.buckets {
		if err := batch.Set([]byte(key), b.encode(), nil); err != nil {
			return fmt.Errorf("writing metrics: %w", err)
		}
	}
	for _, e := range p.touched {
		data, err := json.Marshal(e.info)
		if err != nil {
			return fmt.Errorf("writing metrics: %w", err)
		}
		if err := batch.Set(metricKey(e.id), data, nil); err != nil {
			return fmt.Errorf("writing metrics: %w", err)
		}
	}
	if err := batch.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("writing metrics: %w", err)
	}
	return batch.Close()
}

func metricKey(id uint64) []byte { return binary.BigEndian.AppendUint64([]byte{metricSpace}, id) }

// Point is a bucket and where it begins.
type Point struct {
	Time int64 // seconds of the epoch
	Unit string
	Bucket
}

// Read is a metric's buckets of a resolution that begin at or after from and
// before to (seconds of the epoch), in order of time; unit, when not empty, is
// the only one read.
func (s *Store) Read(m Metric, r Resolution, from, to int64, unit string) ([]Point, error) {
	s.mu.RLock()
	e := s.byKey[m.key()]
	s.mu.RUnlock()
	if e == nil || from >= to {
		return nil, nil
	}
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: dataKey(r, e.id, from, ""), UpperBound: dataKey(r, e.id, to, "")})
	if err != nil {
		return nil, fmt.Errorf("reading metrics: %w", err)
	}
	var points []Point
	for ok := it.First(); ok; ok = it.Next() {
		key := it.Key()
		p := Point{Time: int64(binary.BigEndian.Uint64(key[dataPrefix:])), Unit: string(key[dataPrefix+8:])}
		if unit != "" && p.Unit != unit {
			continue
		}
		if p.Bucket, err = decode(it.Value()); err != nil {
			return nil, errors.Join(err, it.Close())
		}
		points = append(points, p)
	}
	if err := it.Close(); err != nil {
		return nil, fmt.Errorf("reading metrics: %w", err)
	}
	return points, nil
}

// Age removes the buckets that are beyond what their resolution keeps at now,
// and the metrics that have none left.
func (s *Store) Age(now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	batch := s.db.NewBatch()
	var forgotten []string
	for key, e := range s.byKey {
		for _, r := range resolutions() {
			if err := batch.DeleteRange(dataKey(r, e.id, 0, ""), dataKey(r, e.id, now.Add(-r.Keep()).Unix(), ""), nil); err != nil {
				return fmt.Errorf("removing old metrics: %w", err)
			}
		}
		if e.info.LastPut.Before(now.Add(-Hour.Keep())) {
			forgotten = append(forgotten, key)
			if err := batch.Delete(metricKey(e.id), nil); err != nil {
				return fmt.Errorf("removing old metrics: %w", err)
			}
		}
	}
	if err := batch.Commit(pebble.NoSync); err != nil {
		return fmt.Errorf("removing old metrics: %w", err)
	}
	for _, key := range forgotten {
		delete(s.byKey, key)
	}
	return batch.Close()
}
