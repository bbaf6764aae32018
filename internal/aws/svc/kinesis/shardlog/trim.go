package shardlog

import (
	"encoding/binary"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// SeekTime is the index of the first record that arrived at ms (milliseconds)
// or later; the end of the shard when there is none.
func (s *Shard) SeekTime(ms int64) (uint64, error) {
	s.log.mu.Lock()
	end, last := s.assigned.Load(), s.lastTime
	s.log.mu.Unlock()
	if ms > last {
		return end, nil
	}
	lo, hi := s.First(), s.tip.Load()
	it, err := s.blocks(hi)
	if err != nil {
		return 0, err
	}
	at, err := s.bisect(it, lo, hi, ms)
	if cerr := it.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return 0, fmt.Errorf("looking for a time in shard %d: %w", s.id.Shard, err)
	}
	return at, nil
}

// bisect looks for ms in the records lo up to hi.
func (s *Shard) bisect(it *pebble.Iterator, lo, hi uint64, ms int64) (uint64, error) {
	for lo < hi {
		mid := lo + (hi-lo)/2
		if !s.seekBlock(it, mid) {
			return hi, it.Error()
		}
		value, err := it.ValueAndErr()
		if err != nil {
			return 0, err
		}
		first := keyIndex(it.Key())
		end, from, to, err := extent(first, value)
		switch {
		case err != nil:
			return 0, err
		case to < ms:
			lo = end
		case from >= ms:
			hi = max(lo, min(first, mid))
		default:
			at, err := runAt(first, value, ms)
			return max(lo, at), err
		}
	}
	return lo, nil
}

// runAt is the first index of a block's first run that arrived at ms or later.
func runAt(first uint64, value []byte, ms int64) (uint64, error) {
	b, err := readBlock(first, value)
	for err == nil {
		var r runView
		var ok bool
		if r, ok, err = b.next(); ok && r.time < ms {
			continue
		}
		return r.first, err
	}
	return 0, err
}

// Expire makes the records that arrived before ms unreadable; Trim frees their
// space. It costs next to nothing when there are none.
func (s *Shard) Expire(ms int64) error {
	if s.firstTime.Load() >= ms {
		return nil
	}
	s.trimMu.Lock()
	defer s.trimMu.Unlock()
	return s.expire(ms)
}

func (s *Shard) expire(ms int64) error {
	at, err := s.SeekTime(ms)
	if err != nil {
		return err
	}
	s.first.Store(max(s.first.Load(), min(at, s.tip.Load())))
	s.firstTime.Store(max(s.firstTime.Load(), ms))
	return nil
}

// Trim deletes the blocks whose records all arrived before ms.
func (s *Shard) Trim(ms int64) error {
	s.trimMu.Lock()
	defer s.trimMu.Unlock()
	if err := s.expire(ms); err != nil {
		return err
	}
	first := s.first.Load()
	if first == s.trimmed {
		return nil
	}
	keep, err := s.blockOf(first)
	if err != nil {
		return err
	}
	var mark [24]byte
	binary.BigEndian.PutUint64(mark[:], s.tip.Load())
	binary.BigEndian.PutUint64(mark[8:], first)
	binary.BigEndian.PutUint64(mark[16:], uint64(s.tipTime.Load()))
	b := s.log.db.NewBatch()
	if err := b.DeleteRange(appendKey(nil, blockKind, s.id, 0), appendKey(nil, blockKind, s.id, keep), nil); err != nil {
		return fmt.Errorf("trimming shard %d: %w", s.id.Shard, err)
	}
	if err := b.Set(appendKey(nil, markerKind, s.id, 0), mark[:], nil); err != nil {
		return fmt.Errorf("trimming shard %d: %w", s.id.Shard, err)
	}
	if err := s.log.background(b); err != nil {
		return err
	}
	s.trimmed = first
	return nil
}

// blockOf is the first index of the block that holds index, or index itself
// when no block does.
func (s *Shard) blockOf(index uint64) (uint64, error) {
	tip := s.tip.Load()
	if index >= tip {
		return index, nil
	}
	it, err := s.blocks(tip)
	if err != nil {
		return 0, err
	}
	at := index
	if it.SeekLT(appendKey(nil, blockKind, s.id, index+1)) {
		at = keyIndex(it.Key())
	}
	if err := it.Close(); err != nil {
		return 0, fmt.Errorf("reading the record log: %w", err)
	}
	return at, nil
}
