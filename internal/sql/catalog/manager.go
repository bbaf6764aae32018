package catalog

import (
	"maps"
	"slices"

	"weir/internal/errs"
)

// Catalog is a catalog in memory, gone with its session.
type Catalog struct {
	Name, Comment string
	// Options are those of CREATE CATALOG; nil for the session's own.
	Options map[string]string
	// Default is the database that USE CATALOG makes the current one.
	Default   string
	databases map[string]*Database
}

// Database is a database of a catalog.
type Database struct {
	Name, Comment string
	Properties    map[string]string
	objects       map[string]Object
}

// Object is a table or a view; one of the two is set, or neither.
type Object struct {
	Table *Table
	View  *View
}

// IsZero reports whether there is no object.
func (o Object) IsZero() bool { return o.Table == nil && o.View == nil }

// Manager has the catalogs of a session, and what is temporary in it. It
// implements bind.Catalog.
type Manager struct {
	current   Path // without object
	catalogs  map[string]*Catalog
	temporary map[Path]Object
	// system are the temporary system functions, functions the temporary ones
	// of a database, by lower-case name.
	system    map[string]*Function
	functions map[Path]*Function
}

// New makes a session's catalogs: default_catalog with default_database.
func New() *Manager {
	m := &Manager{current: Path{Catalog: DefaultCatalog, Database: DefaultDatabase}, catalogs: map[string]*Catalog{},
		temporary: map[Path]Object{}, system: map[string]*Function{}, functions: map[Path]*Function{}}
	m.catalogs[DefaultCatalog] = newCatalog(DefaultCatalog, DefaultDatabase)
	return m
}

func newCatalog(name, database string) *Catalog {
	return &Catalog{Name: name, Default: database, databases: map[string]*Database{database: newDatabase(database)}}
}

func newDatabase(name string) *Database {
	return &Database{Name: name, Properties: map[string]string{}, objects: map[string]Object{}}
}

func invalid(code, format string, args ...any) *errs.Error {
	return errs.New(errs.Invalid, "sql."+code, format, args...)
}

// Current is the current catalog and database.
func (m *Manager) Current() Path { return m.current }

// Path completes a name with the current catalog and database.
func (m *Manager) Path(name []string) Path {
	p := m.current
	switch n := len(name); {
	case n >= 3:
		p = Path{Catalog: name[n-3], Database: name[n-2], Object: name[n-1]}
	case n == 2:
		p.Database, p.Object = name[0], name[1]
	case n == 1:
		p.Object = name[0]
	}
	return p
}

// Catalogs are the names of the catalogs, sorted.
func (m *Manager) Catalogs() []string { return slices.Sorted(maps.Keys(m.catalogs)) }

// Catalog is a catalog by its name, nil where there is none.
func (m *Manager) Catalog(name string) *Catalog { return m.catalogs[name] }

// genericInMemory is the type of the catalogs here.
const genericInMemory = "generic_in_memory"

// check refuses options that make no catalog, as FactoryUtil.createCatalog does.
func check(name string, options map[string]string) error {
	refuse := func(format string, args ...any) error {
		text := "Unable to create catalog '" + name + "'.\n\nCatalog options are:"
		for _, k := range slices.Sorted(maps.Keys(options)) {
			text += "\n'" + k + "'='" + options[k] + "'"
		}
		return invalid("catalog", "%s", text).Because(invalid("catalog", format, args...))
	}
	switch kind, ok := options["type"]; {
	case !ok:
		return refuse("Catalog options do not contain an option key 'type' for discovering a catalog.")
	case kind != genericInMemory:
		return refuse("Could not find any factory for identifier '%s' that implements 'org.apache.flink.table.factories.CatalogFactory' in the classpath.\n\nAvailable factory identifiers are:\n\n%s", kind, genericInMemory)
	}
	for _, k := range slices.Sorted(maps.Keys(options)) {
		if k != "type" && k != "default-database" && k != "property-version" {
			return refuse("Unsupported options found for '%s'.\n\nUnsupported options:\n\n%s\n\nSupported options:\n\ndefault-database\nproperty-version", genericInMemory, k)
		}
	}
	return nil
}

// CreateCatalog creates a catalog.
func (m *Manager) CreateCatalog(name, comment string, options map[string]string, ifNotExists bool) error {
	if m.catalogs[name] != nil {
		if ifNotExists {
			return nil
		}
		return invalid("exists", "Could not execute CREATE CATALOG").Because(invalid("exists", "Catalog %s already exists.", name))
	}
	if err := check(name, options); err != nil {
		return err
	}
	database := options["default-database"]
	if database == "" {
		database = "default"
	}
	c := newCatalog(name, database)
	c.Comment, c.Options = comment, options
	m.catalogs[name] = c
	return nil
}

// AlterCatalog gives a catalog other options and another comment.
func (m *Manager) AlterCatalog(name, comment string, options map[string]string) error {
	c := m.catalogs[name]
	if c == nil || c.Options == nil {
		return invalid("catalog-not-found", "Could not execute ALTER CATALOG %s", name).
			Because(invalid("catalog-not-found", "Catalog %s does not exist in the catalog store.", name))
	}
	if err := check(name, options); err != nil {
		return err
	}
	c.Comment, c.Options = comment, options
	return nil
}

// DropCatalog drops a catalog with all that is in it.
func (m *Manager) DropCatalog(name string, ifExists bool) error {
	wrap := func(cause *errs.Error) error {
		return invalid("catalog", "Could not execute DROP CATALOG: (catalogName: [%s])", name).Because(cause)
	}
	switch {
	case m.catalogs[name] == nil && ifExists:
		return nil
	case m.catalogs[name] == nil:
		return wrap(invalid("catalog-not-found", "Catalog %s does not exist.", name))
	case m.current.Catalog == name:
		return wrap(invalid("catalog", "Cannot drop a catalog which is currently in use."))
	}
	delete(m.catalogs, name)
	return nil
}

// UseCatalog makes a catalog the current one, and its default database.
func (m *Manager) UseCatalog(name string) error {
	c := m.catalogs[name]
	if c == nil {
		return noCatalog(name)
	}
	m.current = Path{Catalog: name, Database: c.Default}
	return nil
}

func noCatalog(name string) error {
	return invalid("catalog-not-found", "A catalog with name [%s] does not exist.", name)
}

// Databases are the names of a catalog's databases, sorted.
func (m *Manager) Databases(catalog string) ([]string, error) {
	c := m.catalogs[catalog]
	if c == nil {
		return nil, invalid("catalog-not-found", "Catalog %s does not exist", catalog)
	}
	return slices.Sorted(maps.Keys(c.databases)), nil
}

// Database is a database by its path, nil where there is none.
func (m *Manager) Database(p Path) *Database {
	if c := m.catalogs[p.Catalog]; c != nil {
		return c.databases[p.Database]
	}
	return nil
}

// DatabaseNotExist is Flink's exception of that name.
func DatabaseNotExist(p Path) *errs.Error {
	return invalid("database-not-found", "Database %s does not exist in Catalog %s.", p.Database, p.Catalog)
}

// CreateDatabase creates a database.
func (m *Manager) CreateDatabase(p Path, comment string, properties map[string]string, ifNotExists bool) error {
	c := m.catalogs[p.Catalog]
	if c == nil {
		return invalid("catalog-not-found", "Catalog %s does not exist", p.Catalog)
	}
	if c.databases[p.Database] != nil {
		if ifNotExists {
			return nil
		}
		return invalid("exists", "Could not execute CREATE DATABASE").
			Because(invalid("exists", "Database %s already exists in Catalog %s.", p.Database, p.Catalog))
	}
	db := newDatabase(p.Database)
	db.Comment, db.Properties = comment, properties
	c.databases[p.Database] = db
	return nil
}

// DropDatabase drops a database; with cascade all that is in it, too.
func (m *Manager) DropDatabase(p Path, ifExists, cascade bool) error {
	wrap := func(cause *errs.Error) error {
		mode := "RESTRICT"
		if cascade {
			mode = "CASCADE"
		}
		return invalid("database", "Could not execute DROP DATABASE %s.%s %s", p.Catalog, p.Database, mode).Because(cause)
	}
	db := m.Database(p)
	switch {
	case m.catalogs[p.Catalog] == nil:
		return invalid("catalog-not-found", "Catalog %s does not exist", p.Catalog)
	case db == nil && ifExists:
		return nil
	case db == nil:
		return wrap(DatabaseNotExist(p))
	case m.current == Path{Catalog: p.Catalog, Database: p.Database}:
		return wrap(invalid("database", "Cannot drop a database which is currently in use."))
	case len(db.objects) > 0 && !cascade:
		return wrap(invalid("database-not-empty", "Database %s in catalog %s is not empty.", p.Database, p.Catalog))
	}
	delete(m.catalogs[p.Catalog].databases, p.Database)
	return nil
}

// UseDatabase makes a database the current one.
func (m *Manager) UseDatabase(p Path) error {
	if m.catalogs[p.Catalog] == nil {
		return noCatalog(p.Catalog)
	}
	if m.Database(p) == nil {
		return invalid("database-not-found", "A database with name [%s] does not exist in the catalog: [%s].", p.Database, p.Catalog)
	}
	m.current = Path{Catalog: p.Catalog, Database: p.Database}
	return nil
}
