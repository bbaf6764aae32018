package athena

import (
	api "weir/internal/aws/api/athena"
	"weir/internal/aws/wire"
)

// Ops implements wire.Service.
func (s *Service) Ops() wire.Ops {
	return wire.Ops{
		"BatchGetNamedQuery":        wire.Handle(s.batchGetNamedQuery),
		"BatchGetQueryExecution":    wire.Handle(s.batchGetQueryExecution),
		"CreateNamedQuery":          wire.Handle(s.createNamedQuery),
		"CreatePreparedStatement":   wire.Handle(s.createPreparedStatement),
		"CreateWorkGroup":           wire.Handle(s.createWorkGroup),
		"DeleteNamedQuery":          wire.Handle(s.deleteNamedQuery),
		"DeletePreparedStatement":   wire.Handle(s.deletePreparedStatement),
		"DeleteWorkGroup":           wire.Handle(s.deleteWorkGroup),
		"GetDataCatalog":            wire.Handle(s.getDataCatalog),
		"GetDatabase":               wire.Handle(s.getDatabase),
		"GetNamedQuery":             wire.Handle(s.getNamedQuery),
		"GetPreparedStatement":      wire.Handle(s.getPreparedStatement),
		"GetQueryExecution":         wire.Handle(s.getQueryExecution),
		"GetQueryResults":           wire.Handle(s.getQueryResults),
		"GetQueryRuntimeStatistics": wire.Handle(s.getQueryRuntimeStatistics),
		"GetTableMetadata":          wire.Handle(s.getTableMetadata),
		"GetWorkGroup":              wire.Handle(s.getWorkGroup),
		"ListDataCatalogs":          wire.Handle(s.listDataCatalogs),
		"ListDatabases":             wire.Handle(s.listDatabases),
		"ListEngineVersions":        wire.Handle(s.listEngineVersions),
		"ListNamedQueries":          wire.Handle(s.listNamedQueries),
		"ListPreparedStatements":    wire.Handle(s.listPreparedStatements),
		"ListQueryExecutions":       wire.Handle(s.listQueryExecutions),
		"ListTableMetadata":         wire.Handle(s.listTableMetadata),
		"ListTagsForResource":       wire.Handle(s.listTagsForResource),
		"ListWorkGroups":            wire.Handle(s.listWorkGroups),
		"StartQueryExecution":       wire.Handle(s.startQueryExecution),
		"StopQueryExecution":        wire.Handle(s.stopQueryExecution),
		"TagResource":               wire.Handle(s.tagResource),
		"UntagResource":             wire.Handle(s.untagResource),
		"UpdateNamedQuery":          wire.Handle(s.updateNamedQuery),
		"UpdatePreparedStatement":   wire.Handle(s.updatePreparedStatement),
		"UpdateWorkGroup":           wire.Handle(s.updateWorkGroup),
	}
}

// Resources implements wire.Service: the work group an operation happens in, or
// the data catalog it looks at.
func (s *Service) Resources(c *wire.Call, _ string, in any) []string {
	group := ""
	switch in := in.(type) {
	case *api.StartQueryExecutionInput:
		group = orPrimary(in.WorkGroup)
	case *api.ListQueryExecutionsInput:
		group = orPrimary(in.WorkGroup)
	case *api.ListNamedQueriesInput:
		group = orPrimary(in.WorkGroup)
	case *api.CreateNamedQueryInput:
		group = orPrimary(in.WorkGroup)
	case *api.GetQueryExecutionInput:
		group = s.groupOf(c, in.QueryExecutionId)
	case *api.GetQueryResultsInput:
		group = s.groupOf(c, in.QueryExecutionId)
	case *api.GetQueryRuntimeStatisticsInput:
		group = s.groupOf(c, in.QueryExecutionId)
	case *api.StopQueryExecutionInput:
		group = s.groupOf(c, in.QueryExecutionId)
	case *api.BatchGetQueryExecutionInput:
		return s.groupsOf(c, in.QueryExecutionIds)
	case *api.CreateWorkGroupInput:
		group = in.Name
	case *api.GetWorkGroupInput:
		group = in.WorkGroup
	case *api.UpdateWorkGroupInput:
		group = in.WorkGroup
	case *api.DeleteWorkGroupInput:
		group = in.WorkGroup
	case *api.TagResourceInput:
		return []string{in.ResourceARN}
	case *api.UntagResourceInput:
		return []string{in.ResourceARN}
	case *api.ListTagsForResourceInput:
		return []string{in.ResourceARN}
	default:
		return s.otherResources(c, in)
	}
	return []string{c.ARN("athena", "workgroup/"+group)}
}

func orPrimary(name *string) string {
	if n := deref(name); n != "" {
		return n
	}
	return primary
}

// groupOf is the work group of an execution; an unknown one is primary's, so
// that the answer does not tell strangers what exists.
func (s *Service) groupOf(c *wire.Call, id string) string {
	rec, ok, err := s.execs.Get(c.Region, id)
	if err != nil || !ok {
		return primary
	}
	return deref(rec.Exec.WorkGroup)
}

func (s *Service) groupsOf(c *wire.Call, ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, c.ARN("athena", "workgroup/"+s.groupOf(c, id)))
	}
	return out
}

func (s *Service) otherResources(c *wire.Call, in any) []string {
	group, catalog := "", awsCatalog
	switch in := in.(type) {
	case *api.CreatePreparedStatementInput:
		group = in.WorkGroup
	case *api.GetPreparedStatementInput:
		group = in.WorkGroup
	case *api.UpdatePreparedStatementInput:
		group = in.WorkGroup
	case *api.DeletePreparedStatementInput:
		group = in.WorkGroup
	case *api.ListPreparedStatementsInput:
		group = in.WorkGroup
	case *api.GetNamedQueryInput:
		group = s.groupOfNamed(c, in.NamedQueryId)
	case *api.UpdateNamedQueryInput:
		group = s.groupOfNamed(c, in.NamedQueryId)
	case *api.DeleteNamedQueryInput:
		group = s.groupOfNamed(c, in.NamedQueryId)
	case *api.BatchGetNamedQueryInput:
		var out []string
		for _, id := range in.NamedQueryIds {
			out = append(out, c.ARN("athena", "workgroup/"+s.groupOfNamed(c, id)))
		}
		return out
	case *api.GetDataCatalogInput:
		catalog = in.Name
	case *api.GetDatabaseInput:
		catalog = in.CatalogName
	case *api.ListDatabasesInput:
		catalog = in.CatalogName
	case *api.GetTableMetadataInput:
		catalog = in.CatalogName
	case *api.ListTableMetadataInput:
		catalog = in.CatalogName
	default:
		return nil
	}
	if group != "" {
		return []string{c.ARN("athena", "workgroup/"+group)}
	}
	return []string{c.ARN("athena", "datacatalog/"+catalog)}
}

func (s *Service) groupOfNamed(c *wire.Call, id string) string {
	q, ok, err := s.named.Get(c.Region, id)
	if err != nil || !ok {
		return primary
	}
	return deref(q.WorkGroup)
}
