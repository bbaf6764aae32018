// Package catalog has the catalogs of a session and the tables, views and
// functions in them, under Flink's three-part names, and nothing about how
// they are read.
//
// Vocabulary. A Path is catalog.database.object; an Object is a table or a
// view. A temporary object hides a permanent one of the same path, and needs
// no database to be in. A Table is what CREATE TABLE declared, with types
// resolved; its computed columns and watermark are expressions in their SQL
// syntax tree, bound when the table is used.
//
// Invariants. Names heed case; those of functions do not. A change that is
// refused has changed nothing. Errors have Flink's wording and no position:
// who knows the statement adds it.
package catalog

import (
	"maps"
	"slices"
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/types"
)

// The default catalog and database of a Flink session.
const (
	DefaultCatalog  = "default_catalog"
	DefaultDatabase = "default_database"
)

// Path names an object.
type Path struct{ Catalog, Database, Object string }

// String is "catalog.database.object".
func (p Path) String() string { return p.Catalog + "." + p.Database + "." + p.Object }

// Quoted is the path with each part in back-ticks, as Flink's errors have it.
func (p Path) Quoted() string { return "`" + p.Catalog + "`.`" + p.Database + "`.`" + p.Object + "`" }

// Column is a column of a Table.
type Column struct {
	Name string
	Type types.Type
	// Computed is the expression of a computed column; nil for others.
	Computed ast.Expr
	// Metadata is the key of a metadata column; "" for others.
	Metadata string
	Virtual  bool // a metadata column that is not written
	Comment  string
}

// Physical reports whether the column is read from and written to the
// connector's record.
func (c Column) Physical() bool { return c.Computed == nil && c.Metadata == "" }

// Watermark is WATERMARK FOR Column AS Expr.
type Watermark struct {
	Column string
	Expr   ast.Expr
	Text   string // as written
}

// Distribution is DISTRIBUTED BY Kind(Columns) INTO Buckets BUCKETS.
type Distribution struct {
	Kind    string // "", HASH or RANGE
	Columns []string
	Buckets string // "" where none are said
}

// Table is a declared table.
type Table struct {
	Path       Path
	Columns    []Column
	Watermark  *Watermark
	PrimaryKey []string
	// KeyName is the name of the primary key's constraint.
	KeyName       string
	Distribution  *Distribution
	PartitionKeys []string
	Options       map[string]string
	Comment       string
	Temporary     bool
	// Partitions are those that ALTER TABLE … ADD PARTITION made known.
	Partitions []Partition
}

// Partition is a value for each of a table's partition keys.
type Partition struct {
	Values  map[string]string
	Options map[string]string
}

// Clone is a copy of t that can be altered.
func (t *Table) Clone() *Table {
	c := *t
	c.Columns, c.PrimaryKey = slices.Clone(t.Columns), slices.Clone(t.PrimaryKey)
	c.PartitionKeys, c.Partitions = slices.Clone(t.PartitionKeys), slices.Clone(t.Partitions)
	c.Options = maps.Clone(t.Options)
	return &c
}

// Index is the place of a column, -1 where there is none.
func (t *Table) Index(column string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == column })
}

// Physical are the fields of the connector's record, in order.
func (t *Table) Physical() []types.Field {
	var fs []types.Field
	for _, c := range t.Columns {
		if c.Physical() {
			fs = append(fs, types.Field{Name: c.Name, Type: c.Type})
		}
	}
	return fs
}

// View is a named query. Query is bound anew at each use; its names are
// qualified, so that it means the same whatever the current database is.
type View struct {
	Path      Path
	Query     ast.Query
	Columns   []string
	Comment   string
	Temporary bool
}

// Function is a user's function.
type Function struct {
	// Name is the function's name alone; Qualifier the parts before it.
	Name      string
	Qualifier []string
	// System: it is known by its name alone, whatever the current database is.
	System bool
	// Args are the declared argument types; nil takes any.
	Args   []types.Type
	Result types.Type
	// Language is PYTHON, JAVA or SCALA; Class the class or module.attribute.
	Language, Class string
	Deterministic   bool
}

// fold is the key of a function name, which is case-insensitive.
func fold(name string) string { return strings.ToLower(name) }
