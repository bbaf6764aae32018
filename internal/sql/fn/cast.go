package fn

import (
	"fmt"
	"math/big"

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

// CastProblem is Flink's text for a cast that is not valid.
func CastProblem(from, to types.Type) string {
	const text = "The cast from %s type to %s type is not allowed."
	switch {
	case from.Kind == types.Timestamp && to.IsNumeric():
		return fmt.Sprintf(text, "TIMESTAMP", "NUMERIC") + " It's recommended to use UNIX_TIMESTAMP(CAST(timestamp_col AS STRING)) instead."
	case from.Kind == types.TimestampLTZ && to.IsNumeric():
		return fmt.Sprintf(text, "TIMESTAMP_LTZ", "NUMERIC")
	case from.IsNumeric() && to.Kind == types.Timestamp:
		return fmt.Sprintf(text, "NUMERIC", "TIMESTAMP") + " It's recommended to use TO_TIMESTAMP(FROM_UNIXTIME(numeric_col)) instead, note the numeric is in seconds."
	case from.IsNumeric() && to.Kind == types.TimestampLTZ:
		return fmt.Sprintf(text, "NUMERIC", "TIMESTAMP_LTZ") + " It's recommended to use TO_TIMESTAMP_LTZ(numeric_col, precision) instead."
	}
	return fmt.Sprintf("Cast function cannot convert value of type %s to type %s", from, to)
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
	case to.IsBinary() && (from.IsBinary() || from.IsString()):
		return toBinary(env, to)
	case from.SameShape(to):
		return copyValue
	case from.IsString():
		return fromText(env, to)
	case from.IsNumeric() && to.IsNumeric():
		return numericCast(from, to)
	case from.Kind == types.Boolean && to.Kind == types.Decimal:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			setDecimal(out, at, rescaleDecimal(big.NewInt(int64(bitOf(in.B[i]))), 0, to.Scale))
			return nil
		}
	case from.Kind == types.Boolean && to.IsNumeric():
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			putNumber(out, at, float64(bitOf(in.B[i])), int64(bitOf(in.B[i])))
			return nil
		}
	case from.IsInteger() && to.Kind == types.Boolean:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			out.B[at] = integerAt(in, i) != 0
			return nil
		}
	case from.IsApprox() && to.Kind == types.Boolean:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			out.B[at] = floatAt(in, i) != 0
			return nil
		}
	case from.Kind == types.Decimal && to.Kind == types.Boolean:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			out.B[at] = decimalAt(in, i).Sign() != 0
			return nil
		}
	case from.Kind == to.Kind && from.IsInterval():
		return copyValue
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

// nestedCast converts the members of an ARRAY, MAP, MULTISET or ROW.
func nestedCast(env *Env, from, to types.Type) castRow {
	a, b := from.Members(), to.Members()
	if len(a) != len(b) {
		return nil
	}
	members := make([]castRow, len(a))
	for k := range a {
		if members[k] = castKernel(env, a[k].Plain(), b[k].Plain()); members[k] == nil {
			return nil
		}
	}
	return func(in *batch.Vec, i int, out *batch.Vec, _ int) error {
		lo, hi := i, i+1
		if from.Kind != types.Row {
			lo, hi = in.Range(i)
		}
		for k, f := range members {
			for r := lo; r < hi; r++ {
				if err := appendCast(f, in.Kids[k], r, out.Kids[k]); err != nil {
					out.Truncate(out.Len)
					return err
				}
			}
		}
		out.AppendRow()
		return nil
	}
}

// appendCast adds row r of in, converted by f, to out.
func appendCast(f castRow, in *batch.Vec, r int, out *batch.Vec) error {
	switch {
	case in.IsNull(r):
		out.AppendNull()
		return nil
	case kernel.Appends(out):
		return f(in, r, out, out.Len)
	}
	out.AppendNull()
	at := out.Len - 1
	out.SetValid(at)
	return f(in, r, out, at)
}
