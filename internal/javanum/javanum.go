// Package javanum prints floating-point numbers as Java's Double.toString and
// Float.toString do up to JDK 18, which is how Flink's users see them in CSV
// files and strings.
//
// Java's digits are the shortest that identify the number, with four quirks
// (jdk.internal.math.FloatingDecimal): a decimal exactly between two doubles
// identifies neither (1.0E23 prints as 9.999999999999999E22); powers of two
// are printed as if their neighbours were nearer; whole numbers of 2^53 and
// more are cut from their exact digits (2^62 is 4.6116860184273879E18); and
// numbers printed with an exponent have two digits at least (4.9E-324). The
// quirks can only touch powers of two, subnormals and numbers from 2^53 on:
// all others are strconv's shortest digits, and those are computed as Java
// does.
//
// The package knows nothing but numbers.
package javanum

import (
	"math"
	"strconv"
)

// AppendDouble appends Double.toString(f).
func AppendDouble(buf []byte, f float64) []byte {
	bits := math.Float64bits(f)
	if out, ok := special(buf, f); ok {
		return out
	}
	if bits>>63 != 0 {
		buf = append(buf, '-')
		f, bits = -f, bits&^(1<<63)
	}
	mant, exp := bits&(1<<52-1), int(bits>>52)
	if exp == 0 || mant == 0 || f >= 1<<53 {
		digits, point := javaDigits(mant, exp, 52, 1023)
		return layout(buf, digits, point)
	}
	return shortest(buf, f, 64)
}

// AppendFloat appends Float.toString(f).
func AppendFloat(buf []byte, f float32) []byte {
	if out, ok := special(buf, float64(f)); ok {
		return out
	}
	bits := math.Float32bits(f)
	if bits>>31 != 0 {
		buf = append(buf, '-')
		f, bits = -f, bits&^(1<<31)
	}
	mant, exp := bits&(1<<23-1), int(bits>>23)
	if exp == 0 || mant == 0 || f >= 1<<24 {
		digits, point := javaDigits(uint64(mant), exp, 23, 127)
		return layout(buf, digits, point)
	}
	return shortest(buf, float64(f), 32)
}

// special appends the values that have no digits.
func special(buf []byte, f float64) ([]byte, bool) {
	switch {
	case f != f:
		return append(buf, "NaN"...), true
	case f == 0:
		if math.Signbit(f) {
			buf = append(buf, '-')
		}
		return append(buf, "0.0"...), true
	case math.IsInf(f, 1):
		return append(buf, "Infinity"...), true
	case math.IsInf(f, -1):
		return append(buf, "-Infinity"...), true
	}
	return buf, false
}

// shortest appends strconv's shortest digits in Java's layout.
func shortest(buf []byte, f float64, size int) []byte {
	var tmp [32]byte
	if f >= 1e-3 && f < 1e7 {
		n := len(buf)
		buf = strconv.AppendFloat(buf, f, 'f', -1, size)
		for _, c := range buf[n:] {
			if c == '.' {
				return buf
			}
		}
		return append(buf, '.', '0')
	}
	e := strconv.AppendFloat(tmp[:0], f, 'e', -1, size) // d.ddde±xx
	digits, i := make([]byte, 0, 20), 0
	for ; e[i] != 'e'; i++ {
		if e[i] != '.' {
			digits = append(digits, e[i])
		}
	}
	exp, err := strconv.Atoi(string(e[i+1:]))
	if err != nil {
		panic("strconv printed no exponent: " + string(e))
	}
	return layout(buf, digits, exp+1)
}

// layout appends 0.digits × 10^point as Java lays numbers out.
func layout(buf, digits []byte, point int) []byte {
	switch {
	case point > 0 && point < 8:
		for i := range max(point, len(digits)) {
			if i == point {
				buf = append(buf, '.')
			}
			if i < len(digits) {
				buf = append(buf, digits[i])
			} else {
				buf = append(buf, '0')
			}
		}
		if len(digits) <= point {
			buf = append(buf, '.', '0')
		}
		return buf
	case point <= 0 && point > -3:
		buf = append(buf, '0', '.')
		for range -point {
			buf = append(buf, '0')
		}
		return append(buf, digits...)
	}
	buf = append(buf, digits[0], '.')
	if len(digits) > 1 {
		buf = append(buf, digits[1:]...)
	} else {
		buf = append(buf, '0')
	}
	return strconv.AppendInt(append(buf, 'E'), int64(point-1), 10)
}
