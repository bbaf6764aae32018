package logs

import (
	"errors"
	"sort"
	"time"

	api "weir/internal/aws/api/logs"
	"weir/internal/aws/svc/logs/eventlog"
	"weir/internal/aws/wire"
)

// The limits of PutLogEvents.
const (
	maxBatchBytes = 1_048_576
	maxSpan       = 24 * time.Hour
	maxAhead      = 2 * time.Hour
	maxAge        = 14 * 24 * time.Hour
)

func (s *Service) putLogEvents(c *wire.Call, in *api.PutLogEventsRequest) (*api.PutLogEventsResponse, error) {
	if err := checkBatch(in.LogEvents); err != nil {
		return nil, err
	}
	g, st, err := s.find(c, in.LogGroupName, in.LogStreamName)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	s.mu.RLock()
	expired := g.horizon(now)
	s.mu.RUnlock()
	from, to, rejected := accepted(in.LogEvents, now, expired)
	if events := in.LogEvents[from:to]; len(events) > 0 {
		if err := s.put(st, now, events); err != nil {
			return nil, err
		}
	}
	return &api.PutLogEventsResponse{
		NextSequenceToken: new(sequenceToken(s.events.Summary(st.ID))), RejectedLogEventsInfo: rejected,
	}, nil
}

func (s *Service) put(st *stream, now time.Time, events []api.InputLogEvent) error {
	es := make([]eventlog.Event, len(events))
	for i, e := range events {
		es[i].Time, es[i].Message = e.Timestamp, e.Message
	}
	st.life.RLock()
	defer st.life.RUnlock()
	if st.gone {
		return wire.Errorf(codeNotFound, "The specified log stream does not exist.")
	}
	err := s.events.Put(st.ID, now.UnixMilli(), es)
	if errors.Is(err, eventlog.ErrFull) {
		return &wire.Error{Code: codeUnavailable, Message: err.Error(), Status: 500}
	}
	return err
}

// checkBatch checks what makes AWS refuse the events as a whole.
func checkBatch(events []api.InputLogEvent) error {
	bytes := 0
	for i, e := range events {
		size := len(e.Message) + eventlog.Overhead
		if size > maxBatchBytes {
			return wire.Errorf(codeInvalid, "Log event too large: %d bytes exceeds limit of %d", size, maxBatchBytes)
		}
		bytes += size
		if i > 0 && e.Timestamp < events[i-1].Timestamp {
			return wire.Errorf(codeInvalid, "Log events in a single PutLogEvents request must be in chronological order.")
		}
	}
	if bytes > maxBatchBytes {
		return wire.Errorf(codeInvalid, "Upload too large: %d bytes exceeds limit of %d", bytes, maxBatchBytes)
	}
	if span := events[len(events)-1].Timestamp - events[0].Timestamp; span > maxSpan.Milliseconds() {
		return wire.Errorf(codeInvalid, "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
	}
	return nil
}

// accepted is the range of events that are stored, and what is said of the
// others: those beyond the retention, too old, too new.
func accepted(events []api.InputLogEvent, now time.Time, expired int64) (from, to int, info *api.RejectedLogEventsInfo) {
	before := func(ms int64) int {
		return sort.Search(len(events), func(i int) bool { return events[i].Timestamp >= ms })
	}
	old := before(now.Add(-maxAge).UnixMilli())
	gone := before(expired)
	to = before(now.Add(maxAhead).UnixMilli() + 1)
	if old == 0 && gone == 0 && to == len(events) {
		return 0, to, nil
	}
	info = &api.RejectedLogEventsInfo{}
	if old > 0 {
		info.TooOldLogEventEndIndex = new(int32(old))
	}
	if gone > 0 {
		info.ExpiredLogEventEndIndex = new(int32(gone))
	}
	if to < len(events) {
		info.TooNewLogEventStartIndex = new(int32(to))
	}
	return max(old, gone), max(to, old, gone), info
}
