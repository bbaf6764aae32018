package glue

import (
	api "weir/internal/aws/api/glue"
	"weir/internal/aws/wire"
)

func (s *Service) database(c *wire.Call, name string) (api.Database, error) {
	db, ok, err := s.databases.Get(c.Region, lower(name))
	if err == nil && !ok {
		err = notFound("Database %s not found.", lower(name))
	}
	return db, err
}

func (s *Service) createDatabase(c *wire.Call, in *api.CreateDatabaseRequest) (*api.CreateDatabaseResponse, error) {
	if err := checkCatalog(c, in.CatalogId); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := lower(in.DatabaseInput.Name)
	if _, ok, err := s.databases.Get(c.Region, name); err != nil {
		return nil, err
	} else if ok {
		return nil, exists("Database already exists.")
	}
	if in.DatabaseInput.TargetDatabase != nil || in.DatabaseInput.FederatedDatabase != nil {
		return nil, invalid("resource links and federated databases are not supported")
	}
	db := newDatabase(c, in.DatabaseInput)
	if len(in.Tags) > 0 {
		if err := s.tags.Put(in.Tags, c.ARN("glue", "database/"+name)); err != nil {
			return nil, err
		}
	}
	return &api.CreateDatabaseResponse{}, s.databases.Put(db, c.Region, name)
}

func newDatabase(c *wire.Call, in *api.DatabaseInput) api.Database {
	perms := in.CreateTableDefaultPermissions
	if perms == nil {
		perms = []api.PrincipalPermissions{{
			Principal: &api.DataLakePrincipal{DataLakePrincipalIdentifier: new("IAM_ALLOWED_PRINCIPALS")}, Permissions: []string{"ALL"},
		}}
	}
	return api.Database{
		Name: lower(in.Name), Description: in.Description, LocationUri: in.LocationUri, Parameters: in.Parameters,
		CreateTime: new(c.Now), CreateTableDefaultPermissions: perms, CatalogId: new(c.Account),
	}
}

func (s *Service) getDatabase(c *wire.Call, in *api.GetDatabaseRequest) (*api.GetDatabaseResponse, error) {
	if err := checkCatalog(c, in.CatalogId); err != nil {
		return nil, err
	}
	db, err := s.database(c, in.Name)
	return &api.GetDatabaseResponse{Database: &db}, err
}

func (s *Service) getDatabases(c *wire.Call, in *api.GetDatabasesRequest) (*api.GetDatabasesResponse, error) {
	if err := checkCatalog(c, in.CatalogId); err != nil {
		return nil, err
	}
	from, err := after(in.NextToken, c.Region)
	if err != nil {
		return nil, err
	}
	list, next, err := page(s.databases.Scan([]string{c.Region}, from), size(in.MaxResults, 100), nil,
		func(d api.Database) []string { return []string{c.Region, d.Name} })
	if list == nil {
		list = []api.Database{}
	}
	return &api.GetDatabasesResponse{DatabaseList: list, NextToken: next}, err
}

func (s *Service) updateDatabase(c *wire.Call, in *api.UpdateDatabaseRequest) (*api.UpdateDatabaseResponse, error) {
	if err := checkCatalog(c, in.CatalogId); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.database(c, in.Name)
	if err != nil {
		return nil, err
	}
	if lower(in.DatabaseInput.Name) != old.Name {
		return nil, invalid("a database cannot be renamed: DatabaseInput.Name must be %s", old.Name)
	}
	db := newDatabase(c, in.DatabaseInput)
	db.CreateTime = old.CreateTime
	return &api.UpdateDatabaseResponse{}, s.databases.Put(db, c.Region, db.Name)
}

func (s *Service) deleteDatabase(c *wire.Call, in *api.DeleteDatabaseRequest) (*api.DeleteDatabaseResponse, error) {
	if err := checkCatalog(c, in.CatalogId); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	db, err := s.database(c, in.Name)
	if err != nil {
		return nil, err
	}
	tx := s.DB.Begin()
	for t, err := range s.tables.Scan([]string{c.Region, db.Name}, nil) {
		if err != nil {
			return nil, err
		}
		if err := s.dropTable(c, tx, db.Name, t.Table.Name); err != nil {
			return nil, err
		}
	}
	s.databases.DeleteTx(tx, c.Region, db.Name)
	s.tags.DeleteTx(tx, c.ARN("glue", "database/"+db.Name))
	return &api.DeleteDatabaseResponse{}, tx.Commit()
}
