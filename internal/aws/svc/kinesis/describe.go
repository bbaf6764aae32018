package kinesis

import (
	"time"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/wire"
)

const (
	describeShards = 100 // DescribeStream's default
	// timesInSeconds: AWS keeps creation times to the second.
	timesInSeconds = time.Second
)

func (s *Service) describeStream(c *wire.Call, in *api.DescribeStreamInput) (*api.DescribeStreamOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	m, now := st.view(), s.Clock.Now()
	limit := describeShards
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	d := &api.StreamDescription{
		StreamName: m.Name, StreamARN: streamARN(c, m.Name), StreamStatus: m.status(now), Shards: []api.Shard{},
		StreamModeDetails: &api.StreamModeDetails{StreamMode: m.Mode}, RetentionPeriodHours: m.Retention,
		StreamCreationTimestamp: m.Created.Truncate(timesInSeconds), EncryptionType: new(api.EncryptionTypeNone),
		EnhancedMonitoring: []api.EnhancedMetrics{{ShardLevelMetrics: []string{}}},
	}
	if d.StreamStatus != api.StreamStatusCreating {
		shards, err := shardsAfter(c, m, in.ExclusiveStartShardId)
		if err != nil {
			return nil, err
		}
		d.HasMoreShards = len(shards) > limit
		for i := range min(limit, len(shards)) {
			d.Shards = append(d.Shards, shards[i].shape())
		}
	}
	return &api.DescribeStreamOutput{StreamDescription: d}, nil
}

// shardsAfter are the stream's shards after the one of an id (nil: all).
func shardsAfter(c *wire.Call, m *streamMeta, id *string) ([]shardMeta, error) {
	if id == nil {
		return m.Shards, nil
	}
	after, ok := parseShardID(*id)
	if !ok {
		return nil, noSuchShard(c, *id, m.Name)
	}
	for i := range m.Shards {
		if m.Shards[i].Index > after {
			return m.Shards[i:], nil
		}
	}
	return nil, nil
}

func (s *Service) describeStreamSummary(c *wire.Call, in *api.DescribeStreamSummaryInput) (*api.DescribeStreamSummaryOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	m, now := st.view(), s.Clock.Now()
	d := &api.StreamDescriptionSummary{
		StreamName: m.Name, StreamARN: streamARN(c, m.Name), StreamId: new(m.StreamID), StreamStatus: m.status(now),
		StreamModeDetails: &api.StreamModeDetails{StreamMode: m.Mode}, RetentionPeriodHours: m.Retention,
		StreamCreationTimestamp: m.Created.Truncate(timesInSeconds), EncryptionType: new(api.EncryptionTypeNone),
		EnhancedMonitoring: []api.EnhancedMetrics{{ShardLevelMetrics: []string{}}},
		ConsumerCount:      new(int32(0)), MaxRecordSizeInKiB: new(m.MaxRecord),
	}
	if d.StreamStatus != api.StreamStatusCreating {
		d.OpenShardCount = int32(m.openCount())
	}
	if m.Warm != nil {
		d.WarmThroughput = &api.WarmThroughputObject{TargetMiBps: m.Warm, CurrentMiBps: m.Warm}
	}
	return &api.DescribeStreamSummaryOutput{StreamDescriptionSummary: d}, nil
}

func (s *Service) describeLimits(c *wire.Call, _ *api.DescribeLimitsInput) (*api.DescribeLimitsOutput, error) {
	out := &api.DescribeLimitsOutput{
		ShardLimit: int32(s.ShardLimit), OpenShardCount: int32(s.openShards(c.Region)), OnDemandStreamCountLimit: onDemandLimit,
	}
	for _, m := range s.metas(c.Region) {
		if m.Mode == api.StreamModeOnDemand {
			out.OnDemandStreamCount++
		}
	}
	return out, nil
}

// metas are the streams of a region that are there now, by name.
func (s *Service) metas(region string) []*streamMeta {
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.Clock.Now()
	out := make([]*streamMeta, 0, len(s.names[region]))
	for _, name := range s.names[region] {
		if m := s.byKey[streamKey{region, name}].view(); m.status(now) != "" {
			out = append(out, m)
		}
	}
	return out
}

// openShards counts the open shards of a region's provisioned streams.
func (s *Service) openShards(region string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n, now := 0, s.Clock.Now()
	for _, name := range s.names[region] {
		m := s.byKey[streamKey{region, name}].view()
		if m.Mode == api.StreamModeProvisioned && m.status(now) != "" {
			n += m.openCount()
		}
	}
	return n
}

func streamARN(c *wire.Call, name string) string { return c.ARN("kinesis", "stream/"+name) }
