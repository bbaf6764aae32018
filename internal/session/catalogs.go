package session

import (
	"sort"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
)

// catalogs are the session's catalogs (CatalogManager): in memory, gone with
// the session. It implements bind.Catalog.
type catalogs struct {
	current   catalog.Path // without object
	databases map[string]map[string]bool
	tables    map[catalog.Path]*catalog.Table
	views     map[catalog.Path]*catalog.View
	functions map[string]*catalog.Function // by lower-case name
}

func newCatalogs() *catalogs {
	return &catalogs{
		current:   catalog.Path{Catalog: catalog.DefaultCatalog, Database: catalog.DefaultDatabase},
		databases: map[string]map[string]bool{catalog.DefaultCatalog: {catalog.DefaultDatabase: true}},
		tables:    map[catalog.Path]*catalog.Table{},
		views:     map[catalog.Path]*catalog.View{},
		functions: map[string]*catalog.Function{},
	}
}

// path completes a name with the current catalog and database.
func (c *catalogs) path(name []string) catalog.Path {
	p := c.current
	switch n := len(name); {
	case n >= 3:
		p = catalog.Path{Catalog: name[n-3], Database: name[n-2], Object: name[n-1]}
	case n == 2:
		p.Database, p.Object = name[0], name[1]
	case n == 1:
		p.Object = name[0]
	}
	return p
}

// Table implements bind.Catalog.
func (c *catalogs) Table(name []string) (*catalog.Table, *catalog.View) {
	p := c.path(name)
	return c.tables[p], c.views[p]
}

// Names implements bind.Catalog.
func (c *catalogs) Names() []string {
	var names []string
	for p := range c.tables {
		names = append(names, p.Object)
	}
	for p := range c.views {
		names = append(names, p.Object)
	}
	sort.Strings(names)
	return names
}

// Function implements bind.Catalog.
func (c *catalogs) Function(name []string) *catalog.Function {
	return c.functions[strings.ToLower(name[len(name)-1])]
}

// list are the names of the objects of a database, sorted.
func list[T any](objects map[catalog.Path]T, db catalog.Path) []string {
	var names []string
	for p := range objects {
		if p.Catalog == db.Catalog && p.Database == db.Database {
			names = append(names, p.Object)
		}
	}
	sort.Strings(names)
	return names
}

// free checks that p can be created: its database exists and the name is not
// taken. exists tells that it is and IF NOT EXISTS was said.
func (c *catalogs) free(at ast.Node, p catalog.Path, kind string, ifNotExists bool) (exists bool, err error) {
	if !c.databases[p.Catalog][p.Database] {
		return false, errs.New(errs.Invalid, "sql.database-not-found", "Database %s.%s does not exist", p.Catalog, p.Database).At(at.Pos())
	}
	if c.tables[p] == nil && c.views[p] == nil {
		return false, nil
	}
	if ifNotExists {
		return true, nil
	}
	return true, errs.New(errs.Invalid, "sql.exists", "Could not execute CreateTable in path %s: %s already exists", p.Quoted(), kind).At(at.Pos())
}
