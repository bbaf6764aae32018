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
	if in.StreamARN != nil || in.StreamId != nil {
		if name, err := s.nameOf(c, nil, in.StreamARN, in.StreamId); err != nil {
			return nil, err
		} else if name != it.Stream {
			return nil, wire.Errorf(codeInvalid, "The ShardIterator is of stream %s, not of stream %s.", it.Stream, name)
		}
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
	limit := maxRecordsPage
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	b := pageBuilder{shard: sh}
	page, err := log.Read(it.Index, limit, maxBytesPage, b.add)
	if err != nil {
		return nil, err
	}
	if s.Limits {
		st.gauge(sh.Index).out(now, len(b.data)+len(b.text))
	}
	out := &api.GetRecordsOutput{Records: b.records(), MillisBehindLatest: new(int64(0))}
	if !page.AtTip {
		*out.MillisBehindLatest = max(0, now.UnixMilli()-page.Time)
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

// pageBuilder collects the records of a page with few allocations: their data
// one after the other in data, keys and sequence numbers in text.
type pageBuilder struct {
	shard *shardMeta
	data  []byte
	text  []byte
	ends  []recordEnds
}

type recordEnds struct {
	data, key, number int
	time              int64
}

func (b *pageBuilder) add(r *shardlog.Record) {
	b.data = append(b.data, r.Data...)
	b.text = append(b.text, r.Key...)
	key := len(b.text)
	b.text = b.shard.number(r.Index, r.Time).Append(b.text)
	b.ends = append(b.ends, recordEnds{len(b.data), key, len(b.text), r.Time})
}

// records is the page; the builder must not be used any more.
func (b *pageBuilder) records() []api.Record {
	out := make([]api.Record, len(b.ends))
	times := make([]time.Time, len(b.ends))
	text := unsafe.String(unsafe.SliceData(b.text), len(b.text)) // nobody writes to it again
	var from recordEnds
	for i, to := range b.ends {
		times[i] = time.UnixMilli(to.time).UTC()
		out[i] = api.Record{
			Data:                        b.data[from.data:to.data:to.data],
			PartitionKey:                text[from.number:to.key],
			SequenceNumber:              text[to.key:to.number],
			ApproximateArrivalTimestamp: &times[i],
		}
		from = to
	}
	return out
}
