package logs

import (
	"maps"
	"slices"
	"strings"

	api "weir/internal/aws/api/logs"
	"weir/internal/aws/wire"
)

const describeLimit = 50 // of DescribeLogGroups and DescribeLogStreams, unless asked for less

func (s *Service) createLogGroup(c *wire.Call, in *api.CreateLogGroupRequest) (*api.CreateLogGroupOutput, error) {
	if strings.HasPrefix(strings.ToLower(in.LogGroupName), "aws/") {
		return nil, wire.Errorf(codeInvalid, "Log groups starting with AWS/ are reserved for AWS.")
	}
	if in.DeletionProtectionEnabled != nil && *in.DeletionProtectionEnabled {
		return nil, wire.Errorf(codeInvalid, "Weir does not serve deletion protection of log groups: leave deletionProtectionEnabled out.")
	}
	m := groupMeta{Region: c.Region, Name: in.LogGroupName, Created: s.Clock.Now().UnixMilli(), Tags: in.Tags, Class: api.LogGroupClassStandard}
	if in.KmsKeyId != nil {
		m.KMSKey = *in.KmsKeyId
	}
	if in.LogGroupClass != nil {
		m.Class = *in.LogGroupClass
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byKey[groupKey{c.Region, m.Name}] != nil {
		return nil, wire.Errorf(codeExists, "The specified log group already exists")
	}
	if err := s.groups.Put(m, m.Region, m.Name); err != nil {
		return nil, err
	}
	s.byKey[groupKey{c.Region, m.Name}] = &group{groupMeta: m, streams: map[string]*stream{}}
	return &api.CreateLogGroupOutput{}, nil
}

func (s *Service) deleteLogGroup(c *wire.Call, in *api.DeleteLogGroupRequest) (*api.DeleteLogGroupOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(c, in.LogGroupName)
	if err != nil {
		return nil, err
	}
	tx := s.DB.Begin()
	s.groups.DeleteTx(tx, g.Region, g.Name)
	for _, st := range g.streams {
		s.streams.DeleteTx(tx, st.Region, st.Group, st.Name)
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	delete(s.byKey, groupKey{g.Region, g.Name})
	for _, st := range g.streams {
		if err := s.drop(st); err != nil {
			return nil, err
		}
	}
	return &api.DeleteLogGroupOutput{}, nil
}

// drop removes the events of a stream that is in the store no more.
func (s *Service) drop(st *stream) error {
	st.life.Lock()
	defer st.life.Unlock()
	st.gone = true
	return s.events.Drop(st.ID)
}

// change replaces a group's meta by what f makes of it, in the store first.
func (s *Service) change(c *wire.Call, name string, f func(m *groupMeta) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(c, name)
	if err != nil {
		return err
	}
	m := g.groupMeta
	m.Tags = maps.Clone(m.Tags)
	if err := f(&m); err != nil {
		return err
	}
	if err := s.groups.Put(m, m.Region, m.Name); err != nil {
		return err
	}
	g.groupMeta = m
	return nil
}

func (s *Service) describeLogGroups(c *wire.Call, in *api.DescribeLogGroupsRequest) (*api.DescribeLogGroupsResponse, error) {
	if in.LogGroupNamePrefix != nil && in.LogGroupNamePattern != nil {
		return nil, wire.Errorf(codeInvalid, "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	}
	listed, err := identified(c, in.LogGroupIdentifiers)
	if err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var found []*group
	for k, g := range s.byKey {
		if k.region == c.Region && (listed == nil || listed[g.Name]) && g.asked(in) {
			found = append(found, g)
		}
	}
	slices.SortFunc(found, func(a, b *group) int { return strings.Compare(a.Name, b.Name) })
	page, next, err := paged(found, in.NextToken, in.Limit, func(g *group, last pageToken) bool { return g.Name > last.Name })
	if err != nil {
		return nil, err
	}
	out := &api.DescribeLogGroupsResponse{LogGroups: []api.LogGroup{}}
	for _, g := range page {
		out.LogGroups = append(out.LogGroups, s.describeGroup(c, g))
	}
	if next {
		out.NextToken = new(pageToken{Name: page[len(page)-1].Name}.text())
	}
	return out, nil
}

// asked reports whether DescribeLogGroups asks for g.
func (g *group) asked(in *api.DescribeLogGroupsRequest) bool {
	switch {
	case in.LogGroupNamePrefix != nil && !strings.HasPrefix(g.Name, *in.LogGroupNamePrefix):
		return false
	case in.LogGroupNamePattern != nil && !strings.Contains(strings.ToLower(g.Name), strings.ToLower(*in.LogGroupNamePattern)):
		return false
	case in.LogGroupClass != nil && *in.LogGroupClass != g.Class:
		return false
	}
	return true
}

// identified is the set of group names of identifiers; nil when there are none.
func identified(c *wire.Call, identifiers []string) (map[string]bool, error) {
	if identifiers == nil {
		return nil, nil
	}
	names := map[string]bool{}
	for _, id := range identifiers {
		name, err := groupName(c, nil, &id)
		if err != nil {
			return nil, err
		}
		names[name] = true
	}
	return names, nil
}

func (s *Service) describeGroup(c *wire.Call, g *group) api.LogGroup {
	var bytes int64
	for _, st := range g.streams {
		bytes += s.events.Summary(st.ID).Bytes
	}
	arn := c.ARN("logs", "log-group:"+g.Name)
	d := api.LogGroup{
		LogGroupName: new(g.Name), CreationTime: new(g.Created), MetricFilterCount: new(int32(0)),
		Arn: new(arn + ":*"), LogGroupArn: new(arn), StoredBytes: &bytes, LogGroupClass: new(g.Class),
	}
	if g.Retention != 0 {
		d.RetentionInDays = new(g.Retention)
	}
	if g.KMSKey != "" {
		d.KmsKeyId = new(g.KMSKey)
	}
	return d
}

// retentions are the days AWS allows.
func retentions() []int32 {
	return []int32{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
}

func (s *Service) putRetentionPolicy(c *wire.Call, in *api.PutRetentionPolicyRequest) (*api.PutRetentionPolicyOutput, error) {
	if !slices.Contains(retentions(), in.RetentionInDays) {
		return nil, wire.Errorf(codeInvalid, "1 validation error detected: Value '%d' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: %s",
			in.RetentionInDays, joinInts(retentions()))
	}
	return &api.PutRetentionPolicyOutput{}, s.change(c, in.LogGroupName, func(m *groupMeta) error {
		m.Retention = in.RetentionInDays
		return nil
	})
}

func (s *Service) deleteRetentionPolicy(c *wire.Call, in *api.DeleteRetentionPolicyRequest) (*api.DeleteRetentionPolicyOutput, error) {
	return &api.DeleteRetentionPolicyOutput{}, s.change(c, in.LogGroupName, func(m *groupMeta) error {
		m.Retention = 0
		return nil
	})
}
