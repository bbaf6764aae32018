package fn

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// CanCast reports whether CAST(from AS to) is valid
// (LogicalTypeCasts.supportsExplicitCast).
func CanCast(from, to types.Type) bool {
	_, err := Cast(&Env{}, from, to, true)
	return err == nil
}

// Cast makes the kernel of CAST, or with try of TRY_CAST.
func Cast(_ *Env, from, to types.Type, _ bool) (kernel.Func, error) {
	switch {
	case from.Plain().SameShape(to.Plain()), from.IsString() && to.IsString(), from.IsBinary() && to.IsBinary():
		return copyRows, nil
	case from.IsTimestamp() && to.IsTimestamp():
		return rescale(from, to), nil
	}
	return nil, fmt.Errorf("no cast from %s to %s", from, to)
}

// copyRows is the cast that changes nothing but the declared type.
func copyRows(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error {
	return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
		if in[0].IsNull(i) {
			kernel.NullAt(out, i)
			return nil
		}
		if kernel.Appends(out) {
			out.AppendFrom(in[0], i)
			return nil
		}
		one := batch.NewVec(out.Type, 1)
		one.AppendFrom(in[0], i)
		return kernel.Put(out, i, one)
	})(in, sel, n, out)
}

// rescale is the cast between timestamps of different precision, which cuts.
func rescale(from, to types.Type) kernel.Func {
	a, b := from.UnitsPerMilli(), to.UnitsPerMilli()
	return kernel.Lift1(func(x int64) int64 {
		if b >= a {
			return x * (b / a)
		}
		d := a / b
		q := x / d
		if x%d < 0 {
			q--
		}
		return q
	})
}
