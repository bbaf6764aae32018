package eventlog

import (
	"container/heap"
	"errors"
	"fmt"
	"iter"

	"github.com/cockroachdb/pebble/v2"
)

// Scan walks a stream's events from the first not before from, up to but not
// including to. A read error is yielded once, with a zero Event, and ends it.
func (l *Log) Scan(id uint64, from, to Pos) iter.Seq2[Event, error] {
	return l.walk(id, from, to, (*pebble.Iterator).First, (*pebble.Iterator).Next)
}

// ScanBack walks the same events as Scan, the last first.
func (l *Log) ScanBack(id uint64, from, to Pos) iter.Seq2[Event, error] {
	return l.walk(id, from, to, (*pebble.Iterator).Last, (*pebble.Iterator).Prev)
}

func (l *Log) walk(id uint64, from, to Pos, first, next func(*pebble.Iterator) bool) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if !from.Before(to) {
			return
		}
		it, err := l.db.NewIter(&pebble.IterOptions{LowerBound: eventKey(id, from), UpperBound: eventKey(id, to)})
		if err != nil {
			yield(Event{}, fmt.Errorf("reading logs: %w", err))
			return
		}
		defer func() { _ = it.Close() }() // its error is it.Error, reported below
		for ok := first(it); ok; ok = next(it) {
			e, err := readEvent(it.Key(), it.Value())
			if !yield(e, err) || err != nil {
				return
			}
		}
		if err := it.Error(); err != nil {
			yield(Event{}, fmt.Errorf("reading logs: %w", err))
		}
	}
}

// cursorChunk is how many events a merge takes from a stream at a time: it
// keeps no iterator open, so that a group may have any number of streams.
const cursorChunk = 256

// cursor is one stream of a merge.
type cursor struct {
	id     uint64
	events []Event
	last   bool // the stream has no more behind events
}

func (l *Log) fill(c *cursor, from, to Pos) error {
	c.events = c.events[:0:0]
	for e, err := range l.Scan(c.id, from, to) {
		if err != nil {
			return err
		}
		c.events = append(c.events, e)
		if len(c.events) == cursorChunk {
			return nil
		}
	}
	c.last = true
	return nil
}

// cursors is a heap of streams by their next event.
type cursors []*cursor

func (h cursors) Len() int           { return len(h) }
func (h cursors) Less(i, j int) bool { return h[i].events[0].Before(h[j].events[0].Pos) }
func (h cursors) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *cursors) Push(x any)        { *h = append(*h, x.(*cursor)) }
func (h *cursors) Pop() any {
	c := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return c
}

// Merged is an event and the stream it is of.
type Merged struct {
	Stream uint64
	Event
}

// Merge walks the events of several streams in one order, as Scan does.
func (l *Log) Merge(ids []uint64, from, to Pos) iter.Seq2[Merged, error] {
	return func(yield func(Merged, error) bool) {
		var h cursors
		for _, id := range ids {
			if sum := l.Summary(id); sum.Count == 0 || sum.Last < from.Time || sum.First > to.Time {
				continue
			}
			c := &cursor{id: id}
			if err := l.fill(c, from, to); err != nil {
				yield(Merged{}, err)
				return
			}
			if len(c.events) > 0 {
				h = append(h, c)
			}
		}
		heap.Init(&h)
		for len(h) > 0 {
			c := h[0]
			e := c.events[0]
			if !yield(Merged{c.id, e}, nil) {
				return
			}
			if c.events = c.events[1:]; len(c.events) == 0 && !c.last {
				if err := l.fill(c, Pos{e.Time, e.Seq + 1}, to); err != nil {
					yield(Merged{}, err)
					return
				}
			}
			if len(c.events) == 0 {
				heap.Pop(&h)
				continue
			}
			heap.Fix(&h, 0)
		}
	}
}

// Trim removes a stream's events before time.
func (l *Log) Trim(id uint64, time int64) error {
	if sum := l.Summary(id); sum.Count == 0 || sum.First >= time {
		return nil
	}
	s := l.stream(id)
	s.put.Lock()
	defer s.put.Unlock()
	sum := l.Summary(id)
	for e, err := range l.Scan(id, Pos{}, Pos{Time: time}) {
		if err != nil {
			return err
		}
		sum.Bytes -= int64(len(e.Message)) + Overhead
		sum.Count--
	}
	for e, err := range l.Scan(id, Pos{Time: time}, Pos{Time: sum.Last + 1}) {
		if err != nil {
			return err
		}
		sum.First = e.Time
		break
	}
	b := l.db.NewBatch()
	if err := b.DeleteRange(eventKey(id, Pos{}), eventKey(id, Pos{Time: time}), nil); err != nil {
		return errors.Join(fmt.Errorf("trimming logs: %w", err), b.Close())
	}
	if err := commit(b, id, sum, pebble.NoSync); err != nil {
		return err
	}
	s.mu.Lock()
	s.sum = sum
	s.mu.Unlock()
	return nil
}

// Drop removes a stream with all its events. Nothing may be put to it any more.
func (l *Log) Drop(id uint64) error {
	s := l.stream(id)
	s.put.Lock()
	defer s.put.Unlock()
	b := l.db.NewBatch()
	err := errors.Join(b.DeleteRange(eventKey(id, Pos{}), eventsEnd(id), nil), b.Delete(summaryKey(id), nil))
	if err != nil {
		return errors.Join(fmt.Errorf("deleting logs: %w", err), b.Close())
	}
	if err := b.Commit(pebble.NoSync); err != nil {
		return fmt.Errorf("deleting logs: %w", err)
	}
	l.mu.Lock()
	delete(l.streams, id)
	l.mu.Unlock()
	return b.Close()
}
