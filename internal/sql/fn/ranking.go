package fn

import (
	"encoding/binary"
	"fmt"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// rankings are the functions that number the rows of an OVER window. What they
// accumulate is the time by which the rows are ordered.
func rankings() []*Def {
	var defs []*Def
	for _, f := range []struct {
		name, doc string
		make      func() kernel.Agg
	}{
		{"ROW_NUMBER", "The place of the row in its partition, counted from 1.", func() kernel.Agg { return &countAgg{star: true} }},
		{"RANK", "The place of the row in its partition; rows of equal order share one, and leave a gap.",
			func() kernel.Agg { return &rankAgg{} }},
		{"DENSE_RANK", "The place of the row in its partition; rows of equal order share one, without a gap.",
			func() kernel.Agg { return &rankAgg{dense: true} }},
	} {
		defs = append(defs, &Def{Name: f.name, Class: Ranking, Family: "aggregate", Usage: f.name + "() OVER (…)", Doc: f.doc,
			Infer: func(args []Arg) (Typed, error) {
				if len(args) > 0 {
					return Typed{}, fmt.Errorf("expected no arguments")
				}
				return Typed{Ret: types.BigIntType.WithNull(false)}, nil
			},
			NewAgg: func([]types.Type, types.Type) (kernel.Agg, error) { return f.make(), nil }})
	}
	return defs
}

// rankAgg is RANK and DENSE_RANK over rows in the order of time
// (RankAggFunction, DenseRankAggFunction).
type rankAgg struct {
	dense         bool
	n, rank, last counts // the rows, the last row's place and its time
}

// Grow implements kernel.Agg.
func (a *rankAgg) Grow(n int) {
	a.n.grow(n)
	a.rank.grow(n)
	a.last.grow(n)
}

// Add implements kernel.Agg.
func (a *rankAgg) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	eachValid(groups, args[0], sel, n, func(g int32, i int) {
		ts := args[0].I64[i]
		if a.n[g]++; a.n[g] > 1 && ts == a.last[g] {
			return
		}
		a.last[g] = ts
		if a.rank[g]++; !a.dense {
			a.rank[g] = a.n[g]
		}
	})
	return nil
}

// Retract implements kernel.Agg.
func (*rankAgg) Retract([]int32, []*batch.Vec, []int32, int) error { return errNotRetractable }

// Merge implements kernel.Agg: only into an empty group, for a rank is of one
// order.
func (a *rankAgg) Merge(to int, other kernel.Agg, from int) error {
	o := other.(*rankAgg)
	if a.n[to] > 0 && o.n[from] > 0 {
		return fmt.Errorf("ranks of two orders cannot be merged")
	}
	a.n[to], a.rank[to], a.last[to] = o.n[from], o.rank[from], o.last[from]
	return nil
}

// Result implements kernel.Agg.
func (a *rankAgg) Result(g int, out *batch.Vec) error { out.AppendI64(a.rank[g]); return nil }

// Clear implements kernel.Agg.
func (a *rankAgg) Clear(g int) { a.n[g], a.rank[g], a.last[g] = 0, 0, 0 }

// Encode implements kernel.Agg.
func (a *rankAgg) Encode(g int, buf []byte) []byte {
	for _, x := range []int64{a.n[g], a.rank[g], a.last[g]} {
		buf = binary.AppendVarint(buf, x)
	}
	return buf
}

// Decode implements kernel.Agg.
func (a *rankAgg) Decode(g int, data []byte) ([]byte, error) {
	for _, x := range []*int64{&a.n[g], &a.rank[g], &a.last[g]} {
		var err error
		if data, err = varint(data, x); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// Bytes implements kernel.Agg.
func (a *rankAgg) Bytes() int { return 8 * (cap(a.n) + cap(a.rank) + cap(a.last)) }
