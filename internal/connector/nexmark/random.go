package nexmark

import "math/bits"

// random is java.util.SplittableRandom seeded by a number: the stream is made of
// the same draws, so that it has the same bytes.
type random struct{ seed uint64 }

func (r *random) next() uint64 {
	r.seed += 0x9e3779b97f4a7c15
	return r.seed
}

// long is nextLong().
func (r *random) long() int64 {
	z := r.next()
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int64(z ^ z>>31)
}

// int is nextInt().
func (r *random) int() int32 {
	z := r.next()
	z = (z ^ z>>33) * 0x62a9d9ed799705f5
	return int32(((z ^ z>>28) * 0xcb24d0a5c88c35b3) >> 32)
}

// below is nextInt(bound).
func (r *random) below(bound int32) int32 {
	x, m := r.int(), bound-1
	if bound&m == 0 {
		return x & m
	}
	u := int32(uint32(x) >> 1)
	for {
		x = u % bound
		if u+m-x >= 0 {
			return x
		}
		u = int32(uint32(r.int()) >> 1)
	}
}

// float is nextDouble().
func (r *random) float() float64 { return float64(uint64(r.long())>>11) * 0x1p-53 }

// longBelow is LongGenerator.nextLong.
func (r *random) longBelow(n int64) int64 {
	if n < 1<<31-1 {
		return int64(r.below(int32(n)))
	}
	x := r.long() % n
	return max(x, -x)
}

// reverse is Math.abs(Integer.reverse(i)).
func reverse(i int32) int32 {
	x := int32(bits.Reverse32(uint32(i)))
	return max(x, -x)
}
