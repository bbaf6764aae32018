// Package tableapi translates Table API programs into SQL syntax, so that both
// spellings of a query are bound by the same code to the same plan.
//
// Vocabulary. A Tree is a table as the Python package records it: an operation
// on other trees. An Expr is an expression of the DSL or of the string
// grammar; a call in it has the name of Flink's own function definition
// (charLength, timestampDiff). Both come as JSON.
//
// Invariants. Nothing is resolved here but what syntax needs: the columns of
// an input where an operation names some and keeps the rest. A translated node
// has no position; errors of the binder are told at the line of the program
// that made the table. This package must not know the engine or the session.
package tableapi

import "encoding/json"

// Tree is a table: an operation (Op) on In, and what else that operation takes.
type Tree struct {
	Op   string `json:"op"`
	In   *Tree  `json:"in"`
	Path string `json:"path"` // scan
	SQL  string `json:"sql"`  // sql

	Exprs   []*Expr       `json:"exprs"`
	Names   []string      `json:"names"` // alias
	Cond    *Expr         `json:"cond"`  // filter
	Keys    []*Expr       `json:"keys"`  // aggregate
	Window  *GroupWindow  `json:"window"`
	Windows []*OverWindow `json:"windows"` // over
	Kind    string        `json:"kind"`    // join, set, lateral
	Right   *Tree         `json:"right"`
	On      *Expr         `json:"on"`
	Call    *Expr         `json:"call"` // lateral
	All     bool          `json:"all"`
	N       int64         `json:"n"` // offset, fetch

	Columns []Column            `json:"columns"` // values
	Rows    [][]json.RawMessage `json:"rows"`
}

// Column is a named and typed column of values.
type Column struct {
	Name string `json:"name"`
	Type *Type  `json:"type"`
}

// GroupWindow is a Tumble, Slide or Session window.
type GroupWindow struct {
	Kind  string `json:"kind"` // tumble, slide, session
	Alias string `json:"alias"`
	On    *Expr  `json:"on"`
	Size  *Expr  `json:"size"`
	Slide *Expr  `json:"slide"`
	Gap   *Expr  `json:"gap"`
}

// OverWindow is an Over window.
type OverWindow struct {
	Alias       string  `json:"alias"`
	PartitionBy []*Expr `json:"partition_by"`
	OrderBy     *Expr   `json:"order_by"`
	Preceding   *Expr   `json:"preceding"`
	Following   *Expr   `json:"following"` // nil: the current row
}

// Expr is an expression; K says of which kind and so which fields are used.
type Expr struct {
	K      string          `json:"k"`
	Name   string          `json:"name"`   // ref, func
	Fn     string          `json:"fn"`     // call
	Args   []*Expr         `json:"args"`   // call, func, py
	X      *Expr           `json:"x"`      // as, get, over
	Names  []string        `json:"names"`  // as
	Field  json.RawMessage `json:"field"`  // get: a name or an index
	Window string          `json:"window"` // over
	Type   *Type           `json:"type"`   // lit, type
	V      json.RawMessage `json:"v"`      // lit: the value; sym: the word
	Text   string          `json:"text"`   // sql
	Def    *Function       `json:"def"`    // py
	Tree   *Tree           `json:"tree"`   // table
}

// Function is a Python function with its types.
type Function struct {
	Key           string  `json:"key"`
	Name          string  `json:"name"`
	Inputs        []*Type `json:"input_types"` // nil takes anything
	Result        *Type   `json:"result_type"`
	Deterministic bool    `json:"deterministic"`
	Kind          string  `json:"func_type"` // general, pandas
}

// Insert is a table to be written into another one, or an INSERT statement.
type Insert struct {
	SQL       string `json:"sql"`
	Tree      *Tree  `json:"tree"`
	Target    string `json:"target"`
	Overwrite bool   `json:"overwrite"`
}
