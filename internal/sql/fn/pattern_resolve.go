package fn

// resolve is the wall-clock time that the fields make: what is missing is that
// of 1970-01-01 00:00:00. ok is false when a field is out of its range; a
// lenient pattern counts on instead, so that 13 months are a year and one.
func (f *fields) resolve(lenient bool) (day, nanos int64, ok bool) {
	g := *f
	if g.has&hasYear == 0 {
		g.y = 1970
	} else if g.bc {
		g.y = 1 - g.y
	}
	if g.has&hasMonth == 0 {
		g.m = 1
	}
	if g.has&hasDay == 0 {
		g.d = 1
	}
	switch {
	case g.has&hasHour != 0:
	case g.has&hasHalf != 0 && (lenient || g.has&hasPM != 0):
		if g.half > 11 && !lenient {
			return 0, 0, false
		}
		g.hour = g.half + 12*g.pm
	}
	if !lenient && !g.inRange() {
		return 0, 0, false
	}
	if g.has&hasDoy != 0 && g.has&(hasMonth|hasDay) == 0 && (lenient || g.has&hasYear != 0) {
		if !lenient && (g.doy < 1 || g.doy > 365 && !(g.doy == 366 && leap(g.y))) {
			return 0, 0, false
		}
		g.m, g.d = 1, g.doy
	}
	day = dayOf(g.y, g.m, g.d)
	if lenient && day < gregorianStart {
		day = julianDayOf(g.y, g.m, g.d)
	}
	nanos = (g.hour*3600+g.min*60+g.sec)*1_000_000_000 + g.nanos
	const perDay = dayMillis * 1_000_000
	return day + floorDiv(nanos, perDay), floorMod(nanos, perDay), true
}

// inRange checks the fields, and takes the last day of the month for one up to
// the 31st that it does not have (java.time's smart resolving).
func (f *fields) inRange() bool {
	const most = 999_999_999
	if f.y < -most || f.y > most || f.m < 1 || f.m > 12 || f.d < 1 || f.d > 31 || f.min > 59 || f.sec > 59 || f.nanos > 999_999_999 {
		return false
	}
	if min(f.hour, f.min, f.sec, f.nanos) < 0 || f.hour > 23 && !(f.hour == 24 && f.min|f.sec|f.nanos == 0) {
		return false
	}
	if last := daysIn(f.y, f.m); f.d > last {
		if f.has&hasYear == 0 {
			return false
		}
		f.d = last
	}
	return true
}
