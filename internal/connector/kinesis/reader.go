package kinesis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/obs"
)

// pagesAhead is how many fetched pages wait in a reader, over all its shards.
const pagesAhead = 4

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
	shards  map[string]*shard
	silent  int // shards of the start that have not answered yet
	started bool
	held    []*page // pages that came before all shards had answered
	cur     *page   // being decoded
}

// shard is a shard being read, as the task sees it.
type shard struct {
	id    string
	first bool // it has answered
	pos   position
	lag   *obs.Gauge // millisBehindLatest
	bytes *obs.Gauge // bytesRequestedPerFetch
}

// Add implements connector.Reader.
func (r *reader) Add(splits []connector.Split) error {
	for _, sp := range splits {
		sh := &shard{id: sp.ID}
		if err := json.Unmarshal(sp.Position, &sh.pos); err != nil {
			return fmt.Errorf("position of shard %s is damaged: %w", sp.ID, err)
		}
		sc := r.scope.Group("KinesisConsumer").Label("stream", r.s.name+r.s.arn).Label("shardId", sp.ID)
		sh.lag, sh.bytes = sc.Gauge("millisBehindLatest"), sc.Gauge("bytesRequestedPerFetch")
		r.shards[sp.ID] = sh
		if !r.started {
			r.silent++
		}
		f := &fetcher{r: r, shard: sp.ID, pos: sh.pos}
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
	for r.cur == nil {
		p := r.nextPage()
		if p == nil {
			return connector.Fetch{}, false, nil
		}
		if p.err != nil {
			return connector.Fetch{}, false, p.err
		}
		sh := r.shards[p.shard]
		sh.lag.Set(p.behind)
		sh.bytes.Set(p.bytes)
		r.cur = p
	}
	return r.decode(dst)
}

// nextPage is the next page to decode; nil when there is none now. The pages
// of the start wait until every shard has answered.
func (r *reader) nextPage() *page {
	for {
		if r.started && len(r.held) > 0 {
			p := r.held[0]
			r.held = r.held[1:]
			return p
		}
		select {
		case p := <-r.fetched:
			if p.err != nil {
				return p
			}
			if sh := r.shards[p.shard]; !sh.first {
				sh.first = true
				if !r.started {
					r.silent--
				}
			}
			if r.started {
				return p
			}
			r.held = append(r.held, p)
			r.started = r.silent == 0
			if r.started {
				r.emptyFirst()
			}
		default:
			return nil
		}
	}
}

// emptyFirst puts the shards that have nothing before the others, so that they
// are known to be idle when the first row moves event time.
func (r *reader) emptyFirst() {
	var empty, full []*page
	for _, p := range r.held {
		if len(p.records) == 0 {
			empty = append(empty, p)
		} else {
			full = append(full, p)
		}
	}
	r.held = append(empty, full...)
}

// decode appends rows of the current page.
func (r *reader) decode(dst *batch.Batch) (connector.Fetch, bool, error) {
	p := r.cur
	sh := r.shards[p.shard]
	f := connector.Fetch{Split: p.shard}
	for p.next < len(p.records) && dst.N < batch.MaxRows {
		rec := &p.records[p.next]
		f.Bytes += int64(len(rec.Data))
		if err := r.decoder.decode(rec, p.shard, dst); err != nil {
			return f, false, recordError(err, p.shard, rec.SequenceNumber)
		}
		sh.pos = position{After: rec.SequenceNumber}
		p.next++
	}
	if p.next < len(p.records) {
		return f, true, nil
	}
	r.cur = nil
	f.AtTip = p.behind == 0
	if p.done {
		f.Done = true
		delete(r.shards, p.shard)
	}
	return f, true, nil
}

// recordError says where a bad record stands.
func recordError(err error, shard, seq string) error {
	e := errs.New(errs.Failed, "record.decode", "shard %s, sequence number %s", shard, seq)
	var re *format.RecordError
	if errors.As(err, &re) {
		return e.Because(re).WithHint("set '<format>.ignore-parse-errors' = 'true' to skip such records")
	}
	return e.Because(err)
}

// Wake implements connector.Reader.
func (r *reader) Wake() <-chan struct{} { return r.wake }

// Positions implements connector.Reader.
func (r *reader) Positions() ([]connector.Split, error) {
	var ps []connector.Split
	for id, sh := range r.shards {
		ps = append(ps, connector.Split{ID: id, Position: sh.pos.encode()})
	}
	return ps, nil
}

// Close implements connector.Reader.
func (r *reader) Close() error {
	r.cancel()
	r.wg.Wait()
	return nil
}
