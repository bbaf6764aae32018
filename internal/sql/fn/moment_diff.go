package fn

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// timestampAdd is TIMESTAMPADD: moment + n units, as an addition of intervals.
func timestampAdd() *Def {
	return &Def{
		Name: "TIMESTAMPADD", Family: "temporal", Usage: "TIMESTAMPADD(unit, integer, timepoint)",
		Doc: "The moment that is a number of units (SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER or YEAR) later. " +
			"A DATE becomes a TIMESTAMP when the unit is shorter than a day.",
		Examples: []Example{{"TIMESTAMPADD(WEEK, 1, DATE '2003-01-02')", "2003-01-09"}, {"TIMESTAMPADD(MONTH, 1, DATE '2024-01-31')", "2024-02-29"}},
		Infer: func(args []Arg) (Typed, error) {
			t, err := operands(func(args []Arg) types.Type { return args[2].Type }, wantUnit, anInteger, wantMoment)(args)
			if err != nil {
				return t, err
			}
			unit := unitArg(args[0])
			if !countable(unit) {
				return t, fmt.Errorf("TIMESTAMPADD does not count in %s", unit)
			}
			t.Args[1] = types.BigIntType.WithNull(t.Args[1].Nullable())
			if t.Ret.Kind == types.Date && unitMillis[unit] > 0 && unitMillis[unit] < dayMillis {
				t.Ret = types.TimestampType(6).WithNull(t.Ret.Nullable())
				t.Args[2] = t.Ret.WithNull(t.Args[2].Nullable())
			}
			return t, nil
		},
		Compile: func(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
			add, err := moveMoment(unitArg(args[0]), args[2].Type)
			return onArgs(add, 1), err
		},
	}
}

// countable are the units that TIMESTAMPADD and TIMESTAMPDIFF count in.
func countable(unit string) bool {
	return unitMillis[unit] >= 1000 || unitMonths[unit] > 0 && unitMonths[unit] <= 12
}

// moveMoment makes the kernel of (n units, moment) to the moment moved.
func moveMoment(unit string, t types.Type) (kernel.Func, error) {
	millis, months := unitMillis[unit], unitMonths[unit]
	switch {
	case t.Kind == types.Date && months > 0:
		return kernel.Lift2(func(n int64, x int32) int32 { return int32(addMonths(int64(x), n*months)) }), nil
	case t.Kind == types.Date:
		return kernel.Lift2(func(n int64, x int32) int32 { return x + int32(n*millis/dayMillis) }), nil
	case t.Kind == types.Time:
		return kernel.Lift2(func(n int64, x int32) int32 { return int32(floorMod(int64(x)+n*millis, dayMillis)) }), nil
	case t.IsTimestamp() && months > 0:
		perDay := dayMillis * t.UnitsPerMilli()
		return kernel.Lift2(func(n int64, x int64) int64 {
			day := floorDiv(x, perDay)
			return addMonths(day, n*months)*perDay + x - day*perDay
		}), nil
	case t.IsTimestamp():
		per := millis * t.UnitsPerMilli()
		return kernel.Lift2(func(n int64, x int64) int64 { return x + n*per }), nil
	}
	return nil, fmt.Errorf("a %s cannot be moved by %s", t, unit)
}

// timestampDiff is TIMESTAMPDIFF.
func timestampDiff() *Def {
	return &Def{
		Name: "TIMESTAMPDIFF", Family: "temporal", Usage: "TIMESTAMPDIFF(unit, timepoint1, timepoint2)",
		Doc:      "The number of whole units (SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER or YEAR) from the first moment to the second; negative when the second is earlier.",
		Examples: []Example{{"TIMESTAMPDIFF(DAY, TIMESTAMP '2003-01-02 10:00:00', TIMESTAMP '2003-01-03 10:00:00')", "1"}, {"TIMESTAMPDIFF(MONTH, DATE '2024-01-31', DATE '2024-02-28')", "0"}},
		Infer: func(args []Arg) (Typed, error) {
			t, err := operands(gives(types.IntType), wantUnit, wantMoment, wantMoment)(args)
			if err != nil {
				return t, err
			}
			a, b := t.Args[1].Kind, t.Args[2].Kind
			if (a == types.TimestampLTZ) != (b == types.TimestampLTZ) {
				return t, fmt.Errorf("TIMESTAMP_LTZ only supports diff between the same type.")
			}
			if unit := unitArg(args[0]); !countable(unit) {
				return t, fmt.Errorf("Unit '%s' can not be applied to the timestamp difference function.", unit)
			}
			return t, nil
		},
		Compile: func(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
			unit := unitArg(args[0])
			from, to := millisAt(args[1].Type), millisAt(args[2].Type)
			months, millis := unitMonths[unit], unitMillis[unit]
			diff := func(a, b int64) int64 { return (b - a) / millis }
			if months > 0 {
				diff = func(a, b int64) int64 { return monthsBetween(a, b) / months }
			}
			return onArgs(kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
				out.I32[i] = int32(diff(from(in[0], kernel.At(in[0], i)), to(in[1], kernel.At(in[1], i))))
				return nil
			}), 1), nil
		},
	}
}

// millisAt reads a moment as milliseconds since 1970; a time of day is one of
// 1970-01-01.
func millisAt(t types.Type) func(v *batch.Vec, i int) int64 {
	switch t.Kind {
	case types.Date:
		return func(v *batch.Vec, i int) int64 { return int64(v.I32[i]) * dayMillis }
	case types.Time:
		return func(v *batch.Vec, i int) int64 { return int64(v.I32[i]) }
	}
	per := t.UnitsPerMilli()
	return func(v *batch.Vec, i int) int64 { return floorDiv(v.I64[i], per) }
}
