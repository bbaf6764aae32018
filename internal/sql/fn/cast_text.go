package fn

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/javanum"
	"weir/internal/types"
)

// toText casts to CHAR(n) and VARCHAR(n): cut to n characters, and CHAR padded
// with blanks, but for Flink before 1.15.
func toText(env *Env, from, to types.Type) castRow {
	text := textOf(env, from)
	if text == nil {
		return nil
	}
	return func(in *batch.Vec, i int, out *batch.Vec, _ int) error {
		start := len(out.Data)
		out.Data = text(out.Data, in, i)
		if !env.LegacyCast && to.Len != types.MaxLen {
			fit(out, start, int(to.Len), to.Kind == types.Char)
		}
		out.EndBytes()
		return nil
	}
}

// fit cuts or pads the text from start on.
func fit(out *batch.Vec, start, n int, pad bool) {
	s := out.Data[start:]
	if len(s) > n {
		count, at := 0, 0
		for at < len(s) && count < n {
			_, w := utf8.DecodeRune(s[at:])
			at, count = at+w, count+1
		}
		out.Data = out.Data[:start+at]
	}
	if pad {
		for k := utf8.RuneCount(out.Data[start:]); k < n; k++ {
			out.Data = append(out.Data, ' ')
		}
	}
}

// textOf makes the function that appends a value's text.
func textOf(env *Env, t types.Type) func(buf []byte, v *batch.Vec, i int) []byte {
	switch t.Kind {
	case types.Binary, types.VarBinary:
		if env.Printing {
			return func(buf []byte, v *batch.Vec, i int) []byte { return fmt.Appendf(buf, "x'%x'", v.Bytes(i)) }
		}
		return func(buf []byte, v *batch.Vec, i int) []byte { return appendUTF8(buf, v.Bytes(i)) }
	case types.Char, types.VarChar:
		return func(buf []byte, v *batch.Vec, i int) []byte { return append(buf, v.Bytes(i)...) }
	case types.Boolean:
		return func(buf []byte, v *batch.Vec, i int) []byte {
			if env.LegacyCast {
				return strconv.AppendBool(buf, v.B[i])
			}
			return append(buf, strings.ToUpper(strconv.FormatBool(v.B[i]))...)
		}
	case types.TinyInt, types.SmallInt, types.Int, types.BigInt:
		return func(buf []byte, v *batch.Vec, i int) []byte { return strconv.AppendInt(buf, integerAt(v, i), 10) }
	case types.Float:
		return func(buf []byte, v *batch.Vec, i int) []byte { return javanum.AppendFloat(buf, v.F32[i]) }
	case types.Double:
		return func(buf []byte, v *batch.Vec, i int) []byte { return javanum.AppendDouble(buf, v.F64[i]) }
	case types.Decimal:
		return func(buf []byte, v *batch.Vec, i int) []byte {
			return javanum.AppendDecimal(buf, decimalAt(v, i).BigInt(), int(t.Scale), true)
		}
	case types.Date:
		return func(buf []byte, v *batch.Vec, i int) []byte {
			return appendDate(buf, int64(v.I32[i]))
		}
	case types.Time:
		return func(buf []byte, v *batch.Vec, i int) []byte {
			return appendMoment(buf, "15:04:05", int64(v.I32[i]), 1, t.Prec)
		}
	case types.Timestamp:
		return func(buf []byte, v *batch.Vec, i int) []byte {
			return appendMoment(buf, "2006-01-02 15:04:05", v.I64[i], t.UnitsPerMilli(), t.Prec)
		}
	case types.TimestampLTZ:
		zone := sessionZone(env)
		return func(buf []byte, v *batch.Vec, i int) []byte {
			return appendMoment(buf, "2006-01-02 15:04:05", zone.local(v.I64[i], t.UnitsPerMilli()), t.UnitsPerMilli(), t.Prec)
		}
	case types.IntervalDS:
		return func(buf []byte, v *batch.Vec, i int) []byte { return appendDayTime(buf, v.I64[i]) }
	case types.IntervalYM:
		return func(buf []byte, v *batch.Vec, i int) []byte {
			m := v.I32[i]
			return fmt.Appendf(buf, "%c%d-%02d", sign(m < 0), abs(m)/12, abs(m)%12)
		}
	}
	return nestedText(env, t)
}

func sign(negative bool) byte {
	if negative {
		return '-'
	}
	return '+'
}

func abs[T int32 | int64](x T) T {
	if x < 0 {
		return -x
	}
	return x
}

func appendDayTime(buf []byte, ms int64) []byte {
	a := abs(ms)
	return fmt.Appendf(buf, "%c%d %02d:%02d:%02d.%03d", sign(ms < 0), a/86_400_000, a/3_600_000%24, a/60_000%60, a/1000%60, a%1000)
}

// appendMoment prints a time with exactly prec digits of fraction; layout is
// "15:04:05" for the time of day alone, or "2006-01-02 15:04:05", where another
// character may stand between the two.
func appendMoment(buf []byte, layout string, x, perMilli int64, prec int32) []byte {
	w := wallOf(x, perMilli)
	if len(layout) > len("15:04:05") {
		buf = append(appendDate(buf, w.day), layout[len("2006-01-02")])
	}
	sec := w.nanos / 1_000_000_000
	buf = append(appendInt(buf, sec/3600, 2), ':')
	buf = append(appendInt(buf, sec/60%60, 2), ':')
	buf = appendInt(buf, sec%60, 2)
	if prec == 0 {
		return buf
	}
	return appendFraction(append(buf, '.'), w.nanos%1_000_000_000, int(prec))
}

// appendDate prints a day as yyyy-MM-dd.
func appendDate(buf []byte, day int64) []byte {
	y, m, d := civil(day)
	buf = append(appendInt(buf, y, 4), '-')
	buf = append(appendInt(buf, m, 2), '-')
	return appendInt(buf, d, 2)
}

// fromText parses text as type to.
func fromText(env *Env, to types.Type) castRow {
	switch to.Kind {
	case types.Boolean:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			s := string(in.Bytes(i))
			switch strings.ToLower(strings.TrimSpace(s)) {
			case "t", "true", "y", "yes", "1":
				out.B[at] = true
			case "f", "false", "n", "no", "0":
				out.B[at] = false
			default:
				return fmt.Errorf("Cannot parse '%s' as BOOLEAN.", s)
			}
			return nil
		}
	case types.TinyInt, types.SmallInt, types.Int, types.BigInt:
		bits := map[types.Kind]int{types.TinyInt: 8, types.SmallInt: 16, types.Int: 32, types.BigInt: 64}[to.Kind]
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			n, err := textInteger(string(in.Bytes(i)), bits)
			putNumber(out, at, 0, n)
			return err
		}
	case types.Float, types.Double:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			s := strings.TrimSpace(string(in.Bytes(i)))
			f, err := javanum.ParseDouble(s, map[types.Kind]int{types.Float: 32, types.Double: 64}[to.Kind])
			if err != nil {
				return fmt.Errorf("For input string: %q", s)
			}
			putNumber(out, at, f, 0)
			return nil
		}
	case types.Decimal:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			s := strings.TrimSpace(string(in.Bytes(i)))
			r, ok := textRat(s)
			if ok {
				setDecimal(out, at, roundRat(r, to.Scale))
				ok = !out.IsNull(at)
			}
			if !ok {
				return fmt.Errorf("For input string: '%s'. Overflow.", s)
			}
			return nil
		}
	case types.Date, types.Time, types.Timestamp, types.TimestampLTZ:
		return momentFromText(env, to)
	}
	return nil
}

// textRat reads a decimal number; not one whose exponent no DECIMAL has.
func textRat(s string) (*big.Rat, bool) {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	if strings.ContainsAny(s, "/_xXpPbBoO") || len(mantissa) > 1000 || len(strings.TrimLeft(exponent, "+-0")) > 3 {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// textInteger reads a whole number; a fraction of digits is cut off.
func textInteger(s string, bits int) (int64, error) {
	s = strings.TrimSpace(s)
	whole, frac, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, bits)
	if err != nil || strings.Trim(frac, "0123456789") != "" {
		return 0, fmt.Errorf("For input string: '%s'. Invalid character found.", s)
	}
	return n, nil
}
