package fn

import (
	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// conversions are the functions that tell of types; CAST is in cast.go.
func conversions() []*Def {
	return []*Def{{
		Name: "TYPEOF", Family: "conversion", Usage: "TYPEOF(value[, force_serializable])", Doc: "The type of the value, as text.",
		Examples: []Example{{"TYPEOF(1)", "INT NOT NULL"}, {"TYPEOF('ab')", "CHAR(2) NOT NULL"}, {"TYPEOF(NULL)", "NULL"}},
		Infer:    nullable(signature(gives(types.StringType), named("input", wantAny), optional(named("force_serializable", wantBoolean)))),
		Since:    "1.15",
		Compile: func(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
			text := args[0].Type.Plain().String()
			return kernel.RowWithNulls(func(_ []*batch.Vec, _ int, out *batch.Vec) error {
				out.AppendString(text)
				return nil
			}), nil
		},
	}}
}
