package op

import "math/bits"

// DefaultMaxParallelism is the number of key groups unless configured.
const DefaultMaxParallelism = 128

// KeyGroup is the key group of a key's hash: its top bits. max is a power of
// two, so that a table ordered by hash is ordered by key group, and snapshot,
// spill and rescale are range scans.
func KeyGroup(hash uint64, max int) int {
	return int(hash >> (64 - uint(bits.TrailingZeros64(uint64(max)))))
}

// Instance is the parallel instance that owns a key group
// (KeyGroupRangeAssignment.computeOperatorIndexForKeyGroup).
func Instance(group, max, parallelism int) int { return group * parallelism / max }

// GroupRange is the half-open range of key groups that instance owns.
func GroupRange(instance, max, parallelism int) (from, to int) {
	return (instance*max + parallelism - 1) / parallelism, ((instance+1)*max + parallelism - 1) / parallelism
}
