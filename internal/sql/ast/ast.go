// Package ast has the nodes of Flink SQL's syntax.
//
// Vocabulary. A Statement is what a ';' ends; a Query is a statement that
// yields rows; a TableRef is an element of FROM; an Expr is anything with a
// value. A name (Name, Ident) is spelt as the user spelt it: Flink's
// identifiers keep and heed their case. Function names are resolved without
// regard to case; that is the binder's work.
//
// Invariants. Nodes are plain data: no methods beyond Pos and the marker of
// their interface, no links upwards, nothing resolved. What has two spellings
// and one meaning has one node: EXTRACT(YEAR FROM x) is a Call of EXTRACT with
// a Symbol and x, SUBSTRING(s FROM 1 FOR 2) is SUBSTRING(s, 1, 2). Parentheses
// leave no node. Every node made by the parser has a position; one built by a
// program (the Table API) may leave At zero.
//
// SQL prints any node; parsing what it printed gives an equal tree. Walk visits
// a tree. This package must not know tables, functions or types in scope.
package ast

import "weir/internal/errs"

// At is where a node begins; embedded in each of them. The zero At is a node
// not made from text.
type At struct{ Line, Col int32 }

// Pos is the place as errors have it.
func (a At) Pos() errs.Pos { return errs.Pos{Line: int(a.Line), Col: int(a.Col)} }

// Node is any piece of syntax.
type Node interface {
	// Pos is where the node begins in the text; zero when it was not parsed.
	Pos() errs.Pos
}

// Statement is one complete command.
type Statement interface {
	Node
	statement()
}

// Query is a statement that yields rows; also what stands in a subquery.
type Query interface {
	Statement
	query()
}

// TableRef is an element of FROM.
type TableRef interface {
	Node
	tableRef()
}

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

// Ident is one identifier, without its back-ticks.
type Ident struct {
	At
	Name string
}

// Name is a possibly qualified name of a table, function, column …
type Name []Ident

// Pos is where the name begins.
func (n Name) Pos() errs.Pos {
	if len(n) == 0 {
		return errs.Pos{}
	}
	return n[0].Pos()
}

// Strings are the parts of the name.
func (n Name) Strings() []string {
	parts := make([]string, len(n))
	for i, id := range n {
		parts[i] = id.Name
	}
	return parts
}

// NameOf builds a name from its parts, without positions.
func NameOf(parts ...string) Name {
	n := make(Name, len(parts))
	for i, p := range parts {
		n[i] = Ident{Name: p}
	}
	return n
}

// Last is the name's last part, "" for no name.
func (n Name) Last() string {
	if len(n) == 0 {
		return ""
	}
	return n[len(n)-1].Name
}
