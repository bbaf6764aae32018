package filesystem

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/format"
	"weir/internal/objstore"
)

// What one writer may hold: beyond, its biggest part is closed early.
const (
	maxHeld = 48 << 20
	maxOpen = 1000
)

// parallelIO is how many parts are staged or completed at once.
const parallelIO = 16

// writer stages the rows of one task.
type writer struct {
	ctx   context.Context
	s     *sink
	t     *table
	id    string
	index int
	enc   format.Encoder

	buckets map[string]*bucket // by directory
	groups  map[string]*bucket // by partition values; several may share a directory
	touched []*bucket
	counter int // the highest of any directory
	open    int
	held    int
	looked  int64 // when ages were last looked at
	ready   []connector.Committable
	buf     []byte
	group   []byte
	view    batch.Batch // the columns of the file
}

// bucket is a directory being written to.
type bucket struct {
	dir          string // "" or ending in a slash
	next         int    // the number of its next part
	part         objstore.Upload
	size, held   int
	opened, last int64 // when the part was begun and last written to, in milliseconds
	sel          []int32
}

// committable is a staged part.
type committable struct {
	Staged    objstore.Staged
	Partition string
	Writer    string
}

// Write implements connector.Writer.
func (w *writer) Write(b *batch.Batch) error {
	if b.Rows() == 0 {
		return nil
	}
	w.view.Cols = w.view.Cols[:0]
	for _, c := range w.t.data {
		w.view.Cols = append(w.view.Cols, b.Cols[c])
	}
	w.view.N, w.view.Kinds = b.N, b.Kinds
	now := w.s.env.Clock.Now().UnixMilli()
	if len(w.t.keys) == 0 {
		w.view.Sel = b.Sel
		if err := w.append(w.bucket(nil), now); err != nil {
			return err
		}
		return w.roll(now)
	}
	w.spread(b)
	for _, k := range w.touched {
		w.view.Sel = k.sel
		if err := w.append(k, now); err != nil {
			return err
		}
		k.sel = k.sel[:0]
	}
	w.touched = w.touched[:0]
	return w.roll(now)
}

// spread gives each row of b to its bucket.
func (w *writer) spread(b *batch.Batch) {
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	for _, i := range sel {
		w.group = w.t.appendGroup(w.group[:0], b, int(i))
		k := w.groups[string(w.group)]
		if k == nil {
			k = w.bucket(w.t.appendPartition(nil, b, int(i)))
			w.groups[string(w.group)] = k
		}
		if len(k.sel) == 0 {
			w.touched = append(w.touched, k)
		}
		k.sel = append(k.sel, i)
	}
}

// bucket is the one of dir. A new one counts on from the highest number of any,
// as Flink's do, and takes it at once: rows are about to be written.
func (w *writer) bucket(dir []byte) *bucket {
	k := w.buckets[string(dir)]
	if k == nil {
		k = &bucket{dir: string(dir), next: w.counter}
		w.counter++
		w.buckets[k.dir] = k
	}
	return k
}

// append writes the view's rows to k's part.
func (w *writer) append(k *bucket, now int64) error {
	if k.part == nil {
		key := fmt.Sprintf("%spart-%s-%d-%d", k.dir, w.id, w.index, k.next)
		part, err := w.s.store.Begin(w.ctx, key)
		if err != nil {
			return fmt.Errorf("opening %s: %w", w.s.store.Name(key), err)
		}
		k.part, k.size, k.opened = part, 0, now
		k.next++
		w.counter = max(w.counter, k.next)
		w.open++
	}
	var err error
	if w.buf, err = w.enc.Encode(w.buf[:0], &w.view); err != nil {
		return err
	}
	if _, err := k.part.Write(w.buf); err != nil {
		return fmt.Errorf("writing to %s: %w", w.s.store.Name(k.dir), err)
	}
	k.size += len(w.buf)
	k.last = now
	w.held += k.part.Held() - k.held
	k.held = k.part.Held()
	if int64(k.size) > int64(w.t.opts.FileSize) {
		return w.stage(k)
	}
	return nil
}

// roll closes the parts that are too old, and some when too much is open.
func (w *writer) roll(now int64) error {
	for w.held > maxHeld || w.open > maxOpen {
		if err := w.stage(w.biggest()); err != nil {
			return err
		}
	}
	if now-w.looked < w.t.opts.Check.Milliseconds() {
		return nil
	}
	w.looked = now
	for _, k := range w.buckets {
		if k.part != nil && (now-k.opened >= w.t.opts.Rollover.Milliseconds() || now-k.last >= w.t.opts.Inactivity.Milliseconds()) {
			if err := w.stage(k); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) biggest() *bucket {
	var most *bucket
	for _, k := range w.buckets {
		if k.part != nil && (most == nil || k.held > most.held || k.held == most.held && k.dir < most.dir) {
			most = k
		}
	}
	return most
}

// stage closes k's part.
func (w *writer) stage(k *bucket) error {
	s, err := k.part.Stage(w.ctx)
	if err != nil {
		return err
	}
	return w.staged(k, s)
}

func (w *writer) staged(k *bucket, s objstore.Staged) error {
	c, err := json.Marshal(committable{Staged: s, Partition: k.dir, Writer: w.id})
	if err != nil {
		return err
	}
	w.ready = append(w.ready, c)
	w.held -= k.held
	k.part, k.held = nil, 0
	w.open--
	return nil
}

// Watermark implements connector.Writer; the committer is told of it at the
// barrier.
func (w *writer) Watermark(int64) error { return nil }

// Prepare implements connector.Writer. A directory that was not written to
// since the last barrier is forgotten; if it comes back it counts on from the
// highest number.
func (w *writer) Prepare(bool) ([]connector.Committable, error) {
	var open []*bucket
	for _, dir := range slices.Sorted(maps.Keys(w.buckets)) {
		if k := w.buckets[dir]; k.part != nil {
			open = append(open, k)
		} else {
			delete(w.buckets, dir)
		}
	}
	clear(w.groups)
	staged := make([]objstore.Staged, len(open))
	g, ctx := errgroup.WithContext(w.ctx)
	g.SetLimit(parallelIO)
	for i, k := range open {
		g.Go(func() error {
			var err error
			staged[i], err = k.part.Stage(ctx)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for i, k := range open {
		if err := w.staged(k, staged[i]); err != nil {
			return nil, err
		}
	}
	cs := w.ready
	w.ready = nil
	return cs, nil
}

// Close implements connector.Writer.
func (w *writer) Close() error {
	defer w.s.closed(w.id)
	var failed []error
	ctx := context.WithoutCancel(w.ctx)
	for _, k := range w.buckets {
		if k.part != nil {
			failed = append(failed, k.part.Abort(ctx))
			k.part = nil
		}
	}
	return errors.Join(failed...)
}
