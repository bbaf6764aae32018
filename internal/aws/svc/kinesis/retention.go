package kinesis

import (
	"time"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/wire"
)

const (
	minRetention = 24 // hours
	maxRetention = 8760
)

func (s *Service) increaseRetention(c *wire.Call, in *api.IncreaseStreamRetentionPeriodInput) (*api.IncreaseStreamRetentionPeriodOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	return &api.IncreaseStreamRetentionPeriodOutput{}, s.setRetention(c, st, in.RetentionPeriodHours, func(m *streamMeta) error {
		if m.Retention > in.RetentionPeriodHours {
			return wire.Errorf(codeInvalid, "Requested retention period (%d hours) for stream %s can not be shorter than existing retention period (%d hours)."+
				" Use DecreaseRetentionPeriod API.", in.RetentionPeriodHours, m.Name, m.Retention)
		}
		return nil
	})
}

func (s *Service) decreaseRetention(c *wire.Call, in *api.DecreaseStreamRetentionPeriodInput) (*api.DecreaseStreamRetentionPeriodOutput, error) {
	st, err := s.stream(c, in.StreamName, in.StreamARN, in.StreamId)
	if err != nil {
		return nil, err
	}
	return &api.DecreaseStreamRetentionPeriodOutput{}, s.setRetention(c, st, in.RetentionPeriodHours, func(m *streamMeta) error {
		if m.Retention < in.RetentionPeriodHours {
			return wire.Errorf(codeInvalid, "Requested retention period (%d hours) for stream %s can not be longer than existing retention period (%d hours)."+
				" Use IncreaseRetentionPeriod API.", in.RetentionPeriodHours, m.Name, m.Retention)
		}
		return nil
	})
}

func (s *Service) setRetention(c *wire.Call, st *stream, hours int32, check func(*streamMeta) error) error {
	return s.change(st, func(m *streamMeta) error {
		switch status := m.status(s.Clock.Now()); {
		case status != api.StreamStatusActive:
			return notActive(c, m.Name, status)
		case hours < minRetention:
			return wire.Errorf(codeInvalid, "Minimum allowed retention period is %d hours. Requested retention period (%d hours) is too short.", minRetention, hours)
		case hours > maxRetention:
			return wire.Errorf(codeInvalid, "Maximum allowed retention period is %d hours. Requested retention period (%d hours) is too long.", maxRetention, hours)
		}
		if err := check(m); err != nil {
			return err
		}
		m.Retention = hours
		return nil
	})
}

// sweepLoop clears, now and then, what time has made superfluous.
func (s *Service) sweepLoop() {
	defer close(s.stopped)
	for {
		tick, stop := s.Clock.After(sweepEvery)
		select {
		case <-tick:
			s.sweep()
		case <-s.stop:
			stop()
			return
		}
	}
}

// sweep trims expired records, forgets closed shards that have none left, and
// removes deleted streams. What fails (a full disk) is tried again next time.
func (s *Service) sweep() {
	now := s.Clock.Now()
	s.mu.RLock()
	all := make([]*stream, 0, len(s.byKey))
	for _, st := range s.byKey {
		all = append(all, st)
	}
	s.mu.RUnlock()
	for _, st := range all {
		if m := st.view(); m.status(now) == "" {
			s.creating.Lock()
			_ = s.reap(m.Region, m.Name) // see above
			s.creating.Unlock()
			continue
		}
		_ = s.trim(st, now) // see above
	}
}

func (s *Service) trim(st *stream, now time.Time) error {
	m := st.view()
	cutoff := m.cutoff(now)
	if m.Created.UnixMilli() >= cutoff {
		return nil
	}
	gone := 0
	for i := range m.Shards {
		sh := &m.Shards[i]
		log, err := s.log.Shard(m.logID(sh))
		if err != nil {
			return err
		}
		if err := log.Trim(cutoff); err != nil {
			return err
		}
		if !sh.Closed.IsZero() && sh.Closed.UnixMilli() < cutoff {
			gone++
		}
	}
	if gone == 0 {
		return nil
	}
	return s.change(st, func(m *streamMeta) error {
		kept := m.Shards[:0]
		for _, sh := range m.Shards {
			if sh.Closed.IsZero() || sh.Closed.UnixMilli() >= cutoff {
				kept = append(kept, sh)
			}
		}
		m.Shards = kept
		return nil
	})
}
