package fn

import (
	"math"
	"strconv"
	"strings"
	"time"

	"weir/internal/batch"
	"weir/internal/javanum"
	"weir/internal/types"
)

// javaString is what toString gives for Flink's internal form of a value.
func javaString(v *batch.Vec, i int) string {
	t := v.Type
	switch {
	case t.Kind == types.Boolean:
		return strconv.FormatBool(v.B[i])
	case t.IsTimestamp():
		per := t.UnitsPerMilli() * 1000
		sec := floorDiv(v.I64[i], per)
		at := time.Unix(sec, (v.I64[i]-sec*per)*(1_000_000_000/per)).UTC()
		return localDateTime(at)
	case t.Kind == types.Date, t.Kind == types.Time, t.IsInterval():
		return strconv.FormatInt(integerAt(v, i), 10)
	}
	text := textOf(&Env{Zone: time.UTC}, t.Plain())
	if text == nil {
		return t.String()
	}
	return string(text(nil, v, i))
}

// localDateTime is LocalDateTime.toString: seconds and fraction only where
// there are any, the fraction by threes.
func localDateTime(at time.Time) string {
	layout := "2006-01-02T15:04"
	switch ns := at.Nanosecond(); {
	case ns == 0 && at.Second() == 0:
	case ns == 0:
		layout += ":05"
	case ns%1_000_000 == 0:
		layout += ":05.000"
	case ns%1_000 == 0:
		layout += ":05.000000"
	default:
		layout += ":05.000000000"
	}
	return at.Format(layout)
}

// whole formats an integer: decimal, or unsigned in the bits of its type.
func (s *specifier) whole(n int64, t types.Type) (string, error) {
	if s.prec >= 0 {
		return "", badFormat("'%s' cannot have a precision", s.spec)
	}
	if s.conv == 'd' {
		return s.signed(strings.TrimPrefix(strconv.FormatInt(n, 10), "-"), n < 0), nil
	}
	bits := map[types.Phys]uint{types.PhysI8: 8, types.PhysI16: 16, types.PhysI32: 32, types.PhysI64: 64}[t.Phys()]
	base, mark := 16, "0x"
	if s.conv == 'o' {
		base, mark = 8, "0"
	}
	text := strconv.FormatUint(uint64(n)<<(64-bits)>>(64-bits), base)
	if !s.has("#") {
		mark = ""
	}
	if s.has("0") {
		text = strings.Repeat("0", max(0, s.width-len(mark)-len(text))) + text
	}
	return mark + text, nil
}

// signed puts sign, grouping and leading zeros around digits.
func (s *specifier) signed(digits string, negative bool) string {
	if s.has(",") {
		whole, frac, point := strings.Cut(digits, ".")
		for k := len(whole) - 3; k > 0; k -= 3 {
			whole = whole[:k] + "," + whole[k:]
		}
		if digits = whole; point {
			digits += "." + frac
		}
	}
	before, after := "", ""
	switch {
	case negative && s.has("("):
		before, after = "(", ")"
	case negative:
		before = "-"
	case s.has("+"):
		before = "+"
	case s.has(" "):
		before = " "
	}
	if s.has("0") {
		digits = strings.Repeat("0", max(0, s.width-len(before)-len(digits)-len(after))) + digits
	}
	return before + digits + after
}

// approx formats a FLOAT or DOUBLE, rounding the decimal digits that toString
// gives half up.
func (s *specifier) approx(v *batch.Vec, i int) string {
	f, size := 0.0, 64
	if v.Type.Kind == types.Float {
		f, size = float64(v.F32[i]), 32
	} else {
		f = v.F64[i]
	}
	negative := math.Signbit(f)
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 0):
		plain := *s
		plain.flags = strings.NewReplacer("0", "", ",", "").Replace(s.flags)
		return plain.signed("Infinity", negative)
	}
	prec := s.prec
	if prec < 0 {
		prec = 6
	}
	var shortest []byte
	if size == 32 {
		shortest = javanum.AppendFloat(nil, float32(math.Abs(f)))
	} else {
		shortest = javanum.AppendDouble(nil, math.Abs(f))
	}
	digits, exp := decimalDigits(string(shortest))
	switch s.conv {
	case 'e', 'E':
		return s.signed(scientific(digits, exp, prec), negative)
	case 'g', 'G':
		return s.signed(general(digits, exp, max(prec, 1)), negative)
	}
	return s.signed(fixed(digits, exp, prec), negative)
}

// decimalDigits reads a positive number: 0.digits times ten to the exp.
func decimalDigits(s string) (digits string, exp int) {
	mant, e, _ := strings.Cut(s, "E")
	whole, frac, _ := strings.Cut(mant, ".")
	if n, err := strconv.Atoi(e); err == nil {
		exp = n
	}
	digits = whole + frac
	exp += len(whole)
	trimmed := strings.TrimLeft(digits, "0")
	if trimmed == "" {
		return "0", 1
	}
	return trimmed, exp - (len(digits) - len(trimmed))
}

// roundDigits keeps n digits, half up; the exponent grows when they overflow.
func roundDigits(digits string, exp, n int) (string, int) {
	if n < 0 {
		return "0", exp
	}
	if n >= len(digits) {
		return digits + strings.Repeat("0", n-len(digits)), exp
	}
	up := digits[n] >= '5'
	b := []byte(digits[:n])
	for k := n - 1; up && k >= 0; k-- {
		if b[k]++; b[k] <= '9' {
			up = false
		} else {
			b[k] = '0'
		}
	}
	if up {
		return "1" + string(b), exp + 1
	}
	return string(b), exp
}

func fixed(digits string, exp, prec int) string {
	digits, exp2 := roundDigits(digits, exp, exp+prec)
	if exp2 <= 0 {
		digits = strings.Repeat("0", 1-exp2) + digits
		exp2 = 1
	}
	digits += strings.Repeat("0", max(0, exp2+prec-len(digits)))
	if digits = digits[:exp2+prec]; prec == 0 {
		return digits
	}
	return digits[:exp2] + "." + digits[exp2:]
}

func scientific(digits string, exp, prec int) string {
	zero := strings.Trim(digits, "0") == ""
	digits, exp = roundDigits(digits, exp, prec+1)
	if zero {
		exp = 1
	}
	text := digits[:1]
	if prec > 0 {
		text += "." + digits[1:prec+1]
	}
	sign := byte('+')
	if exp < 1 {
		sign = '-'
	}
	n := strconv.Itoa(abs64(exp - 1))
	return text + "e" + string(sign) + strings.Repeat("0", max(0, 2-len(n))) + n
}

func abs64(n int) int { return int(abs(int64(n))) }

// general is fixed from 0.0001 up to ten to the prec, else scientific.
func general(digits string, exp, prec int) string {
	_, rounded := roundDigits(digits, exp, prec)
	if digits == "0" {
		return fixed(digits, exp, prec-1)
	}
	if rounded > -4 && rounded <= prec {
		return fixed(digits, exp, prec-rounded)
	}
	return scientific(digits, exp, prec-1)
}
