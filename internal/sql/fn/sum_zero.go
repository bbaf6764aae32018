package fn

import (
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// sumOrZero is the Table API's sum0: SUM that is 0 where there is no value
// (Sum0AggFunction).
func sumOrZero() *Def {
	return &Def{
		Name: "$SUM0", Class: Aggregate, Family: "aggregate", Usage: "`$SUM0`(numeric), sum0 in the Table API",
		Doc:   "The sum of the values that are not NULL, as SUM gives it; 0 when there is no value.",
		Infer: notNull(inferSum), Retractable: true,
		NewAgg: func(args []types.Type, ret types.Type) (kernel.Agg, error) {
			sum, err := newSum(args, ret)
			return &zeroSum{sum}, err
		},
	}
}

// zeroSum is a SUM that is 0 where it is NULL.
type zeroSum struct{ kernel.Agg }

// Result implements kernel.Agg.
func (a *zeroSum) Result(g int, out *batch.Vec) error {
	i := out.Len
	if err := a.Agg.Result(g, out); err != nil || !out.IsNull(i) {
		return err
	}
	out.SetValid(i)
	if out.Type.Phys() == types.PhysI128 {
		out.I128[i] = decimal128.Num{}
		return nil
	}
	putNumber(out, i, 0, 0)
	return nil
}

// Merge implements kernel.Agg.
func (a *zeroSum) Merge(to int, other kernel.Agg, from int) error {
	return a.Agg.Merge(to, other.(*zeroSum).Agg, from)
}
