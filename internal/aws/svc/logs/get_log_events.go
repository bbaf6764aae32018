package logs

import (
	"math"
	"slices"
	"strings"

	api "weir/internal/aws/api/logs"
	"weir/internal/aws/svc/logs/eventlog"
	"weir/internal/aws/wire"
)

const (
	maxEvents = 10_000 // of one answer, and its default limit
	maxAnswer = 1 << 20
)

// window is the events a reader may see: from the first up to, not including,
// the second place.
type window struct{ from, to eventlog.Pos }

// bounds is the window of a call: end is not in it.
func (g *group) bounds(horizon int64, start, end *int64) window {
	w := window{eventlog.Pos{Time: horizon}, eventlog.Pos{Time: math.MaxInt64}}
	if start != nil {
		w.from.Time = max(w.from.Time, *start)
	}
	if end != nil {
		w.to.Time = *end
	}
	return w
}

func (s *Service) getLogEvents(c *wire.Call, in *api.GetLogEventsRequest) (*api.GetLogEventsResponse, error) {
	name, err := groupName(c, in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	g, st, err := s.find(c, name, in.LogStreamName)
	if err != nil {
		return nil, err
	}
	s.mu.RLock()
	w := g.bounds(g.horizon(s.Clock.Now()), in.StartTime, in.EndTime)
	s.mu.RUnlock()
	forward := in.StartFromHead != nil && *in.StartFromHead
	here := w.from // where the tokens of an empty answer stand
	if in.NextToken != nil {
		if forward, here, err = readEventToken(*in.NextToken); err != nil {
			return nil, err
		}
		after := eventlog.Pos{Time: here.Time, Seq: here.Seq + 1}
		if forward && w.from.Before(after) {
			w.from = after
		}
		if !forward && here.Before(w.to) {
			w.to = here
		}
	}
	events, err := s.read(st, w, forward, limitOf(in.Limit))
	if err != nil {
		return nil, err
	}
	first, last := here, here
	if len(events) > 0 {
		first, last = events[0].Pos, events[len(events)-1].Pos
	}
	out := &api.GetLogEventsResponse{
		Events:           []api.OutputLogEvent{},
		NextForwardToken: new("f/" + eventID(last, st.ID) + "/s"), NextBackwardToken: new("b/" + eventID(first, st.ID) + "/s"),
	}
	for _, e := range events {
		out.Events = append(out.Events, api.OutputLogEvent{Timestamp: new(e.Time), Message: new(e.Message), IngestionTime: new(e.Arrival)})
	}
	return out, nil
}

func limitOf(limit *int32) int {
	if limit != nil {
		return int(*limit)
	}
	return maxEvents
}

// read is the first events of w, or the last, in order of time.
func (s *Service) read(st *stream, w window, forward bool, limit int) ([]eventlog.Event, error) {
	walk := s.events.ScanBack
	if forward {
		walk = s.events.Scan
	}
	var events []eventlog.Event
	bytes := 0
	for e, err := range walk(st.ID, w.from, w.to) {
		if err != nil {
			return nil, err
		}
		if bytes += len(e.Message) + eventlog.Overhead; len(events) > 0 && bytes > maxAnswer {
			break
		}
		if events = append(events, e); len(events) == limit {
			break
		}
	}
	if !forward {
		slices.Reverse(events)
	}
	return events, nil
}

// readEventToken reads a token of GetLogEvents: its direction and place.
func readEventToken(text string) (forward bool, p eventlog.Pos, err error) {
	parts := strings.Split(text, "/")
	if len(parts) == 3 && parts[2] == "s" && (parts[0] == "f" || parts[0] == "b") {
		if p, ok := readEventID(parts[1]); ok {
			return parts[0] == "f", p, nil
		}
	}
	return false, p, wire.Errorf(codeInvalid, "The specified nextToken is invalid.")
}
