package batch

import (
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/types"
)

// AppendNull adds a NULL row to v.
func (v *Vec) AppendNull() {
	i := v.appendSlot()
	v.SetNull(i)
	for _, k := range v.rowKids() {
		k.AppendNull()
	}
}

// AppendBytes adds a value to a PhysBytes vector.
func (v *Vec) AppendBytes(b []byte) {
	v.Data = append(v.Data, b...)
	v.endBytes()
}

// AppendString adds a value to a PhysBytes vector.
func (v *Vec) AppendString(s string) {
	v.Data = append(v.Data, s...)
	v.endBytes()
}

// EndBytes ends a value whose bytes were appended to v.Data by the caller.
func (v *Vec) EndBytes() { v.endBytes() }

func (v *Vec) endBytes() {
	i := v.appendSlot()
	v.Off[i+1] = int32(len(v.Data))
}

// AppendI64 adds a value to a PhysI64 vector.
func (v *Vec) AppendI64(x int64) { v.I64[v.appendSlot()] = x }

// AppendI32 adds a value to a PhysI32 vector.
func (v *Vec) AppendI32(x int32) { v.I32[v.appendSlot()] = x }

// AppendF64 adds a value to a PhysF64 vector.
func (v *Vec) AppendF64(x float64) { v.F64[v.appendSlot()] = x }

// AppendBool adds a value to a PhysBool vector.
func (v *Vec) AppendBool(x bool) { v.B[v.appendSlot()] = x }

// AppendRow starts a row of a PhysRow vector, or ends one of a PhysList vector
// whose children the caller has appended to; a PhysRow's children must each be
// appended to once by the caller.
func (v *Vec) AppendRow() {
	i := v.appendSlot()
	if v.Type.Phys() == types.PhysList {
		v.Off[i+1] = int32(v.Kids[0].Len)
	}
}

// appendSlot makes room for one more valid row and returns its index. The new
// row of a vector with offsets is empty until they are set.
func (v *Vec) appendSlot() int {
	i := v.Len
	v.Len++
	if v.Valid != nil {
		if i>>6 >= len(v.Valid) {
			v.Valid = append(v.Valid, 0)
		}
		v.Valid[i>>6] |= 1 << (i & 63)
	}
	switch v.Type.Phys() {
	case types.PhysBool:
		v.B = push(v.B)
	case types.PhysI8:
		v.I8 = push(v.I8)
	case types.PhysI16:
		v.I16 = push(v.I16)
	case types.PhysI32:
		v.I32 = push(v.I32)
	case types.PhysI64:
		v.I64 = push(v.I64)
	case types.PhysF32:
		v.F32 = push(v.F32)
	case types.PhysF64:
		v.F64 = push(v.F64)
	case types.PhysI128:
		v.I128 = push(v.I128)
	case types.PhysBytes, types.PhysList:
		v.Off = append(v.Off, v.Off[i])
	}
	return i
}

// Truncate takes the rows from n on off v, which is at least n long; what an
// unfinished row has put into the children goes too.
func (v *Vec) Truncate(n int) {
	v.Len = n
	switch v.Type.Phys() {
	case types.PhysBool:
		v.B = v.B[:n]
	case types.PhysI8:
		v.I8 = v.I8[:n]
	case types.PhysI16:
		v.I16 = v.I16[:n]
	case types.PhysI32:
		v.I32 = v.I32[:n]
	case types.PhysI64:
		v.I64 = v.I64[:n]
	case types.PhysF32:
		v.F32 = v.F32[:n]
	case types.PhysF64:
		v.F64 = v.F64[:n]
	case types.PhysI128:
		v.I128 = v.I128[:n]
	case types.PhysBytes:
		v.Off, v.Data = v.Off[:n+1], v.Data[:v.Off[n]]
	case types.PhysList:
		v.Off = v.Off[:n+1]
		for _, k := range v.Kids {
			k.Truncate(int(v.Off[n]))
		}
	case types.PhysRow:
		for _, k := range v.Kids {
			k.Truncate(n)
		}
	}
}

func push[T any](s []T) []T {
	var zero T
	return append(s, zero)
}

func (v *Vec) rowKids() []*Vec {
	if v.Type.Phys() == types.PhysRow {
		return v.Kids
	}
	return nil
}

// AppendRows adds the given rows of src, a vector of the same shape, to v; -1
// stands for NULL.
func (v *Vec) AppendRows(src *Vec, rows []int32) {
	for _, i := range rows {
		if i < 0 {
			v.AppendNull()
			continue
		}
		v.AppendFrom(src, int(i))
	}
}

// AppendFrom adds row i of src, a vector of the same shape, to v.
func (v *Vec) AppendFrom(src *Vec, i int) {
	if src.Const {
		i = 0
	}
	if src.IsNull(i) {
		v.AppendNull()
		return
	}
	if v.Type.Phys() == types.PhysBytes {
		v.AppendBytes(src.Bytes(i))
		return
	}
	j := v.appendSlot()
	switch v.Type.Phys() {
	case types.PhysBool:
		v.B[j] = src.B[i]
	case types.PhysI8:
		v.I8[j] = src.I8[i]
	case types.PhysI16:
		v.I16[j] = src.I16[i]
	case types.PhysI32:
		v.I32[j] = src.I32[i]
	case types.PhysI64:
		v.I64[j] = src.I64[i]
	case types.PhysF32:
		v.F32[j] = src.F32[i]
	case types.PhysF64:
		v.F64[j] = src.F64[i]
	case types.PhysI128:
		v.I128[j] = src.I128[i]
	case types.PhysList:
		from, to := src.Range(i)
		for k, kid := range v.Kids {
			for r := from; r < to; r++ {
				kid.AppendFrom(src.Kids[k], r)
			}
		}
		v.Off[j+1] = int32(v.Kids[0].Len)
	case types.PhysRow:
		for k, kid := range v.Kids {
			kid.AppendFrom(src.Kids[k], i)
		}
	}
}

// AppendSel adds the rows of src named by sel (nil: the first n) to v.
func (v *Vec) AppendSel(src *Vec, sel []int32, n int) {
	if sel != nil {
		for _, i := range sel {
			v.AppendFrom(src, int(i))
		}
		return
	}
	for i := range n {
		v.AppendFrom(src, i)
	}
}

// AppendF32 adds a value to a PhysF32 vector.
func (v *Vec) AppendF32(x float32) { v.F32[v.appendSlot()] = x }

// AppendI8 adds a value to a PhysI8 vector.
func (v *Vec) AppendI8(x int8) { v.I8[v.appendSlot()] = x }

// AppendI16 adds a value to a PhysI16 vector.
func (v *Vec) AppendI16(x int16) { v.I16[v.appendSlot()] = x }

// AppendI128 adds a value to a PhysI128 vector.
func (v *Vec) AppendI128(x decimal128.Num) { v.I128[v.appendSlot()] = x }
