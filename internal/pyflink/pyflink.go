// Package pyflink serves the Python package's half of a program: it answers
// what a PyFlink program asks over a local socket by driving a session.
//
// Vocabulary. The program is the user's Python; the driver is the Python module
// that runs it. A link is one connection: of a thread of the program (calls), of
// the driver (life: the program ends when it does), of the helper that forks
// UDF workers, or of a worker. A frame is a big-endian 32-bit length and that
// much JSON; a worker's frames are package udf's.
//
// Invariants. A link's first frame says what it is for and carries the token;
// anything else is refused. A call is answered before the next one of its link
// is read; links are independent of each other. When Serve returns every link
// is closed, and with that the program, its helper and its workers end.
//
// Starting processes is the caller's: see Program. This package must not know
// AWS or applications.
package pyflink

import (
	"context"

	"weir/internal/engine/expr"
	"weir/internal/session"
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/types"
)

// Session is what a program drives: *session.Session, or a stand-in in tests.
type Session interface {
	// ExecuteSQL executes one statement.
	ExecuteSQL(ctx context.Context, text string) (*session.Result, error)
	// Execute executes a statement made of a Table API tree.
	Execute(ctx context.Context, stmt ast.Statement) (*session.Result, error)
	// Schema is the columns of a query.
	Schema(q ast.Query) ([]types.Field, error)
	// CreateTemporaryView names a query.
	CreateTemporaryView(name ast.Name, q ast.Query) error
	// SetOption sets a configuration option.
	SetOption(key, value string)
	// RegisterFunction gives a Python function a name.
	RegisterFunction(f *catalog.Function)
	// UsePython sets the maker of Python functions' kernels.
	UsePython(p expr.Python)
}

// Settings are what a program asks of the session it opens.
type Settings struct {
	Streaming bool
	// Catalog and Database are the names of the first ones; "" for Flink's.
	Catalog, Database string
	Config            map[string]string
}

// Outcome is how a program ended.
type Outcome struct {
	Code int // the exit code
	// Class, Message and Traceback are the exception's; empty when there was none.
	Class, Message, Traceback string
}
