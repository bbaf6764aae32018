package batch

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/types"
)

// AppendValue appends the encoding of row i of v to buf: a byte 0 for NULL, 1
// otherwise, then the value; integers little-endian in their width, byte
// strings and lists with their length before them. It is part of the snapshot
// format (version 1).
func AppendValue(buf []byte, v *Vec, i int) []byte {
	if v.IsNull(i) {
		return append(buf, 0)
	}
	if v.Const {
		i = 0
	}
	buf = append(buf, 1)
	le := binary.LittleEndian
	switch v.Type.Phys() {
	case types.PhysBool:
		if v.B[i] {
			return append(buf, 1)
		}
		return append(buf, 0)
	case types.PhysI8:
		return append(buf, byte(v.I8[i]))
	case types.PhysI16:
		return le.AppendUint16(buf, uint16(v.I16[i]))
	case types.PhysI32:
		return le.AppendUint32(buf, uint32(v.I32[i]))
	case types.PhysI64:
		return le.AppendUint64(buf, uint64(v.I64[i]))
	case types.PhysF32:
		return le.AppendUint32(buf, math.Float32bits(v.F32[i]))
	case types.PhysF64:
		return le.AppendUint64(buf, math.Float64bits(v.F64[i]))
	case types.PhysI128:
		return le.AppendUint64(le.AppendUint64(buf, v.I128[i].LowBits()), uint64(v.I128[i].HighBits()))
	case types.PhysBytes:
		b := v.Bytes(i)
		return append(binary.AppendUvarint(buf, uint64(len(b))), b...)
	case types.PhysList:
		from, to := v.Range(i)
		buf = binary.AppendUvarint(buf, uint64(to-from))
		for _, kid := range v.Kids {
			for r := from; r < to; r++ {
				buf = AppendValue(buf, kid, r)
			}
		}
	case types.PhysRow:
		for _, kid := range v.Kids {
			buf = AppendValue(buf, kid, i)
		}
	}
	return buf
}

// ReadValue appends the value encoded at the start of data to v and returns
// what follows it.
func ReadValue(data []byte, v *Vec) ([]byte, error) {
	if len(data) == 0 {
		return nil, errShortValue(v)
	}
	null := data[0] == 0
	data = data[1:]
	if null {
		v.AppendNull()
		return data, nil
	}
	switch v.Type.Phys() {
	case types.PhysBytes:
		n, w := binary.Uvarint(data)
		if w <= 0 || uint64(len(data)-w) < n {
			return nil, errShortValue(v)
		}
		v.AppendBytes(data[w : w+int(n)])
		return data[w+int(n):], nil
	case types.PhysList:
		return readList(data, v)
	case types.PhysRow:
		v.AppendRow()
		var err error
		for _, kid := range v.Kids {
			if data, err = ReadValue(data, kid); err != nil {
				return nil, err
			}
		}
		return data, nil
	}
	return readFixed(data, v)
}

func readList(data []byte, v *Vec) ([]byte, error) {
	n, w := binary.Uvarint(data)
	if w <= 0 || n > uint64(len(data)) {
		return nil, errShortValue(v)
	}
	data = data[w:]
	var err error
	for _, kid := range v.Kids {
		for range n {
			if data, err = ReadValue(data, kid); err != nil {
				return nil, err
			}
		}
	}
	v.AppendRow()
	return data, nil
}

func readFixed(data []byte, v *Vec) ([]byte, error) {
	width := map[types.Phys]int{types.PhysBool: 1, types.PhysI8: 1, types.PhysI16: 2, types.PhysI32: 4,
		types.PhysI64: 8, types.PhysF32: 4, types.PhysF64: 8, types.PhysI128: 16}[v.Type.Phys()]
	if len(data) < width {
		return nil, errShortValue(v)
	}
	i := v.Len
	v.AppendNull()
	v.SetValid(i)
	le := binary.LittleEndian
	switch v.Type.Phys() {
	case types.PhysBool:
		v.B[i] = data[0] != 0
	case types.PhysI8:
		v.I8[i] = int8(data[0])
	case types.PhysI16:
		v.I16[i] = int16(le.Uint16(data))
	case types.PhysI32:
		v.I32[i] = int32(le.Uint32(data))
	case types.PhysI64:
		v.I64[i] = int64(le.Uint64(data))
	case types.PhysF32:
		v.F32[i] = math.Float32frombits(le.Uint32(data))
	case types.PhysF64:
		v.F64[i] = math.Float64frombits(le.Uint64(data))
	case types.PhysI128:
		v.I128[i] = decimal128.New(int64(le.Uint64(data[8:])), le.Uint64(data))
	}
	return data[width:], nil
}

func errShortValue(v *Vec) error {
	return fmt.Errorf("snapshot is damaged: the encoding of a %s value is cut short", v.Type)
}
