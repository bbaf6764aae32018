// Package kernel has the loops: functions over columns, and accumulators.
//
// Vocabulary. A Func computes a column from columns, for the selected rows
// only. A scalar is a Go function of one row's values; Lift1, Lift2 and Lift3
// make a Func of one, and take care of NULLs, constants and the selection, so
// that the author of a function writes the scalar and nothing else. An Agg
// holds the accumulators of one aggregate function for many groups, in arrays.
//
// A hand-written Func replaces a lifted one only with a benchmark.
package kernel

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/batch"
	"weir/internal/types"
)

// Func computes out from in for the rows of sel (nil: the first n); out has
// been Resized to n rows, its type is set, and rows outside sel are left as
// they are. An argument may be constant.
type Func func(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error

// Fixed are the Go types of fixed-width columns.
type Fixed interface {
	bool | int8 | int16 | int32 | int64 | float32 | float64 | decimal128.Num
}

// Slice is the values of a fixed-width vector, as Go values of its layout's type.
func Slice[T Fixed](v *batch.Vec) []T {
	var p any
	var zero T
	switch any(zero).(type) {
	case bool:
		p = v.B
	case int8:
		p = v.I8
	case int16:
		p = v.I16
	case int32:
		p = v.I32
	case int64:
		p = v.I64
	case float32:
		p = v.F32
	case float64:
		p = v.F64
	default:
		p = v.I128
	}
	return p.([]T)
}

// Lift1 makes a Func of a scalar that cannot fail and is NULL on NULL.
func Lift1[A, R Fixed](f func(A) R) Func {
	return func(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error {
		a, r := Slice[A](in[0]), Slice[R](out)
		if in[0].Const {
			return liftConst(in, sel, n, out, func(i int) { r[i] = f(a[0]) })
		}
		nullsOf(out, in, sel, n)
		if sel != nil {
			for _, i := range sel {
				r[i] = f(a[i])
			}
			return nil
		}
		a, r = a[:n], r[:n]
		for i := range r {
			r[i] = f(a[i])
		}
		return nil
	}
}

// Lift2 makes a Func of a scalar of two values that cannot fail and is NULL
// when either is.
func Lift2[A, B, R Fixed](f func(A, B) R) Func {
	return func(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error {
		a, b, r := Slice[A](in[0]), Slice[B](in[1]), Slice[R](out)
		ca, cb := in[0].Const, in[1].Const
		if ca && cb {
			return liftConst(in, sel, n, out, func(i int) { r[i] = f(a[0], b[0]) })
		}
		nullsOf(out, in, sel, n)
		switch {
		case cb:
			if in[1].IsNull(0) {
				return nil
			}
			y := b[0]
			if sel == nil {
				a, r = a[:n], r[:n]
				for i := range r {
					r[i] = f(a[i], y)
				}
				return nil
			}
			for _, i := range sel {
				r[i] = f(a[i], y)
			}
		case ca:
			if in[0].IsNull(0) {
				return nil
			}
			x := a[0]
			each(sel, n, func(i int) { r[i] = f(x, b[i]) })
		case sel == nil:
			a, b, r = a[:n], b[:n], r[:n]
			for i := range r {
				r[i] = f(a[i], b[i])
			}
		default:
			for _, i := range sel {
				r[i] = f(a[i], b[i])
			}
		}
		return nil
	}
}

// Row makes a Func of a function of one row that is NULL when any argument is:
// the general form, for arguments of any layout. get reads the arguments at a
// row (At gives a constant's row) and sets row i of out, which for a layout
// with offsets means appending.
func Row(f func(in []*batch.Vec, i int, out *batch.Vec) error) Func {
	return func(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error {
		return rows(in, sel, n, out, true, f)
	}
}

// RowWithNulls is Row for functions that look at NULL arguments themselves; f
// sets or appends row i of out, or calls NullAt.
func RowWithNulls(f func(in []*batch.Vec, i int, out *batch.Vec) error) Func {
	return func(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error {
		return rows(in, sel, n, out, false, f)
	}
}

// rows calls f for each selected row in order. Layouts with offsets are built
// by appending, so the rows between are filled with NULLs.
func rows(in []*batch.Vec, sel []int32, n int, out *batch.Vec, strict bool, f func([]*batch.Vec, int, *batch.Vec) error) error {
	appending := Appends(out)
	if appending {
		out.Reset()
	}
	var err error
	each(sel, n, func(i int) {
		if err != nil {
			return
		}
		if appending {
			Pad(out, i)
		}
		if strict && anyNull(in, i) {
			NullAt(out, i)
			return
		}
		err = f(in, i, out)
	})
	if appending && err == nil {
		Pad(out, n)
	}
	return err
}

// Appends reports whether vectors of v's layout are written by appending.
func Appends(v *batch.Vec) bool {
	p := v.Type.Phys()
	return p == types.PhysBytes || p == types.PhysList || p == types.PhysRow
}

// Pad appends NULLs to v until it is n rows long.
func Pad(v *batch.Vec, n int) {
	for v.Len < n {
		v.AppendNull()
	}
}

// NullAt makes row i of out NULL, by appending where the layout asks for it.
func NullAt(out *batch.Vec, i int) {
	if Appends(out) {
		out.AppendNull()
		return
	}
	out.SetNull(i)
}

// At is the row of v that stands for row i.
func At(v *batch.Vec, i int) int {
	if v.Const {
		return 0
	}
	return i
}

func anyNull(in []*batch.Vec, i int) bool {
	for _, v := range in {
		if v.IsNull(i) {
			return true
		}
	}
	return false
}

// each calls f for the rows of sel (nil: the first n).
func each(sel []int32, n int, f func(int)) {
	if sel == nil {
		for i := range n {
			f(i)
		}
		return
	}
	for _, i := range sel {
		f(int(i))
	}
}

// liftConst computes a result all of whose arguments are constant once.
func liftConst(in []*batch.Vec, sel []int32, n int, out *batch.Vec, f func(int)) error {
	if anyNull(in, 0) {
		each(sel, n, out.SetNull)
		return nil
	}
	each(sel, n, f)
	return nil
}

// nullsOf makes out NULL where any of in is.
func nullsOf(out *batch.Vec, in []*batch.Vec, sel []int32, n int) {
	for _, v := range in {
		if v.Type.Kind == types.Null || v.Const && v.IsNull(0) {
			each(sel, n, out.SetNull)
			return
		}
		if v.Valid == nil || v.Const {
			continue
		}
		out.AndValid(v.Valid)
	}
}

// PutFrom writes row j of src into row i of out, vectors of one fixed-width
// layout.
func PutFrom(out *batch.Vec, i int, src *batch.Vec, j int) error {
	switch out.Type.Phys() {
	case types.PhysBool:
		out.B[i] = src.B[j]
	case types.PhysI8:
		out.I8[i] = src.I8[j]
	case types.PhysI16:
		out.I16[i] = src.I16[j]
	case types.PhysI32:
		out.I32[i] = src.I32[j]
	case types.PhysI64:
		out.I64[i] = src.I64[j]
	case types.PhysF32:
		out.F32[i] = src.F32[j]
	case types.PhysF64:
		out.F64[i] = src.F64[j]
	case types.PhysI128:
		out.I128[i] = src.I128[j]
	default:
		return fmt.Errorf("a %s is not of fixed width", out.Type)
	}
	return nil
}
