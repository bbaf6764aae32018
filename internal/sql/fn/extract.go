package fn

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// onArgs is f applied to the arguments from the first-th on.
func onArgs(f kernel.Func, first int) kernel.Func {
	return func(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error { return f(in[first:], sel, n, out) }
}

// dayField is the field of a date that a unit names; nil when it names none.
func dayField(unit string) func(day int64) int64 {
	ymd := func(f func(y, m, d int64) int64) func(int64) int64 {
		return func(day int64) int64 { return f(civil(day)) }
	}
	// periods counts centuries and the like: the first is that of the years 1 to n.
	periods := func(n int64) func(int64) int64 {
		return ymd(func(y, _, _ int64) int64 {
			if y > 0 {
				return (y + n - 1) / n
			}
			return (y - n + 1) / n
		})
	}
	switch unit {
	case "YEAR":
		return ymd(func(y, _, _ int64) int64 { return y })
	case "QUARTER":
		return ymd(func(_, m, _ int64) int64 { return (m + 2) / 3 })
	case "MONTH":
		return ymd(func(_, m, _ int64) int64 { return m })
	case "DAY":
		return ymd(func(_, _, d int64) int64 { return d })
	case "DOY":
		return func(day int64) int64 {
			y, _, _ := civil(day)
			return day - dayOf(y, 1, 1) + 1
		}
	case "DOW":
		return func(day int64) int64 { return floorMod(day+4, 7) + 1 }
	case "ISODOW":
		return isoWeekday
	case "WEEK":
		return func(day int64) int64 { _, w := isoWeek(day); return w }
	case "ISOYEAR":
		return func(day int64) int64 { y, _ := isoWeek(day); return y }
	case "DECADE":
		return ymd(func(y, _, _ int64) int64 { return y / 10 })
	case "CENTURY":
		return periods(100)
	case "MILLENNIUM":
		return periods(1000)
	}
	return nil
}

// extract makes the kernel of EXTRACT(unit FROM x) of an x of type t
// (ExtractCallGen). Where Flink divides times before 1970 towards zero, and
// counts a date's days where milliseconds are meant, so does Weir.
func extract(env *Env, unit string, t types.Type) (kernel.Func, error) {
	switch t.Kind {
	case types.Date:
		return extractDate(unit)
	case types.Time:
		if dayField(unit) != nil || unit == "EPOCH" {
			return nil, fmt.Errorf("unit %s can not be applied to time variable", unit)
		}
		if f := clockField(unit); f != nil {
			return kernel.Lift1(func(x int32) int64 { return f(int64(x)) }), nil
		}
	case types.Timestamp, types.TimestampLTZ:
		return extractTimestamp(env, unit, t)
	case types.IntervalDS:
		if unit == "DAY" {
			return kernel.Lift1(func(x int64) int64 { return x / dayMillis }), nil
		}
		if f := clockField(unit); f != nil {
			return kernel.Lift1(f), nil
		}
	case types.IntervalYM:
		if f := monthsField(unit); f != nil {
			return kernel.Lift1(f), nil
		}
	}
	return nil, cannotExtract(unit, t)
}

func cannotExtract(unit string, t types.Type) error {
	return fmt.Errorf("unit %s can not be applied to %s variable", unit, t.WithNull(true))
}

// clockField is a field of a time of day in milliseconds; nil for other units.
func clockField(unit string) func(int64) int64 {
	within, millis := unitWithin[unit], unitMillis[unit]
	if within == 0 {
		return nil
	}
	return func(x int64) int64 { return x % within / millis }
}

// monthsField is a field of a year-month interval.
func monthsField(unit string) func(int32) int64 {
	switch unit {
	case "MONTH":
		return func(x int32) int64 { return int64(x % 12) }
	case "QUARTER":
		return func(x int32) int64 { return int64((x%12-1)/3 + 1) }
	case "YEAR", "CENTURY", "MILLENNIUM":
		n := unitMonths[unit]
		return func(x int32) int64 { return int64(x) / n }
	}
	return nil
}

func extractDate(unit string) (kernel.Func, error) {
	if unit == "EPOCH" {
		return kernel.Lift1(func(d int32) int64 { return int64(d) * 86_400 }), nil
	}
	f := dayField(unit)
	if f == nil {
		f = clockField(unit)
	}
	if f == nil {
		return nil, cannotExtract(unit, types.DateType)
	}
	return kernel.Lift1(func(d int32) int64 { return f(int64(d)) }), nil
}

func extractTimestamp(env *Env, unit string, t types.Type) (kernel.Func, error) {
	per := t.UnitsPerMilli()
	field, zone := dayField(unit), zoneAt(nil)
	if t.Kind == types.TimestampLTZ {
		zone = sessionZone(env)
	}
	millis := func(x int64) int64 { return floorDiv(zone.local(x, per), per) }
	switch {
	case field != nil:
		return kernel.Lift1(func(x int64) int64 { return field(millis(x) / dayMillis) }), nil
	case unit == "EPOCH":
		return kernel.Lift1(func(x int64) int64 { return millis(x) / 1000 }), nil
	case unit == "MICROSECOND":
		return kernel.Lift1(func(x int64) int64 { return millis(x)%1000*1000 + floorMod(x, per)*1000/per }), nil
	case unit == "NANOSECOND":
		return kernel.Lift1(func(x int64) int64 { return millis(x)%1000*1_000_000 + floorMod(x, per)*(1_000_000/per) }), nil
	}
	f := clockField(unit)
	if f == nil {
		return nil, cannotExtract(unit, t)
	}
	return kernel.Lift1(func(x int64) int64 { return f(millis(x)) }), nil
}
