// Package plan has the logical plan: what a query means, with every name and
// type resolved. It is the second of a query's three forms (syntax tree,
// logical plan, operators).
//
// Vocabulary. A Node is one relational operation; it is one struct in one
// file, with Children, WithChildren, Schema, Changelog and Describe, so that
// printers, walkers and rules need no switch over kinds. An Expr is a bound
// scalar expression over the columns of its node's input (for a join: the left
// columns, then the right ones).
//
// Plans are values that are never changed: a rule makes a new node.
package plan

import (
	"fmt"
	"strconv"
	"strings"

	"weir/internal/sql/fn"
	"weir/internal/types"
)

// Expr is a bound scalar expression.
type Expr interface {
	Type() types.Type
	// String is the expression as EXPLAIN prints it, columns by name of in.
	Describe(in []types.Field) string
}

// Col is a column of the input, by index.
type Col struct {
	Index int
	T     types.Type
}

// Lit is a constant. Value is nil for NULL, else by layout: bool, int64 (all
// integers, DATE, TIME, TIMESTAMP*, intervals in their units, small decimals
// unscaled), float64 (FLOAT too), string (CHAR, VARCHAR, BINARY, VARBINARY),
// decimal128.Num.
type Lit struct {
	Value any
	T     types.Type
}

// Call applies a scalar function.
type Call struct {
	Def  *fn.Def
	Args []Expr
	T    types.Type
}

// Cast converts; Try makes what cannot be converted NULL.
type Cast struct {
	Arg      Expr
	T        types.Type
	Try      bool
	Implicit bool
}

// Case is CASE WHEN When[i] THEN Then[i] … ELSE Else END; a branch is only
// evaluated for the rows that take it.
type Case struct {
	When []Expr
	Then []Expr
	Else Expr
	T    types.Type
}

// And is the three-valued conjunction of Args, evaluated left to right.
type And struct{ Args []Expr }

// Or is the three-valued disjunction of Args, evaluated left to right.
type Or struct{ Args []Expr }

// Not is three-valued negation.
type Not struct{ Arg Expr }

// IsNull is Arg IS NULL, or IS NOT NULL when Negated.
type IsNull struct {
	Arg     Expr
	Negated bool
}

// FieldOf is a member of a ROW.
type FieldOf struct {
	Row   Expr
	Index int
	T     types.Type
}

// UDF applies a user's Python function, by the name it was registered under.
type UDF struct {
	Name string
	Args []Expr
	T    types.Type
}

// Type implements Expr.
func (e *Col) Type() types.Type { return e.T }

// Type implements Expr.
func (e *Lit) Type() types.Type { return e.T }

// Type implements Expr.
func (e *Call) Type() types.Type { return e.T }

// Type implements Expr.
func (e *Cast) Type() types.Type { return e.T }

// Type implements Expr.
func (e *Case) Type() types.Type { return e.T }

// Type implements Expr.
func (e *And) Type() types.Type { return boolOf(e.Args...) }

// Type implements Expr.
func (e *Or) Type() types.Type { return boolOf(e.Args...) }

// Type implements Expr.
func (e *Not) Type() types.Type { return boolOf(e.Arg) }

// Type implements Expr.
func (e *IsNull) Type() types.Type { return types.BooleanType.WithNull(false) }

// Type implements Expr.
func (e *FieldOf) Type() types.Type { return e.T }

// Type implements Expr.
func (e *UDF) Type() types.Type { return e.T }

func boolOf(args ...Expr) types.Type {
	t := types.BooleanType.WithNull(false)
	for _, a := range args {
		if a.Type().Nullable() {
			return types.BooleanType
		}
	}
	return t
}

// Describe implements Expr.
func (e *Col) Describe(in []types.Field) string {
	if e.Index < len(in) {
		return in[e.Index].Name
	}
	return "$" + strconv.Itoa(e.Index)
}

// Describe implements Expr.
func (e *Lit) Describe([]types.Field) string {
	switch v := e.Value.(type) {
	case nil:
		return "null:" + e.T.WithNull(true).String()
	case string:
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	case bool:
		return strconv.FormatBool(v)
	default:
		return fmt.Sprintf("%v:%s", v, e.T.WithNull(true))
	}
}

// Describe implements Expr.
func (e *Call) Describe(in []types.Field) string {
	if c := e.Def.Name[0] | 0x20; len(e.Args) == 2 && (c < 'a' || c > 'z') { // an operator
		return args(in, " "+e.Def.Name+" ", e.Args)
	}
	return e.Def.Name + args(in, ", ", e.Args)
}

// Describe implements Expr.
func (e *Cast) Describe(in []types.Field) string {
	name := "CAST"
	if e.Try {
		name = "TRY_CAST"
	}
	return fmt.Sprintf("%s(%s AS %s)", name, e.Arg.Describe(in), e.T.WithNull(true))
}

// Describe implements Expr.
func (e *Case) Describe(in []types.Field) string {
	var b strings.Builder
	b.WriteString("CASE")
	for i := range e.When {
		fmt.Fprintf(&b, " WHEN %s THEN %s", e.When[i].Describe(in), e.Then[i].Describe(in))
	}
	if e.Else != nil {
		b.WriteString(" ELSE " + e.Else.Describe(in))
	}
	return b.String() + " END"
}

// Describe implements Expr.
func (e *And) Describe(in []types.Field) string { return args(in, " AND ", e.Args) }

// Describe implements Expr.
func (e *Or) Describe(in []types.Field) string { return args(in, " OR ", e.Args) }

// Describe implements Expr.
func (e *Not) Describe(in []types.Field) string { return "NOT " + e.Arg.Describe(in) }

// Describe implements Expr.
func (e *IsNull) Describe(in []types.Field) string {
	if e.Negated {
		return e.Arg.Describe(in) + " IS NOT NULL"
	}
	return e.Arg.Describe(in) + " IS NULL"
}

// Describe implements Expr.
func (e *FieldOf) Describe(in []types.Field) string {
	return e.Row.Describe(in) + "." + e.Row.Type().Fields[e.Index].Name
}

// Describe implements Expr.
func (e *UDF) Describe(in []types.Field) string { return e.Name + args(in, ", ", e.Args) }

func args(in []types.Field, sep string, es []Expr) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = e.Describe(in)
	}
	return "(" + strings.Join(parts, sep) + ")"
}
