package glue

import (
	"fmt"
	"regexp"
	"strconv"

	api "weir/internal/aws/api/glue"
	"weir/internal/aws/store"
	"weir/internal/aws/wire"
)

// tableRec is a table and the number of its newest version.
type tableRec struct {
	Table   api.Table
	Version int
}

func (s *Service) table(c *wire.Call, db, name string) (tableRec, error) {
	if _, err := s.database(c, db); err != nil {
		return tableRec{}, err
	}
	t, ok, err := s.tables.Get(c.Region, lower(db), lower(name))
	if err == nil && !ok {
		err = notFound("Table %s not found.", lower(name))
	}
	return t, err
}

// versionKey sorts versions by their number.
func versionKey(region, db, table string, version int) []string {
	return []string{region, db, table, fmt.Sprintf("%010d", version)}
}

// putTable writes a table as a version of itself.
func (s *Service) putTable(tx *store.Tx, region string, rec tableRec) {
	db, name := deref(rec.Table.DatabaseName), rec.Table.Name
	rec.Table.VersionId = new(strconv.Itoa(rec.Version))
	s.tables.PutTx(tx, rec, region, db, name)
	s.versions.PutTx(tx, rec.Table, versionKey(region, db, name, rec.Version)...)
}

func (s *Service) createTable(c *wire.Call, in *api.CreateTableRequest) (*api.CreateTableResponse, error) {
	if err := checkCatalog(c, in.CatalogId); err != nil {
		return nil, err
	}
	if in.OpenTableFormatInput != nil {
		return nil, invalid("Iceberg tables are not supported")
	}
	if in.TableInput == nil {
		return nil, invalid("TableInput is required")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.database(c, in.DatabaseName); err != nil {
		return nil, err
	}
	db, name := lower(in.DatabaseName), lower(in.TableInput.Name)
	if _, ok, err := s.tables.Get(c.Region, db, name); err != nil {
		return nil, err
	} else if ok {
		return nil, exists("Table already exists.")
	}
	t, err := newTable(c, db, in.TableInput)
	if err != nil {
		return nil, err
	}
	t.CreateTime = new(c.Now)
	tx := s.DB.Begin()
	s.putTable(tx, c.Region, tableRec{Table: t})
	return &api.CreateTableResponse{}, tx.Commit()
}

// newTable is the table an input describes.
func newTable(c *wire.Call, db string, in *api.TableInput) (api.Table, error) {
	if in.TargetTable != nil || in.ViewDefinition != nil {
		return api.Table{}, invalid("resource links and multi-dialect views are not supported")
	}
	retention := in.Retention
	if retention == nil {
		retention = new(int32(0))
	}
	return api.Table{
		Name: lower(in.Name), DatabaseName: new(db), Description: in.Description, Owner: in.Owner, UpdateTime: new(c.Now),
		LastAccessTime: in.LastAccessTime, LastAnalyzedTime: in.LastAnalyzedTime, Retention: retention,
		StorageDescriptor: in.StorageDescriptor, PartitionKeys: in.PartitionKeys, ViewOriginalText: in.ViewOriginalText,
		ViewExpandedText: in.ViewExpandedText, TableType: in.TableType, Parameters: in.Parameters, CreatedBy: new(c.Principal.ARN),
		IsRegisteredWithLakeFormation: new(false), CatalogId: new(c.Account),
	}, nil
}

func (s *Service) getTable(c *wire.Call, in *api.GetTableRequest) (*api.GetTableResponse, error) {
	if err := checkCatalog(c, in.CatalogId); err != nil {
		return nil, err
	}
	t, err := s.table(c, in.DatabaseName, in.Name)
	return &api.GetTableResponse{Table: &t.Table}, err
}

func (s *Service) getTables(c *wire.Call, in *api.GetTablesRequest) (*api.GetTablesResponse, error) {
	if err := checkCatalog(c, in.CatalogId); err != nil {
		return nil, err
	}
	if _, err := s.database(c, in.DatabaseName); err != nil {
		return nil, err
	}
	keep := func(tableRec) bool { return true }
	if e := deref(in.Expression); e != "" {
		re, err := regexp.Compile("(?i)^(?:" + starPattern(e) + ")$")
		if err != nil {
			return nil, invalid("Expression %q is not a valid pattern: %v", e, err)
		}
		keep = func(t tableRec) bool { return re.MatchString(t.Table.Name) }
	}
	db := lower(in.DatabaseName)
	from, err := after(in.NextToken, c.Region, db)
	if err != nil {
		return nil, err
	}
	list, next, err := page(s.tables.Scan([]string{c.Region, db}, from), size(in.MaxResults, 100), keep,
		func(t tableRec) []string { return []string{c.Region, db, t.Table.Name} })
	out := make([]api.Table, len(list))
	for i, t := range list {
		out[i] = t.Table
	}
	return &api.GetTablesResponse{TableList: out, NextToken: next}, err
}

// starPattern lets a lone * mean anything, as Hive's patterns have it.
func starPattern(e string) string {
	return regexp.MustCompile(`(^|[^.\])])\*`).ReplaceAllString(e, "$1.*")
}

func (s *Service) updateTable(c *wire.Call, in *api.UpdateTableRequest) (*api.UpdateTableResponse, error) {
	if err := checkCatalog(c, in.CatalogId); err != nil {
		return nil, err
	}
	if in.TableInput == nil {
		return nil, invalid("TableInput is required")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rec, err := s.table(c, in.DatabaseName, in.TableInput.Name)
	if err != nil {
		return nil, err
	}
	if v := deref(in.VersionId); v != "" && v != strconv.Itoa(rec.Version) {
		return nil, wire.Errorf("VersionMismatchException", "Version %s of table %s is not its newest, %d.", v, rec.Table.Name, rec.Version)
	}
	t, err := newTable(c, deref(rec.Table.DatabaseName), in.TableInput)
	if err != nil {
		return nil, err
	}
	t.CreateTime, t.CreatedBy = rec.Table.CreateTime, rec.Table.CreatedBy
	tx := s.DB.Begin()
	if deref(in.SkipArchive) {
		s.versions.DeleteTx(tx, versionKey(c.Region, deref(t.DatabaseName), t.Name, rec.Version)...)
	}
	s.putTable(tx, c.Region, tableRec{Table: t, Version: rec.Version + 1})
	return &api.UpdateTableResponse{}, tx.Commit()
}

// dropTable adds the removal of a table, its versions and partitions to tx.
func (s *Service) dropTable(c *wire.Call, tx *store.Tx, db, name string) error {
	for p, err := range s.partitions.Scan([]string{c.Region, db, name}, nil) {
		if err != nil {
			return err
		}
		s.partitions.DeleteTx(tx, partitionKey(c.Region, db, name, p.Values)...)
	}
	for v, err := range s.versions.Scan([]string{c.Region, db, name}, nil) {
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(deref(v.VersionId))
		if err != nil {
			return fmt.Errorf("version of table %s: %w", name, err)
		}
		s.versions.DeleteTx(tx, versionKey(c.Region, db, name, n)...)
	}
	s.tables.DeleteTx(tx, c.Region, db, name)
	s.tags.DeleteTx(tx, c.ARN("glue", "table/"+db+"/"+name))
	return nil
}

func (s *Service) deleteTable(c *wire.Call, in *api.DeleteTableRequest) (*api.DeleteTableResponse, error) {
	if err := checkCatalog(c, in.CatalogId); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.table(c, in.DatabaseName, in.Name)
	if err != nil {
		return nil, err
	}
	tx := s.DB.Begin()
	if err := s.dropTable(c, tx, deref(t.Table.DatabaseName), t.Table.Name); err != nil {
		return nil, err
	}
	return &api.DeleteTableResponse{}, tx.Commit()
}

func (s *Service) batchDeleteTable(c *wire.Call, in *api.BatchDeleteTableRequest) (*api.BatchDeleteTableResponse, error) {
	out := &api.BatchDeleteTableResponse{Errors: []api.TableError{}}
	if _, err := s.database(c, in.DatabaseName); err != nil {
		return nil, err
	}
	for _, name := range in.TablesToDelete {
		_, err := s.deleteTable(c, &api.DeleteTableRequest{CatalogId: in.CatalogId, DatabaseName: in.DatabaseName, Name: name})
		if detail, err := errorDetail(err); err != nil {
			return nil, err
		} else if detail != nil {
			out.Errors = append(out.Errors, api.TableError{TableName: new(name), ErrorDetail: detail})
		}
	}
	return out, nil
}

func (s *Service) getTableVersion(c *wire.Call, in *api.GetTableVersionRequest) (*api.GetTableVersionResponse, error) {
	t, err := s.table(c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	n := t.Version
	if v := deref(in.VersionId); v != "" {
		if n, err = strconv.Atoi(v); err != nil {
			return nil, invalid("version %q is not a number", v)
		}
	}
	v, ok, err := s.versions.Get(versionKey(c.Region, lower(in.DatabaseName), t.Table.Name, n)...)
	if err == nil && !ok {
		err = notFound("Version %d of table %s not found.", n, t.Table.Name)
	}
	return &api.GetTableVersionResponse{TableVersion: &api.TableVersion{Table: &v, VersionId: v.VersionId}}, err
}

// getTableVersions answers the newest version first, as AWS does.
func (s *Service) getTableVersions(c *wire.Call, in *api.GetTableVersionsRequest) (*api.GetTableVersionsResponse, error) {
	t, err := s.table(c, in.DatabaseName, in.TableName)
	if err != nil {
		return nil, err
	}
	from := t.Version
	if in.NextToken != nil {
		if from, err = strconv.Atoi(*in.NextToken); err != nil {
			return nil, invalid("NextToken is not valid for this request")
		}
	}
	out := &api.GetTableVersionsResponse{TableVersions: []api.TableVersion{}}
	for n := from; n >= 0; n-- {
		if len(out.TableVersions) == size(in.MaxResults, 100) {
			out.NextToken = new(strconv.Itoa(n))
			break
		}
		v, ok, err := s.versions.Get(versionKey(c.Region, lower(in.DatabaseName), t.Table.Name, n)...)
		if err != nil {
			return nil, err
		}
		if ok {
			out.TableVersions = append(out.TableVersions, api.TableVersion{Table: &v, VersionId: v.VersionId})
		}
	}
	return out, nil
}
