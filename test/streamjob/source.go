package streamjob

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/format"
	"weir/internal/format/json"
	"weir/internal/obs"
)

// feed is a stream of the script: the records of each split, kept over
// restarts, and how far the job has read them.
type feed struct {
	mu      sync.Mutex
	splits  [][]string
	sources []*source // that read it since the start: a query may name it twice
	ended   bool
	closed  int           // their readers that have been closed
	changed chan struct{} // closed and replaced at every change
	batch   int           // the most rows a Poll
}

func newFeed(splits, batch int) *feed {
	return &feed{splits: make([][]string, splits), changed: make(chan struct{}), batch: batch}
}

// update changes the feed and wakes whoever waits for a change.
func (f *feed) update(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	close(f.changed)
	f.changed = make(chan struct{})
}

// spareClosed waits until the tasks that have no split to read have ended: until
// then they hold back the watermark, in Flink too.
func (f *feed) spareClosed(par int, done <-chan struct{}) error {
	return f.wait(done, func() bool { return f.closed >= (par-len(f.splits))*len(f.sources) })
}

// drained waits until the job has read everything.
func (f *feed) drained(done <-chan struct{}) error {
	return f.wait(done, func() bool {
		all := true
		for i, s := range f.splits {
			for _, r := range f.sources {
				all = all && r.read[i] == len(s)
			}
		}
		return all
	})
}

func (f *feed) wait(done <-chan struct{}, reached func() bool) error {
	for {
		f.mu.Lock()
		all := reached()
		c := f.changed
		f.mu.Unlock()
		if all {
			return nil
		}
		select {
		case <-c:
		case <-done:
			return fmt.Errorf("the job ended before it had read its input")
		}
	}
}

func factory(feeds map[string]*feed) *connector.Factory {
	return &connector.Factory{Name: "feed", Doc: "A stream of the script.",
		Validate: func(*connector.Table, map[string]*format.Format) error { return nil },
		NewSource: func(_ context.Context, _ *connector.Env, t *connector.Table) (connector.Source, error) {
			f := feeds[t.Options["feed"]]
			s := &source{f, t, make([]int, len(f.splits))}
			f.update(func() { f.sources = append(f.sources, s) })
			return s, nil
		}}
}

type source struct {
	*feed
	t    *connector.Table
	read []int // by split: how many records the job has read
}

func (*source) Bounded() bool      { return false }
func (s *source) Identity() string { return "feed:" + s.t.Options["feed"] }

func (s *source) Enumerator(_ context.Context, state []byte) (connector.Enumerator, error) {
	return &enumerator{splits: len(s.splits), given: len(state) > 0}, nil
}

func (s *source) Reader(context.Context, int, int, obs.Scope) (connector.Reader, error) {
	d, err := json.NewDecoder(format.Config{Fields: s.t.Fields})
	return &reader{source: s, decoder: d, at: map[int]int{}, wake: make(chan struct{}, 1)}, err
}

type enumerator struct {
	splits int
	given  bool
}

func (e *enumerator) Discover(context.Context) ([]connector.Split, bool, error) {
	if e.given {
		return nil, false, nil
	}
	e.given = true
	var found []connector.Split
	for i := range e.splits {
		found = append(found, connector.Split{ID: fmt.Sprint(i), Position: binary.AppendVarint(nil, 0)})
	}
	return found, false, nil
}
func (*enumerator) Finished(string)           {}
func (*enumerator) Interval() int64           { return 60_000 }
func (*enumerator) Snapshot() ([]byte, error) { return []byte{1}, nil }

type reader struct {
	*source
	decoder format.Decoder
	order   []int
	at      map[int]int
	wake    chan struct{}
}

func (r *reader) Add(splits []connector.Split) error {
	for _, s := range splits {
		var i int
		if _, err := fmt.Sscan(s.ID, &i); err != nil {
			return err
		}
		n, _ := binary.Varint(s.Position)
		r.order = append(r.order, i)
		r.at[i] = int(n)
		r.update(func() { r.read[i] = int(n) })
	}
	return nil
}

func (r *reader) Poll(dst *batch.Batch) (f connector.Fetch, ok bool, err error) {
	r.update(func() {
		for k, i := range r.order {
			n := min(len(r.splits[i])-r.at[i], r.batch)
			done := r.ended && r.at[i]+n == len(r.splits[i])
			if n == 0 && !done {
				continue
			}
			for ; n > 0 && err == nil; n-- {
				err = r.decoder.Decode([]byte(r.splits[i][r.at[i]]), dst)
				r.at[i]++
			}
			r.read[i] = r.at[i]
			r.order = append(append(r.order[:k:k], r.order[k+1:]...), i)
			if f, ok = (connector.Fetch{Split: fmt.Sprint(i), Done: done}), true; done {
				delete(r.at, i)
				r.order = r.order[:len(r.order)-1]
			}
			return
		}
	})
	return f, ok, err
}

func (r *reader) Wake() <-chan struct{} {
	r.mu.Lock()
	c, pending := r.changed, false
	for _, i := range r.order {
		pending = pending || r.ended || r.at[i] < len(r.splits[i])
	}
	r.mu.Unlock()
	if pending {
		select {
		case r.wake <- struct{}{}:
		default:
		}
		return r.wake
	}
	return c
}

func (r *reader) Positions() ([]connector.Split, error) {
	var ps []connector.Split
	for i, n := range r.at {
		ps = append(ps, connector.Split{ID: fmt.Sprint(i), Position: binary.AppendVarint(nil, int64(n))})
	}
	return ps, nil
}

func (r *reader) Close() error {
	r.update(func() { r.closed++ })
	return nil
}
