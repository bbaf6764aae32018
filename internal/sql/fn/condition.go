package fn

import (
	"bytes"
	"cmp"
	"fmt"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// conditions are the functions that choose among values. IF and NULLIF, and
// COALESCE and IFNULL where it matters, are bound as CASE (sql/bind).
func conditions() []*Def {
	return []*Def{
		{
			Name: "COALESCE", Family: "conditional", Usage: "COALESCE(value1, value2, …)", Doc: "The first argument that is not NULL.",
			Examples: []Example{{"COALESCE(CAST(NULL AS INT), 5)", "5"}, {"COALESCE(CAST(NULL AS INT), CAST(NULL AS INT))", "NULL"}},
			Infer:    inferCommon("<COMMON>", 1, 1<<15, false),
			Compile:  compileCoalesce,
		},
		{
			Name: "IFNULL", Family: "conditional", Usage: "IFNULL(input, replacement)", Doc: "The input, or the replacement where it is NULL.",
			Examples: []Example{{"IFNULL(CAST(NULL AS STRING), 'x')", "x"}},
			Infer:    inferIfNull,
			Compile:  compileCoalesce,
			Since:    "1.14",
		},
		{
			Name: "NULLIF", Family: "conditional", Usage: "NULLIF(value1, value2)", Doc: "NULL when the values are equal, otherwise the first.",
			Examples: []Example{{"NULLIF(5, 5)", "NULL"}, {"NULLIF(5, 0)", "5"}},
			Infer: func(args []Arg) (Typed, error) {
				if _, err := inferComparison("=", args); err != nil {
					return Typed{}, err
				}
				return Typed{Ret: args[0].Type.Plain().WithNull(true)}, nil
			},
			Compile: boundAsCase("NULLIF"),
		},
		{
			Name: "IF", Family: "conditional", Usage: "IF(condition, then, otherwise)",
			Doc:      "The second argument where the condition is true, else the third; only that one is computed.",
			Examples: []Example{{"IF(1 < 2, 'yes', 'no')", "yes"}, {"IF(CAST(NULL AS BOOLEAN), 1, 2)", "2"}},
			Infer:    inferIf,
			Compile:  boundAsCase("IF"),
		},
		extreme("GREATEST", "The greatest of the arguments; NULL when any is.", Example{"GREATEST(1, 3, 2)", "3"}, true),
		extreme("LEAST", "The least of the arguments; NULL when any is.", Example{"LEAST('b', 'a')", "a"}, false),
	}
}

// boundAsCase is the Compile of a function that no plan holds.
func boundAsCase(name string) func(*Env, []Arg, types.Type) (kernel.Func, error) {
	return func(*Env, []Arg, types.Type) (kernel.Func, error) {
		return nil, fmt.Errorf("%s is bound as a CASE and has no kernel", name)
	}
}

// inferCommon gives the type that all arguments have in common; it may be NULL
// when any argument may, or only when all may.
func inferCommon(what string, least, most int, anyNull bool) func([]Arg) (Typed, error) {
	w := want{what: what}
	wants := []want{w, w}
	if most > 2 {
		wants = []want{w, optional(repeated(w))}
	}
	return func(args []Arg) (Typed, error) {
		if len(args) < least || len(args) > most {
			return Typed{}, mismatch(wants, false, true, "expected "+countText(least, most))
		}
		t := common(args)
		nulls := 0
		for _, a := range args {
			if a.Type.Nullable() {
				nulls++
			}
			if c, ok := types.Common(t, a.Type); !ok || !c.SameShape(t) {
				return Typed{}, mismatch(wants, false, false, "the arguments have no common type")
			}
		}
		return Typed{Ret: t.Plain().WithNull(nulls == len(args) || anyNull && nulls > 0), Args: castAll(args, t)}, nil
	}
}

// inferIfNull gives the type of the input as it is when it cannot be NULL.
func inferIfNull(args []Arg) (Typed, error) {
	t, err := inferCommon("<COMMON>", 2, 2, false)(args)
	if err == nil && args[0].Type.NotNull {
		return Typed{Ret: args[0].Type.Plain()}, nil
	}
	return t, err
}

// castAll is t for every argument, each with its own nullability.
func castAll(args []Arg, t types.Type) []types.Type {
	cast := make([]types.Type, len(args))
	for i, a := range args {
		cast[i] = t.Plain().WithNull(a.Type.Nullable())
	}
	return cast
}

func compileCoalesce(*Env, []Arg, types.Type) (kernel.Func, error) {
	return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
		for _, v := range in {
			if !v.IsNull(i) {
				return copyValue(v, kernel.At(v, i), out, i)
			}
		}
		kernel.NullAt(out, i)
		return nil
	}), nil
}

// ifForms are what Flink says IF takes.
const ifForms = "<ANY_TYPE>, <NUMERIC_TYPE>, <NUMERIC_TYPE>"

// inferIf gives the common type of the branches, which must be of one family.
func inferIf(args []Arg) (Typed, error) {
	bad := &Mismatch{Forms: []string{ifForms}, Counts: []int{3}, Count: len(args) != 3, Calcite: true, Reason: "expected a condition and two values of one type"}
	if bad.Count {
		return Typed{}, bad
	}
	c, a, b := args[0].Type, args[1].Type, args[2].Type
	t, ok := types.Common(a, b)
	if !ok || c.Kind != types.Boolean && c.Kind != types.Null || t.Kind == types.Null {
		return Typed{}, bad
	}
	null := a.Nullable() || b.Nullable()
	return Typed{Ret: t.Plain().WithNull(null), Args: append([]types.Type{types.BooleanType.WithNull(c.Nullable())}, castAll(args[1:], t)...)}, nil
}

func extreme(name, doc string, ex Example, greatest bool) *Def {
	return &Def{Name: name, Family: "conditional", Usage: name + "(value1, value2, …)", Doc: doc, Examples: []Example{ex}, Since: "1.14",
		Infer: inferCommon("<COMPARABLE>", 1, 1<<15, true),
		Compile: func(_ *Env, _ []Arg, ret types.Type) (kernel.Func, error) {
			compare, err := ordering(ret)
			if err != nil {
				return nil, err
			}
			return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
				best := in[0]
				for _, v := range in[1:] {
					if c := compare(v, kernel.At(v, i), best, kernel.At(best, i)); c > 0 == greatest && c != 0 {
						best = v
					}
				}
				return copyValue(best, kernel.At(best, i), out, i)
			}), nil
		}}
}

// ordering compares rows of two vectors of type t: negative, zero, positive.
func ordering(t types.Type) (func(a *batch.Vec, i int, b *batch.Vec, j int) int, error) {
	switch t.Phys() {
	case types.PhysI8, types.PhysI16, types.PhysI32, types.PhysI64:
		return func(a *batch.Vec, i int, b *batch.Vec, j int) int {
			return cmp.Compare(integerAt(a, i), integerAt(b, j))
		}, nil
	case types.PhysF32:
		return func(a *batch.Vec, i int, b *batch.Vec, j int) int { return cmp.Compare(a.F32[i], b.F32[j]) }, nil
	case types.PhysF64:
		return func(a *batch.Vec, i int, b *batch.Vec, j int) int { return cmp.Compare(a.F64[i], b.F64[j]) }, nil
	case types.PhysBytes:
		return func(a *batch.Vec, i int, b *batch.Vec, j int) int { return bytes.Compare(a.Bytes(i), b.Bytes(j)) }, nil
	case types.PhysBool, types.PhysI128:
		return order3, nil
	}
	return nil, fmt.Errorf("values of type %s have no order", t)
}
