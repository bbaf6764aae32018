package fn

import (
	"fmt"

	"weir/internal/kernel"
	"weir/internal/types"
)

// roundMoment makes the kernel of FLOOR(x TO unit) and CEIL(x TO unit)
// (FloorCeilCallGen).
func roundMoment(env *Env, args []Arg, up bool) (kernel.Func, error) {
	t, unit := args[0].Type, unitArg(args[1])
	day := roundDay(unit, up)
	millis, clock := unitMillis[unit], unitWithin[unit] > 0
	if !clock && day == nil {
		return nil, cannotExtract(unit, t)
	}
	switch {
	case t.Kind == types.Date && clock:
		return kernel.Lift1(func(x int32) int32 { return x }), nil
	case t.Kind == types.Date:
		return kernel.Lift1(func(x int32) int32 { return int32(day(int64(x))) }), nil
	case t.Kind == types.Time && !clock:
		return nil, fmt.Errorf("unit %s can not be applied to time variable", unit)
	case t.Kind == types.Time:
		return kernel.Lift1(func(x int32) int32 { return int32(roundMillis(int64(x), millis, up)) }), nil
	}
	per, ltz := t.UnitsPerMilli(), t.Kind == types.TimestampLTZ
	zone := zoneAt(nil)
	if ltz {
		zone = sessionZone(env)
	}
	return kernel.Lift1(func(x int64) int64 {
		off := zone.offset(floorDiv(x, 1000*per)) * 1000
		ms := floorDiv(x, per) + off
		switch {
		case unit == "MILLISECOND":
			if up && !ltz && floorMod(x, per) > 0 {
				ms++
			}
		case clock || unit == "DAY":
			ms = roundMillis(ms, millis, up)
		case ltz:
			ms = day((ms+epochShift*dayMillis)/dayMillis-epochShift) * dayMillis
		default:
			ms = day(ms/dayMillis) * dayMillis
		}
		return (ms - off) * per
	}), nil
}

// roundMillis rounds x down or up to a multiple of unit.
func roundMillis(x, unit int64, up bool) int64 {
	r := floorMod(x, unit)
	if up && r > 0 {
		return x - r + unit
	}
	return x - r
}

// roundDay rounds a day to a unit of days; nil for shorter ones. Flink reads
// the days before 1582-10-15 in the Julian calendar here, and writes the result
// in the Gregorian one.
func roundDay(unit string, up bool) func(day int64) int64 {
	next := int64(0) // 1 when rounding up
	if up {
		next = 1
	}
	// inner moves on by one where the day is not the first of its unit.
	inner := func(past bool) int64 {
		if past {
			return next
		}
		return 0
	}
	switch unit {
	case "DAY":
		return func(day int64) int64 { return dayOf(mixedCalendar(day)) + next }
	case "WEEK": // begins on Sunday
		return func(day int64) int64 {
			dow := floorMod(day+4, 7)
			return dayOf(mixedCalendar(day)) - dow + 7*inner(dow > 0)
		}
	case "MONTH":
		return func(day int64) int64 {
			y, m, d := mixedCalendar(day)
			return dayOf(y, m+inner(d > 1), 1)
		}
	case "QUARTER":
		return func(day int64) int64 {
			y, m, d := mixedCalendar(day)
			return dayOf(y, ((m+2)/3+inner(m > 1 || d > 1))*3-2, 1)
		}
	case "YEAR":
		return func(day int64) int64 {
			y, m, d := mixedCalendar(day)
			return dayOf(y+inner(m > 1 || d > 1), 1, 1)
		}
	case "DECADE":
		return func(day int64) int64 {
			y, _, _ := mixedCalendar(day)
			return dayOf((y/10+next)*10, 1, 1)
		}
	case "CENTURY", "MILLENNIUM":
		years := unitMonths[unit] / 12
		return func(day int64) int64 {
			y, _, _ := mixedCalendar(day)
			return dayOf(((y+years-1)/years-1+next)*years+1, 1, 1)
		}
	}
	return nil
}
