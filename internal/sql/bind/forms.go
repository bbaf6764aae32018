package bind

import (
	"fmt"
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// forms are the functions that compute only the argument they give: they
// become a CASE, whose branches are lazy.
var forms = map[string]func(x *exprs, at ast.Node, c *plan.Call) (plan.Expr, error){
	"IF": func(_ *exprs, _ ast.Node, c *plan.Call) (plan.Expr, error) {
		return &plan.Case{When: c.Args[:1:1], Then: c.Args[1:2:2], Else: c.Args[2], T: c.T}, nil
	},
	"NULLIF": func(x *exprs, at ast.Node, c *plan.Call) (plan.Expr, error) {
		same, err := x.apply(at, "=", []plan.Expr{c.Args[0], c.Args[1]})
		return &plan.Case{When: []plan.Expr{same}, Then: []plan.Expr{&plan.Lit{T: c.T}}, Else: c.Args[0], T: c.T}, err
	},
	"COALESCE": firstNotNull,
	"IFNULL":   firstNotNull,
}

// firstNotNull is a CASE of the arguments that may be NULL. A CASE computes an
// argument twice, to test it and to give it, so where the arguments after the
// first are columns and literals the function remains.
func firstNotNull(_ *exprs, _ ast.Node, c *plan.Call) (plan.Expr, error) {
	lazy := &plan.Case{T: c.T}
	computed := false
	for i, a := range c.Args {
		switch a.(type) {
		case *plan.Col, *plan.Lit:
		default:
			computed = computed || i > 0
		}
		if lazy.Else = a; a.Type().NotNull || i == len(c.Args)-1 {
			break
		}
		lazy.When = append(lazy.When, &plan.IsNull{Arg: a, Negated: true})
		lazy.Then = append(lazy.Then, a)
	}
	switch {
	case len(lazy.When) == 0:
		return lazy.Else, nil
	case computed:
		return lazy, nil
	}
	return c, nil
}

// bareTypes are types as Flink's own function signatures print them.
func bareTypes(args []plan.Expr) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = a.Type().String()
	}
	return strings.Join(parts, ", ")
}

// operandTypes are types as Calcite prints them in its errors.
func operandTypes(args []plan.Expr) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = "<" + calciteType(a.Type()) + ">"
	}
	return strings.Join(parts, ", ")
}

// familyTypes are the families of types, as Calcite prints them where it has no
// function for the arguments.
func familyTypes(args []plan.Expr) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = "<" + calciteFamily(a.Type()) + ">"
	}
	return strings.Join(parts, ", ")
}

func calciteFamily(t types.Type) string {
	switch {
	case t.IsString():
		return "CHARACTER"
	case t.IsBinary():
		return "BINARY"
	case t.IsNumeric():
		return "NUMERIC"
	case t.IsTimestamp():
		return "TIMESTAMP"
	case t.Kind == types.IntervalDS:
		return "INTERVAL_DAY_TIME"
	case t.Kind == types.IntervalYM:
		return "INTERVAL_YEAR_MONTH"
	case t.IsNested():
		return calciteType(t)
	}
	return t.Kind.String()
}

func calciteType(t types.Type) string {
	t = t.Plain().WithNull(true)
	switch t.Kind {
	case types.Int:
		return "INTEGER"
	case types.VarChar, types.VarBinary:
		return fmt.Sprintf("%s(%d)", t.Kind, t.Len)
	case types.TimestampLTZ:
		return fmt.Sprintf("TIMESTAMP_WITH_LOCAL_TIME_ZONE(%d)", t.Prec)
	case types.Array, types.Multiset:
		return calciteType(*t.Elem) + " " + t.Kind.String()
	case types.Map:
		return "(" + calciteType(*t.Key) + ", " + calciteType(*t.Elem) + ") MAP"
	case types.Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = calciteType(f.Type) + " " + f.Name
		}
		return "RecordType(" + strings.Join(parts, ", ") + ")"
	}
	return t.String()
}
