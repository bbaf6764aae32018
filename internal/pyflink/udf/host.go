// Package udf runs Python functions in worker processes.
//
// Vocabulary. The helper is a process that the program forked off itself: it
// knows the program's functions as live objects, and forks workers when asked.
// A worker calls functions on columns: one frame with arguments in, one with
// results, or with an error and its traceback, out. A generation is a helper
// and its workers; a program that registers functions after it executed
// something makes a new one.
//
// A frame is a little-endian 32-bit length, a byte for its kind, three for
// nothing, the function's number in this worker, the number of rows, and
// columns in Arrow's layout (frame.go).
//
// Invariants. A worker has one frame under way at most. A worker that raised
// goes on; one that died, or did not answer in time and was killed, is replaced
// when the next frame comes. Processes are started by the helper only, and end
// with the connection of theirs.
package udf

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"weir/internal/clock"
	"weir/internal/errs"
)

// Config is what a Host needs.
type Config struct {
	Clock clock.Clock
	Log   *slog.Logger
	// TimeZone is the session's, for TIMESTAMP_LTZ; "" is UTC.
	TimeZone string
	// CallTimeout is how long one frame may take; 0 is DefaultCallTimeout.
	CallTimeout time.Duration
}

// DefaultCallTimeout is how long a frame may take: frames are sized to take a
// second, so a function that takes this long for one hangs.
const DefaultCallTimeout = 5 * time.Minute

// startTimeout is how long a worker may take to start, deathTimeout how long the
// helper may take to tell how one died.
const (
	startTimeout = time.Minute
	deathTimeout = 2 * time.Second
)

// Host has the helpers and workers of a program.
type Host struct {
	cfg Config

	mu      sync.Mutex
	helper  *helper // the newest
	idle    []*worker
	waiting map[int]chan *worker
	deaths  map[int]chan death
	nextID  int
	nextFn  int
}

type helper struct {
	conn       net.Conn
	generation int
	gone       bool
	mu         sync.Mutex // one order at a time
}

// worker is a worker's connection, used by one goroutine at a time.
type worker struct {
	id      int
	helper  *helper
	conn    net.Conn
	replies chan reply     // its answers, then the error that ended the connection
	opened  map[int]uint32 // its numbers of functions, by the host's
	done    chan struct{}  // closed when its connection may be closed
	buf     []byte
}

// death is how a worker ended.
type death struct {
	Status    int    `json:"status"`
	Traceback string `json:"traceback"`
}

// NewHost makes a Host.
func NewHost(cfg Config) *Host {
	if cfg.CallTimeout == 0 {
		cfg.CallTimeout = DefaultCallTimeout
	}
	return &Host{cfg: cfg, waiting: map[int]chan *worker{}, deaths: map[int]chan death{}}
}

// ServeHelper takes a helper's connection, whose first frame has been read,
// and returns when it ends.
func (h *Host) ServeHelper(_ context.Context, c net.Conn, r *bufio.Reader) {
	h.mu.Lock()
	generation := 1
	if h.helper != nil {
		generation = h.helper.generation + 1
	}
	hp := &helper{conn: c, generation: generation}
	h.helper = hp
	for _, w := range h.idle { // they do not know the newest functions
		h.discard(w)
	}
	h.idle = nil
	h.mu.Unlock()
	if err := hp.order(map[string]any{"op": "ready"}); err != nil {
		return // its reader, the program, sees it end
	}
	for {
		var m struct {
			Op     string `json:"op"`
			Worker int    `json:"worker"`
			death
		}
		if err := readJSON(r, &m); err != nil {
			h.mu.Lock()
			hp.gone = true
			h.mu.Unlock()
			return
		}
		if m.Op == "exited" {
			h.died(m.Worker, m.death)
		}
	}
}

func (h *Host) died(id int, d death) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ch := h.deaths[id]; ch != nil {
		ch <- d // it has room for the one death there is
	}
}

// discard lets a worker's connection go, and with it the worker.
func (h *Host) discard(w *worker) {
	delete(h.deaths, w.id)
	close(w.done)
}

// ServeWorker takes a worker's connection, whose first frame has been read, and
// returns when it is not needed any more.
func (h *Host) ServeWorker(ctx context.Context, id int, c net.Conn, r *bufio.Reader) {
	h.mu.Lock()
	ch := h.waiting[id]
	delete(h.waiting, id)
	h.mu.Unlock()
	if ch == nil {
		return // nobody waits for it any more
	}
	w := &worker{id: id, conn: c, replies: make(chan reply, 1), opened: map[int]uint32{}, done: make(chan struct{})}
	ch <- w
	go func() {
		for {
			a := readFrame(r)
			if a.err != nil {
				h.retire(w)
			}
			select {
			case w.replies <- a:
			case <-w.done:
				return
			case <-ctx.Done():
				return
			}
			if a.err != nil {
				return
			}
		}
	}()
	select {
	case <-w.done:
	case <-ctx.Done():
	}
}

// retire takes a worker whose connection has ended off the idle ones.
func (h *Host) retire(w *worker) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, o := range h.idle {
		if o == w {
			h.idle = append(h.idle[:i], h.idle[i+1:]...)
			h.discard(w)
			return
		}
	}
}

// acquire takes an idle worker or has one started.
func (h *Host) acquire() (*worker, error) {
	h.mu.Lock()
	if n := len(h.idle); n > 0 {
		w := h.idle[n-1]
		h.idle = h.idle[:n-1]
		h.mu.Unlock()
		return w, nil
	}
	hp := h.helper
	if hp == nil || hp.gone {
		h.mu.Unlock()
		return nil, errs.New(errs.Lost, "python.helper", "the process that starts Python workers is gone").
			WithHint("start the program again")
	}
	id := h.nextID
	h.nextID++
	ch := make(chan *worker, 1)
	h.waiting[id] = ch
	died := make(chan death, 1)
	h.deaths[id] = died
	h.mu.Unlock()
	if err := hp.order(map[string]any{"op": "spawn", "worker": id}); err != nil {
		return nil, errs.New(errs.Lost, "python.helper", "asking for a Python worker").Because(err)
	}
	late, stop := h.cfg.Clock.After(startTimeout)
	defer stop()
	select {
	case w := <-ch:
		w.helper = hp
		return w, nil
	case d := <-died:
		return nil, errs.New(errs.Failed, "python.worker", "a Python worker ended while starting: %s", d)
	case <-late:
		return nil, errs.New(errs.Failed, "python.worker", "a Python worker did not start within %s", startTimeout)
	}
}

// release gives a worker back.
func (h *Host) release(w *worker) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if w.helper != h.helper {
		h.discard(w)
		return
	}
	h.idle = append(h.idle, w)
}

// bury ends a worker that is of no use, and tells how it died; kill tells that
// it still runs.
func (h *Host) bury(w *worker, kill bool) (death, bool) {
	h.mu.Lock()
	ch := h.deaths[w.id]
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.discard(w)
	}()
	if kill {
		if err := w.helper.order(map[string]any{"op": "kill", "worker": w.id}); err != nil {
			return death{}, false
		}
	}
	late, stop := h.cfg.Clock.After(deathTimeout)
	defer stop()
	select {
	case d := <-ch:
		return d, true
	case <-late:
		return death{}, false
	}
}

// Idle is how many workers wait for something to do.
func (h *Host) Idle() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.idle)
}

// String is how the worker ended, in words.
func (d death) String() string {
	s := fmt.Sprintf("exit code %d", d.Status)
	switch {
	case d.Status == -9:
		s = "killed (signal 9)"
	case d.Status < 0:
		s = fmt.Sprintf("died of signal %d", -d.Status)
	}
	if t := strings.TrimSpace(d.Traceback); t != "" {
		s += "\n" + t
	}
	return s
}

// order sends the helper a frame.
func (hp *helper) order(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	hp.mu.Lock()
	defer hp.mu.Unlock()
	_, err = hp.conn.Write(append([]byte{byte(len(data) >> 24), byte(len(data) >> 16), byte(len(data) >> 8), byte(len(data))}, data...))
	return err
}

func readJSON(r *bufio.Reader, v any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	data := make([]byte, int(head[0])<<24|int(head[1])<<16|int(head[2])<<8|int(head[3]))
	if _, err := io.ReadFull(r, data); err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}
