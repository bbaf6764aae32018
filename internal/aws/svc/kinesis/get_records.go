package kinesis

import (
	"time"
	"unsafe"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/svc/kinesis/shardlog"
	"weir/internal/aws/wire"
)

const (
	maxRecordsPage = 10_000
	maxBytesPage   = 10 << 20
)

func (s *Service) getRecords(c *wire.Call, in *api.GetRecordsInput) (*api.GetRecordsOutput, error) {
	now := s.Clock.Now()
	it, err := s.readIterator(in.ShardIterator, now)
	if err != nil {
		return nil, err
	}
	st, sh, err := s.at(c, it, now)
	if err != nil {
		return nil, err
	}
	if err := s.sameStream(c, in, it); err != nil {
		return nil, err
	}
	m := st.view()
	log, err := s.log.Shard(m.logID(sh))
	if err != nil {
		return nil, err
	}
	if err := log.Expire(m.cutoff(now)); err != nil {
		return nil, err
	}
	if s.Limits && !st.gauge(sh.Index).mayRead(now) {
		return nil, wire.Errorf(codeThroughput, "Rate exceeded for shard %s in stream %s under account %s.", sh.id(), m.Name, c.Account)
	}
	b := newPage(sh, log, it.Index, in.Limit)
	page, err := log.Read(it.Index, b.limit, maxBytesPage, b.add)
	if err != nil {
		return nil, err
	}
	if s.Limits {
		st.gauge(sh.Index).out(now, b.bytes)
	}
	out := &api.GetRecordsOutput{Records: b.records, MillisBehindLatest: new(int64(0))}
	if !page.AtTip { // 0 is kept for the tip, whatever the clock says
		*out.MillisBehindLatest = max(1, now.UnixMilli()-page.Time)
	}
	// What was accepted before the shard closed may not be durable yet; then the
	// end is not reached.
	if !sh.Closed.IsZero() && page.AtTip && page.Next >= log.End() {
		out.ChildShards = m.children(sh)
		return out, nil
	}
	it.Index, it.Made = page.Next, now.UnixMilli()
	out.NextShardIterator = new(s.iteratorText(it))
	return out, nil
}

// sameStream checks that a stream named beside the iterator is the iterator's.
func (s *Service) sameStream(c *wire.Call, in *api.GetRecordsInput, it iterator) error {
	if in.StreamARN == nil && in.StreamId == nil {
		return nil
	}
	name, err := s.nameOf(c, nil, in.StreamARN, in.StreamId)
	if err == nil && name != it.Stream {
		err = wire.Errorf(codeInvalid, "The ShardIterator is of stream %s, not of stream %s.", it.Stream, name)
	}
	return err
}

// at is the stream and shard of an iterator.
func (s *Service) at(c *wire.Call, it iterator, now time.Time) (*stream, *shardMeta, error) {
	s.mu.RLock()
	st := s.uids[it.UID]
	s.mu.RUnlock()
	if st != nil {
		m := st.view()
		if sh := m.shard(it.Shard); sh != nil && m.Region == c.Region && m.status(now) != "" {
			return st, sh, nil
		}
	}
	return nil, nil, shardMissing(c, shardName(it.Shard), it.Stream)
}

// children are the shards that came of a closed one.
func (m *streamMeta) children(parent *shardMeta) []api.ChildShard {
	out := []api.ChildShard{}
	for i := range m.Shards {
		sh := &m.Shards[i]
		var parents []string
		for _, p := range []*uint32{sh.Parent, sh.Adjacent} {
			if p != nil {
				parents = append(parents, shardName(*p))
			}
		}
		if sh.Parent != nil && *sh.Parent == parent.Index || sh.Adjacent != nil && *sh.Adjacent == parent.Index {
			out = append(out, api.ChildShard{ShardId: sh.id(), ParentShards: parents, HashKeyRange: sh.keyRange()})
		}
	}
	return out
}

// pageBuilder collects the records of a page with few allocations: their data,
// keys and sequence numbers lie one after the other in chunks.
type pageBuilder struct {
	shard   *shardMeta
	limit   int
	records []api.Record
	chunk   []byte // its free part
	bytes   int
	times   []time.Time
	last    int64 // the time of times' last
}

const (
	chunkSize  = 256 << 10
	numberSize = 60 // a sequence number and to spare
)

// newPage makes a builder for the records from an index on.
func newPage(sh *shardMeta, log *shardlog.Shard, from uint64, limit *int32) *pageBuilder {
	b := &pageBuilder{shard: sh, limit: maxRecordsPage}
	if limit != nil {
		b.limit = int(*limit)
	}
	tip := log.Tip()
	n := min(uint64(b.limit), tip-min(tip, max(from, log.First())))
	b.records = make([]api.Record, 0, n)
	return b
}

// room is n bytes of a chunk.
func (b *pageBuilder) room(n int) []byte {
	if len(b.chunk) < n {
		b.chunk = make([]byte, max(n, min(chunkSize, cap(b.records)*512)))
	}
	out := b.chunk[:0:n]
	b.chunk = b.chunk[n:]
	return out
}

func (b *pageBuilder) add(r *shardlog.Record) {
	b.bytes += len(r.Data) + len(r.Key)
	data := append(b.room(len(r.Data)), r.Data...)
	text := append(b.room(len(r.Key)+numberSize), r.Key...)
	text = b.shard.number(r.Index, r.Time).Append(text)
	all := unsafe.String(unsafe.SliceData(text), len(text)) // nobody writes to it again
	b.records = append(b.records, api.Record{
		Data: data, PartitionKey: all[:len(r.Key)], SequenceNumber: all[len(r.Key):], ApproximateArrivalTimestamp: b.time(r.Time),
	})
}

// time is a pointer to an arrival, one for all records that arrived together.
func (b *pageBuilder) time(ms int64) *time.Time {
	if ms != b.last || len(b.times) == 0 {
		if len(b.times) == cap(b.times) {
			b.times = make([]time.Time, 0, 64) // those given out stay where they are
		}
		b.times, b.last = append(b.times, time.UnixMilli(ms).UTC()), ms
	}
	return &b.times[len(b.times)-1]
}
