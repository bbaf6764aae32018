package expr

import (
	"weir/internal/batch"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Fold computes an expression that names no column, as a literal; nil when it
// must be computed anew for each row or has no literal form.
func Fold(env *fn.Env, e plan.Expr) (plan.Expr, error) {
	keep := true
	plan.MapExpr(e, func(x plan.Expr) plan.Expr {
		switch f := x.(type) {
		case *plan.Call:
			keep = keep && !f.Def.Volatile
		case *plan.UDF, *plan.FieldOf:
			keep = false
		}
		return x
	})
	if !keep || e.Type().IsNested() || e.Type().Attr != types.NoAttr {
		return nil, nil
	}
	c := &Compiler{Env: env}
	p, err := c.Compile(e)
	if err != nil {
		return nil, err
	}
	v, err := p.Eval(&batch.Batch{N: 1}, nil)
	if err != nil {
		return nil, err
	}
	return &plan.Lit{Value: value(v), T: e.Type()}, nil
}

// value is row 0 of v as a literal's value.
func value(v *batch.Vec) any {
	if v.IsNull(0) {
		return nil
	}
	switch v.Type.Phys() {
	case types.PhysBool:
		return v.B[0]
	case types.PhysI8:
		return int64(v.I8[0])
	case types.PhysI16:
		return int64(v.I16[0])
	case types.PhysI32:
		return int64(v.I32[0])
	case types.PhysI64:
		return v.I64[0]
	case types.PhysF32:
		return float64(v.F32[0])
	case types.PhysF64:
		return v.F64[0]
	case types.PhysI128:
		return v.I128[0]
	}
	return string(v.Bytes(0))
}
