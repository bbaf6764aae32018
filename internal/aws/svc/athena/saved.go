package athena

import (
	"maps"
	"slices"
	"strings"

	api "weir/internal/aws/api/athena"
	"weir/internal/aws/wire"
)

func (s *Service) createNamedQuery(c *wire.Call, in *api.CreateNamedQueryInput) (*api.CreateNamedQueryOutput, error) {
	group := deref(in.WorkGroup)
	if group == "" {
		group = primary
	}
	if _, err := s.workGroup(c, group); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if token := deref(in.ClientRequestToken); token != "" {
		t, ok, err := s.tokens.Get(c.Region, "named", token)
		if err != nil {
			return nil, err
		}
		if ok && t.Query != in.Name+"\x00"+in.QueryString {
			return nil, invalid("IDEMPOTENT_PARAMETER_MISMATCH", "Idempotent parameters do not match")
		}
		if ok {
			return &api.CreateNamedQueryOutput{NamedQueryId: new(t.ID)}, nil
		}
	}
	id, err := newID(s.Rand)
	if err != nil {
		return nil, err
	}
	q := api.NamedQuery{Name: in.Name, Description: in.Description, Database: in.Database, QueryString: in.QueryString, NamedQueryId: new(id), WorkGroup: new(group)}
	tx := s.DB.Begin()
	s.named.PutTx(tx, q, c.Region, id)
	if token := deref(in.ClientRequestToken); token != "" {
		s.tokens.PutTx(tx, tokenRec{id, in.Name + "\x00" + in.QueryString}, c.Region, "named", token)
	}
	return &api.CreateNamedQueryOutput{NamedQueryId: new(id)}, tx.Commit()
}

func (s *Service) namedQuery(region, id string) (api.NamedQuery, error) {
	q, ok, err := s.named.Get(region, id)
	if err == nil && !ok {
		err = invalid("INVALID_NAMED_QUERY_ID", "NamedQuery %s was not found", id)
	}
	return q, err
}

func (s *Service) getNamedQuery(c *wire.Call, in *api.GetNamedQueryInput) (*api.GetNamedQueryOutput, error) {
	q, err := s.namedQuery(c.Region, in.NamedQueryId)
	return &api.GetNamedQueryOutput{NamedQuery: &q}, err
}

func (s *Service) batchGetNamedQuery(c *wire.Call, in *api.BatchGetNamedQueryInput) (*api.BatchGetNamedQueryOutput, error) {
	out := &api.BatchGetNamedQueryOutput{NamedQueries: []api.NamedQuery{}, UnprocessedNamedQueryIds: []api.UnprocessedNamedQueryId{}}
	for _, id := range in.NamedQueryIds {
		q, ok, err := s.named.Get(c.Region, id)
		if err != nil {
			return nil, err
		}
		if !ok {
			out.UnprocessedNamedQueryIds = append(out.UnprocessedNamedQueryIds, api.UnprocessedNamedQueryId{
				NamedQueryId: new(id), ErrorCode: new("INVALID_NAMED_QUERY_ID"), ErrorMessage: new("NamedQuery " + id + " was not found")})
			continue
		}
		out.NamedQueries = append(out.NamedQueries, q)
	}
	return out, nil
}

func (s *Service) listNamedQueries(c *wire.Call, in *api.ListNamedQueriesInput) (*api.ListNamedQueriesOutput, error) {
	group := deref(in.WorkGroup)
	if group == "" {
		group = primary
	}
	list, next, err := page(s.named, in.NextToken, in.MaxResults, 50, []string{c.Region}, func(q api.NamedQuery) []string { return []string{c.Region, *q.NamedQueryId} })
	out := &api.ListNamedQueriesOutput{NamedQueryIds: []string{}, NextToken: next}
	for _, q := range list {
		if deref(q.WorkGroup) == group {
			out.NamedQueryIds = append(out.NamedQueryIds, *q.NamedQueryId)
		}
	}
	return out, err
}

func (s *Service) updateNamedQuery(c *wire.Call, in *api.UpdateNamedQueryInput) (*api.UpdateNamedQueryOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.namedQuery(c.Region, in.NamedQueryId)
	if err != nil {
		return nil, err
	}
	q.Name, q.QueryString = in.Name, in.QueryString
	set(&q.Description, in.Description)
	return &api.UpdateNamedQueryOutput{}, s.named.Put(q, c.Region, in.NamedQueryId)
}

func (s *Service) deleteNamedQuery(c *wire.Call, in *api.DeleteNamedQueryInput) (*api.DeleteNamedQueryOutput, error) {
	if _, err := s.namedQuery(c.Region, in.NamedQueryId); err != nil {
		return nil, err
	}
	return &api.DeleteNamedQueryOutput{}, s.named.Delete(c.Region, in.NamedQueryId)
}

func (s *Service) preparedStatement(c *wire.Call, group, name string) (api.PreparedStatement, error) {
	if _, err := s.workGroup(c, group); err != nil {
		return api.PreparedStatement{}, err
	}
	p, ok, err := s.prepared.Get(c.Region, group, strings.ToLower(name))
	if err == nil && !ok {
		err = wire.Errorf("ResourceNotFoundException", "PreparedStatement %s was not found in workGroup %s", name, group)
	}
	return p, err
}

func (s *Service) createPreparedStatement(c *wire.Call, in *api.CreatePreparedStatementInput) (*api.CreatePreparedStatementOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.workGroup(c, in.WorkGroup); err != nil {
		return nil, err
	}
	if _, ok, err := s.prepared.Get(c.Region, in.WorkGroup, strings.ToLower(in.StatementName)); err != nil {
		return nil, err
	} else if ok {
		return nil, invalid("INVALID_INPUT", "PreparedStatement %s already exists in workGroup %s", in.StatementName, in.WorkGroup)
	}
	p := api.PreparedStatement{StatementName: new(in.StatementName), QueryStatement: new(in.QueryStatement), WorkGroupName: new(in.WorkGroup),
		Description: in.Description, LastModifiedTime: new(c.Now)}
	return &api.CreatePreparedStatementOutput{}, s.prepared.Put(p, c.Region, in.WorkGroup, strings.ToLower(in.StatementName))
}

func (s *Service) getPreparedStatement(c *wire.Call, in *api.GetPreparedStatementInput) (*api.GetPreparedStatementOutput, error) {
	p, err := s.preparedStatement(c, in.WorkGroup, in.StatementName)
	return &api.GetPreparedStatementOutput{PreparedStatement: &p}, err
}

func (s *Service) updatePreparedStatement(c *wire.Call, in *api.UpdatePreparedStatementInput) (*api.UpdatePreparedStatementOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.preparedStatement(c, in.WorkGroup, in.StatementName)
	if err != nil {
		return nil, err
	}
	p.QueryStatement, p.LastModifiedTime = new(in.QueryStatement), new(c.Now)
	set(&p.Description, in.Description)
	return &api.UpdatePreparedStatementOutput{}, s.prepared.Put(p, c.Region, in.WorkGroup, strings.ToLower(in.StatementName))
}

func (s *Service) deletePreparedStatement(c *wire.Call, in *api.DeletePreparedStatementInput) (*api.DeletePreparedStatementOutput, error) {
	if _, err := s.preparedStatement(c, in.WorkGroup, in.StatementName); err != nil {
		return nil, err
	}
	return &api.DeletePreparedStatementOutput{}, s.prepared.Delete(c.Region, in.WorkGroup, strings.ToLower(in.StatementName))
}

func (s *Service) listPreparedStatements(c *wire.Call, in *api.ListPreparedStatementsInput) (*api.ListPreparedStatementsOutput, error) {
	if _, err := s.workGroup(c, in.WorkGroup); err != nil {
		return nil, err
	}
	list, next, err := page(s.prepared, in.NextToken, in.MaxResults, 50, []string{c.Region, in.WorkGroup},
		func(p api.PreparedStatement) []string {
			return []string{c.Region, in.WorkGroup, strings.ToLower(*p.StatementName)}
		})
	out := &api.ListPreparedStatementsOutput{PreparedStatements: []api.PreparedStatementSummary{}, NextToken: next}
	for _, p := range list {
		out.PreparedStatements = append(out.PreparedStatements, api.PreparedStatementSummary{StatementName: p.StatementName, LastModifiedTime: p.LastModifiedTime})
	}
	return out, err
}

// tagged refuses an ARN that is no work group's; other things have no tags.
func (s *Service) tagged(c *wire.Call, arn string) error {
	name, ok := strings.CutPrefix(arn, c.ARN("athena", "workgroup/"))
	if !ok {
		return wire.Errorf("ResourceNotFoundException", "%s is not the ARN of a work group of this account and region", arn)
	}
	_, err := s.workGroup(c, name)
	return err
}

func (s *Service) tagResource(c *wire.Call, in *api.TagResourceInput) (*api.TagResourceOutput, error) {
	return &api.TagResourceOutput{}, s.changeTags(c, in.ResourceARN, func(m map[string]string) { maps.Copy(m, tagMap(in.Tags)) })
}

func (s *Service) untagResource(c *wire.Call, in *api.UntagResourceInput) (*api.UntagResourceOutput, error) {
	return &api.UntagResourceOutput{}, s.changeTags(c, in.ResourceARN, func(m map[string]string) {
		for _, k := range in.TagKeys {
			delete(m, k)
		}
	})
}

func (s *Service) changeTags(c *wire.Call, arn string, change func(map[string]string)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.tagged(c, arn); err != nil {
		return err
	}
	tags, _, err := s.tags.Get(arn)
	if err != nil {
		return err
	}
	if tags == nil {
		tags = map[string]string{}
	}
	change(tags)
	return s.tags.Put(tags, arn)
}

func (s *Service) listTagsForResource(c *wire.Call, in *api.ListTagsForResourceInput) (*api.ListTagsForResourceOutput, error) {
	if err := s.tagged(c, in.ResourceARN); err != nil {
		return nil, err
	}
	tags, _, err := s.tags.Get(in.ResourceARN)
	out := &api.ListTagsForResourceOutput{Tags: []api.Tag{}}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		out.Tags = append(out.Tags, api.Tag{Key: new(k), Value: new(tags[k])})
	}
	return out, err
}
