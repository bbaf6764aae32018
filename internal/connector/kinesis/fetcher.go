package kinesis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

// page is the answer to one GetRecords, or what went wrong.
type page struct {
	recordsAnswer
	shard  string
	at     int   // the first record not decoded
	bytes  int64 // of data
	done   bool  // the shard has been read to its end
	err    error
	token  bool // it is one of the pages that may wait
	answer int64
	ask    int64     // what the shards that may be idle must answer first; 0: nothing
	waits  time.Time // for that since then
}

// empty reports whether the page says only that there is nothing now.
func (p *page) empty() bool { return len(p.records) == 0 && p.behind == 0 && !p.done }

// fetcher reads one shard ahead of the task.
type fetcher struct {
	r      *reader
	shard  string
	pos    position
	it     string
	kick   chan struct{} // told to call at once
	behind bool          // the last answer left some
	begun  time.Time     // of the last call
}

// The longest and shortest pauses after a throttled or failed call.
const (
	maxBackoff = 5 * time.Second
	minBackoff = 200 * time.Millisecond
)

// firstLimit is the most records of the first call to a shard: until all have
// answered the pages wait in memory.
const firstLimit = 1000

// run fetches pages until the shard ends or the reader closes. Calls follow each
// other at once while the shard has more; at its tip they begin the poll interval
// apart, or when told.
func (f *fetcher) run() {
	limit := min(firstLimit, f.r.s.max)
	first := true
	for {
		token := f.behind
		if token && !f.takeToken() {
			return
		}
		p, err := f.fetch(limit)
		if err != nil {
			p = f.r.freshPage()
			p.err, p.shard = err, f.shard
		}
		p.token = token
		f.behind = p.behind > 0 && len(p.records) > 0
		limit = f.nextLimit(p)
		if len(p.records) > 0 || p.done || p.err != nil || first || p.behind == 0 {
			last := p.done || p.err != nil // p is the task's once it is delivered
			if !f.deliver(p) || last {
				return
			}
		} else {
			f.r.letGo(p)
		}
		first = false
		if !f.behind && !f.wait() {
			return
		}
	}
}

// pageBytes is what a page is meant to hold. Kinesis gives each shard 2 MB a second
// in 5 calls, so that no shorter pages cost speed there.
const pageBytes = 1 << 20

// nextLimit is the most records of the call after p.
func (f *fetcher) nextLimit(p *page) int32 {
	n := int64(len(p.records))
	if n == 0 || p.bytes == 0 {
		return f.r.s.max
	}
	return int32(min(max(n*pageBytes/p.bytes, 1), int64(f.r.s.max)))
}

// takeToken waits until another page may be in memory.
func (f *fetcher) takeToken() bool {
	select {
	case <-f.r.tokens:
		return true
	case <-f.r.ctx.Done():
		return false
	}
}

// deliver hands a page to the task; false when the reader is closed.
func (f *fetcher) deliver(p *page) bool {
	if len(p.records) > 0 && p.behind < nearTip {
		p.ask = f.r.tips.ask(f.shard, f.r.env.Clock.Now())
	}
	select {
	case f.r.fetched <- p:
	case <-f.r.ctx.Done():
		return false
	}
	f.r.poke()
	return true
}

// wait is until the next poll of a shard at its tip.
func (f *fetcher) wait() bool {
	d := f.begun.Add(f.r.s.poll).Sub(f.r.env.Clock.Now())
	c, stop := f.r.env.Clock.After(max(d, 0))
	defer stop()
	select {
	case <-c:
	case <-f.kick:
	case <-f.r.ctx.Done():
		return false
	}
	return true
}

func (f *fetcher) pause(d time.Duration) bool {
	c, stop := f.r.env.Clock.After(d)
	defer stop()
	select {
	case <-c:
		return true
	case <-f.r.ctx.Done():
		return false
	}
}

// maxFailures is how often in a row a call that may succeed again may fail.
const maxFailures = 8

// fetch is one GetRecords; throttling and failures that pass are waited out,
// an expired iterator is replaced.
func (f *fetcher) fetch(limit int32) (*page, error) {
	backoff := minBackoff
	for failures := 0; ; {
		p, err := f.once(limit)
		var e *apiError
		switch {
		case err == nil:
			return p, nil
		case f.r.ctx.Err() != nil:
			return nil, context.Cause(f.r.ctx)
		case errors.As(err, &e) && e.Type == "ExpiredIteratorException":
			f.it = ""
			continue
		case !temporary(err) || failures >= maxFailures:
			return nil, fmt.Errorf("reading shard %s of stream %s: %w", f.shard, f.r.s.name+f.r.s.arn, err)
		}
		if e == nil || e.status >= 500 {
			failures++ // throttling may go on for ever
		}
		if !f.pause(backoff) {
			return nil, context.Cause(f.r.ctx)
		}
		backoff = min(2*backoff, maxBackoff)
	}
}

func (f *fetcher) once(limit int32) (*page, error) {
	if f.it == "" {
		if err := f.iterator(); err != nil {
			return nil, err
		}
	}
	_, arn := f.r.s.stream()
	p := f.r.freshPage()
	p.shard, p.answer = f.shard, f.r.tips.now()
	f.begun = f.r.env.Clock.Now()
	if err := f.r.records.get(f.r.ctx, f.it, limit, arn, &p.recordsAnswer); err != nil {
		f.r.letGo(p)
		return nil, err
	}
	p.done = p.recordsAnswer.next == ""
	for i := range p.records {
		p.bytes += int64(len(p.records[i].data))
	}
	if n := len(p.records); n > 0 {
		f.pos = position{After: string(p.records[n-1].sequence)}
	}
	f.it = p.recordsAnswer.next
	return p, nil
}

// iterator begins at the position.
func (f *fetcher) iterator() error {
	in := &kinesis.GetShardIteratorInput{ShardId: &f.shard}
	in.StreamName, in.StreamARN = f.r.s.stream()
	switch {
	case f.pos.After != "":
		in.ShardIteratorType, in.StartingSequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &f.pos.After
	case f.pos.Trim:
		in.ShardIteratorType = types.ShardIteratorTypeTrimHorizon
	default:
		in.ShardIteratorType, in.Timestamp = types.ShardIteratorTypeAtTimestamp, &f.pos.At
	}
	out, err := f.r.client.GetShardIterator(f.r.ctx, in)
	if err != nil {
		return err
	}
	if out.ShardIterator != nil {
		f.it = *out.ShardIterator
	}
	return nil
}
