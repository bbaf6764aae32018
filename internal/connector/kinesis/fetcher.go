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
	shard   string
	records []record
	next    int   // the first record not decoded
	behind  int64 // MillisBehindLatest
	bytes   int64
	done    bool // the shard has been read to its end
	err     error
}

// fetcher reads one shard ahead of the task.
type fetcher struct {
	r     *reader
	shard string
	pos   position
	it    *string
}

// The longest and shortest pauses after a throttled or failed call.
const (
	maxBackoff = 5 * time.Second
	minBackoff = 200 * time.Millisecond
)

// run fetches pages until the shard ends or the reader closes. The pause
// between two calls is taken only when there was nothing to read.
func (f *fetcher) run() {
	first := true
	for {
		p, err := f.fetch()
		if err != nil {
			p = &page{shard: f.shard, err: err}
		}
		if len(p.records) > 0 || p.done || p.err != nil || first || p.behind == 0 {
			if !f.deliver(p) || p.done || p.err != nil {
				return
			}
		}
		first = false
		if len(p.records) == 0 && !f.pause(f.r.s.poll) {
			return
		}
	}
}

// deliver hands a page to the task; false when the reader is closed.
func (f *fetcher) deliver(p *page) bool {
	select {
	case f.r.fetched <- p:
	case <-f.r.ctx.Done():
		return false
	}
	select {
	case f.r.wake <- struct{}{}:
	default:
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
func (f *fetcher) fetch() (*page, error) {
	backoff := minBackoff
	for failures := 0; ; {
		p, err := f.once()
		var e *apiError
		switch {
		case err == nil:
			return p, nil
		case f.r.ctx.Err() != nil:
			return nil, context.Cause(f.r.ctx)
		case errors.As(err, &e) && e.Type == "ExpiredIteratorException":
			f.it = nil
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

func (f *fetcher) once() (*page, error) {
	if f.it == nil {
		if err := f.iterator(); err != nil {
			return nil, err
		}
	}
	_, arn := f.r.s.stream()
	out, err := f.r.records.get(f.r.ctx, *f.it, f.r.s.max, arn)
	if err != nil {
		return nil, err
	}
	p := &page{shard: f.shard, records: out.Records, done: out.NextShardIterator == nil, behind: out.MillisBehindLatest}
	for i := range out.Records {
		p.bytes += int64(len(out.Records[i].Data))
	}
	if n := len(out.Records); n > 0 {
		f.pos = position{After: out.Records[n-1].SequenceNumber}
	}
	f.it = out.NextShardIterator
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
	f.it = out.ShardIterator
	return nil
}
