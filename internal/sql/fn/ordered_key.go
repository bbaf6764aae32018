package fn

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/batch"
	"weir/internal/types"
)

// appendOrdered appends the value of row i of v, not NULL, as bytes that compare
// as the values do: numbers big-endian with the sign turned, doubles as
// Double.compare orders them (-0.0 before 0.0, NaN last), strings as they are.
func appendOrdered(buf []byte, v *batch.Vec, i int) []byte {
	be := binary.BigEndian
	switch v.Type.Phys() {
	case types.PhysBool:
		if v.B[i] {
			return append(buf, 1)
		}
		return append(buf, 0)
	case types.PhysI8:
		return append(buf, byte(v.I8[i])^1<<7)
	case types.PhysI16:
		return be.AppendUint16(buf, uint16(v.I16[i])^1<<15)
	case types.PhysI32:
		return be.AppendUint32(buf, uint32(v.I32[i])^1<<31)
	case types.PhysI64:
		return be.AppendUint64(buf, uint64(v.I64[i])^1<<63)
	case types.PhysF32:
		return be.AppendUint64(buf, orderedBits(float64(v.F32[i])))
	case types.PhysF64:
		return be.AppendUint64(buf, orderedBits(v.F64[i]))
	case types.PhysI128:
		buf = be.AppendUint64(buf, uint64(v.I128[i].HighBits())^1<<63)
		return be.AppendUint64(buf, v.I128[i].LowBits())
	}
	return append(buf, v.Bytes(i)...)
}

// orderedBits are the bits of x, turned so that they compare as unsigned
// numbers.
func orderedBits(x float64) uint64 {
	if x != x {
		x = math.NaN() // one NaN for all
	}
	if b := math.Float64bits(x); b>>63 == 0 {
		return b | 1<<63
	} else {
		return ^b
	}
}

func fromOrderedBits(b uint64) float64 {
	if b>>63 == 1 {
		return math.Float64frombits(b &^ (1 << 63))
	}
	return math.Float64frombits(^b)
}

// putOrdered appends the value whose bytes appendOrdered made to out.
func putOrdered(out *batch.Vec, key string) error {
	p := out.Type.Phys()
	if p == types.PhysBytes {
		out.AppendString(key)
		return nil
	}
	i := out.Len
	out.AppendNull()
	out.SetValid(i)
	b, be := []byte(key), binary.BigEndian
	switch p {
	case types.PhysBool:
		out.B[i] = b[0] != 0
	case types.PhysI8:
		out.I8[i] = int8(b[0] ^ 1<<7)
	case types.PhysI16:
		out.I16[i] = int16(be.Uint16(b) ^ 1<<15)
	case types.PhysI32:
		out.I32[i] = int32(be.Uint32(b) ^ 1<<31)
	case types.PhysI64:
		out.I64[i] = int64(be.Uint64(b) ^ 1<<63)
	case types.PhysF32:
		out.F32[i] = float32(fromOrderedBits(be.Uint64(b)))
	case types.PhysF64:
		out.F64[i] = fromOrderedBits(be.Uint64(b))
	case types.PhysI128:
		out.I128[i] = decimal128.New(int64(be.Uint64(b)^1<<63), be.Uint64(b[8:]))
	default:
		return fmt.Errorf("values of %s are not ordered", out.Type)
	}
	return nil
}
