package kinesis

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
)

// hashKey is a 128-bit number: where a record or a shard lies.
type hashKey struct{ hi, lo uint64 }

// maxHashKey is 2^128-1.
func maxHashKey() hashKey { return hashKey{^uint64(0), ^uint64(0)} }

// hashOf is the hash key of a partition key.
func hashOf(partitionKey []byte) hashKey {
	sum := md5.Sum(partitionKey)
	return hashKey{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])}
}

// parseHashKey reads decimal digits; ok is false beyond 2^128-1.
func parseHashKey(s string) (k hashKey, ok bool) {
	if s == "" {
		return k, false
	}
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return k, false
		}
		// k = k*10 + d
		hh, hl := bits.Mul64(k.hi, 10)
		lh, ll := bits.Mul64(k.lo, 10)
		lo, carry := bits.Add64(ll, uint64(d), 0)
		hi, over := bits.Add64(hl, lh, carry)
		if hh != 0 || over != 0 {
			return k, false
		}
		k = hashKey{hi, lo}
	}
	return k, true
}

// String is the decimal form.
func (k hashKey) String() string {
	const e19 = 10_000_000_000_000_000_000
	q, r := k.hi/e19, k.hi%e19
	mid, low := bits.Div64(r, k.lo, e19)
	if q == 0 && mid == 0 {
		return strconv.FormatUint(low, 10)
	}
	_, r = bits.Div64(0, q, e19)
	top, mid := bits.Div64(r, mid, e19)
	if top == 0 {
		return fmt.Sprintf("%d%019d", mid, low)
	}
	return fmt.Sprintf("%d%019d%019d", top, mid, low)
}

func (k hashKey) less(o hashKey) bool { return k.hi < o.hi || k.hi == o.hi && k.lo < o.lo }

// next is k+1, which wraps to 0.
func (k hashKey) next() hashKey {
	lo, carry := bits.Add64(k.lo, 1, 0)
	return hashKey{k.hi + carry, lo}
}

// prev is k-1.
func (k hashKey) prev() hashKey {
	lo, borrow := bits.Sub64(k.lo, 1, 0)
	return hashKey{k.hi - borrow, lo}
}

// times is k*n, for products below 2^128.
func (k hashKey) times(n uint64) hashKey {
	h, lo := bits.Mul64(k.lo, n)
	return hashKey{k.hi*n + h, lo}
}

// shareOf is ⌊2^128/n⌋; for n = 1, where that does not fit, 0.
func shareOf(n uint64) hashKey {
	if n == 1 {
		return hashKey{}
	}
	hi, r := bits.Div64(1, 0, n)
	lo, _ := bits.Div64(r, 0, n)
	return hashKey{hi, lo}
}

// middle is the first hash key of the upper half of [a, b].
func middle(a, b hashKey) hashKey {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	hi, carry := bits.Add64(a.hi, b.hi, carry)
	half := hashKey{carry<<63 | hi>>1, hi<<63 | lo>>1}
	return half.next()
}

// MarshalText implements encoding.TextMarshaler.
func (k hashKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *hashKey) UnmarshalText(text []byte) error {
	v, ok := parseHashKey(string(text))
	if !ok {
		return fmt.Errorf("%q is not a hash key", text)
	}
	*k = v
	return nil
}
