package fn

import (
	"math"
	"time"
	_ "time/tzdata" // zones must be there on a machine without a tz database
)

// A zone is a time zone that remembers the span of time its last offset holds
// for: moments of one batch are mostly near each other. It is for one
// goroutine.
type zone struct {
	loc          *time.Location
	from, to     int64 // epoch seconds, to is excluded
	off          int64 // seconds east of Greenwich
	latestOfTwo  bool  // of a wall-clock time that occurs twice, the second
	alwaysUTC    bool
	abbreviation string
}

// sessionZone is the session's time zone.
func sessionZone(env *Env) *zone { return zoneAt(env.Zone) }

func zoneAt(loc *time.Location) *zone {
	return &zone{loc: loc, from: 0, to: 0, alwaysUTC: loc == nil || loc == time.UTC}
}

// offset is the zone's offset at an instant, in seconds.
func (z *zone) offset(sec int64) int64 {
	if z.alwaysUTC {
		return 0
	}
	if sec >= z.from && sec < z.to {
		return z.off
	}
	t := time.Unix(sec, 0).In(z.loc)
	name, off := t.Zone()
	start, end := t.ZoneBounds()
	z.abbreviation, z.off, z.from, z.to = name, int64(off), math.MinInt64, math.MaxInt64
	if !start.IsZero() {
		z.from = start.Unix()
	}
	if !end.IsZero() {
		z.to = end.Unix()
	}
	return z.off
}

// local is the wall-clock time at an instant, both in units of which perMilli
// make a millisecond.
func (z *zone) local(x, perMilli int64) int64 {
	if z.alwaysUTC {
		return x
	}
	per := 1000 * perMilli
	return x + z.offset(floorDiv(x, per))*per
}

// instant is the instant of a wall-clock time. A time that clocks skip is
// taken as if they had not been moved; of one that occurs twice it is the
// first (as in java.time), or the second with latestOfTwo (java.util.Calendar).
func (z *zone) instant(local, perMilli int64) int64 {
	if z.alwaysUTC {
		return local
	}
	per := 1000 * perMilli
	sec := floorDiv(local, per)
	const day = 86_400
	if sec-day >= z.from && sec < z.to-day {
		return local - z.off*per
	}
	before, after := z.offset(sec-day), z.offset(sec+day)
	if z.latestOfTwo && z.offset(sec-after) == after || z.offset(sec-before) != before && z.offset(sec-after) == after {
		return local - after*per
	}
	return local - before*per
}
