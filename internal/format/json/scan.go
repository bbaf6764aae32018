package json

import (
	"encoding/binary"
	"math/bits"
)

// skipSpace is the index of the first byte of b from i that is no JSON space.
func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// The constants of eight-bytes-at-a-time comparison.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
	quote = 0x2222222222222222
	slash = 0x5c5c5c5c5c5c5c5c
)

// stringEnd is the index of the quote that ends the string beginning at b[i]
// (after its opening quote); ok is false when an escape, a control character
// or the end of b comes first.
func stringEnd(b []byte, i int) (end int, ok bool) {
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		q, s := w^quote, w^slash
		// The lowest set bit is exact for each test: a borrow only reaches
		// bytes above a true hit.
		m := ((q - ones) &^ q & highs) | ((s - ones) &^ s & highs) | ((w - 0x2020202020202020) &^ w & highs)
		if m != 0 {
			j := i + bits.TrailingZeros64(m)>>3
			return j, b[j] == '"'
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' {
			return i, true
		} else if c == '\\' || c < 0x20 {
			return 0, false
		}
	}
	return 0, false
}

// pow10 are the powers of ten a double holds exactly.
var pow10 = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
	1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// number reads a JSON number of at most 15 digits without exponent: exactly
// m/10^frac. ok is false for any other text.
func number(b []byte, i int) (m int64, frac, end int, neg, ok bool) {
	if i < len(b) && b[i] == '-' {
		neg = true
		i++
	}
	start := i
	for i < len(b) && b[i]-'0' < 10 {
		m = m*10 + int64(b[i]-'0')
		i++
	}
	digits := i - start
	if digits == 0 || digits > 1 && b[start] == '0' {
		return 0, 0, 0, false, false
	}
	if i < len(b) && b[i] == '.' {
		i++
		point := i
		for i < len(b) && b[i]-'0' < 10 {
			m = m*10 + int64(b[i]-'0')
			i++
		}
		frac = i - point
		if frac == 0 {
			return 0, 0, 0, false, false
		}
	}
	if digits+frac > 15 || i < len(b) && b[i]|0x20 == 'e' {
		return 0, 0, 0, false, false
	}
	return m, frac, i, neg, true
}

// skipScalar is the index after a string without escapes, a number, or a word;
// ok is false for anything else.
func skipScalar(b []byte, i int) (end int, ok bool) {
	if i >= len(b) {
		return 0, false
	}
	switch c := b[i]; {
	case c == '"':
		end, ok = stringEnd(b, i+1)
		return end + 1, ok
	case c == '-' || c-'0' < 10:
		_, _, end, _, ok = number(b, i)
		return end, ok
	}
	return word(b, i)
}

// word is the index after true, false or null.
func word(b []byte, i int) (end int, ok bool) {
	for _, w := range []string{"true", "false", "null"} {
		if len(b)-i >= len(w) && string(b[i:i+len(w)]) == w {
			return i + len(w), true
		}
	}
	return 0, false
}
