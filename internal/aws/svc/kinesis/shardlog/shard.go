package shardlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
)

// Shard is one shard's end in the log. It is safe for concurrent use.
type Shard struct {
	log *Log
	id  ShardID

	assigned atomic.Uint64 // next index to give out; written under log.mu
	lastTime int64         // of the last index given out; under log.mu

	tip     atomic.Uint64 // next durable index
	tipTime atomic.Int64  // arrival of the last durable record

	trimMu    sync.Mutex
	trimmed   uint64        // all before it was deleted; under trimMu
	first     atomic.Uint64 // oldest readable index; written under trimMu
	firstTime atomic.Int64  // no record at or after first is older
}

// published makes a run that is on disk readable.
func (s *Shard) published(r *Run) {
	s.tipTime.Store(r.Time)
	s.tip.Store(r.First + uint64(r.count))
}

// Tip is the index the next durable record will have.
func (s *Shard) Tip() uint64 { return s.tip.Load() }

// End is the index after the last record that was accepted, durable or not yet.
func (s *Shard) End() uint64 { return s.assigned.Load() }

// First is the oldest index that can be read, or the tip.
func (s *Shard) First() uint64 { return min(s.first.Load(), s.tip.Load()) }

// load finds the ends of the shard on disk.
func (s *Shard) load() error {
	next, first, lastTime, err := s.marker()
	if err != nil {
		return err
	}
	it, err := s.blocks(1<<63 - 1)
	if err != nil {
		return err
	}
	if it.Last() {
		end, _, to, err := extent(keyIndex(it.Key()), it.Value())
		if err != nil {
			_ = it.Close() // nothing was read; err says what is wrong
			return fmt.Errorf("shard %d of the record log: %w", s.id.Shard, err)
		}
		next, lastTime = max(next, end), max(lastTime, to)
	}
	firstTime := lastTime
	if it.First() {
		first = max(first, keyIndex(it.Key()))
		if _, from, _, err := extent(first, it.Value()); err == nil {
			firstTime = from
		}
	}
	if err := it.Close(); err != nil {
		return fmt.Errorf("reading the record log: %w", err)
	}
	s.assigned.Store(next)
	s.tip.Store(next)
	s.first.Store(first)
	s.trimmed = first
	s.lastTime = lastTime
	s.tipTime.Store(lastTime)
	s.firstTime.Store(firstTime)
	return nil
}

// marker reads what the last trim left: the tip then, the first index, the
// arrival of the last record then.
func (s *Shard) marker() (next, first uint64, lastTime int64, err error) {
	v, closer, err := s.log.db.Get(appendKey(nil, markerKind, s.id, 0))
	if errors.Is(err, pebble.ErrNotFound) {
		return FirstIndex, FirstIndex, 0, nil
	}
	if err != nil {
		return 0, 0, 0, fmt.Errorf("reading the record log: %w", err)
	}
	if len(v) == 24 {
		next, first = binary.BigEndian.Uint64(v), binary.BigEndian.Uint64(v[8:])
		lastTime = int64(binary.BigEndian.Uint64(v[16:]))
	} else {
		err = ErrCorrupt
	}
	if cerr := closer.Close(); err == nil {
		err = cerr
	}
	return next, first, lastTime, err
}
