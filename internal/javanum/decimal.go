package javanum

import (
	"math/big"
	"strconv"
)

// AppendDecimal appends unscaled × 10^-scale as BigDecimal.toString does, or
// with plain as BigDecimal.toPlainString.
func AppendDecimal(buf []byte, unscaled *big.Int, scale int, plain bool) []byte {
	digits := new(big.Int).Abs(unscaled).String()
	if unscaled.Sign() < 0 {
		buf = append(buf, '-')
	}
	exp := len(digits) - 1 - scale
	switch {
	case scale == 0:
		return append(buf, digits...)
	case !plain && (scale < 0 || exp < -6):
		buf = append(buf, digits[0])
		if len(digits) > 1 {
			buf = append(append(buf, '.'), digits[1:]...)
		}
		buf = append(buf, 'E')
		if exp >= 0 {
			buf = append(buf, '+')
		}
		return strconv.AppendInt(buf, int64(exp), 10)
	case scale < 0:
		buf = append(buf, digits...)
		for range -scale {
			buf = append(buf, '0')
		}
		return buf
	}
	if point := len(digits) - scale; point > 0 {
		return append(append(append(buf, digits[:point]...), '.'), digits[point:]...)
	}
	buf = append(buf, '0', '.')
	for range scale - len(digits) {
		buf = append(buf, '0')
	}
	return append(buf, digits...)
}
