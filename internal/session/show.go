package session

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
)

// listing is a SHOW that lists names: the heading, and the names in a database.
type listing struct {
	column string
	names  func(s *Session, db catalog.Path) ([]string, error)
}

func objects(keep func(catalog.Object) bool) func(*Session, catalog.Path) ([]string, error) {
	return func(s *Session, db catalog.Path) ([]string, error) { return s.catalog.List(db, keep), nil }
}

func none(*Session, catalog.Path) ([]string, error) { return nil, nil }

// listings are the SHOW statements that list names.
var listings = map[string]listing{
	"TABLES":    {"table name", objects(func(catalog.Object) bool { return true })},
	"VIEWS":     {"view name", objects(func(o catalog.Object) bool { return o.View != nil })},
	"CATALOGS":  {"catalog name", func(s *Session, _ catalog.Path) ([]string, error) { return s.catalog.Catalogs(), nil }},
	"DATABASES": {"database name", func(s *Session, db catalog.Path) ([]string, error) { return s.catalog.Databases(db.Catalog) }},
	"FUNCTIONS": {"function name", func(s *Session, db catalog.Path) ([]string, error) { return s.functionNames(db, false), nil }},
	"USER FUNCTIONS": {"function name", func(s *Session, db catalog.Path) ([]string, error) {
		return s.functionNames(db, true), nil
	}},
	"TEMPORARY TABLES":    {"table name", temporaries(func(o catalog.Object) bool { return true })},
	"TEMPORARY VIEWS":     {"view name", temporaries(func(o catalog.Object) bool { return o.View != nil })},
	"MODELS":              {"model name", none},
	"MATERIALIZED TABLES": {"materialized table", none},
	"JARS":                {"jars", none},
}

// temporaries lists what is temporary, for TableEnvironment.listTemporaryTables.
func temporaries(keep func(catalog.Object) bool) func(*Session, catalog.Path) ([]string, error) {
	return func(s *Session, db catalog.Path) ([]string, error) {
		return s.catalog.List(db, func(o catalog.Object) bool {
			return keep(o) && (o.Table != nil && o.Table.Temporary || o.View != nil && o.View.Temporary)
		}), nil
	}
}

func (s *Session) show(st *ast.Show) (*Result, error) {
	if l, ok := listings[st.What]; ok {
		db, err := s.scope(st)
		if err != nil {
			return nil, err
		}
		names, err := l.names(s, db)
		if err != nil {
			return nil, placed(st, err)
		}
		return rowsOf(l.column, filter(names, st, func(n string) string { return n })), nil
	}
	switch st.What {
	case "CURRENT CATALOG":
		return rowsOf("current catalog name", []string{s.catalog.Current().Catalog}), nil
	case "CURRENT DATABASE":
		return rowsOf("current database name", []string{s.catalog.Current().Database}), nil
	case "CREATE TABLE", "CREATE VIEW":
		return s.showCreate(st)
	case "CREATE CATALOG":
		return s.showCreateCatalog(st)
	case "COLUMNS":
		r, err := s.columns(st, st.Name)
		if err != nil {
			return nil, err
		}
		r.Rows = filter(r.Rows, st, func(row []*string) string { return *row[0] })
		return r, nil
	case "PARTITIONS":
		return s.showPartitions(st)
	case "MODULES", "FULL MODULES":
		return s.showModules(st.What == "FULL MODULES"), nil
	case "JOBS":
		return s.showJobs(s.jobs), nil
	case "PROCEDURES":
		return nil, unsupported(st, "procedure", "listProcedures is not implemented for class org.apache.flink.table.catalog.GenericInMemoryCatalog.")
	}
	kind := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSuffix(st.What, "S"), "CREATE "), "OR ALTER ")
	return nil, s.refuseKind(st, "SHOW", ast.ObjectKind(kind))
}

// scope is the database that a SHOW is about.
func (s *Session) scope(st *ast.Show) (catalog.Path, error) {
	db := s.catalog.Current()
	if st.Prep == "" {
		return db, nil
	}
	name := st.Name.Strings()
	if st.What == "DATABASES" {
		if len(name) > 1 {
			return db, invalid(st.Name, "show", "SQL parse failed. Show databases from/in identifier [ %s ] format error, catalog must be a single part identifier.", strings.Join(name, "."))
		}
		return catalog.Path{Catalog: name[0]}, nil
	}
	if len(name) > 2 {
		return db, invalid(st.Name, "show", "SHOW %s from/in identifier [ %s ] format error, it should be [catalog_name.]database_name.", st.What, strings.Join(name, "."))
	}
	db, err := s.database(st.Name, "show")
	switch {
	case err != nil || strings.HasSuffix(st.What, "FUNCTIONS"):
		return db, err
	case s.catalog.Catalog(db.Catalog) == nil:
		return db, invalid(st.Name, "catalog-not-found", "Catalog %s does not exist", db.Catalog)
	case s.catalog.Database(db) == nil:
		return db, invalid(st.Name, "database-not-found", "Database '%s'.'%s' doesn't exist.", db.Catalog, db.Database)
	}
	return db, nil
}

// filter applies LIKE and ILIKE.
func filter[T any](rows []T, st *ast.Show, name func(T) string) []T {
	if st.Pattern == nil {
		return rows
	}
	p := regexp.QuoteMeta(st.Pattern.Value)
	p = "(?s)^" + strings.NewReplacer("%", ".*", "_", ".").Replace(p) + "$"
	if st.Like == "ILIKE" {
		p = "(?i)" + p
	}
	re := regexp.MustCompile(p)
	return slices.DeleteFunc(slices.Clone(rows), func(r T) bool { return re.MatchString(name(r)) == st.Not })
}

// showCreate prints a table's or view's declaration.
func (s *Session) showCreate(st *ast.Show) (*Result, error) {
	table, view := s.catalog.Table(st.Name.Strings())
	path := s.catalog.Path(st.Name.Strings()).Quoted()
	switch isView := st.What == "CREATE VIEW"; {
	case isView && view != nil:
		return rowsOf("result", []string{viewText(view)}), nil
	case !isView && table != nil:
		return rowsOf("result", []string{tableText(table)}), nil
	case table != nil:
		return nil, unsupported(st, "show", "SHOW CREATE VIEW is only supported for views, but %s is a table. Please use SHOW CREATE TABLE instead.", path)
	case view != nil:
		return nil, unsupported(st, "show", "SHOW CREATE TABLE is only supported for tables, but %s is a view. Please use SHOW CREATE VIEW instead.", path)
	}
	return nil, invalid(st.Name, "table-not-found", "Could not execute SHOW %s. %s with identifier %s does not exist.",
		st.What, map[string]string{"CREATE VIEW": "View", "CREATE TABLE": "Table"}[st.What], path)
}

// showPartitions lists the partitions that were made known.
func (s *Session) showPartitions(st *ast.Show) (*Result, error) {
	p := s.catalog.Path(st.Name.Strings())
	t, view := s.catalog.Table(st.Name.Strings())
	switch e := invalid(st.Name, "partition", "Could not execute SHOW PARTITIONS %s", p); {
	case t == nil && view == nil:
		return nil, e.Because(catalog.NotExist(p))
	case t == nil || len(t.PartitionKeys) == 0:
		return nil, e.Because(notPartitioned(p))
	}
	want := specOf(st.Partition)
	var names []string
	for _, part := range t.Partitions {
		fits := true
		for k, v := range want {
			fits = fits && part.Values[k] == v
		}
		if fits {
			names = append(names, partitionName(t, part))
		}
	}
	return rowsOf("partition name", names), nil
}

func partitionName(t *catalog.Table, part catalog.Partition) string {
	items := make([]string, len(t.PartitionKeys))
	for i, k := range t.PartitionKeys {
		items[i] = k + "=" + part.Values[k]
	}
	return strings.Join(items, "/")
}

// specText prints a partition as CatalogPartitionSpec does.
func specText(spec map[string]string, keys []string) string {
	var items []string
	for _, k := range keys {
		items = append(items, k+"="+spec[k])
	}
	if items == nil {
		for _, k := range slices.Sorted(maps.Keys(spec)) {
			items = append(items, k+"="+spec[k])
		}
	}
	return "CatalogPartitionSpec{{" + strings.Join(items, ", ") + "}}"
}
