package connector

import (
	"math/big"
	"strconv"
	"time"

	"weir/internal/batch"
	"weir/internal/javanum"
	"weir/internal/types"
)

// AppendText appends the text a value, which is not NULL, has in a path or a
// partition key: String.valueOf of Flink's internal value, so that a DATE is its
// number of days and a timestamp LocalDateTime's text.
func AppendText(buf []byte, v *batch.Vec, i int) []byte {
	if v.Const {
		i = 0
	}
	switch v.Type.Kind {
	case types.Boolean:
		return strconv.AppendBool(buf, v.B[i])
	case types.TinyInt:
		return strconv.AppendInt(buf, int64(v.I8[i]), 10)
	case types.SmallInt:
		return strconv.AppendInt(buf, int64(v.I16[i]), 10)
	case types.Int, types.Date, types.Time, types.IntervalYM:
		return strconv.AppendInt(buf, int64(v.I32[i]), 10)
	case types.BigInt, types.IntervalDS:
		return strconv.AppendInt(buf, v.I64[i], 10)
	case types.Float:
		return javanum.AppendFloat(buf, v.F32[i])
	case types.Double:
		return javanum.AppendDouble(buf, v.F64[i])
	case types.Decimal:
		x := new(big.Int)
		if v.Type.Phys() == types.PhysI64 {
			x.SetInt64(v.I64[i])
		} else {
			x = v.I128[i].BigInt()
		}
		return javanum.AppendDecimal(buf, x, int(v.Type.Scale), true)
	case types.Timestamp, types.TimestampLTZ:
		return appendLocalDateTime(buf, timeOf(v.Type, v.I64[i]))
	}
	return append(buf, v.Bytes(i)...)
}

func timeOf(t types.Type, x int64) time.Time {
	switch t.UnitsPerMilli() {
	case 1:
		return time.UnixMilli(x).UTC()
	case 1000:
		return time.UnixMicro(x).UTC()
	}
	return time.Unix(0, x).UTC()
}

// appendLocalDateTime prints as java.time.LocalDateTime.toString: no seconds
// when they are zero, the fraction in groups of three digits.
func appendLocalDateTime(buf []byte, t time.Time) []byte {
	layout := "2006-01-02T15:04"
	switch ns := t.Nanosecond(); {
	case ns%1e6 == 0 && ns > 0:
		layout += ":05.000"
	case ns%1e3 == 0 && ns > 0:
		layout += ":05.000000"
	case ns > 0:
		layout += ":05.000000000"
	case t.Second() > 0:
		layout += ":05"
	}
	return t.AppendFormat(buf, layout)
}
