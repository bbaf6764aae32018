package kernel

import "weir/internal/batch"

// Agg holds the accumulators of one aggregate function for groups 0 … Len-1.
// It is used by one goroutine. New groups start empty.
//
// Rows are added in the order of the batch, so that sums of doubles come out
// as they do in Flink.
type Agg interface {
	// Grow makes room for groups below n.
	Grow(n int)
	// Add accumulates: groups has, for the k-th selected row, its group. args
	// are the argument columns (none for COUNT(*)).
	Add(groups []int32, args []*batch.Vec, sel []int32, n int) error
	// Retract takes rows back out; only Retractable aggregates are asked to.
	Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error
	// Merge adds group from of other, an Agg of the same function, to group to.
	Merge(to int, other Agg, from int) error
	// Result appends the value of group g to out.
	Result(g int, out *batch.Vec) error
	// Clear makes group g empty again.
	Clear(g int)
	// Encode appends the accumulator of g to buf; Decode reads it back into g
	// and returns the rest. The encoding is part of the snapshot format.
	Encode(g int, buf []byte) []byte
	Decode(g int, data []byte) ([]byte, error)
	// Bytes is about the memory held.
	Bytes() int
}
