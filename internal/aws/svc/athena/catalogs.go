package athena

import (
	"strings"

	api "weir/internal/aws/api/athena"
	glue "weir/internal/aws/api/glue"
	"weir/internal/aws/wire"
)

func theCatalog(c *wire.Call, name string) error {
	if !strings.EqualFold(name, awsCatalog) {
		return invalid("INVALID_INPUT", "Data catalog %s was not found", name)
	}
	return nil
}

func (s *Service) getDataCatalog(c *wire.Call, in *api.GetDataCatalogInput) (*api.GetDataCatalogOutput, error) {
	if err := theCatalog(c, in.Name); err != nil {
		return nil, err
	}
	return &api.GetDataCatalogOutput{DataCatalog: &api.DataCatalog{Name: awsCatalog, Type: api.DataCatalogTypeGlue,
		Description: new("AWS Glue Data Catalog"), Parameters: map[string]string{"catalog-id": c.Account}, Status: new(api.DataCatalogStatusCreateComplete)}}, nil
}

func (s *Service) listDataCatalogs(*wire.Call, *api.ListDataCatalogsInput) (*api.ListDataCatalogsOutput, error) {
	return &api.ListDataCatalogsOutput{DataCatalogsSummary: []api.DataCatalogSummary{{CatalogName: new(awsCatalog), Type: new(api.DataCatalogTypeGlue),
		Status: new(api.DataCatalogStatusCreateComplete)}}}, nil
}

func (s *Service) listEngineVersions(*wire.Call, *api.ListEngineVersionsInput) (*api.ListEngineVersionsOutput, error) {
	return &api.ListEngineVersionsOutput{EngineVersions: []api.EngineVersion{*engineVersion()}}, nil
}

// metadataError is an error of the catalog as Athena passes it on.
func metadataError(err error) error {
	if isCode(err, "EntityNotFoundException") {
		return wire.Errorf("MetadataException", "%s", strings.TrimPrefix(err.Error(), "EntityNotFoundException: "))
	}
	return err
}

func database(d glue.Database) api.Database {
	return api.Database{Name: d.Name, Description: d.Description, Parameters: d.Parameters}
}

func (s *Service) getDatabase(c *wire.Call, in *api.GetDatabaseInput) (*api.GetDatabaseOutput, error) {
	if err := theCatalog(c, in.CatalogName); err != nil {
		return nil, err
	}
	out, err := s.Catalog.Call(c, "GetDatabase", &glue.GetDatabaseRequest{Name: in.DatabaseName})
	if err != nil {
		return nil, metadataError(err)
	}
	return &api.GetDatabaseOutput{Database: new(database(*out.(*glue.GetDatabaseResponse).Database))}, nil
}

func (s *Service) listDatabases(c *wire.Call, in *api.ListDatabasesInput) (*api.ListDatabasesOutput, error) {
	if err := theCatalog(c, in.CatalogName); err != nil {
		return nil, err
	}
	got, err := s.Catalog.Call(c, "GetDatabases", &glue.GetDatabasesRequest{NextToken: in.NextToken, MaxResults: in.MaxResults})
	if err != nil {
		return nil, metadataError(err)
	}
	page := got.(*glue.GetDatabasesResponse)
	out := &api.ListDatabasesOutput{DatabaseList: []api.Database{}, NextToken: page.NextToken}
	for _, d := range page.DatabaseList {
		out.DatabaseList = append(out.DatabaseList, database(d))
	}
	return out, nil
}

func tableMetadata(t glue.Table) api.TableMetadata {
	columns := func(cols []glue.Column) []api.Column {
		out := []api.Column{}
		for _, c := range cols {
			out = append(out, api.Column{Name: c.Name, Type: c.Type, Comment: c.Comment})
		}
		return out
	}
	sd := deref(t.StorageDescriptor)
	params := merge(t.Parameters, nil)
	for k, v := range map[string]*string{"location": sd.Location, "inputformat": sd.InputFormat, "outputformat": sd.OutputFormat,
		"serde.serialization.lib": deref(sd.SerdeInfo).SerializationLibrary} {
		if v != nil {
			params[k] = *v
		}
	}
	for k, v := range deref(sd.SerdeInfo).Parameters {
		params["serde.param."+k] = v
	}
	return api.TableMetadata{Name: t.Name, CreateTime: t.CreateTime, LastAccessTime: t.LastAccessTime, TableType: t.TableType,
		Columns: columns(sd.Columns), PartitionKeys: columns(t.PartitionKeys), Parameters: params}
}

func (s *Service) getTableMetadata(c *wire.Call, in *api.GetTableMetadataInput) (*api.GetTableMetadataOutput, error) {
	if err := theCatalog(c, in.CatalogName); err != nil {
		return nil, err
	}
	out, err := s.Catalog.Call(c, "GetTable", &glue.GetTableRequest{DatabaseName: in.DatabaseName, Name: in.TableName})
	if err != nil {
		return nil, metadataError(err)
	}
	return &api.GetTableMetadataOutput{TableMetadata: new(tableMetadata(*out.(*glue.GetTableResponse).Table))}, nil
}

func (s *Service) listTableMetadata(c *wire.Call, in *api.ListTableMetadataInput) (*api.ListTableMetadataOutput, error) {
	if err := theCatalog(c, in.CatalogName); err != nil {
		return nil, err
	}
	max := in.MaxResults
	if max == nil {
		max = new(int32(50))
	}
	got, err := s.Catalog.Call(c, "GetTables", &glue.GetTablesRequest{DatabaseName: in.DatabaseName, Expression: in.Expression, NextToken: in.NextToken, MaxResults: max})
	if err != nil {
		return nil, metadataError(err)
	}
	page := got.(*glue.GetTablesResponse)
	out := &api.ListTableMetadataOutput{TableMetadataList: []api.TableMetadata{}, NextToken: page.NextToken}
	for _, t := range page.TableList {
		out.TableMetadataList = append(out.TableMetadataList, tableMetadata(t))
	}
	return out, nil
}
