package fn

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// CanCast reports whether CAST(from AS to) is valid
// (LogicalTypeCasts.supportsExplicitCast).
func CanCast(from, to types.Type) bool {
	_, err := Cast(&Env{}, from, to, true)
	return err == nil
}

// Cast makes the kernel of CAST, or with try of TRY_CAST. A value that cannot
// be converted fails the job; with TRY_CAST, and with Flink's behaviour before
// 1.15, it becomes NULL.
func Cast(env *Env, from, to types.Type, try bool) (kernel.Func, error) {
	f := castKernel(env, from.Plain(), to.Plain())
	if f == nil {
		return nil, fmt.Errorf("no cast from %s to %s", from, to)
	}
	lenient := try || env.LegacyCast
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		err := f(in[0], kernel.At(in[0], i), out, i)
		if err == nil {
			return nil
		}
		if lenient {
			kernel.NullAt(out, i)
			return nil
		}
		return errs.New(errs.Failed, "cast.failed", "cannot cast a %s to %s", from.Plain().WithNull(true), to.Plain().WithNull(true)).
			Because(err).WithHint("TRY_CAST gives NULL instead")
	}), nil
}

// castRow converts row i of in, which is not NULL, and sets (or appends) row
// at of out.
type castRow func(in *batch.Vec, i int, out *batch.Vec, at int) error

func castKernel(env *Env, from, to types.Type) castRow {
	switch {
	case from.Kind == types.Null:
		return func(_ *batch.Vec, _ int, out *batch.Vec, at int) error { kernel.NullAt(out, at); return nil }
	case to.IsString():
		return toText(env, from, to)
	case from.SameShape(to), from.IsBinary() && to.IsBinary():
		return copyValue
	case from.IsString():
		return fromText(env, to)
	case from.IsNumeric() && to.IsNumeric():
		return numericCast(from, to)
	case from.Kind == types.Boolean && to.IsNumeric() && to.Kind != types.Decimal:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			putNumber(out, at, float64(bitOf(in.B[i])), int64(bitOf(in.B[i])))
			return nil
		}
	case from.IsInteger() && to.Kind == types.Boolean:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			out.B[at] = integerAt(in, i) != 0
			return nil
		}
	case from.IsTemporal() && to.IsTemporal():
		return temporalCast(env, from, to)
	case from.Kind == to.Kind && from.IsNested():
		return nestedCast(env, from, to)
	}
	return nil
}

func bitOf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// copyValue takes the value as it is.
func copyValue(in *batch.Vec, i int, out *batch.Vec, at int) error {
	if kernel.Appends(out) {
		out.AppendFrom(in, i)
		return nil
	}
	return kernel.PutFrom(out, at, in, i)
}

// nestedCast converts the members of an ARRAY, MAP or ROW.
func nestedCast(env *Env, from, to types.Type) castRow {
	var members []kernel.Func
	add := func(a, b types.Type) bool {
		f, err := Cast(env, a, b, false)
		members = append(members, f)
		return err == nil
	}
	ok := len(from.Fields) == len(to.Fields)
	for k := range from.Fields {
		ok = ok && add(from.Fields[k].Type, to.Fields[k].Type)
	}
	if from.Key != nil {
		ok = ok && add(*from.Key, *to.Key)
	}
	if from.Elem != nil {
		ok = ok && add(*from.Elem, *to.Elem)
	}
	if !ok {
		return nil
	}
	return func(in *batch.Vec, i int, out *batch.Vec, _ int) error {
		lo, hi := i, i+1
		if from.Kind != types.Row {
			lo, hi = in.Range(i)
		}
		for k, f := range members {
			kid := batch.NewVec(out.Kids[k].Type, hi)
			kid.Resize(hi)
			if err := f([]*batch.Vec{in.Kids[k]}, batch.Seq(lo, hi), hi, kid); err != nil {
				return err
			}
			out.Kids[k].AppendSel(kid, batch.Seq(lo, hi), 0)
		}
		out.AppendRow()
		return nil
	}
}
