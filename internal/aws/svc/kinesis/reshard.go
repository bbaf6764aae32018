package kinesis

import (
	"slices"
	"time"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/wire"
)

// reshard changes the shards of an ACTIVE stream in provisioned mode, which is
// UPDATING afterwards.
func (s *Service) reshard(c *wire.Call, st *stream, f func(m *streamMeta, now time.Time) error) error {
	return s.change(st, func(m *streamMeta) error {
		now := s.Clock.Now()
		if status := m.status(now); status != api.StreamStatusActive {
			return notActive(c, m.Name, status)
		}
		if m.Mode != api.StreamModeProvisioned {
			return wire.Errorf(codeValidation, "Stream %s under account %s is in %s mode: only streams in %s mode can be resharded.",
				m.Name, c.Account, m.Mode, api.StreamModeProvisioned)
		}
		if err := f(m, now); err != nil {
			return err
		}
		m.begin(api.StreamStatusUpdating, now, s.UpdateDelay)
		return nil
	})
}

func (s *Service) splitShard(c *wire.Call, in *api.SplitShardInput) (*api.SplitShardOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	err = s.reshard(c, st, func(m *streamMeta, now time.Time) error {
		sh, err := m.openShardNamed(c, in.ShardToSplit)
		if err != nil {
			return err
		}
		if err := s.shardRoom(c, 1); err != nil {
			return err
		}
		at, ok := parseHashKey(in.NewStartingHashKey)
		if !ok || !sh.Start.next().less(at) || !at.less(sh.End) {
			return wire.Errorf(codeInvalid, "NewStartingHashKey %s used in SplitShard() on shard %s in stream %s under account %s"+
				" is not both greater than one plus the shard's StartingHashKey %s and less than the shard's EndingHashKey %s.",
				in.NewStartingHashKey, sh.id(), m.Name, c.Account, sh.Start, sh.End)
		}
		m.split(sh, at, now)
		return nil
	})
	return &api.SplitShardOutput{}, err
}

func (s *Service) mergeShards(c *wire.Call, in *api.MergeShardsInput) (*api.MergeShardsOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	err = s.reshard(c, st, func(m *streamMeta, now time.Time) error {
		a, err := m.openShardNamed(c, in.ShardToMerge)
		if err != nil {
			return err
		}
		b, err := m.openShardNamed(c, in.AdjacentShardToMerge)
		if err != nil {
			return err
		}
		if !a.endsBefore(b) && !b.endsBefore(a) {
			return wire.Errorf(codeInvalid, "Shards %s and %s in stream %s under account %s are not an adjacent pair of shards eligible for merging",
				a.id(), b.id(), m.Name, c.Account)
		}
		m.merge(a, b, now)
		return nil
	})
	return &api.MergeShardsOutput{}, err
}

// endsBefore tells whether o's range follows sh's; the last range has none
// after it, though its end plus one is the first range's start.
func (sh *shardMeta) endsBefore(o *shardMeta) bool {
	return sh.End != maxHashKey() && sh.End.next() == o.Start
}

// openShardNamed finds the open shard of an id.
func (m *streamMeta) openShardNamed(c *wire.Call, id string) (*shardMeta, error) {
	index, ok := parseShardID(id)
	if !ok {
		return nil, noSuchShard(c, id, m.Name)
	}
	sh := m.shard(index)
	if sh == nil {
		return nil, noSuchShard(c, shardName(index), m.Name)
	}
	if !sh.Closed.IsZero() {
		return nil, wire.Errorf(codeInUse, "Shard %s in stream %s under account %s has already been merged or split, and thus is not eligible for merging or splitting.",
			sh.id(), m.Name, c.Account)
	}
	return sh, nil
}

// split closes a shard and opens two that share its range.
func (m *streamMeta) split(sh *shardMeta, at hashKey, now time.Time) {
	sh.Closed = now
	parent := *sh // appending moves the shards
	m.addShard(parent.Start, at.prev(), now, &parent)
	m.addShard(at, parent.End, now, &parent)
}

// merge closes two neighbours and opens one that has the range of both.
func (m *streamMeta) merge(a, b *shardMeta, now time.Time) {
	a.Closed, b.Closed = now, now
	p, q := *a, *b
	low, high := p.Start, q.End
	if q.Start.less(p.Start) {
		low, high = q.Start, p.End
	}
	m.addShard(low, high, now, &p, &q)
}

func (s *Service) updateShardCount(c *wire.Call, in *api.UpdateShardCountInput) (*api.UpdateShardCountOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	target, current := int(in.TargetShardCount), 0
	err = s.reshard(c, st, func(m *streamMeta, now time.Time) error {
		current = m.openCount()
		if target > 2*current || 2*target < current {
			return wire.Errorf(codeInvalid, "UpdateShardCount cannot scale stream %s under account %s from %d to %d shards: the target must be between half and double the current count.",
				m.Name, c.Account, current, target)
		}
		if err := s.shardRoom(c, target-current); err != nil {
			return err
		}
		m.uniform(target, now)
		return nil
	})
	if err != nil {
		return nil, err
	}
	name := st.view().Name
	return &api.UpdateShardCountOutput{
		StreamName: &name, StreamARN: new(streamARN(c, name)), CurrentShardCount: new(int32(current)), TargetShardCount: new(in.TargetShardCount),
	}, nil
}

// uniform reshards to n shards of equal share: first splits where a new border
// is missing, then merges away the old borders.
func (m *streamMeta) uniform(n int, now time.Time) {
	want := streamMeta{}
	want.divide(n, now)
	border := map[hashKey]bool{}
	for _, sh := range want.Shards {
		border[sh.Start] = true
		for _, i := range m.openByStart() {
			if o := &m.Shards[i]; o.Start.less(sh.Start) && !o.End.less(sh.Start) {
				m.split(o, sh.Start, now)
				break
			}
		}
	}
	for left := 0; ; {
		open := m.openByStart()
		if left+1 >= len(open) {
			return
		}
		if a, b := &m.Shards[open[left]], &m.Shards[open[left+1]]; border[b.Start] {
			left++
		} else {
			m.merge(a, b, now)
		}
	}
}

// openByStart is the places in Shards of the open ones, by range.
func (m *streamMeta) openByStart() []int {
	var open []int
	for i := range m.Shards {
		if m.Shards[i].Closed.IsZero() {
			open = append(open, i)
		}
	}
	slices.SortFunc(open, func(a, b int) int {
		if m.Shards[a].Start.less(m.Shards[b].Start) {
			return -1
		}
		return 1
	})
	return open
}

func (s *Service) updateStreamMode(c *wire.Call, in *api.UpdateStreamModeInput) (*api.UpdateStreamModeOutput, error) {
	st, err := s.stream(c, nil, &in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	return &api.UpdateStreamModeOutput{}, s.change(st, func(m *streamMeta) error {
		now := s.Clock.Now()
		if status := m.status(now); status != api.StreamStatusActive {
			return notActive(c, m.Name, status)
		}
		m.Mode = in.StreamModeDetails.StreamMode
		m.begin(api.StreamStatusUpdating, now, s.UpdateDelay)
		return nil
	})
}
