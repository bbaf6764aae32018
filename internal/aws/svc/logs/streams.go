package logs

import (
	"cmp"
	"slices"
	"strings"

	api "weir/internal/aws/api/logs"
	"weir/internal/aws/svc/logs/eventlog"
	"weir/internal/aws/wire"
)

func (s *Service) createLogStream(c *wire.Call, in *api.CreateLogStreamRequest) (*api.CreateLogStreamOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(c, in.LogGroupName)
	if err != nil {
		return nil, err
	}
	if g.streams[in.LogStreamName] != nil {
		return nil, wire.Errorf(codeExists, "The specified log stream already exists")
	}
	m := streamMeta{ID: s.next, Region: c.Region, Group: g.Name, Name: in.LogStreamName, Created: s.Clock.Now().UnixMilli()}
	if err := s.streams.Put(m, m.Region, m.Group, m.Name); err != nil {
		return nil, err
	}
	s.next++
	g.streams[m.Name] = &stream{streamMeta: m}
	return &api.CreateLogStreamOutput{}, nil
}

func (s *Service) deleteLogStream(c *wire.Call, in *api.DeleteLogStreamRequest) (*api.DeleteLogStreamOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, st, err := s.lookup(c, in.LogGroupName, in.LogStreamName)
	if err != nil {
		return nil, err
	}
	if err := s.streams.Delete(st.Region, st.Group, st.Name); err != nil {
		return nil, err
	}
	delete(g.streams, st.Name)
	return &api.DeleteLogStreamOutput{}, s.drop(st)
}

// listed is a stream as DescribeLogStreams sorts it.
type listed struct {
	*stream
	sum eventlog.Summary
}

// order compares by name, or by the last event and then name.
func (l listed) order(byTime bool, time int64, name string) int {
	if byTime {
		return cmp.Or(cmp.Compare(l.sum.Last, time), strings.Compare(l.Name, name))
	}
	return strings.Compare(l.Name, name)
}

func (s *Service) describeLogStreams(c *wire.Call, in *api.DescribeLogStreamsRequest) (*api.DescribeLogStreamsResponse, error) {
	name, err := groupName(c, in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	byTime := in.OrderBy != nil && *in.OrderBy == api.OrderByLastEventTime
	if byTime && in.LogStreamNamePrefix != nil {
		return nil, wire.Errorf(codeInvalid, "Cannot order by LastEventTime with a logStreamNamePrefix.")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	g, err := s.group(c, name)
	if err != nil {
		return nil, err
	}
	var found []listed
	for _, st := range g.streams {
		if in.LogStreamNamePrefix == nil || strings.HasPrefix(st.Name, *in.LogStreamNamePrefix) {
			found = append(found, listed{st, s.events.Summary(st.ID)})
		}
	}
	sign := 1
	if in.Descending != nil && *in.Descending {
		sign = -1
	}
	slices.SortFunc(found, func(a, b listed) int { return sign * a.order(byTime, b.sum.Last, b.Name) })
	page, more, err := paged(found, in.NextToken, in.Limit, func(l listed, last pageToken) bool {
		return sign*l.order(byTime, last.Time, last.Name) > 0
	})
	if err != nil {
		return nil, err
	}
	out := &api.DescribeLogStreamsResponse{LogStreams: []api.LogStream{}}
	for _, l := range page {
		out.LogStreams = append(out.LogStreams, l.describe(c))
	}
	if more {
		last := page[len(page)-1]
		out.NextToken = new(pageToken{Name: last.Name, Time: last.sum.Last}.text())
	}
	return out, nil
}

func (l listed) describe(c *wire.Call) api.LogStream {
	d := api.LogStream{
		LogStreamName: new(l.Name), CreationTime: new(l.Created), UploadSequenceToken: new(sequenceToken(l.sum)),
		Arn: new(c.ARN("logs", "log-group:"+l.Group+":log-stream:"+l.Name)),
		// AWS stopped to tell a stream's bytes in 2019.
		StoredBytes: new(int64(0)),
	}
	if l.sum.Count > 0 {
		d.FirstEventTimestamp, d.LastEventTimestamp = new(l.sum.First), new(l.sum.Last)
	}
	if l.sum.LastArrival > 0 {
		d.LastIngestionTime = new(l.sum.LastArrival)
	}
	return d
}
