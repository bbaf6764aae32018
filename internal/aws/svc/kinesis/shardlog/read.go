package shardlog

import (
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Record is a record as Read hands it out; Key and Data are valid only until
// the function returns.
type Record struct {
	Index uint64
	Time  int64 // arrival, milliseconds
	Key   []byte
	Data  []byte
}

// Page says what Read has read.
type Page struct {
	Next    uint64 // where to go on
	Records int
	Time    int64 // arrival of the last record, milliseconds
	AtTip   bool  // nothing durable comes after it
}

// Read gives f the records from an index on, at most maxRecords and, but for
// the first, at most maxBytes of keys and data. What was trimmed is passed over.
func (s *Shard) Read(from uint64, maxRecords, maxBytes int, f func(*Record)) (Page, error) {
	tip := s.tip.Load()
	from = max(from, s.first.Load())
	if from >= tip {
		return Page{Next: from, AtTip: true}, nil
	}
	it, err := s.blocks(tip)
	if err != nil {
		return Page{}, err
	}
	p := pager{shard: s, page: Page{Next: from}, from: from, records: maxRecords, bytes: maxBytes, f: f}
	err = p.walk(it)
	if cerr := it.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return Page{}, fmt.Errorf("reading records of shard %d: %w", s.id.Shard, err)
	}
	p.page.AtTip = p.page.Next >= tip
	return p.page, nil
}

// blocks is an iterator over the shard's blocks that begin below tip.
func (s *Shard) blocks(tip uint64) (*pebble.Iterator, error) {
	it, err := s.log.db.NewIter(&pebble.IterOptions{
		LowerBound: appendKey(nil, blockKind, s.id, 0),
		UpperBound: appendKey(nil, blockKind, s.id, tip),
	})
	if err != nil {
		return nil, fmt.Errorf("reading the record log: %w", err)
	}
	return it, nil
}

// seekBlock moves it to the block with index, or else to the first after it.
func (s *Shard) seekBlock(it *pebble.Iterator, index uint64) bool {
	return it.SeekLT(appendKey(nil, blockKind, s.id, index+1)) || it.First()
}

// pager is a Read under way.
type pager struct {
	shard          *Shard
	page           Page
	from           uint64
	records, bytes int // what the page may still take
	f              func(*Record)
}

func (p *pager) walk(it *pebble.Iterator) error {
	for ok := p.shard.seekBlock(it, p.from); ok; ok = it.Next() {
		value, err := it.ValueAndErr()
		if err != nil {
			return err
		}
		more, err := p.block(keyIndex(it.Key()), value)
		if err != nil || !more {
			return err
		}
	}
	return it.Error()
}

// block hands out a block's records; more is false when the page is full.
func (p *pager) block(first uint64, value []byte) (more bool, err error) {
	b, err := readBlock(first, value)
	if err != nil {
		return false, err
	}
	for {
		r, ok, err := b.next()
		if err != nil || !ok {
			return err == nil, err
		}
		if r.end() <= p.from {
			continue
		}
		if more, err := p.run(r); err != nil || !more {
			return false, err
		}
	}
}

func (p *pager) run(r runView) (more bool, err error) {
	rec := Record{Index: r.first, Time: r.time}
	rest := r.body
	for ; rec.Index < r.end(); rec.Index++ {
		var ok1, ok2 bool
		rec.Key, rest, ok1 = sized(rest)
		rec.Data, rest, ok2 = sized(rest)
		if !ok1 || !ok2 {
			return false, ErrCorrupt
		}
		if rec.Index < p.from {
			continue
		}
		p.bytes -= len(rec.Key) + len(rec.Data)
		if p.records == 0 || p.bytes < 0 && p.page.Records > 0 {
			return false, nil
		}
		p.records--
		p.page.Records++
		p.page.Next, p.page.Time = rec.Index+1, rec.Time
		p.f(&rec)
	}
	return true, nil
}
