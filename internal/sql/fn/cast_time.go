package fn

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/types"
)

// momentFromText parses dates, times and timestamps.
func momentFromText(env *Env, to types.Type) castRow {
	switch to.Kind {
	case types.Date:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			day, ok := parseDate(in.Bytes(i))
			if !ok {
				return fmt.Errorf("For input string: '%s'.", in.Bytes(i))
			}
			out.I32[at] = int32(day)
			return nil
		}
	case types.Time:
		return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
			ms, ok := parseTime(in.Bytes(i))
			if !ok {
				return fmt.Errorf("Invalid time format: '%s'. Expected format: HH:mm:ss[.fff] where HH is 00-23, mm is 00-59, ss is 00-59", in.Bytes(i))
			}
			out.I32[at] = int32(cutMillis(ms, to.Prec))
			return nil
		}
	}
	per, zone := to.UnitsPerMilli(), zoneAt(nil)
	if to.Kind == types.TimestampLTZ {
		zone = sessionZone(env)
	}
	return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
		day, nanos, ok := parseTimestamp(in.Bytes(i))
		if !ok {
			return fmt.Errorf("Text '%s' could not be parsed", in.Bytes(i))
		}
		out.I64[at] = zone.instant(cutUnits(day*dayMillis*per+nanos*per/1_000_000, to.Prec), per)
		return nil
	}
}

// cutMillis leaves at most prec digits of the fraction of a time in
// milliseconds.
func cutMillis(ms int64, prec int32) int64 {
	switch prec {
	case 0:
		return ms / 1000 * 1000
	case 1:
		return ms / 100 * 100
	case 2:
		return ms / 10 * 10
	}
	return ms
}

// cutUnits leaves prec digits of the fraction of a timestamp that is held as
// one of that precision.
func cutUnits(x int64, prec int32) int64 {
	n := [...]int64{1000, 100, 10, 1, 100, 10, 1, 100, 10, 1}[min(max(prec, 0), 9)]
	return x - floorMod(x, n)
}

// temporalCast converts between dates, times and timestamps, by way of the
// wall-clock time in the session's zone; what is finer than the target is cut.
func temporalCast(env *Env, from, to types.Type) castRow {
	if from.Kind == types.Time && to.Kind == types.Date || from.Kind == types.Date && to.Kind == types.Time {
		return nil
	}
	perFrom, perTo := from.UnitsPerMilli(), to.UnitsPerMilli()
	read, write := zoneAt(nil), zoneAt(nil)
	if from.Kind != to.Kind { // between timestamps of one kind no zone matters
		if from.Kind == types.TimestampLTZ {
			read = sessionZone(env)
		}
		if to.Kind == types.TimestampLTZ {
			write = sessionZone(env)
		}
	}
	return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
		var ms, rest int64 // milliseconds since 1970, and units of from over them
		switch from.Kind {
		case types.Date:
			ms = int64(in.I32[i]) * dayMillis
		case types.Time:
			ms = int64(in.I32[i])
		default:
			x := read.local(in.I64[i], perFrom)
			ms = floorDiv(x, perFrom)
			rest = x - ms*perFrom
		}
		switch to.Kind {
		case types.Date:
			out.I32[at] = int32(floorDiv(ms, dayMillis))
		case types.Time:
			out.I32[at] = int32(cutMillis(floorMod(ms, dayMillis), to.Prec))
		default:
			out.I64[at] = write.instant(cutUnits(ms*perTo+rest*perTo/perFrom, to.Prec), perTo)
		}
		return nil
	}
}
