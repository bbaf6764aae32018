package session

import (
	"maps"
	"slices"
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
)

func optionMap(options []ast.Option) map[string]string {
	m := map[string]string{}
	for _, o := range options {
		m[o.Key] = o.Value
	}
	return m
}

func text(s *ast.String) string {
	if s == nil {
		return ""
	}
	return s.Value
}

func (s *Session) createCatalog(st *ast.CreateCatalog) (*Result, error) {
	return done(st, s.catalog.CreateCatalog(st.Name.Name, text(st.Comment), optionMap(st.Options), st.IfNotExists))
}

func (s *Session) alterCatalog(st *ast.Alter) (*Result, error) {
	name := st.Name.Last()
	comment, options := "", map[string]string{}
	if c := s.catalog.Catalog(name); c != nil {
		comment = c.Comment
		maps.Copy(options, c.Options)
	}
	switch a := st.Action.(type) {
	case *ast.SetOptions:
		maps.Copy(options, optionMap(a.Options))
	case *ast.ResetOptions:
		if err := resetKeys(a, options, "ALTER CATALOG", "type"); err != nil {
			return nil, err
		}
	case *ast.SetComment:
		comment = text(a.Comment)
	}
	return done(st.Name, s.catalog.AlterCatalog(name, comment, options))
}

// resetKeys takes keys out of options; fixed is one that has to stay.
func resetKeys(a *ast.ResetOptions, options map[string]string, statement, fixed string) error {
	if len(a.Keys) == 0 {
		return invalid(a, "option", "%s RESET does not support empty key", statement)
	}
	for _, k := range a.Keys {
		if k.Value == fixed {
			return invalid(k, "option", "%s RESET does not support changing '%s'", statement, fixed)
		}
	}
	for _, k := range a.Keys {
		delete(options, k.Value)
	}
	return nil
}

// declared is a catalog that has a declaration: default_catalog has none.
func (s *Session) declared(name ast.Name) (*catalog.Catalog, error) {
	c := s.catalog.Catalog(name.Last())
	if c == nil || c.Options == nil {
		return nil, invalid(name, "catalog-not-found", "Cannot obtain metadata information from Catalog %s.", name.Last())
	}
	return c, nil
}

func (s *Session) describeCatalog(st *ast.Describe) (*Result, error) {
	c, err := s.declared(st.Name)
	if err != nil {
		return nil, err
	}
	values := []string{"name", c.Name, "type", c.Options["type"], "comment", c.Comment}
	for _, k := range slices.Sorted(maps.Keys(c.Options)) {
		if st.Extended && k != "type" {
			values = append(values, "option:"+k, c.Options[k])
		}
	}
	return pairs(values...), nil
}

func (s *Session) showCreateCatalog(st *ast.Show) (*Result, error) {
	c, err := s.declared(st.Name)
	if err != nil {
		return nil, err
	}
	return rowsOf("result", []string{"CREATE CATALOG " + ast.QuoteIdent(c.Name) + commentText(c.Comment) + withText(c.Options) + "\n"}), nil
}

// commentText and withText are the ends of a declaration.
func commentText(comment string) string {
	if comment == "" {
		return ""
	}
	return "\nCOMMENT " + ast.QuoteString(comment)
}

func withText(options map[string]string) string {
	if len(options) == 0 {
		return ""
	}
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(options)) {
		lines = append(lines, "  "+ast.QuoteString(k)+" = "+ast.QuoteString(options[k]))
	}
	return "\nWITH (\n" + strings.Join(lines, ",\n") + "\n)"
}

func (s *Session) createDatabase(st *ast.CreateDatabase) (*Result, error) {
	db, err := s.database(st.Name, "create")
	if err != nil {
		return nil, err
	}
	return done(st.Name, s.catalog.CreateDatabase(db, text(st.Comment), optionMap(st.Options), st.IfNotExists))
}

func (s *Session) alterDatabase(st *ast.Alter) (*Result, error) {
	p, err := s.database(st.Name, "alter")
	if err != nil {
		return nil, err
	}
	db := s.catalog.Database(p)
	if db == nil {
		return nil, invalid(st.Name, "database-not-found", "Database %s not exists", p.Database).Because(catalog.DatabaseNotExist(p))
	}
	maps.Copy(db.Properties, optionMap(st.Action.(*ast.SetOptions).Options))
	return ok(), nil
}

// describeDatabase answers what Flink's grammar has and Flink 2.3 fails on.
func (s *Session) describeDatabase(st *ast.Describe) (*Result, error) {
	p, err := s.database(st.Name, "describe")
	if err != nil {
		return nil, err
	}
	db := s.catalog.Database(p)
	if db == nil {
		return nil, placed(st.Name, catalog.DatabaseNotExist(p))
	}
	values := []string{"name", db.Name, "catalog", p.Catalog, "comment", db.Comment}
	for _, k := range slices.Sorted(maps.Keys(db.Properties)) {
		if st.Extended {
			values = append(values, "property:"+k, db.Properties[k])
		}
	}
	return pairs(values...), nil
}

// database completes the name of a database; verb is what is done with it.
func (s *Session) database(name ast.Name, verb string) (catalog.Path, error) {
	db := s.catalog.Current()
	switch parts := name.Strings(); len(parts) {
	case 0:
	case 1:
		db.Database = parts[0]
	case 2:
		db.Catalog, db.Database = parts[0], parts[1]
	default:
		return db, invalid(name, "database", "%s database identifier format error", verb)
	}
	return db, nil
}

func (s *Session) use(st *ast.Use) (*Result, error) {
	if st.What == ast.CatalogObject {
		return done(st.Name, s.catalog.UseCatalog(st.Name.Last()))
	}
	db, err := s.database(st.Name, "use")
	if err != nil {
		return nil, err
	}
	return done(st.Name, s.catalog.UseDatabase(db))
}
