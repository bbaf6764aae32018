package kinesis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/obs"
)

// pagesAhead is how many pages of shards with a backlog a reader has in memory,
// the one being fetched and the one being decoded included.
const pagesAhead = 3

// reader reads shards: a goroutine fetches each, the task decodes.
type reader struct {
	*source
	ctx     context.Context
	cancel  context.CancelFunc
	decoder *decoder
	scope   obs.Scope
	wg      sync.WaitGroup

	fetched chan *page    // from the fetchers
	wake    chan struct{} // told when a page has come
	waiting atomic.Bool   // a page waits for other shards
	tokens  chan struct{} // one for each page ahead that may still be fetched
	pool    pagePool

	shards  map[string]*shard
	silent  int // shards of the start that have not answered yet
	started bool
	queue   []*page // pages that have come, in order
	cur     *page   // being decoded
	last    decoded // by the last Poll
	told    told    // what the last Poll told, not yet noted
}

// shard is a shard being read, as the task sees it.
type shard struct {
	id     string
	first  bool // it has answered
	start  position
	after  []byte     // the last sequence number decoded; none: start
	queued int        // pages in the queue
	lag    *obs.Gauge // millisBehindLatest
	bytes  *obs.Gauge // bytesRequestedPerFetch
}

// decoded are records of a page.
type decoded struct {
	page     *page
	from, to int
}

// Add implements connector.Reader.
func (r *reader) Add(splits []connector.Split) error {
	for _, sp := range splits {
		sh := &shard{id: sp.ID}
		if err := json.Unmarshal(sp.Position, &sh.start); err != nil {
			return fmt.Errorf("position of shard %s is damaged: %w", sp.ID, err)
		}
		sc := r.scope.Group("KinesisConsumer").Label("stream", r.s.name+r.s.arn).Label("shardId", sp.ID)
		sh.lag, sh.bytes = sc.Gauge("millisBehindLatest"), sc.Gauge("bytesRequestedPerFetch")
		r.shards[sp.ID] = sh
		if !r.started {
			r.silent++
		}
		f := &fetcher{r: r, shard: sp.ID, pos: sh.start, kick: r.tips.add(sp.ID, r)}
		r.wg.Add(1)
		go func() {
			defer r.wg.Done()
			f.run()
		}()
	}
	return nil
}

// Poll implements connector.Reader.
func (r *reader) Poll(dst *batch.Batch) (connector.Fetch, bool, error) {
	r.note()
	if r.cur == nil {
		f, ok, err := r.next()
		if ok || err != nil || r.cur == nil {
			return f, ok, err
		}
	}
	f, err := r.decode(dst)
	return f, err == nil, err
}

// note takes in that the task has done what the last Poll told it.
func (r *reader) note() {
	if p := r.last.page; p != nil {
		r.last = decoded{}
		if p != r.cur {
			r.letGo(p)
		}
	}
	if r.told.shard != "" {
		r.tips.tell(r, r.told, r.env.Clock.Now())
		r.told = told{}
	}
}

// next makes the page to decode next the current one, or yields what is to be
// told of a shard without rows. The pages of the start wait until every shard has
// answered.
func (r *reader) next() (connector.Fetch, bool, error) {
	for {
		if p := r.ready(); p != nil {
			r.cur = p
			return connector.Fetch{}, false, nil
		}
		select {
		case p := <-r.fetched:
			if p.err != nil {
				return connector.Fetch{}, false, p.err
			}
			if f, ok := r.arrived(p); ok {
				return f, true, nil
			}
		default:
			return connector.Fetch{}, false, nil
		}
	}
}

// ready takes the next page off the queue, if the shards that may be idle have
// answered what it asks.
func (r *reader) ready() *page {
	if !r.started || len(r.queue) == 0 {
		return nil
	}
	p := r.queue[0]
	if p.ask > 0 {
		r.waiting.Store(true) // before the look, that none changes the answer unheard
		now := r.env.Clock.Now()
		if p.waits.IsZero() {
			p.waits = now
		}
		if !r.tips.settled(p.shard, p.ask, now) && now.Sub(p.waits) < longestWait {
			return nil
		}
		r.waiting.Store(false)
	}
	r.queue = r.queue[1:]
	r.shards[p.shard].queued--
	return p
}

// arrived takes a page in. An empty one is told at once; so is that rows come to
// a shard that was at its tip.
func (r *reader) arrived(p *page) (connector.Fetch, bool) {
	sh := r.shards[p.shard]
	sh.lag.Set(p.behind)
	sh.bytes.Set(p.bytes)
	if !sh.first {
		sh.first = true
		if !r.started {
			r.silent--
		}
	}
	if r.started && p.empty() && sh.queued == 0 {
		r.told = told{shard: p.shard, answer: p.answer, at: true}
		r.letGo(p)
		return connector.Fetch{Split: sh.id, AtTip: true}, true
	}
	r.queue = append(r.queue, p)
	sh.queued++
	if !r.started {
		if r.started = r.silent == 0; r.started {
			r.emptyFirst()
		}
		return connector.Fetch{}, false
	}
	if !p.empty() && r.tips.isAt(p.shard) {
		r.told = told{shard: p.shard, answer: p.answer}
		return behind(sh.id), true
	}
	return connector.Fetch{}, false
}

// emptyFirst puts the shards that have nothing before the others, so that they
// are known to be idle when the first row moves event time.
func (r *reader) emptyFirst() {
	var empty, full []*page
	for _, p := range r.queue {
		if p.empty() {
			empty = append(empty, p)
		} else {
			full = append(full, p)
		}
	}
	r.queue = append(empty, full...)
}

// decode appends rows of the current page.
func (r *reader) decode(dst *batch.Batch) (connector.Fetch, error) {
	p := r.cur
	sh := r.shards[p.shard]
	f := connector.Fetch{Split: p.shard}
	from := p.at
	for p.at < len(p.records) && dst.N < batch.MaxRows {
		rec := &p.records[p.at]
		f.Bytes += int64(len(rec.data))
		if err := r.decoder.decode(rec, p.shard, dst); err != nil {
			return f, r.recordError(err, p.shard, rec.sequence)
		}
		p.at++
	}
	if p.at > from {
		sh.after = append(sh.after[:0], p.records[p.at-1].sequence...)
	}
	r.last = decoded{p, from, p.at}
	r.told = told{shard: p.shard, answer: p.answer, rows: dst.N > 0}
	if p.at < len(p.records) {
		return f, nil
	}
	r.cur = nil
	f.AtTip = p.behind == 0
	r.told.at = f.AtTip
	if p.done {
		f.Done = true
		r.told = told{}
		delete(r.shards, p.shard)
		r.tips.remove(p.shard, r)
	}
	return f, nil
}

// Locate implements connector.Locator: it decodes the records of the last Poll
// again, up to the one the row came from.
func (r *reader) Locate(row int) string {
	again := batch.New(r.t.Fields, 0)
	for i := r.last.from; i < r.last.to; i++ {
		rec := &r.last.page.records[i]
		if err := r.decoder.decode(rec, r.last.page.shard, again); err != nil {
			return ""
		}
		if again.N > row {
			return place(r.last.page.shard, rec.sequence) + ": " + format.Shorten(rec.data)
		}
	}
	return ""
}

// place says where a record stands.
func place(shard string, sequence []byte) string {
	return fmt.Sprintf("shard %s, sequence number %s", shard, sequence)
}

// recordError says where a bad record stands, and how to go on without it.
func (r *reader) recordError(err error, shard string, sequence []byte) error {
	e := errs.New(errs.Failed, "record.decode", "%s", place(shard, sequence))
	var re *format.RecordError
	if errors.As(err, &re) && r.s.format.Name != "raw" { // which has no such option
		return e.Because(re).WithHint("set '%s.ignore-parse-errors' = 'true' to skip such records", r.s.format.Name)
	}
	return e.Because(err)
}

// Wake implements connector.Reader.
func (r *reader) Wake() <-chan struct{} {
	r.note()
	return r.wake
}

// poke lets the task poll again.
func (r *reader) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Positions implements connector.Reader.
func (r *reader) Positions() ([]connector.Split, error) {
	var ps []connector.Split
	for id, sh := range r.shards {
		pos := sh.start
		if len(sh.after) > 0 {
			pos = position{After: string(sh.after)}
		}
		ps = append(ps, connector.Split{ID: id, Position: pos.encode()})
	}
	return ps, nil
}

// Close implements connector.Reader.
func (r *reader) Close() error {
	r.cancel()
	r.wg.Wait()
	for id := range r.shards {
		r.tips.remove(id, r)
	}
	return nil
}
