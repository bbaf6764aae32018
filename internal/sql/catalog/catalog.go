// Package catalog has the tables, views and functions in scope of a session,
// under Flink's three-part names, and nothing about how they are read.
//
// Vocabulary. A Path is catalog.database.object. A temporary object hides a
// permanent one of the same path. A Table is what CREATE TABLE declared, with
// types resolved; its computed columns and watermark are expressions in their
// SQL syntax tree, bound when the table is used.
package catalog

import (
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

// Table is a declared table.
type Table struct {
	Path          Path
	Columns       []Column
	Watermark     *Watermark
	PrimaryKey    []string
	PartitionKeys []string
	Options       map[string]string
	Comment       string
	Temporary     bool
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

// View is a named query. Query is bound anew at each use.
type View struct {
	Path      Path
	Query     ast.Query
	Columns   []string // names given in CREATE VIEW v (a, b), or nil
	Text      string
	Temporary bool
}

// Function is a user's function.
type Function struct {
	Name string
	// Args are the declared argument types; nil takes any.
	Args   []types.Type
	Result types.Type
	// Language is PYTHON, JAVA or SCALA; Class the class or module.attribute.
	Language, Class string
	Deterministic   bool
}

// fold is the key of a function name, which is case-insensitive.
func fold(name string) string { return strings.ToLower(name) }
