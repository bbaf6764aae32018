package kinesis

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/svc/kinesis/seqno"
	"weir/internal/aws/svc/kinesis/shardlog"
)

// streamMeta is what is kept of a stream in the metadata store.
type streamMeta struct {
	Region    string
	Name      string
	UID       uint64 // its number in the record log; never used twice
	StreamID  string // the id AWS shows
	Status    string // CREATING, UPDATING, DELETING, or ACTIVE
	Until     time.Time
	Created   time.Time
	Retention int32 // hours
	Mode      string
	MaxRecord int32 // KiB
	Warm      *int32
	Tags      map[string]string
	Shards    []shardMeta // by Index
	Next      uint32      // index of the next new shard
}

// shardMeta is what is kept of a shard.
type shardMeta struct {
	Index    uint32
	Parent   *uint32
	Adjacent *uint32
	Start    hashKey
	End      hashKey
	Created  int64     // second, as in its sequence numbers
	Opened   time.Time // when it began to take records
	Closed   time.Time // zero while open
}

// stream is a stream in memory. Its meta is replaced, never changed in place.
type stream struct {
	meta atomic.Pointer[streamMeta]
	// mu is held by puts for reading, and by changes: what is put goes to shards
	// that are open.
	mu     sync.RWMutex
	open   []*shardMeta // by start
	gauges sync.Map     // of shards by index, with limits on
}

// status is the stream's status at a time: CREATING and UPDATING end by
// themselves, DELETING ends in "".
func (m *streamMeta) status(now time.Time) string {
	if m.Status == api.StreamStatusActive || now.Before(m.Until) {
		return m.Status
	}
	if m.Status == api.StreamStatusDeleting {
		return ""
	}
	return api.StreamStatusActive
}

func (m *streamMeta) clone() *streamMeta {
	c := *m
	c.Tags = maps.Clone(m.Tags)
	c.Shards = slices.Clone(m.Shards)
	return &c
}

// begin puts the stream into a status for a while.
func (m *streamMeta) begin(status string, now time.Time, d time.Duration) {
	m.Status, m.Until = status, now.Add(d)
	if d <= 0 && status != api.StreamStatusDeleting {
		m.Status = api.StreamStatusActive
	}
}

// shard finds a shard by index; nil when it never was or is gone.
func (m *streamMeta) shard(index uint32) *shardMeta {
	i := sort.Search(len(m.Shards), func(i int) bool { return m.Shards[i].Index >= index })
	if i < len(m.Shards) && m.Shards[i].Index == index {
		return &m.Shards[i]
	}
	return nil
}

func (m *streamMeta) openCount() int {
	n := 0
	for i := range m.Shards {
		if m.Shards[i].Closed.IsZero() {
			n++
		}
	}
	return n
}

// addShard adds an open shard. A child's sequence numbers begin at least a
// second after its parents', so that they follow them.
func (m *streamMeta) addShard(start, end hashKey, now time.Time, parents ...*shardMeta) {
	sh := shardMeta{Index: m.Next, Start: start, End: end, Created: now.Unix(), Opened: now}
	for i, p := range parents {
		sh.Created = max(sh.Created, now.Unix()+1, p.Created+1)
		if i == 0 {
			sh.Parent = new(p.Index)
		} else {
			sh.Adjacent = new(p.Index)
		}
	}
	m.Shards = append(m.Shards, sh)
	m.Next++
}

// cutoff is the arrival before which records are too old, in milliseconds.
func (m *streamMeta) cutoff(now time.Time) int64 {
	return now.Add(-time.Duration(m.Retention) * time.Hour).UnixMilli()
}

// set makes meta the stream's; callers hold mu or the only reference.
func (st *stream) set(meta *streamMeta) {
	st.meta.Store(meta)
	st.open = nil
	for i := range meta.Shards {
		if sh := &meta.Shards[i]; sh.Closed.IsZero() {
			st.open = append(st.open, sh)
		}
	}
	slices.SortFunc(st.open, func(a, b *shardMeta) int {
		if a.Start.less(b.Start) {
			return -1
		}
		return 1
	})
}

// view is the stream's meta now.
func (st *stream) view() *streamMeta { return st.meta.Load() }

// route is the place in st.open of the shard that takes hash key k.
func (st *stream) route(k hashKey) int {
	if len(st.open) == 1 {
		return 0
	}
	return sort.Search(len(st.open), func(i int) bool { return k.less(st.open[i].Start) }) - 1
}

func (sh *shardMeta) id() string { return shardName(sh.Index) }

func shardName(index uint32) string { return fmt.Sprintf("shardId-%012d", index) }

// parseShardID reads a shard's id; AWS takes the bare number too.
func parseShardID(s string) (index uint32, ok bool) {
	if _, after, found := strings.Cut(s, "-"); found {
		s = after
	}
	n, err := strconv.ParseUint(s, 10, 31)
	return uint32(n), err == nil
}

// number is the sequence number of an index of the shard that arrived at a time
// (milliseconds).
func (sh *shardMeta) number(index uint64, ms int64) seqno.Number {
	return seqno.Number{Version: 2, Created: sh.Created, Index: index, Time: max(ms/1000, sh.Created), Shard: int64(sh.Index)}
}

// logID names the shard in the record log.
func (m *streamMeta) logID(sh *shardMeta) shardlog.ShardID {
	return shardlog.ShardID{Stream: m.UID, Shard: sh.Index}
}

// shape is the shard as clients see it.
func (sh *shardMeta) shape() api.Shard {
	out := api.Shard{
		ShardId:             sh.id(),
		HashKeyRange:        sh.keyRange(),
		SequenceNumberRange: &api.SequenceNumberRange{StartingSequenceNumber: sh.number(seqno.StartIndex, 0).String()},
	}
	if sh.Parent != nil {
		out.ParentShardId = new(shardName(*sh.Parent))
	}
	if sh.Adjacent != nil {
		out.AdjacentParentShardId = new(shardName(*sh.Adjacent))
	}
	if !sh.Closed.IsZero() {
		out.SequenceNumberRange.EndingSequenceNumber = new(sh.number(seqno.EndIndex, sh.Closed.UnixMilli()).String())
	}
	return out
}

func (sh *shardMeta) keyRange() *api.HashKeyRange {
	return &api.HashKeyRange{StartingHashKey: sh.Start.String(), EndingHashKey: sh.End.String()}
}
