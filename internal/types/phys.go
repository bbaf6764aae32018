package types

// Phys is the memory layout of a column.
type Phys uint8

// The layouts.
const (
	PhysNone  Phys = iota // NULL's type: validity only
	PhysBool              // []bool
	PhysI8                // []int8
	PhysI16               // []int16
	PhysI32               // []int32
	PhysI64               // []int64
	PhysF32               // []float32
	PhysF64               // []float64
	PhysI128              // []decimal128.Num
	PhysBytes             // int32 offsets into bytes
	PhysList              // int32 offsets into one child (ARRAY) or two (MAP, MULTISET: keys, values)
	PhysRow               // a child per field
)

// MaxSmallDecimal is the greatest precision of a DECIMAL held in an int64.
const MaxSmallDecimal = 18

// Phys is the layout of a column of type t.
func (t Type) Phys() Phys {
	switch t.Kind {
	case Boolean:
		return PhysBool
	case TinyInt:
		return PhysI8
	case SmallInt:
		return PhysI16
	case Int, Date, Time, IntervalYM:
		return PhysI32
	case BigInt, Timestamp, TimestampLTZ, IntervalDS:
		return PhysI64
	case Float:
		return PhysF32
	case Double:
		return PhysF64
	case Decimal:
		if t.Prec <= MaxSmallDecimal {
			return PhysI64
		}
		return PhysI128
	case Char, VarChar, Binary, VarBinary, Symbol:
		return PhysBytes
	case Array, Map, Multiset:
		return PhysList
	case Row:
		return PhysRow
	}
	return PhysNone
}

// UnitsPerMilli is how many of a timestamp's units make a millisecond: 1,
// 1,000 or 1,000,000 by its precision.
func (t Type) UnitsPerMilli() int64 {
	switch {
	case t.Prec <= 3:
		return 1
	case t.Prec <= 6:
		return 1_000
	}
	return 1_000_000
}
