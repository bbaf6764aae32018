package javanum

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// javaDigits are the digits of a positive number as FloatingDecimal.dtoa
// makes them, and where the point stands: 0.digits × 10^point. mant and exp
// are the fields of the number, width the mantissa's.
func javaDigits(mant uint64, exp, width, bias int) ([]byte, int) {
	significant := width + 1
	if exp == 0 { // subnormal
		significant = bits.Len64(mant)
		mant <<= width + 1 - significant
		exp = 1 - (width + 1 - significant)
	} else {
		mant |= 1 << width
	}
	binExp := exp - bias
	fractBits := width + 1 - bits.TrailingZeros64(mant)
	tiny := max(0, fractBits-binExp-1)
	if tiny == 0 && binExp <= 62 && binExp >= -21 && fractBits < 64 {
		return wholeDigits(mant, binExp, significant, width)
	}
	return fractionDigits(mant, binExp, fractBits, tiny, significant, width)
}

// wholeDigits are those of a whole number below 2^63, less the ones that its
// precision does not carry.
func wholeDigits(mant uint64, binExp, significant, width int) ([]byte, int) {
	drop := 0
	if binExp > significant {
		drop = int(float64(binExp-significant-1) * math.Log10(2)) // insignificantDigitsForPow2
	}
	if binExp >= width {
		mant <<= binExp - width
	} else {
		mant >>= width - binExp
	}
	pow := 0
	if drop > 0 {
		p := uint64(math.Pow10(drop))
		rest := mant % p
		mant /= p
		pow = drop
		if rest >= p>>1 {
			mant++
		}
	}
	d := strconv.AppendUint(nil, mant, 10)
	point := len(d) + pow
	for len(d) > 1 && d[len(d)-1] == '0' {
		d = d[:len(d)-1]
	}
	return d, point
}

// fractionDigits generates digits of B/S until what is left is less than M, or
// M short of the next digit: M is half the distance to the next number.
func fractionDigits(mant uint64, binExp, fractBits, tiny, significant, width int) ([]byte, int) {
	decExp := estimate(mant, binExp, width)
	b5, s5 := max(0, -decExp), max(0, decExp)
	b2 := b5 + tiny + binExp
	s2, m2 := s5+tiny, b2-significant
	m5 := b5
	b2 -= fractBits - 1
	common := min(b2, s2)
	b2, s2, m2 = b2-common, s2-common, m2-common
	if fractBits == 1 { // a power of two: the next smaller number is half as far
		m2--
	}
	if m2 < 0 {
		b2, s2, m2 = b2-m2, s2-m2, 0
	}
	b := scaled(mant>>bits.TrailingZeros64(mant), b5, b2)
	s, m := scaled(1, s5, s2), scaled(1, m5, m2)
	ten := big.NewInt(10)
	tens := new(big.Int).Mul(s, ten)
	q, sum := new(big.Int), new(big.Int)
	digit := func() (low, high bool) {
		q.QuoRem(b, s, b)
		b.Mul(b, ten)
		m.Mul(m, ten)
		return b.Cmp(m) < 0, sum.Add(b, m).Cmp(tens) > 0
	}
	var digits []byte
	low, high := digit()
	if q.Sign() == 0 && !high {
		decExp--
	} else {
		digits = append(digits, '0'+byte(q.Int64()))
	}
	if decExp < -3 || decExp >= 8 { // printed with an exponent: two digits at least
		low, high = false, false
	}
	for !low && !high {
		low, high = digit()
		digits = append(digits, '0'+byte(q.Int64()))
	}
	half := new(big.Int).Lsh(b, 1).Cmp(tens)
	if size := fractBits + b2 + bits5(b5); size < 64 && s2+1+bits5(s5+1) < 64 {
		half = wrapped(b.Uint64(), tens.Uint64(), size < 32 && s2+1+bits5(s5+1) < 32)
	}
	return round(digits, decExp+1, low, high, half)
}

// bits5 is how many bits FloatingDecimal takes 5^p to have.
func bits5(p int) int {
	if p == 0 {
		return 0
	}
	if p < 27 {
		return int(float64(p)*math.Log2(5)) + 1
	}
	return 3 * p
}

// wrapped is the sign of 2b − tens in Java's long (or int) arithmetic, which
// FloatingDecimal uses where the numbers fit, and lets overflow.
func wrapped(b, tens uint64, ints bool) int {
	d := int64(b<<1) - int64(tens)
	if ints {
		d = int64(int32(b<<1) - int32(tens))
	}
	switch {
	case d < 0:
		return -1
	case d > 0:
		return 1
	}
	return 0
}

// round rounds the last digit by what stopped the generation; half is how the
// rest compares with half a digit.
func round(digits []byte, point int, low, high bool, half int) ([]byte, int) {
	if !high || low && (half < 0 || half == 0 && (digits[len(digits)-1]-'0')&1 == 0) {
		return trim(digits), point
	}
	i := len(digits) - 1
	for ; i >= 0 && digits[i] == '9'; i-- {
		digits[i] = '0'
	}
	if i < 0 {
		digits[0] = '1'
		return trim(digits), point + 1
	}
	digits[i]++
	return trim(digits), point
}

// trim drops zeros at the end, all but the first digit.
func trim(d []byte) []byte {
	for len(d) > 1 && d[len(d)-1] == '0' {
		d = d[:len(d)-1]
	}
	return d
}

// scaled is x × 5^p5 × 2^p2.
func scaled(x uint64, p5, p2 int) *big.Int {
	v := new(big.Int).SetUint64(x)
	v.Mul(v, new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(p5)), nil))
	return v.Lsh(v, uint(p2))
}

// estimate is about the number's decimal exponent, too great by one at most
// (FloatingDecimal.estimateDecExp).
func estimate(mant uint64, binExp, width int) int {
	d2 := float64(mant) / float64(uint64(1)<<width)
	return int(math.Floor((d2-1.5)*0.289529654 + 0.176091259 + float64(binExp)*0.301029995663981))
}
