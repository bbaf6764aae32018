package udf

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/batch"
	"weir/internal/types"
)

// The flags of a column's head.
const (
	flagConst = 1 << iota
	flagNulls
)

// appendColumn appends the rows sel (nil: the first n) of v.
func appendColumn(buf []byte, v *batch.Vec, sel []int32, n int) []byte {
	flags := byte(0)
	if v.Const {
		flags, sel, n = flagConst, nil, 1
	}
	if sel != nil {
		n = len(sel)
	}
	first := firstOf(sel)
	row := func(k int) int {
		if sel != nil {
			return int(sel[k])
		}
		return k
	}
	if v.Type.Kind == types.Null {
		return appendHead(buf, flags, n)
	}
	if v.Valid == nil {
		return appendBody(appendHead(buf, flags, n), v, row, first, n)
	}
	buf = appendHead(buf, flags|flagNulls, n)
	for w := 0; w < n; w += 64 {
		bits := uint64(0)
		for k := w; k < min(w+64, n); k++ {
			if i := row(k); v.Valid[i>>6]&(1<<(i&63)) != 0 {
				bits |= 1 << (k & 63)
			}
		}
		buf = binary.LittleEndian.AppendUint64(buf, bits)
	}
	return appendBody(buf, v, row, first, n)
}

func appendHead(buf []byte, flags byte, n int) []byte {
	return binary.LittleEndian.AppendUint32(append(buf, flags, 0, 0, 0), uint32(n))
}

// firstOf is the first of rows that follow each other, -1 when they do not.
func firstOf(sel []int32) int {
	switch n := len(sel); {
	case n == 0:
		return 0
	case int(sel[n-1]-sel[0]) == n-1: // a selection ascends
		return int(sel[0])
	}
	return -1
}

// appendBody appends values; first is as firstOf has it.
func appendBody(buf []byte, v *batch.Vec, row func(int) int, first, n int) []byte {
	switch v.Type.Phys() {
	case types.PhysBool:
		return appendFixed(buf, v.B, row, first, n)
	case types.PhysI8:
		return appendFixed(buf, v.I8, row, first, n)
	case types.PhysI16:
		return appendFixed(buf, v.I16, row, first, n)
	case types.PhysI32:
		return appendFixed(buf, v.I32, row, first, n)
	case types.PhysI64:
		return appendFixed(buf, v.I64, row, first, n)
	case types.PhysF32:
		return appendFixed(buf, v.F32, row, first, n)
	case types.PhysF64:
		return appendFixed(buf, v.F64, row, first, n)
	case types.PhysI128:
		for k := range n {
			x := v.I128[row(k)]
			buf = binary.LittleEndian.AppendUint64(buf, x.LowBits())
			buf = binary.LittleEndian.AppendUint64(buf, uint64(x.HighBits()))
		}
		return buf
	case types.PhysBytes:
		return appendBytes(buf, v, row, first, n)
	case types.PhysList:
		return appendList(buf, v, row, n)
	case types.PhysRow:
		rows := make([]int32, n)
		for k := range rows {
			rows[k] = int32(row(k))
		}
		for _, kid := range v.Kids {
			buf = appendColumn(buf, kid, rows, n)
		}
	}
	return buf
}

func appendFixed[T any](buf []byte, vs []T, row func(int) int, first, n int) []byte {
	if first >= 0 {
		return append(buf, bytesOf(vs[first:first+n])...)
	}
	var gathered [256]T
	for k := 0; k < n; k += len(gathered) {
		m := min(len(gathered), n-k)
		for i := range m {
			gathered[i] = vs[row(k+i)]
		}
		buf = append(buf, bytesOf(gathered[:m])...)
	}
	return buf
}

func appendBytes(buf []byte, v *batch.Vec, row func(int) int, first, n int) []byte {
	at := uint32(0)
	buf = binary.LittleEndian.AppendUint32(buf, 0)
	if first >= 0 && v.Valid == nil {
		base, end := v.Off[first], v.Off[first+n]
		for _, o := range v.Off[first+1 : first+n+1] {
			buf = binary.LittleEndian.AppendUint32(buf, uint32(o-base))
		}
		return append(buf, v.Data[base:end]...)
	}
	for k := range n {
		i := row(k)
		if !v.IsNull(i) { // a NULL's bytes are not looked at
			at += uint32(v.Off[i+1] - v.Off[i])
		}
		buf = binary.LittleEndian.AppendUint32(buf, at)
	}
	for k := range n {
		if i := row(k); !v.IsNull(i) {
			buf = append(buf, v.Data[v.Off[i]:v.Off[i+1]]...)
		}
	}
	return buf
}

func appendList(buf []byte, v *batch.Vec, row func(int) int, n int) []byte {
	var kids []int32
	buf = binary.LittleEndian.AppendUint32(buf, 0)
	for k := range n {
		if i := row(k); !v.IsNull(i) {
			for r := v.Off[i]; r < v.Off[i+1]; r++ {
				kids = append(kids, r)
			}
		}
		buf = binary.LittleEndian.AppendUint32(buf, uint32(len(kids)))
	}
	if kids == nil {
		kids = []int32{}
	}
	for _, kid := range v.Kids {
		buf = appendColumn(buf, kid, kids, len(kids))
	}
	return buf
}

// bytesOf is the memory of vs; machines here are little-endian, as frames are.
func bytesOf[T any](vs []T) []byte {
	if len(vs) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&vs[0])), len(vs)*int(unsafe.Sizeof(vs[0])))
}

// cursor reads a frame's body; what goes wrong is kept in err.
type cursor struct {
	data []byte
	err  error
}

func (c *cursor) take(n int) []byte {
	if c.err == nil && (n < 0 || n > len(c.data)) {
		c.err = fmt.Errorf("a column ends %d bytes too early", n-len(c.data))
	}
	if c.err != nil {
		return make([]byte, max(n, 0)) // zeros, not to be used
	}
	part := c.data[:n]
	c.data = c.data[n:]
	return part
}

// column reads a column into v, which has its type.
func (c *cursor) column(v *batch.Vec) {
	head := c.take(8)
	n := int(binary.LittleEndian.Uint32(head[4:]))
	if c.err == nil && n > 64*len(c.data)+64 {
		c.err = fmt.Errorf("a column of %d rows in %d bytes", n, len(c.data))
	}
	if c.err != nil {
		return
	}
	var valid []byte
	if head[0]&flagNulls != 0 {
		valid = c.take((n + 63) / 64 * 8)
	}
	c.body(v, n)
	for i := range n {
		if valid != nil && valid[i>>3]&(1<<(i&7)) == 0 {
			v.SetNull(i)
		}
	}
}

func (c *cursor) body(v *batch.Vec, n int) {
	phys := v.Type.Phys()
	if phys != types.PhysList && phys != types.PhysRow {
		v.Resize(n)
	}
	switch phys {
	case types.PhysBool:
		readFixed(c, v.B)
	case types.PhysI8:
		readFixed(c, v.I8)
	case types.PhysI16:
		readFixed(c, v.I16)
	case types.PhysI32:
		readFixed(c, v.I32)
	case types.PhysI64:
		readFixed(c, v.I64)
	case types.PhysF32:
		readFixed(c, v.F32)
	case types.PhysF64:
		readFixed(c, v.F64)
	case types.PhysI128:
		data := c.take(16 * n)
		for i := range n {
			v.I128[i] = decimal128.New(int64(binary.LittleEndian.Uint64(data[16*i+8:])), binary.LittleEndian.Uint64(data[16*i:]))
		}
	case types.PhysBytes:
		readFixed(c, v.Off)
		c.checkOffsets(v.Off)
		v.Data = append(v.Data[:0], c.take(int(v.Off[n]))...)
	case types.PhysList:
		v.Resize(n)
		readFixed(c, v.Off)
		c.checkOffsets(v.Off)
		for _, kid := range v.Kids {
			c.column(kid)
		}
	case types.PhysRow:
		v.Resize(n)
		for _, kid := range v.Kids {
			c.column(kid)
		}
	}
}

func readFixed[T any](c *cursor, vs []T) {
	dst := bytesOf(vs)
	copy(dst, c.take(len(dst)))
}

// checkOffsets keeps wrong offsets of a broken worker from being used.
func (c *cursor) checkOffsets(off []int32) {
	for i := 1; i < len(off) && c.err == nil; i++ {
		if off[i] < off[i-1] || off[0] != 0 {
			c.err = fmt.Errorf("offsets go back at row %d", i-1)
		}
	}
	if c.err != nil {
		clear(off)
	}
}
