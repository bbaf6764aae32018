package kinesis

import (
	"encoding/json"
	"slices"
	"time"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/wire"
)

const (
	listStreamsLimit = 100  // ListStreams's default
	listShardsLimit  = 1000 // ListShards's default
	tokenLife        = 300 * time.Second
)

// pageToken is what a NextToken holds.
type pageToken struct {
	Made   int64            // milliseconds
	Stream string           // the last stream listed, or the one whose shards are
	After  uint32           // the last shard listed
	Filter *api.ShardFilter `json:",omitempty"`
}

func (s *Service) tokenText(t pageToken) (string, error) {
	data, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	return sealed(s.seal, sealPageToken, data), nil
}

func (s *Service) readToken(text string) (t pageToken, err error) {
	data, err := opened(s.seal, sealPageToken, text)
	if err == nil {
		err = json.Unmarshal(data, &t)
	}
	if err != nil {
		return t, wire.Errorf(codeInvalid, "NextToken is invalid.")
	}
	if age := s.Clock.Now().Sub(time.UnixMilli(t.Made)); age > tokenLife {
		return t, wire.Errorf(codeExpiredTok, "NextToken has expired: it was made %d seconds ago and lives for %d.", int(age.Seconds()), int(tokenLife.Seconds()))
	}
	return t, nil
}

func (s *Service) listStreams(c *wire.Call, in *api.ListStreamsInput) (*api.ListStreamsOutput, error) {
	after := ""
	if in.ExclusiveStartStreamName != nil {
		after = *in.ExclusiveStartStreamName
	}
	if in.NextToken != nil {
		t, err := s.readToken(*in.NextToken)
		if err != nil {
			return nil, err
		}
		after = t.Stream
	}
	limit := listStreamsLimit
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	metas, more := s.page(c.Region, after, limit)
	out := &api.ListStreamsOutput{StreamNames: []string{}, StreamSummaries: []api.StreamSummary{}, HasMoreStreams: more}
	now := s.Clock.Now()
	for _, m := range metas {
		out.StreamNames = append(out.StreamNames, m.Name)
		out.StreamSummaries = append(out.StreamSummaries, api.StreamSummary{
			StreamName: m.Name, StreamARN: streamARN(c, m.Name), StreamStatus: m.status(now),
			StreamModeDetails:       &api.StreamModeDetails{StreamMode: m.Mode},
			StreamCreationTimestamp: new(m.Created.Truncate(timesInSeconds)),
		})
	}
	if more {
		t, err := s.tokenText(pageToken{Made: now.UnixMilli(), Stream: metas[len(metas)-1].Name})
		if err != nil {
			return nil, err
		}
		out.NextToken = &t
	}
	return out, nil
}

// page is up to limit streams whose names follow after.
func (s *Service) page(region, after string, limit int) (metas []*streamMeta, more bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	now, names := s.Clock.Now(), s.names[region]
	i, found := slices.BinarySearch(names, after)
	if found {
		i++
	}
	for _, name := range names[i:] {
		m := s.byKey[streamKey{region, name}].view()
		if m.status(now) == "" {
			continue
		}
		if len(metas) == limit {
			return metas, true
		}
		metas = append(metas, m)
	}
	return metas, false
}

func (s *Service) listShards(c *wire.Call, in *api.ListShardsInput) (*api.ListShardsOutput, error) {
	st, t, err := s.shardsListed(c, in)
	if err != nil {
		return nil, err
	}
	m, now := st.view(), s.Clock.Now()
	out := &api.ListShardsOutput{Shards: []api.Shard{}}
	status := m.status(now)
	if status == api.StreamStatusCreating || status == api.StreamStatusDeleting {
		return nil, wire.Errorf(codeInUse, "Stream %s under account %s not in a state to list shards: %s", m.Name, c.Account, status)
	}
	limit := listShardsLimit
	if in.MaxResults != nil {
		limit = int(*in.MaxResults)
	}
	keep, err := m.filter(c, t.Filter, now)
	if err != nil {
		return nil, err
	}
	for i := range m.Shards {
		sh := &m.Shards[i]
		if (t.Made != 0 && sh.Index <= t.After) || !keep(sh) {
			continue
		}
		if len(out.Shards) == limit {
			text, err := s.tokenText(pageToken{Made: now.UnixMilli(), Stream: m.Name, After: t.After, Filter: t.Filter})
			if err != nil {
				return nil, err
			}
			out.NextToken = &text
			break
		}
		out.Shards = append(out.Shards, sh.shape())
		t.Made, t.After = 1, sh.Index
	}
	return out, nil
}

// shardsListed is the stream whose shards a ListShards call asks for, and
// where to go on; a zero Made means from the first shard.
func (s *Service) shardsListed(c *wire.Call, in *api.ListShardsInput) (*stream, pageToken, error) {
	if in.NextToken == nil {
		if in.StreamName == nil && in.StreamARN == nil && in.StreamId == nil {
			return nil, pageToken{}, wire.Errorf(codeInvalid, "Either NextToken or StreamName should be provided.")
		}
		st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
		if err != nil {
			return nil, pageToken{}, err
		}
		if at := in.StreamCreationTimestamp; at != nil && at.Unix() != st.view().Created.Unix() {
			return nil, pageToken{}, notFound(c, st.view().Name)
		}
		t := pageToken{Filter: in.ShardFilter}
		if id := in.ExclusiveStartShardId; id != nil {
			after, ok := parseShardID(*id)
			if !ok {
				return nil, t, noSuchShard(c, *id, st.view().Name)
			}
			t.Made, t.After = 1, after
		}
		return st, t, nil
	}
	for _, other := range []struct {
		name  string
		given bool
	}{
		{"StreamName", in.StreamName != nil}, {"StreamARN", in.StreamARN != nil}, {"StreamCreationTimestamp", in.StreamCreationTimestamp != nil},
		{"ExclusiveStartShardId", in.ExclusiveStartShardId != nil}, {"ShardFilter", in.ShardFilter != nil},
	} {
		if other.given {
			return nil, pageToken{}, wire.Errorf(codeInvalid, "NextToken and %s cannot be provided together.", other.name)
		}
	}
	t, err := s.readToken(*in.NextToken)
	if err != nil {
		return nil, t, err
	}
	st, err := s.stream(c, &t.Stream, nil, nil)
	return st, t, err
}

// filter is the test that a ShardFilter puts to each shard.
func (m *streamMeta) filter(c *wire.Call, f *api.ShardFilter, now time.Time) (func(*shardMeta) bool, error) {
	if f == nil {
		return func(*shardMeta) bool { return true }, nil
	}
	openAt := func(at time.Time) func(*shardMeta) bool {
		return func(sh *shardMeta) bool { return !sh.Opened.After(at) && (sh.Closed.IsZero() || sh.Closed.After(at)) }
	}
	switch f.Type {
	case api.ShardFilterTypeAfterShardId:
		if f.ShardId == nil {
			return nil, wire.Errorf(codeInvalid, "ShardId must be specified for a ShardFilter of type %s.", f.Type)
		}
		after, ok := parseShardID(*f.ShardId)
		if !ok {
			return nil, noSuchShard(c, *f.ShardId, m.Name)
		}
		return func(sh *shardMeta) bool { return sh.Index > after }, nil
	case api.ShardFilterTypeAtTimestamp, api.ShardFilterTypeFromTimestamp:
		if f.Timestamp == nil {
			return nil, wire.Errorf(codeInvalid, "Timestamp must be specified for a ShardFilter of type %s.", f.Type)
		}
		at := *f.Timestamp
		if at.Before(m.Created) {
			at = m.Created
		}
		if f.Type == api.ShardFilterTypeAtTimestamp {
			return openAt(at), nil
		}
		return func(sh *shardMeta) bool { return sh.Closed.IsZero() || sh.Closed.After(at) }, nil
	case api.ShardFilterTypeAtTrimHorizon:
		at := time.UnixMilli(m.cutoff(now))
		if at.Before(m.Created) {
			at = m.Created
		}
		return openAt(at), nil
	case api.ShardFilterTypeAtLatest:
		return func(sh *shardMeta) bool { return sh.Closed.IsZero() }, nil
	}
	return func(*shardMeta) bool { return true }, nil // FROM_TRIM_HORIZON: all that there is
}
