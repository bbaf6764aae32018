package kinesis

import (
	"sync"
	"time"

	"weir/internal/connector"
)

// tips keeps rows of one shard from passing those of a shard that is idle.
//
// A shard that is read to its tip for a while does not hold event time back. If
// then records come to it and to another, chance decides which are read first,
// and those of the idle shard would be late. So rows read near the tip of one
// shard are handed out only when every shard that may be idle has answered a
// call begun after those rows had come: had it had records put before them, the
// answer would have brought them. What comes to it later was put later, and is
// late only if it would have been late in a stream of one shard.
//
// Calls are ordered by a count: a page that asks takes the next number, an
// answer carries the number that was current when its call began.
//
// It is shared by the readers of a source.
type tips struct {
	mu     sync.Mutex
	asked  int64
	shards map[string]*tip
}

// tip is what the task of a shard's reader knows of it.
type tip struct {
	reader   *reader
	rows     bool      // it has had records in this run
	at       bool      // it has nothing more, as far as its task knows
	since    time.Time // at its tip since then
	answered int64     // the number of the last answer its task has taken in
	called   int64     // the last number it was told to answer
	kick     chan struct{}
}

// nearTip is how recent, in ms, records must be to ask for the other shards. A
// shard counts as idle only while it answers every second, so what was put
// earlier is known to come before.
const nearTip = 2000

// maybeIdle is how long after reaching its tip a shard may be idle: less than the
// engine's second.
const maybeIdle = 500 * time.Millisecond

// longestWait is for how long rows wait for other shards. A shard that has not
// answered for so long holds event time back by itself.
const longestWait = 1500 * time.Millisecond

func newTips() *tips { return &tips{shards: map[string]*tip{}} }

// add takes a shard in; its fetcher listens to what is returned.
func (t *tips) add(id string, r *reader) chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := &tip{reader: r, kick: make(chan struct{}, 1)}
	t.shards[id] = s
	return s.kick
}

// remove lets go of a shard, unless another reader has it by now.
func (t *tips) remove(id string, r *reader) {
	t.mu.Lock()
	if s := t.shards[id]; s != nil && s.reader == r {
		delete(t.shards, id)
	}
	t.mu.Unlock()
	t.wakeOthers(r)
}

// now is the number of a call that begins.
func (t *tips) now() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.asked
}

// ask gives a page the number that other shards must answer, and makes those
// that may be idle do it.
func (t *tips) ask(id string, now time.Time) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked++
	t.open(id, t.asked, now)
	return t.asked
}

// settled reports whether every shard but id that may be idle has answered n.
func (t *tips) settled(id string, n int64, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.open(id, n, now)
}

// open reports whether a shard has yet to answer n, and tells those that do.
func (t *tips) open(id string, n int64, now time.Time) bool {
	open := false
	for other, s := range t.shards {
		if other == id || !s.at || s.answered >= n || s.rows && now.Sub(s.since) < maybeIdle {
			continue
		}
		open = true
		if s.called < n {
			s.called = n
			select {
			case s.kick <- struct{}{}:
			default:
			}
		}
	}
	return open
}

// isAt reports whether a shard's task takes it to have nothing more.
func (t *tips) isAt(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.shards[id]
	return s != nil && s.at
}

// told is what the task has taken in of a shard.
type told struct {
	shard  string
	answer int64 // the number of the answer
	rows   bool  // there were records
	at     bool  // there is nothing more
}

// tell notes it.
func (t *tips) tell(r *reader, x told, now time.Time) {
	t.mu.Lock()
	if s := t.shards[x.shard]; s != nil && s.reader == r {
		if x.rows || x.at && !s.at {
			s.since = now
		}
		s.rows = s.rows || x.rows
		s.at, s.answered = x.at, x.answer
	}
	t.mu.Unlock()
	t.wakeOthers(r)
}

// wakeOthers lets the other readers look again.
func (t *tips) wakeOthers(r *reader) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.shards {
		if s.reader != r && s.reader.waiting.Load() {
			s.reader.poke()
		}
	}
}

// behind tells the engine that a shard has rows on their way.
func behind(shard string) connector.Fetch { return connector.Fetch{Split: shard} }
