package fn

import (
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// aggregates are COUNT, SUM, $SUM0, AVG, MIN and MAX.
func aggregates() []*Def {
	return []*Def{
		{
			Name: "COUNT", Class: Aggregate, Family: "aggregate", Usage: "COUNT(*) | COUNT(value)",
			Doc:   "The number of rows, or of rows in which value is not NULL.",
			Infer: inferCount, Retractable: true,
			NewAgg: func(args []types.Type, _ types.Type) (kernel.Agg, error) { return &countAgg{star: len(args) == 0}, nil },
		},
		{
			Name: "SUM", Class: Aggregate, Family: "aggregate", Usage: "SUM(numeric)",
			Doc: "The sum of the values that are not NULL, in the type of the argument (integers wrap around); " +
				"a DECIMAL(p, s) gives DECIMAL(38, s). NULL when there is no value.",
			Infer: inferSum, NewAgg: newSum, Retractable: true,
		},
		sumOrZero(),
		{
			Name: "AVG", Class: Aggregate, Family: "aggregate", Usage: "AVG(numeric)",
			Doc: "The mean of the values that are not NULL, in the type of the argument (of integers, cut towards zero); " +
				"a DECIMAL(p, s) gives DECIMAL(38, max(6, s)). NULL when there is no value.",
			Infer: inferAvg, NewAgg: newAvg, Retractable: true,
		},
		{
			Name: "MIN", Class: Aggregate, Family: "aggregate", Usage: "MIN(value)",
			Doc: "The least value that is not NULL; NULL when there is none.", Infer: inferExtreme("MIN"),
			NewAgg:         func(args []types.Type, _ types.Type) (kernel.Agg, error) { return newExtreme(args[0], true) },
			NewRetractable: newRetractableExtreme(true),
		},
		{
			Name: "MAX", Class: Aggregate, Family: "aggregate", Usage: "MAX(value)",
			Doc: "The greatest value that is not NULL; NULL when there is none.", Infer: inferExtreme("MAX"),
			NewAgg:         func(args []types.Type, _ types.Type) (kernel.Agg, error) { return newExtreme(args[0], false) },
			NewRetractable: newRetractableExtreme(false),
		},
	}
}

// errNotRetractable is a bug: the planner asks only retractable aggregates.
var errNotRetractable = errors.New("aggregate cannot take rows back")

func inferCount(args []Arg) (Typed, error) {
	if len(args) > 1 {
		return Typed{}, errs.New(errs.Unsupported, "sql.function-arguments", "We now only support the count of one field.")
	}
	return Typed{Ret: types.BigIntType.WithNull(false)}, nil
}

func numeric(name string, args []Arg) (types.Type, error) {
	if len(args) != 1 || !args[0].Type.IsNumeric() {
		return types.Type{}, fmt.Errorf("%s takes one numeric argument", name)
	}
	return args[0].Type.Plain().WithNull(true), nil
}

func inferSum(args []Arg) (Typed, error) {
	t, err := numeric("SUM", args)
	if t.Kind == types.Decimal {
		t = types.DecimalType(38, t.Scale)
	}
	return Typed{Ret: t}, err
}

func inferAvg(args []Arg) (Typed, error) {
	t, err := numeric("AVG", args)
	if t.Kind == types.Decimal {
		t = types.DecimalType(38, max(6, t.Scale))
	}
	return Typed{Ret: t}, err
}

func inferExtreme(name string) func([]Arg) (Typed, error) {
	return func(args []Arg) (Typed, error) {
		if len(args) != 1 {
			return Typed{}, fmt.Errorf("%s takes one argument", name)
		}
		t := args[0].Type.Plain().WithNull(true)
		if t.IsNested() {
			return Typed{}, errs.New(errs.Unsupported, "sql.function-arguments", "%s aggregate function does not support type: ''%s''.\nPlease re-check the data type.",
				name[:1]+strings.ToLower(name[1:]), t.Kind)
		}
		return Typed{Ret: t}, nil
	}
}

func newSum(args []types.Type, _ types.Type) (kernel.Agg, error) {
	switch args[0].Kind {
	case types.TinyInt:
		return &sumAgg[int8]{}, nil
	case types.SmallInt:
		return &sumAgg[int16]{}, nil
	case types.Int:
		return &sumAgg[int32]{}, nil
	case types.BigInt:
		return &sumAgg[int64]{}, nil
	case types.Float:
		return &sumAgg[float32]{}, nil
	case types.Double:
		return &sumAgg[float64]{}, nil
	case types.Decimal:
		return &decimalSum{arg: args[0]}, nil
	}
	return nil, fmt.Errorf("no SUM of %s", args[0])
}

func newAvg(args []types.Type, ret types.Type) (kernel.Agg, error) {
	switch args[0].Kind {
	case types.TinyInt:
		return &intAvg[int8]{}, nil
	case types.SmallInt:
		return &intAvg[int16]{}, nil
	case types.Int:
		return &intAvg[int32]{}, nil
	case types.BigInt:
		return &intAvg[int64]{}, nil
	case types.Float:
		return &floatAvg[float32]{}, nil
	case types.Double:
		return &floatAvg[float64]{}, nil
	case types.Decimal:
		return &decimalAvg{decimalSum: decimalSum{arg: args[0]}, ret: ret}, nil
	}
	return nil, fmt.Errorf("no AVG of %s", args[0])
}

func newExtreme(t types.Type, least bool) (kernel.Agg, error) {
	switch t.Phys() {
	case types.PhysBool:
		return &extremeAgg[bool]{better: boolOrder(least)}, nil
	case types.PhysI8:
		return &extremeAgg[int8]{better: order[int8](least)}, nil
	case types.PhysI16:
		return &extremeAgg[int16]{better: order[int16](least)}, nil
	case types.PhysI32:
		return &extremeAgg[int32]{better: order[int32](least)}, nil
	case types.PhysI64:
		return &extremeAgg[int64]{better: order[int64](least)}, nil
	case types.PhysF32:
		return &extremeAgg[float32]{better: order[float32](least)}, nil
	case types.PhysF64:
		return &extremeAgg[float64]{better: order[float64](least)}, nil
	case types.PhysI128:
		return &extremeAgg[decimal128.Num]{better: decimalOrder(least)}, nil
	case types.PhysBytes:
		return &bytesExtreme{least: least}, nil
	}
	return nil, fmt.Errorf("no order of %s", t)
}

// order is whether a is to replace b; comparisons are Java's < and >, so NaN
// replaces nothing.
func order[T int8 | int16 | int32 | int64 | float32 | float64](least bool) func(a, b T) bool {
	if least {
		return func(a, b T) bool { return a < b }
	}
	return func(a, b T) bool { return a > b }
}

func boolOrder(least bool) func(a, b bool) bool {
	return func(a, b bool) bool { return a != b && b == least }
}

func decimalOrder(least bool) func(a, b decimal128.Num) bool {
	if least {
		return func(a, b decimal128.Num) bool { return a.Less(b) }
	}
	return func(a, b decimal128.Num) bool { return b.Less(a) }
}
