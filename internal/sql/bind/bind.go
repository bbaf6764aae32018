// Package bind gives names and types their meaning: syntax trees become
// logical plans.
//
// Vocabulary. A scope is the columns an expression may name, each with the
// relation it came from. An aggregate context collects the aggregates of one
// SELECT. Every error carries the place in the text, Flink's wording where
// Flink has one, and the nearest name when one was misspelt.
//
// It must not know how anything is executed, and never touches a connector: a
// table's declaration is all it sees.
package bind

import (
	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Catalog is what the binder asks of the session's catalogs.
type Catalog interface {
	// Table and View resolve a name as the session would: relative to the
	// current catalog and database. Both are nil when there is none.
	Table(name []string) (*catalog.Table, *catalog.View)
	// Missing is the part of a name that no catalog has, and the catalog and
	// database it was looked for in; "" where it is the first part.
	Missing(name []string) (what, within string)
	// Path completes a name; Catalogs are the names of all catalogs.
	Path(name []string) catalog.Path
	Catalogs() []string
	// Names are the names of tables and views in reach, for suggestions.
	Names() []string
	// Function is a user's function; nil when there is none.
	Function(name []string) *catalog.Function
}

// Binder binds statements against a catalog.
type Binder struct {
	Catalog Catalog
	Funcs   *fn.Registry
	// Proctime is PROCTIME()'s type in the session's profile.
	ctes  []map[string]plan.Node
	views []catalog.Path // being expanded, against recursion
	// outer is the scope around the subquery being bound; nil outside of one.
	outer *scope
	// found is told what the names of a query stand for; nil where nobody asks.
	found *Expansion
}

// Query binds a query.
func (b *Binder) Query(q ast.Query) (plan.Node, error) { return b.query(q) }

// Declared binds the columns and the watermark of a table that need not be in
// the catalog yet.
func (b *Binder) Declared(at ast.At, t *catalog.Table) (plan.Node, error) {
	return b.scan(&ast.Table{At: at}, t)
}

// invalid is an error in the user's SQL at a node.
func invalid(at ast.Node, code, format string, args ...any) *errs.Error {
	e := errs.New(errs.Invalid, "sql."+code, format, args...)
	if at != nil {
		e = e.At(at.Pos())
	}
	return e
}

// unsupported is valid Flink SQL that this version does not run.
func unsupported(at ast.Node, what string) error {
	return errs.New(errs.Unsupported, "sql.unsupported", "%s not supported by this version of Weir", what).At(at.Pos())
}

// identity is the projection that passes every column of n through.
func identity(fields []types.Field) []plan.Expr {
	es := make([]plan.Expr, len(fields))
	for i, f := range fields {
		es[i] = &plan.Col{Index: i, T: f.Type}
	}
	return es
}
