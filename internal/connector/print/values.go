package print

import (
	"fmt"
	"math/big"
	"strconv"
	"time"

	"weir/internal/batch"
	"weir/internal/javanum"
	"weir/internal/types"
)

func appendDecimal(buf []byte, v *batch.Vec, i int) []byte {
	x := new(big.Int)
	if v.Type.Phys() == types.PhysI64 {
		x.SetInt64(v.I64[i])
	} else {
		x = v.I128[i].BigInt()
	}
	return javanum.AppendDecimal(buf, x, int(v.Type.Scale), false)
}

// appendTime prints as LocalDate, LocalTime, LocalDateTime, Instant, Duration
// and Period do.
func appendTime(buf []byte, v *batch.Vec, i int) []byte {
	switch v.Type.Kind {
	case types.Date:
		return time.Unix(int64(v.I32[i])*86400, 0).UTC().AppendFormat(buf, "2006-01-02")
	case types.Time:
		return appendClock(buf, int64(v.I32[i])*1e6, false)
	case types.IntervalDS:
		return fmt.Appendf(buf, "PT%gS", float64(v.I64[i])/1000)
	case types.IntervalYM:
		return fmt.Appendf(buf, "P%dM", v.I32[i])
	}
	per := v.Type.UnitsPerMilli() * 1000
	sec, rest := v.I64[i]/per, v.I64[i]%per
	if rest < 0 {
		sec, rest = sec-1, rest+per
	}
	t := time.Unix(sec, 0).UTC()
	buf = append(t.AppendFormat(buf, "2006-01-02"), 'T')
	day := int64(t.Hour()*3600+t.Minute()*60+t.Second())*1e9 + rest*(1e9/per)
	buf = appendClock(buf, day, v.Type.Kind == types.TimestampLTZ)
	if v.Type.Kind == types.TimestampLTZ {
		buf = append(buf, 'Z')
	}
	return buf
}

// appendClock prints HH:mm[:ss[.fraction]], the fraction in 3, 6 or 9 digits;
// seconds always with full set.
func appendClock(buf []byte, nanos int64, full bool) []byte {
	s := nanos / 1e9
	buf = fmt.Appendf(buf, "%02d:%02d", s/3600, s/60%60)
	rest := nanos % 1e9
	if s%60 == 0 && rest == 0 && !full {
		return buf
	}
	buf = fmt.Appendf(buf, ":%02d", s%60)
	if rest == 0 {
		return buf
	}
	text := strconv.FormatInt(1e9+rest, 10)[1:]
	n := 9
	for text[n-3:n] == "000" {
		n -= 3
	}
	return append(append(buf, '.'), text[:n]...)
}

func appendNested(buf []byte, v *batch.Vec, i int) []byte {
	if v.Type.Kind == types.Row {
		buf = append(buf, "+I["...)
		for k, kid := range v.Kids {
			if k > 0 {
				buf = append(buf, ", "...)
			}
			buf = appendJava(buf, kid, i)
		}
		return append(buf, ']')
	}
	open, end := byte('{'), byte('}')
	if v.Type.Kind == types.Array {
		open, end = '[', ']'
	}
	from, to := v.Range(i)
	buf = append(buf, open)
	for r := from; r < to; r++ {
		if r > from {
			buf = append(buf, ", "...)
		}
		buf = appendJava(buf, v.Kids[0], r)
		if v.Type.Kind != types.Array {
			buf = appendJava(append(buf, '='), v.Kids[1], r)
		}
	}
	return append(buf, end)
}
