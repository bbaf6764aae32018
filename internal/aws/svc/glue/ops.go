package glue

import (
	api "weir/internal/aws/api/glue"
	"weir/internal/aws/wire"
)

// Ops implements wire.Service.
func (s *Service) Ops() wire.Ops {
	return wire.Ops{
		"BatchCreatePartition":  wire.Handle(s.batchCreatePartition),
		"BatchDeletePartition":  wire.Handle(s.batchDeletePartition),
		"BatchDeleteTable":      wire.Handle(s.batchDeleteTable),
		"BatchGetCrawlers":      wire.Handle(s.batchGetCrawlers),
		"BatchGetPartition":     wire.Handle(s.batchGetPartition),
		"BatchUpdatePartition":  wire.Handle(s.batchUpdatePartition),
		"CreateClassifier":      wire.Handle(s.createClassifier),
		"CreateCrawler":         wire.Handle(s.createCrawler),
		"CreateDatabase":        wire.Handle(s.createDatabase),
		"CreatePartition":       wire.Handle(s.createPartition),
		"CreateTable":           wire.Handle(s.createTable),
		"DeleteClassifier":      wire.Handle(s.deleteClassifier),
		"DeleteCrawler":         wire.Handle(s.deleteCrawler),
		"DeleteDatabase":        wire.Handle(s.deleteDatabase),
		"DeletePartition":       wire.Handle(s.deletePartition),
		"DeleteTable":           wire.Handle(s.deleteTable),
		"GetClassifier":         wire.Handle(s.getClassifier),
		"GetClassifiers":        wire.Handle(s.getClassifiers),
		"GetCrawler":            wire.Handle(s.getCrawler),
		"GetCrawlerMetrics":     wire.Handle(s.getCrawlerMetrics),
		"GetCrawlers":           wire.Handle(s.getCrawlers),
		"GetDatabase":           wire.Handle(s.getDatabase),
		"GetDatabases":          wire.Handle(s.getDatabases),
		"GetPartition":          wire.Handle(s.getPartition),
		"GetPartitions":         wire.Handle(s.getPartitions),
		"GetTable":              wire.Handle(s.getTable),
		"GetTables":             wire.Handle(s.getTables),
		"GetTableVersion":       wire.Handle(s.getTableVersion),
		"GetTableVersions":      wire.Handle(s.getTableVersions),
		"GetTags":               wire.Handle(s.getTags),
		"ListCrawlers":          wire.Handle(s.listCrawlers),
		"ListCrawls":            wire.Handle(s.listCrawls),
		"StartCrawler":          wire.Handle(s.startCrawler),
		"StartCrawlerSchedule":  wire.Handle(s.startCrawlerSchedule),
		"StopCrawler":           wire.Handle(s.stopCrawler),
		"StopCrawlerSchedule":   wire.Handle(s.stopCrawlerSchedule),
		"TagResource":           wire.Handle(s.tagResource),
		"UntagResource":         wire.Handle(s.untagResource),
		"UpdateClassifier":      wire.Handle(s.updateClassifier),
		"UpdateCrawler":         wire.Handle(s.updateCrawler),
		"UpdateCrawlerSchedule": wire.Handle(s.updateCrawlerSchedule),
		"UpdateDatabase":        wire.Handle(s.updateDatabase),
		"UpdatePartition":       wire.Handle(s.updatePartition),
		"UpdateTable":           wire.Handle(s.updateTable),
	}
}

// Resources implements wire.Service. As AWS asks, who touches a table needs the
// right on the catalog, the database and the table.
func (s *Service) Resources(c *wire.Call, _ string, in any) []string {
	if r := crawlerResources(c, in); r != nil {
		return r
	}
	db, table := names(in)
	out := []string{c.ARN("glue", "catalog")}
	if db != "" {
		out = append(out, c.ARN("glue", "database/"+lower(db)))
	}
	if table != "" {
		out = append(out, c.ARN("glue", "table/"+lower(db)+"/"+lower(table)))
	}
	return out
}

// names are the database and the table an input of the catalog is about.
func names(in any) (db, table string) {
	switch in := in.(type) {
	case *api.CreateDatabaseRequest:
		if in.DatabaseInput != nil {
			db = in.DatabaseInput.Name
		}
	case *api.GetDatabaseRequest:
		db = in.Name
	case *api.UpdateDatabaseRequest:
		db = in.Name
	case *api.DeleteDatabaseRequest:
		db = in.Name
	case *api.GetDatabasesRequest:
		db = "*"
	case *api.GetTablesRequest:
		return in.DatabaseName, "*"
	case *api.BatchDeleteTableRequest:
		return in.DatabaseName, "*"
	case *api.CreateTableRequest:
		if in.TableInput != nil {
			table = in.TableInput.Name
		}
		return in.DatabaseName, table
	case *api.UpdateTableRequest:
		if in.TableInput != nil {
			table = in.TableInput.Name
		}
		return in.DatabaseName, table
	case *api.GetTableRequest:
		return in.DatabaseName, in.Name
	case *api.DeleteTableRequest:
		return in.DatabaseName, in.Name
	case *api.GetTableVersionRequest:
		return in.DatabaseName, in.TableName
	case *api.GetTableVersionsRequest:
		return in.DatabaseName, in.TableName
	default:
		return partitionNames(in)
	}
	return db, table
}

func partitionNames(in any) (db, table string) {
	switch in := in.(type) {
	case *api.CreatePartitionRequest:
		return in.DatabaseName, in.TableName
	case *api.GetPartitionRequest:
		return in.DatabaseName, in.TableName
	case *api.GetPartitionsRequest:
		return in.DatabaseName, in.TableName
	case *api.UpdatePartitionRequest:
		return in.DatabaseName, in.TableName
	case *api.DeletePartitionRequest:
		return in.DatabaseName, in.TableName
	case *api.BatchCreatePartitionRequest:
		return in.DatabaseName, in.TableName
	case *api.BatchGetPartitionRequest:
		return in.DatabaseName, in.TableName
	case *api.BatchUpdatePartitionRequest:
		return in.DatabaseName, in.TableName
	case *api.BatchDeletePartitionRequest:
		return in.DatabaseName, in.TableName
	}
	return "", ""
}

// crawlerResources are the crawler's ARN for its operations; nil for an
// operation of the catalog, "*" for those that name no crawler.
func crawlerResources(c *wire.Call, in any) []string {
	name := ""
	switch in := in.(type) {
	case *api.CreateCrawlerRequest:
		name = in.Name
	case *api.GetCrawlerRequest:
		name = in.Name
	case *api.UpdateCrawlerRequest:
		name = in.Name
	case *api.DeleteCrawlerRequest:
		name = in.Name
	case *api.StartCrawlerRequest:
		name = in.Name
	case *api.StopCrawlerRequest:
		name = in.Name
	case *api.StartCrawlerScheduleRequest:
		name = in.CrawlerName
	case *api.StopCrawlerScheduleRequest:
		name = in.CrawlerName
	case *api.UpdateCrawlerScheduleRequest:
		name = in.CrawlerName
	case *api.ListCrawlsRequest:
		name = in.CrawlerName
	case *api.TagResourceRequest:
		return []string{in.ResourceArn}
	case *api.UntagResourceRequest:
		return []string{in.ResourceArn}
	case *api.GetTagsRequest:
		return []string{in.ResourceArn}
	case *api.GetCrawlersRequest, *api.GetCrawlerMetricsRequest, *api.ListCrawlersRequest, *api.BatchGetCrawlersRequest,
		*api.CreateClassifierRequest, *api.GetClassifierRequest, *api.GetClassifiersRequest, *api.UpdateClassifierRequest,
		*api.DeleteClassifierRequest:
		return []string{"*"}
	default:
		return nil
	}
	return []string{c.ARN("glue", "crawler/"+name)}
}
