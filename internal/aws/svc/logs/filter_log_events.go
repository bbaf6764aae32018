package logs

import (
	"strings"

	api "weir/internal/aws/api/logs"
	"weir/internal/aws/svc/logs/eventlog"
	"weir/internal/aws/svc/logs/pattern"
	"weir/internal/aws/wire"
)

// maxSearched is how many events one call looks at; a rare pattern makes
// several calls, each with a token and perhaps no event, as on AWS.
const maxSearched = 100_000

func (s *Service) filterLogEvents(c *wire.Call, in *api.FilterLogEventsRequest) (*api.FilterLogEventsResponse, error) {
	name, err := groupName(c, in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	if in.LogStreamNames != nil && in.LogStreamNamePrefix != nil {
		return nil, wire.Errorf(codeInvalid, "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.")
	}
	p := &pattern.Pattern{}
	if in.FilterPattern != nil {
		if p, err = pattern.Parse(*in.FilterPattern); err != nil {
			return nil, wire.Errorf(codeInvalid, "%v", err)
		}
	}
	ids, names, w, err := s.searched(c, name, in)
	if err != nil {
		return nil, err
	}
	if in.NextToken != nil {
		t, err := readToken(*in.NextToken)
		if err != nil {
			return nil, err
		}
		if after := (eventlog.Pos{Time: t.Time, Seq: t.Seq + 1}); w.from.Before(after) {
			w.from = after
		}
	}
	return s.search(ids, names, w, p, limitOf(in.Limit))
}

// searched is the streams a call searches, their names by id, and the window.
func (s *Service) searched(c *wire.Call, groupName string, in *api.FilterLogEventsRequest) (ids []uint64, names map[uint64]string, w window, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g, err := s.group(c, groupName)
	if err != nil {
		return nil, nil, w, err
	}
	end := in.EndTime
	if end != nil {
		end = new(*end + 1) // events of the very end belong to the answer
	}
	w = g.bounds(g.horizon(s.Clock.Now()), in.StartTime, end)
	names = map[uint64]string{}
	take := func(st *stream) {
		if _, twice := names[st.ID]; !twice {
			ids, names[st.ID] = append(ids, st.ID), st.Name
		}
	}
	for _, name := range in.LogStreamNames {
		st := g.streams[name]
		if st == nil {
			return nil, nil, w, wire.Errorf(codeNotFound, "The specified log stream does not exist.")
		}
		take(st)
	}
	if in.LogStreamNames != nil {
		return ids, names, w, nil
	}
	for _, st := range g.streams {
		if in.LogStreamNamePrefix == nil || strings.HasPrefix(st.Name, *in.LogStreamNamePrefix) {
			take(st)
		}
	}
	return ids, names, w, nil
}

func (s *Service) search(ids []uint64, names map[uint64]string, w window, p *pattern.Pattern, limit int) (*api.FilterLogEventsResponse, error) {
	out := &api.FilterLogEventsResponse{Events: []api.FilteredLogEvent{}, SearchedLogStreams: []api.SearchedLogStream{}}
	var last eventlog.Pos
	seen, bytes := 0, 0
	for e, err := range s.events.Merge(ids, w.from, w.to) {
		if err != nil {
			return nil, err
		}
		if len(out.Events) == limit || seen == maxSearched || bytes >= maxAnswer {
			out.NextToken = new(pageToken{Time: last.Time, Seq: last.Seq}.text())
			break
		}
		seen++
		last = e.Pos
		if !p.Match(e.Message) {
			continue
		}
		bytes += len(e.Message) + eventlog.Overhead
		out.Events = append(out.Events, api.FilteredLogEvent{
			LogStreamName: new(names[e.Stream]), Timestamp: new(e.Time), Message: new(e.Message),
			IngestionTime: new(e.Arrival), EventId: new(eventID(e.Pos, e.Stream)),
		})
	}
	return out, nil
}
