package kinesis

import (
	"fmt"
	"time"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/svc/kinesis/seqno"
	"weir/internal/aws/svc/kinesis/shardlog"
	"weir/internal/aws/wire"
)

func (s *Service) getShardIterator(c *wire.Call, in *api.GetShardIteratorInput) (*api.GetShardIteratorOutput, error) {
	name, err := s.nameOf(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	index, ok := parseShardID(in.ShardId)
	if !ok {
		return nil, noSuchShard(c, in.ShardId, name)
	}
	st := s.find(c.Region, name)
	if st == nil {
		return nil, shardMissing(c, shardName(index), name)
	}
	m := st.view()
	sh := m.shard(index)
	if sh == nil || m.status(s.Clock.Now()) == api.StreamStatusCreating {
		return nil, shardMissing(c, shardName(index), name)
	}
	log, err := s.log.Shard(m.logID(sh))
	if err != nil {
		return nil, err
	}
	at, err := s.startingPoint(c, m, sh, log, in)
	if err != nil {
		return nil, err
	}
	text := s.iteratorText(iterator{Made: s.Clock.Now().UnixMilli(), UID: m.UID, Shard: sh.Index, Index: at, Stream: m.Name})
	return &api.GetShardIteratorOutput{ShardIterator: &text}, nil
}

// startingPoint is the index that an iterator of the type starts at.
func (s *Service) startingPoint(c *wire.Call, m *streamMeta, sh *shardMeta, log *shardlog.Shard, in *api.GetShardIteratorInput) (uint64, error) {
	number, typ := in.StartingSequenceNumber, in.ShardIteratorType
	bySequence := typ == api.ShardIteratorTypeAtSequenceNumber || typ == api.ShardIteratorTypeAfterSequenceNumber
	switch {
	case number != nil && (typ == api.ShardIteratorTypeTrimHorizon || typ == api.ShardIteratorTypeLatest):
		return 0, eitherOr(typ, "also a")
	case number == nil && bySequence:
		return 0, eitherOr(typ, "no")
	case bySequence:
		return s.numbered(c, m, sh, *number, typ)
	case typ == api.ShardIteratorTypeTrimHorizon:
		return shardlog.FirstIndex, nil
	case typ == api.ShardIteratorTypeLatest:
		return log.Tip(), nil
	case in.Timestamp == nil:
		return 0, wire.Errorf(codeInvalid, "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.")
	}
	return s.timed(log, *in.Timestamp)
}

func eitherOr(typ, has string) error {
	return wire.Errorf(codeInvalid, "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or"+
		" (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified %s and %s StartingSequenceNumber.", typ, has)
}

// numbered is where a sequence number of the shard stands, or what comes after.
func (s *Service) numbered(c *wire.Call, m *streamMeta, sh *shardMeta, number, typ string) (uint64, error) {
	n, err := seqno.Parse(number)
	invalid := func(why string) error {
		return wire.Errorf(codeInvalid, "StartingSequenceNumber %s used in GetShardIterator on shard %s in stream %s under account %s is invalid%s.",
			number, sh.id(), m.Name, c.Account, why)
	}
	switch {
	case err != nil:
		return 0, invalid("")
	case n.Shard != int64(sh.Index):
		return 0, wire.Errorf(codeInvalid, "Invalid StartingSequenceNumber. It encodes %s, while it was used in a call to a shard with %s",
			shardIDOf(n.Shard), sh.id())
	case n.Version != 2 || n.Created != sh.Created:
		return 0, invalid(" because it did not come from this stream")
	}
	if typ == api.ShardIteratorTypeAfterSequenceNumber && n.Index < seqno.EndIndex {
		return n.Index + 1, nil
	}
	return n.Index, nil
}

// shardIDOf is the shard a foreign sequence number names, which may be negative.
func shardIDOf(n int64) string {
	if n < 0 {
		return fmt.Sprintf("shardId--%011d", -n)
	}
	return shardName(uint32(n))
}

// timed is the index of the first record at or after a time, which must not be
// of the future. A client's clock may be a little ahead of ours.
func (s *Service) timed(log *shardlog.Shard, at time.Time) (uint64, error) {
	now := s.Clock.Now()
	if at.UnixMilli() > now.Add(clockTolerance).UnixMilli() {
		return 0, wire.Errorf(codeInvalid, "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis."+
			" timestampInMillis: %d, currentTimestampInMillis: %d", at.UnixMilli(), now.UnixMilli())
	}
	return log.SeekTime(at.UnixMilli())
}

// clockTolerance is how far ahead of ours a client's clock may be in AT_TIMESTAMP.
const clockTolerance = time.Second
