// Package eventlog keeps the events of CloudWatch Logs on disk.
//
// Vocabulary. A stream is a number given by the service; an event has a time
// (the producer's, in milliseconds), an arrival and a message. A Pos is an
// event's place: its time and, among equal times, its sequence number, which
// grows with arrival over all streams; so the events of several streams have
// one order. A summary is what is known of a stream's events in sum.
//
// The store is one pebble database, one entry an event under (stream, time,
// sequence): producers may be out of order by hours, and so reading by time,
// backwards too, is a plain scan and trimming a range delete. A put is one
// batch, durable when Put returns; puts to different streams share a sync.
//
// The package must not know groups, names, requests or retention policies.
package eventlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"weir/internal/vfs"
)

// ErrFull says that the disk has no room for more events.
var ErrFull = errors.New("no space left on the disk of the logs")

// Event is one event of a stream.
type Event struct {
	Pos
	Arrival int64 // ms
	Message string
}

// Pos is the place of an event.
type Pos struct {
	Time int64  // ms
	Seq  uint64 // 0 is before the first event of Time
}

// Before reports whether p is before q.
func (p Pos) Before(q Pos) bool { return p.Time < q.Time || p.Time == q.Time && p.Seq < q.Seq }

// Summary is what a stream's events are in sum.
type Summary struct {
	First, Last int64 // times; meaningful when Count > 0
	LastArrival int64 // 0: never
	Bytes       int64 // messages and 26 bytes each, as AWS counts
	Count       int64
}

// Overhead is what AWS counts for an event beside its message.
const Overhead = 26

// Log is the store. It is safe for concurrent use.
type Log struct {
	db   *pebble.DB
	full func() error // nil: no room is known to lack

	mu      sync.Mutex // guards seq and streams
	seq     uint64     // of the last event
	streams map[uint64]*stream
}

// stream is one stream's end.
type stream struct {
	put sync.Mutex // one Put, Trim or Drop at a time

	mu  sync.Mutex
	sum Summary
}

// Key spaces: the first byte of every key.
const (
	eventSpace   = 'e' // stream, time, sequence -> arrival, message
	summarySpace = 's' // stream -> summary
	openingsKey  = 'o' // -> how often the store was opened
)

// openingShift is how many sequence bits an opening has: 2^40 events.
const openingShift = 40

// Open opens or creates the store in dir of fs. full, when not nil, says why
// nothing can be written now.
func Open(fs vfs.FS, dir string, full func() error) (*Log, error) {
	db, err := pebble.Open(dir, &pebble.Options{
		FS: fs, Logger: quiet{}, FormatMajorVersion: pebble.FormatNewest,
		MemTableSize: 8 << 20, CacheSize: 16 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("opening logs in %s: %w", dir, err)
	}
	l := &Log{db: db, full: full, streams: map[uint64]*stream{}}
	if err := l.load(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return l, nil
}

// Close flushes and closes the store.
func (l *Log) Close() error { return l.db.Close() }

func (l *Log) load() error {
	if err := l.startSequence(); err != nil {
		return err
	}
	it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: []byte{summarySpace}, UpperBound: []byte{summarySpace + 1}})
	if err != nil {
		return fmt.Errorf("reading logs: %w", err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		sum, err := readSummary(it.Value())
		if err != nil {
			return errors.Join(err, it.Close())
		}
		l.streams[binary.BigEndian.Uint64(it.Key()[1:])] = &stream{sum: sum}
	}
	if err := it.Close(); err != nil {
		return fmt.Errorf("reading logs: %w", err)
	}
	return nil
}

// startSequence begins the sequence numbers of this opening: the count of
// openings is their top, so that none is ever given out twice and no put has to
// note them.
func (l *Log) startSequence() error {
	var openings uint64
	data, closer, err := l.db.Get([]byte{openingsKey})
	switch {
	case errors.Is(err, pebble.ErrNotFound):
	case err != nil:
		return fmt.Errorf("reading logs: %w", err)
	default:
		openings = binary.BigEndian.Uint64(data)
		if err := closer.Close(); err != nil {
			return fmt.Errorf("reading logs: %w", err)
		}
	}
	openings++
	l.seq = openings << openingShift
	if err := l.db.Set([]byte{openingsKey}, binary.BigEndian.AppendUint64(nil, openings), pebble.Sync); err != nil {
		return fmt.Errorf("writing logs: %w", err)
	}
	return nil
}

// Streams are the streams that have a summary.
func (l *Log) Streams() []uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ids []uint64
	for id := range l.streams {
		ids = append(ids, id)
	}
	return ids
}

func (l *Log) stream(id uint64) *stream {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.streams[id]
	if s == nil {
		s = &stream{}
		l.streams[id] = s
	}
	return s
}

// Summary is the sum of a stream's events.
func (l *Log) Summary(id uint64) Summary {
	l.mu.Lock()
	s := l.streams[id]
	l.mu.Unlock()
	if s == nil {
		return Summary{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sum
}

// Put appends events that arrived at arrival; only Time and Message of each
// are read. They are on disk when it returns nil.
func (l *Log) Put(id uint64, arrival int64, events []Event) error {
	if l.full != nil {
		if err := l.full(); err != nil {
			return fmt.Errorf("%w: %v", ErrFull, err)
		}
	}
	s := l.stream(id)
	s.put.Lock()
	defer s.put.Unlock()
	b := l.db.NewBatch()
	sum := l.Summary(id)
	var arrived [8]byte
	binary.BigEndian.PutUint64(arrived[:], uint64(arrival))
	seq := l.reserve(len(events))
	for _, e := range events {
		seq++
		op := b.SetDeferred(eventKeyLen, 8+len(e.Message))
		putEventKey(op.Key, id, Pos{e.Time, seq})
		copy(op.Value[copy(op.Value, arrived[:]):], e.Message)
		if err := op.Finish(); err != nil {
			return fmt.Errorf("writing logs: %w", err)
		}
		sum.add(e.Time, len(e.Message))
	}
	sum.LastArrival = arrival
	if err := commit(b, id, sum, pebble.Sync); err != nil {
		return err
	}
	s.mu.Lock()
	s.sum = sum
	s.mu.Unlock()
	return nil
}

// reserve takes n sequence numbers; the first is one above the result.
func (l *Log) reserve(n int) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq += uint64(n)
	return l.seq - uint64(n)
}

// commit writes b together with the stream's summary.
func commit(b *pebble.Batch, id uint64, sum Summary, how *pebble.WriteOptions) error {
	if err := b.Set(summaryKey(id), sum.encode(), nil); err != nil {
		return fmt.Errorf("writing logs: %w", err)
	}
	if err := b.Commit(how); err != nil {
		return fmt.Errorf("writing logs: %w", err)
	}
	return b.Close()
}

// quiet drops pebble's progress notes; what goes wrong comes back as errors.
type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf("pebble: "+format, args...))
}
