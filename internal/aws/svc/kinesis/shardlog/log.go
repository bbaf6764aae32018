// Package shardlog is the durable log of records under Kinesis Data Streams.
//
// Vocabulary. A Log holds the shards of all streams in one pebble database. A
// shard is a sequence of records, numbered by index without gaps, from 1. A
// Run is what one put brings to one shard. A block is the unit of storage:
// the runs that reached a shard in one commit, under the key (stream, shard,
// index of its first record). A group is the runs committed together, with
// one write and one sync, whatever shards they are for. The tip of a shard is
// the index its next durable record will have.
//
// Invariants.
//   - Append returns nil only when its runs are on disk.
//   - Readers see a record only when it is on disk: below the tip.
//   - Arrival times never fall along a shard, so a time is found by bisection.
//   - An index is never used twice for records that anyone has seen, also after
//     everything was trimmed: the marker of a shard keeps the tip then.
//   - A full disk delays and is reported (see vfs/spacewait); it loses nothing.
//
// The package knows nothing of stream names, hash keys, sequence numbers or
// AWS; the package kinesis above it does.
package shardlog

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"weir/internal/clock"
	"weir/internal/vfs/spacewait"
)

// FirstIndex is the index of a shard's first record.
const FirstIndex uint64 = 1

// ErrClosed is what a Log answers after Close.
var ErrClosed = errors.New("the record log is closed")

// FullError says that the disk has no room for a record. Nothing of the put
// was acknowledged; it may still be stored if it was already under way.
type FullError struct{ Reason error }

// Error gives the reason.
func (e *FullError) Error() string { return "the records were not stored: " + e.Reason.Error() }

// Unwrap gives the reason.
func (e *FullError) Unwrap() error { return e.Reason }

const (
	memTableSize = 32 << 20
	cacheSize    = 24 << 20
	groupBytes   = 4 << 20   // a group is closed at this size
	blockBytes   = 256 << 10 // runs join a block up to this size
)

// Log is the log of all shards. It is safe for concurrent use.
type Log struct {
	db    *pebble.DB
	fs    *spacewait.FS
	clock clock.Clock

	mu     sync.Mutex
	work   sync.Cond // signalled when queue grows or closed is set
	queue  []*group
	closed bool
	failed error // why nothing can be written any more
	done   chan struct{}

	shardMu sync.Mutex
	shards  map[ShardID]*Shard
}

// group is what is committed at once.
type group struct {
	runs  []*Run
	bytes int
	done  chan struct{} // closed when err is final
	err   error
}

// ShardID names a shard of any stream: the stream by a number never used twice.
type ShardID struct {
	Stream uint64
	Shard  uint32
}

// Open opens or creates the log in dir of fs.
func Open(fs *spacewait.FS, dir string, clk clock.Clock) (*Log, error) {
	db, err := pebble.Open(dir, options(fs))
	if err != nil {
		return nil, fmt.Errorf("opening the record log in %s: %w", dir, err)
	}
	l := &Log{db: db, fs: fs, clock: clk, done: make(chan struct{}), shards: map[ShardID]*Shard{}}
	l.work.L = &l.mu
	go l.commitLoop()
	return l, nil
}

func options(fs *spacewait.FS) *pebble.Options {
	return &pebble.Options{
		FS:                    fs,
		Logger:                quiet{},
		FormatMajorVersion:    pebble.FormatNewest,
		MemTableSize:          memTableSize,
		CacheSize:             cacheSize,
		L0CompactionThreshold: 4,
	}
}

// Close commits what is queued and closes the log. On a full disk it gives up
// with a FullError: nothing acknowledged depends on it.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.work.Signal()
	l.mu.Unlock()
	closed := make(chan error, 1)
	go func() {
		<-l.done
		if l.failed != nil { // pebble's pipeline is stuck; its Close would wait for ever
			closed <- l.failed
			return
		}
		closed <- l.db.Close()
	}()
	for {
		waiting := l.fs.Waiting()
		select {
		case err := <-closed:
			return err
		case <-waiting:
			if err := l.fs.Full(); err != nil {
				return &FullError{err}
			}
		}
	}
}

// Append puts the runs at the end of their shards, all or none, sets their
// First and Time, and returns when they are on disk. No two runs may be for the same
// shard. Runs belong to the log until Append returns; on an error for good.
func (l *Log) Append(ctx context.Context, runs []*Run) error {
	if err := l.fs.Full(); err != nil {
		return &FullError{err}
	}
	g, err := l.enqueue(runs)
	if err != nil {
		return err
	}
	for {
		waiting := l.fs.Waiting()
		select {
		case <-g.done:
			return g.err
		case <-ctx.Done():
			return ctx.Err()
		case <-waiting:
		}
		// The disk became full, perhaps not because of us: what is done is done.
		select {
		case <-g.done:
			return g.err
		default:
		}
		if err := l.fs.Full(); err != nil {
			return &FullError{err}
		}
	}
}

// enqueue numbers the runs and adds them to the last group of the queue.
func (l *Log) enqueue(runs []*Run) (*group, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.failed != nil:
		return nil, l.failed
	case l.closed:
		return nil, ErrClosed
	}
	if len(l.queue) == 0 || l.queue[len(l.queue)-1].bytes >= groupBytes {
		l.queue = append(l.queue, &group{done: make(chan struct{})})
	}
	g := l.queue[len(l.queue)-1]
	now := l.clock.Now().UnixMilli()
	for _, r := range runs {
		s := r.shard
		s.lastTime = max(s.lastTime, now)
		r.First, r.Time = s.assigned.Load(), s.lastTime
		s.assigned.Store(r.First + uint64(r.count))
		g.runs = append(g.runs, r)
		g.bytes += len(r.body)
	}
	l.work.Signal()
	return g, nil
}

// commitLoop writes group after group until the log is closed.
func (l *Log) commitLoop() {
	defer close(l.done)
	batch := l.db.NewBatch()
	for {
		g := l.next()
		if g == nil {
			_ = batch.Close() // empty
			return
		}
		err := l.commit(batch, g.runs)
		if err != nil {
			l.fail(g, err)
			return
		}
		for _, r := range g.runs {
			r.shard.published(r)
		}
		close(g.done)
		batch.Reset()
	}
}

// next waits for a group; nil when the log is closed and nothing is queued.
func (l *Log) next() *group {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.queue) == 0 {
		if l.closed {
			return nil
		}
		l.work.Wait()
	}
	g := l.queue[0]
	l.queue = l.queue[1:]
	return g
}

// commit writes the runs as blocks, durably. Pebble panics when its log cannot
// be written; that becomes an error here, and the end of writing.
func (l *Log) commit(batch *pebble.Batch, runs []*Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	if err := addBlocks(batch, runs); err != nil {
		return err
	}
	return batch.Commit(pebble.Sync)
}

// fail ends all writing: after a failed sync nobody knows what is on disk.
func (l *Log) fail(g *group, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = fmt.Errorf("the record log cannot be written (%w); restart the server once the disk is well again", err)
	for _, g := range append([]*group{g}, l.queue...) {
		g.err = l.failed
		close(g.done)
	}
	l.queue = nil
}

// Shard is the handle of a shard, which need not have records. The first
// call for a shard looks for its ends on disk.
func (l *Log) Shard(id ShardID) (*Shard, error) {
	l.shardMu.Lock()
	defer l.shardMu.Unlock()
	if s := l.shards[id]; s != nil {
		return s, nil
	}
	s := &Shard{log: l, id: id}
	if err := s.load(); err != nil {
		return nil, err
	}
	l.shards[id] = s
	return s, nil
}

// DropStream removes all records of a stream. Nothing may be put to it any more.
func (l *Log) DropStream(stream uint64) error {
	l.shardMu.Lock()
	for id := range l.shards {
		if id.Stream == stream {
			delete(l.shards, id)
		}
	}
	l.shardMu.Unlock()
	b := l.db.NewBatch()
	for _, kind := range []byte{blockKind, markerKind} {
		low := appendKey(nil, kind, ShardID{Stream: stream}, 0)
		high := appendKey(nil, kind, ShardID{Stream: stream + 1}, 0)
		if err := b.DeleteRange(low, high, nil); err != nil {
			return fmt.Errorf("deleting records: %w", err)
		}
	}
	return l.background(b)
}

// background commits b without waiting for the disk.
func (l *Log) background(b *pebble.Batch) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("deleting records: %v", p)
		}
	}()
	if err := l.fs.Full(); err != nil {
		_ = b.Close() // nothing was written; err says why
		return &FullError{err}
	}
	if err := b.Commit(pebble.NoSync); err != nil {
		return fmt.Errorf("deleting records: %w", err)
	}
	return b.Close()
}

// quiet drops pebble's progress notes and makes its fatal errors panics, which
// commit turns into errors.
type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf(format, args...))
}
