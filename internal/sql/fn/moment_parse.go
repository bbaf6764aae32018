package fn

import "bytes"

// digitsAt reads digits of s from at: their value, and where they end.
func digitsAt(s []byte, at int) (x int64, end int) {
	for end = at; end < len(s) && s[end]-'0' < 10 && end-at < 18; end++ {
		x = x*10 + int64(s[end]-'0')
	}
	return x, end
}

// wholeNumber reads s, blanks around it aside, as digits and nothing else.
func wholeNumber(s []byte) (int64, bool) {
	s = bytes.TrimSpace(s)
	x, end := digitsAt(s, 0)
	return x, end == len(s) && end > 0 && end < 10
}

// parseTimestamp reads yyyy-[M]M-[d]d, and after a blank [H]H:[m]m:[s]s with a
// fraction of up to nine digits: the day since 1970, and the nanoseconds of it.
func parseTimestamp(s []byte) (day, nanos int64, ok bool) {
	y, at := digitsAt(s, 0)
	if at != 4 || at == len(s) || s[at] != '-' {
		return 0, 0, false
	}
	m, end := digitsAt(s, at+1)
	if n := end - at - 1; n < 1 || n > 2 || end == len(s) || s[end] != '-' {
		return 0, 0, false
	}
	d, at := digitsAt(s, end+1)
	if n := at - end - 1; n < 1 || n > 2 || m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, 0, false
	}
	if at < len(s) {
		if s[at] != ' ' {
			return 0, 0, false
		}
		if nanos, ok = parseTimeOfDay(s[at+1:]); !ok {
			return 0, 0, false
		}
	}
	return dayOf(y, m, min(d, daysIn(y, m))), nanos, true
}

// parseTimeOfDay reads [H]H:[m]m:[s]s[.fraction] as nanoseconds.
func parseTimeOfDay(s []byte) (nanos int64, ok bool) {
	part, at := [3]int64{}, 0
	for k := range part {
		if k > 0 {
			if at == len(s) || s[at] != ':' {
				return 0, false
			}
			at++
		}
		x, end := digitsAt(s, at)
		if end-at < 1 || end-at > 2 {
			return 0, false
		}
		part[k], at = x, end
	}
	if part[0] > 23 || part[1] > 59 || part[2] > 59 {
		return 0, false
	}
	if at < len(s) {
		if s[at] != '.' {
			return 0, false
		}
		x, end := digitsAt(s, at+1)
		if end != len(s) || end-at > 10 {
			return 0, false
		}
		for k := end - at - 1; k < 9; k++ {
			x *= 10
		}
		nanos = x
	}
	return (part[0]*3600+part[1]*60+part[2])*1_000_000_000 + nanos, true
}

// parseDate reads y[-M[-d]], of which what comes after a blank is left out
// (DateTimeUtils.parseDate).
func parseDate(s []byte) (day int64, ok bool) {
	if blank := bytes.IndexByte(s, ' '); blank > 0 {
		s = s[:blank]
	}
	ymd := [3]int64{0, 1, 1}
	for k := 0; ; k++ {
		part, rest, more := bytes.Cut(s, []byte{'-'})
		if k == 2 {
			part, more = s, false
		}
		if ymd[k], ok = wholeNumber(part); !ok {
			return 0, false
		}
		if !more {
			break
		}
		s = rest
	}
	if ymd[0] > 9999 || ymd[1] < 1 || ymd[1] > 12 || ymd[2] < 1 || ymd[2] > 31 || ymd[2] > daysIn(ymd[0], ymd[1]) {
		return 0, false
	}
	return dayOf(ymd[0], ymd[1], ymd[2]), true
}

// parseTime reads H[:m[:s[.fraction]]], and an offset such as +08:00 which is
// added, as milliseconds; the fraction is rounded (DateTimeUtils.parseTime).
func parseTime(s []byte) (millis int64, ok bool) {
	sign, offset := int64(-1), int64(0)
	at := bytes.IndexByte(s, '-')
	if at < 0 {
		sign, at = 1, bytes.IndexByte(s, '+')
	}
	if at >= 0 {
		hour, minute, both := bytes.Cut(s[at+1:], []byte{':'})
		h, ok := wholeNumber(hour)
		m := int64(0)
		if ok && both {
			m, ok = wholeNumber(minute)
		}
		if !ok {
			return 0, false
		}
		s, offset = s[:at], sign*(h*3_600_000+m*60_000)
	}
	s, fraction, _ := bytes.Cut(s, []byte{'.'})
	hms := [3]int64{}
	for k := 0; ; k++ {
		part, rest, more := bytes.Cut(s, []byte{':'})
		if k == 2 {
			part, more = s, false
		}
		if hms[k], ok = wholeNumber(part); !ok {
			return 0, false
		}
		if !more {
			if len(fraction) > 0 && k < 2 {
				return 0, false
			}
			break
		}
		s = rest
	}
	if hms[0] > 23 || hms[1] > 59 || hms[2] > 59 {
		return 0, false
	}
	return hms[0]*3_600_000 + hms[1]*60_000 + hms[2]*1000 + roundedMillis(bytes.TrimSpace(fraction)) + offset, true
}

// roundedMillis is a fraction of a second as milliseconds.
func roundedMillis(digits []byte) int64 {
	x, unit := int64(0), int64(100)
	for k, c := range digits {
		if c-'0' < 10 {
			x += unit * int64(c-'0')
		}
		if unit == 1 {
			if k+1 < len(digits) && digits[k+1] >= '5' {
				x++
			}
			break
		}
		unit /= 10
	}
	return x
}
