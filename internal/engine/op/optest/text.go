package optest

import (
	"fmt"
	"strconv"
	"strings"

	"weir/internal/batch"
	"weir/internal/types"
)

var kinds = map[string]batch.RowKind{"+I": batch.Insert, "-U": batch.UpdateBefore, "+U": batch.UpdateAfter, "-D": batch.Delete}

// read makes a batch of rows. With decoys, each row stands behind a copy of
// itself that is not selected, and validity is kept although nothing is NULL.
func read(fields []types.Field, rows []string, decoys bool) (*batch.Batch, error) {
	b := batch.New(fields, len(rows))
	for _, r := range rows {
		for range 1 + btoi(decoys) {
			if err := add(b, r); err != nil {
				return nil, err
			}
		}
		if decoys {
			b.Sel = append(b.Sel, int32(b.N-1))
		}
	}
	if decoys {
		for _, v := range b.Cols {
			if v.Valid == nil {
				v.Valid = batch.AllValid(nil, b.N)
			}
		}
	}
	return b, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func add(b *batch.Batch, row string) error {
	words := strings.Fields(row)
	kind, ok := kinds[words[0]]
	if !ok || len(words) != 1+len(b.Cols) {
		return fmt.Errorf("a row is its kind and %d values", len(b.Cols))
	}
	if kind != batch.Insert && b.Kinds == nil {
		b.Kinds = make([]batch.RowKind, b.N)
	}
	if b.Kinds != nil {
		b.Kinds = append(b.Kinds, kind)
	}
	for i, v := range b.Cols {
		if err := addValue(v, words[1+i]); err != nil {
			return err
		}
	}
	b.N++
	return nil
}

func addValue(v *batch.Vec, s string) error {
	if s == "NULL" {
		v.AppendNull()
		return nil
	}
	switch v.Type.Phys() {
	case types.PhysBytes:
		v.AppendString(s)
		return nil
	case types.PhysBool:
		x, err := strconv.ParseBool(s)
		v.AppendBool(x)
		return err
	case types.PhysI32:
		x, err := strconv.ParseInt(s, 10, 32)
		v.AppendI32(int32(x))
		return err
	case types.PhysI64:
		x, err := strconv.ParseInt(s, 10, 64)
		v.AppendI64(x)
		return err
	case types.PhysF64:
		x, err := strconv.ParseFloat(s, 64)
		v.AppendF64(x)
		return err
	}
	return fmt.Errorf("a script has no values of %s", v.Type)
}

// write is the rows of b as lines.
func write(b *batch.Batch) string {
	var s strings.Builder
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	for _, i := range sel {
		s.WriteString(b.Kind(int(i)).String())
		for _, v := range b.Cols {
			s.WriteString(" " + value(v, int(i)))
		}
		s.WriteByte('\n')
	}
	return s.String()
}

func value(v *batch.Vec, i int) string {
	if v.IsNull(i) {
		return "NULL"
	}
	if v.Const {
		i = 0
	}
	switch v.Type.Phys() {
	case types.PhysBytes:
		return string(v.Bytes(i))
	case types.PhysBool:
		return strconv.FormatBool(v.B[i])
	case types.PhysI32:
		return strconv.Itoa(int(v.I32[i]))
	case types.PhysI64:
		return strconv.FormatInt(v.I64[i], 10)
	case types.PhysF64:
		return strconv.FormatFloat(v.F64[i], 'g', -1, 64)
	}
	return "?"
}
