package series

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// Bucket is what was observed in one period: the four sums AWS keeps, and the
// distribution of the values as far as it is known, for percentiles.
type Bucket struct {
	Count, Sum, Min, Max float64
	// dist has the values in order with their counts. When its counts add up to
	// less than Count, something came as a statistic set, and there are no percentiles.
	dist []weighted
}

type weighted struct{ value, count float64 }

const (
	// maxExact is how many different values are kept as they are; from there on
	// values within 1 % of each other are one.
	maxExact = 256
	// maxDist is how many there are at the very most.
	maxDist   = 1024
	logFactor = 0.0199 // of ln: buckets 2 % wide
)

// Observe adds value, count times.
func (b *Bucket) Observe(value, count float64) {
	b.add(count, value*count, value, value)
	b.insert(weighted{value, count})
	b.compress()
}

// ObserveSet adds a statistic set.
func (b *Bucket) ObserveSet(count, sum, min, max float64) {
	b.add(count, sum, min, max)
	if min == max || count == 1 {
		b.insert(weighted{sum / count, count})
		b.compress()
	}
}

// Merge adds all that o has.
func (b *Bucket) Merge(o Bucket) {
	if o.Count == 0 {
		return
	}
	b.add(o.Count, o.Sum, o.Min, o.Max)
	for _, w := range o.dist {
		b.insert(w)
	}
	b.compress()
}

func (b *Bucket) add(count, sum, min, max float64) {
	if b.Count == 0 {
		b.Min, b.Max = min, max
	}
	b.Count += count
	b.Sum += sum
	b.Min, b.Max = math.Min(b.Min, min), math.Max(b.Max, max)
}

func (b *Bucket) insert(w weighted) {
	i, found := slices.BinarySearchFunc(b.dist, w.value, func(x weighted, v float64) int {
		switch {
		case x.value < v:
			return -1
		case x.value > v:
			return 1
		}
		return 0
	})
	if found {
		b.dist[i].count += w.count
		return
	}
	b.dist = slices.Insert(b.dist, i, w)
}

// compress bounds the distribution.
func (b *Bucket) compress() {
	if len(b.dist) <= maxExact {
		return
	}
	old := b.dist
	b.dist = nil
	for _, w := range old {
		w.value = math.Min(b.Max, math.Max(b.Min, rounded(w.value)))
		if n := len(b.dist); n > 0 && b.dist[n-1].value == w.value {
			b.dist[n-1].count += w.count
			continue
		}
		b.dist = append(b.dist, w)
	}
	for len(b.dist) > maxDist {
		b.halve()
	}
}

// rounded is the middle of the logarithmic bucket that v is in.
func rounded(v float64) float64 {
	if v == 0 {
		return 0
	}
	return math.Copysign(math.Exp(math.Round(math.Log(math.Abs(v))/logFactor)*logFactor), v)
}

// halve joins neighbours two by two.
func (b *Bucket) halve() {
	old := b.dist
	b.dist = b.dist[:0]
	for i := 0; i < len(old); i += 2 {
		w := old[i]
		if i+1 < len(old) {
			o := old[i+1]
			w = weighted{(w.value*w.count + o.value*o.count) / (w.count + o.count), w.count + o.count}
		}
		b.dist = append(b.dist, w)
	}
}

// Average is the mean of the values.
func (b Bucket) Average() float64 { return b.Sum / b.Count }

// Percentile is the p-th percentile (0 to 100), between neighbours in
// proportion; ok is false when the values are not known one by one.
func (b Bucket) Percentile(p float64) (v float64, ok bool) {
	var known float64
	for _, w := range b.dist {
		known += w.count
	}
	if known == 0 || known < b.Count {
		return 0, false
	}
	rank := p / 100 * (known - 1) // of 0 … known-1
	below := b.at(math.Floor(rank))
	return below + (b.at(math.Ceil(rank))-below)*(rank-math.Floor(rank)), true
}

// at is the value with the given rank, counted from 0.
func (b Bucket) at(rank float64) float64 {
	for _, w := range b.dist {
		if rank -= w.count; rank < 0 {
			return w.value
		}
	}
	return b.Max
}

// encode writes the bucket as big-endian doubles.
func (b Bucket) encode() []byte {
	data := make([]byte, 0, 8*(4+2*len(b.dist)))
	put := func(v float64) { data = binary.BigEndian.AppendUint64(data, math.Float64bits(v)) }
	for _, v := range [...]float64{b.Count, b.Sum, b.Min, b.Max} {
		put(v)
	}
	for _, w := range b.dist {
		put(w.value)
		put(w.count)
	}
	return data
}

func decode(data []byte) (b Bucket, err error) {
	if len(data) < 32 || len(data)%16 != 0 {
		return b, fmt.Errorf("a metric's datapoint is damaged: %d bytes", len(data))
	}
	get := func(i int) float64 { return math.Float64frombits(binary.BigEndian.Uint64(data[8*i:])) }
	b.Count, b.Sum, b.Min, b.Max = get(0), get(1), get(2), get(3)
	for i := 4; i < len(data)/8; i += 2 {
		b.dist = append(b.dist, weighted{get(i), get(i + 1)})
	}
	return b, nil
}
