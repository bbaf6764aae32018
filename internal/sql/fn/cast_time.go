package fn

import (
	"fmt"
	"strings"
	"time"

	"weir/internal/batch"
	"weir/internal/types"
)

// momentFromText parses dates, times and timestamps as DateTimeUtils does:
// yyyy[-MM[-dd]], HH[:mm[:ss[.fraction]]], a date alone for a timestamp.
func momentFromText(env *Env, to types.Type) castRow {
	return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
		s := strings.TrimSpace(string(in.Bytes(i)))
		date, clock, both := strings.Cut(strings.Replace(s, "T", " ", 1), " ")
		if to.Kind == types.Time {
			if both {
				date = clock
			}
			nanos, ok := parseClock(date)
			if !ok {
				return fmt.Errorf("'%s' is no TIME", s)
			}
			out.I32[at] = int32(nanos / 1e6)
			return nil
		}
		day, ok := parseDay(date)
		nanos := int64(0)
		if ok && both {
			nanos, ok = parseClock(clock)
		}
		if !ok {
			return fmt.Errorf("'%s' is no %s", s, to.Kind)
		}
		if to.Kind == types.Date {
			out.I32[at] = int32(day)
			return nil
		}
		per := to.UnitsPerMilli()
		ts := day*86_400_000*per + nanos*per/1_000_000
		if to.Kind == types.TimestampLTZ {
			ts = toInstant(env, ts, per)
		}
		out.I64[at] = ts
		return nil
	}
}

// toInstant is the instant of a wall-clock time in the session's zone.
func toInstant(env *Env, local, perMilli int64) int64 {
	ms := floorDiv(local, perMilli)
	t := time.UnixMilli(ms).UTC()
	u := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), env.Zone)
	return local + (u.UnixMilli()-ms)*perMilli
}

// parseDay reads a date as days since 1970.
func parseDay(s string) (int64, bool) {
	for _, layout := range []string{"2006-1-2", "2006-1", "2006"} {
		if layout == "2006" && len(s) < 4 {
			s = strings.Repeat("0", 4-len(s)) + s
		}
		if t, err := time.Parse(layout, s); err == nil {
			return t.Unix() / 86400, true
		}
	}
	return 0, false
}

// parseClock reads a time of day as nanoseconds.
func parseClock(s string) (int64, bool) {
	for _, layout := range []string{"15:4:5", "15:4", "15"} {
		if t, err := time.Parse(layout, s); err == nil {
			return int64(t.Hour()*3600+t.Minute()*60+t.Second())*1e9 + int64(t.Nanosecond()), true
		}
	}
	return 0, false
}

// temporalCast converts between dates, times and timestamps; what is finer than
// the target is cut.
func temporalCast(env *Env, from, to types.Type) castRow {
	if from.Kind == types.Time && to.Kind == types.Date || from.Kind == types.Date && to.Kind == types.Time {
		return nil
	}
	return func(in *batch.Vec, i int, out *batch.Vec, at int) error {
		nanosPerUnit := func(t types.Type) int64 { return 1_000_000 / t.UnitsPerMilli() }
		var day, nanos int64 // wall-clock time in the session's zone
		switch from.Kind {
		case types.Date:
			day = int64(in.I32[i])
		case types.Time:
			nanos = int64(in.I32[i]) * 1e6
		default:
			x := in.I64[i]
			if from.Kind == types.TimestampLTZ {
				x = localUnits(env, x, from.UnitsPerMilli())
			}
			perDay := 86_400_000 * from.UnitsPerMilli()
			day = floorDiv(x, perDay)
			nanos = (x - day*perDay) * nanosPerUnit(from)
		}
		switch to.Kind {
		case types.Date:
			out.I32[at] = int32(day)
		case types.Time:
			out.I32[at] = int32(nanos / 1e6)
		default:
			per := to.UnitsPerMilli()
			ts := day*86_400_000*per + nanos/nanosPerUnit(to)
			if to.Kind == types.TimestampLTZ {
				ts = toInstant(env, ts, per)
			}
			out.I64[at] = ts
		}
		return nil
	}
}
