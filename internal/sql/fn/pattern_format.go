package fn

import (
	"strconv"
	"time"
)

// A wall is a wall-clock time, with what patterns may ask of its zone.
type wall struct {
	day   int64 // since 1970-01-01
	nanos int64 // of the day
	off   int64 // seconds east of Greenwich
	zone  string
}

// wallOf is a wall-clock time given in units of which perMilli make a
// millisecond.
func wallOf(x, perMilli int64) wall {
	perDay := dayMillis * perMilli
	day := floorDiv(x, perDay)
	return wall{day: day, nanos: (x - day*perDay) * (1_000_000 / perMilli)}
}

// format appends w as the pattern has it.
func (p *pattern) format(buf []byte, w *wall) []byte {
	return formatItems(buf, p.items, w, p.lenient)
}

func formatItems(buf []byte, items []patternItem, w *wall, lenient bool) []byte {
	y, m, d := civil(w.day)
	if lenient && w.day < gregorianStart {
		y, m, d = mixedCalendar(w.day)
	}
	for i := range items {
		it := &items[i]
		switch it.letter {
		case 0:
			if it.optional != nil {
				buf = formatItems(buf, it.optional, w, lenient)
			} else {
				buf = append(buf, it.text...)
			}
		case 'y':
			buf = appendYear(buf, yearOfEra(y), it.n, lenient)
		case 'M', 'L':
			buf = appendMonth(buf, m, it.n, lenient)
		case 'd':
			buf = appendInt(buf, d, it.n)
		case 'H':
			buf = appendInt(buf, w.nanos/3.6e12, it.n)
		case 'm':
			buf = appendInt(buf, w.nanos/6e10%60, it.n)
		case 's':
			buf = appendInt(buf, w.nanos/1e9%60, it.n)
		case 'S':
			if lenient {
				buf = appendInt(buf, w.nanos/1e6%1000, it.n)
			} else {
				buf = appendFraction(buf, w.nanos%1_000_000_000, it.n)
			}
		default:
			buf = formatRare(buf, it, w, y, lenient)
		}
	}
	return buf
}

// formatRare has the letters that few patterns use.
func formatRare(buf []byte, it *patternItem, w *wall, y int64, lenient bool) []byte {
	hour := w.nanos / 3.6e12
	switch it.letter {
	case 'u':
		if lenient {
			return appendInt(buf, isoWeekday(w.day), it.n)
		}
		return appendYear(buf, y, it.n, lenient)
	case 'D':
		return appendInt(buf, w.day-dayOf(y, 1, 1)+1, it.n)
	case 'Q', 'q':
		_, m, _ := civil(w.day)
		return appendQuarter(buf, (m+2)/3, it.n)
	case 'Y', 'w':
		// A US week begins on Sunday; the first holds January 1.
		saturday := w.day + 6 - floorMod(w.day+4, 7)
		sy, _, _ := civil(saturday)
		if it.letter == 'Y' {
			return appendYear(buf, sy, it.n, lenient)
		}
		return appendInt(buf, (saturday-dayOf(sy, 1, 1))/7+1, it.n)
	case 'F', 'W':
		_, _, d := civil(w.day)
		if it.letter == 'F' {
			return appendInt(buf, (d-1)/7+1, it.n)
		}
		return appendInt(buf, (d-1+floorMod(w.day-d+1+4, 7))/7+1, it.n)
	case 'E':
		if lenient && it.n > 4 {
			return appendWeekday(buf, w.day, 4)
		}
		return appendWeekday(buf, w.day, it.n)
	case 'e', 'c':
		if it.n > 2 {
			return appendWeekday(buf, w.day, it.n)
		}
		return appendInt(buf, floorMod(w.day+4, 7)+1, it.n)
	case 'a':
		return append(buf, [...]string{"AM", "PM"}[hour/12]...)
	case 'k':
		return appendInt(buf, (hour+23)%24+1, it.n)
	case 'K':
		return appendInt(buf, hour%12, it.n)
	case 'h':
		return appendInt(buf, (hour+11)%12+1, it.n)
	case 'A':
		return appendInt(buf, w.nanos/1e6, it.n)
	case 'n':
		return appendInt(buf, w.nanos%1e9, it.n)
	case 'N':
		return appendInt(buf, w.nanos, it.n)
	case 'G':
		return appendEra(buf, y, it.n, lenient)
	}
	return formatZone(buf, it, w)
}

func formatZone(buf []byte, it *patternItem, w *wall) []byte {
	off, sign := w.off, byte('+')
	switch {
	case it.letter == 'z':
		return append(buf, w.zone...)
	case it.letter == 'X' && off == 0:
		return append(buf, 'Z')
	case off < 0:
		off, sign = -off, '-'
	}
	buf = appendInt(append(buf, sign), off/3600, 2)
	if it.letter == 'X' && it.n == 1 {
		return buf
	}
	if it.letter == 'X' && it.n == 3 {
		buf = append(buf, ':')
	}
	return appendInt(buf, off/60%60, 2)
}

func yearOfEra(y int64) int64 {
	if y <= 0 {
		return 1 - y
	}
	return y
}

func appendYear(buf []byte, y int64, n int, lenient bool) []byte {
	if n == 2 {
		return appendInt(buf, floorMod(y, 100), 2)
	}
	if !lenient && n >= 4 && y >= 10_000 && n < len(strconv.FormatInt(y, 10)) {
		buf = append(buf, '+')
	}
	return appendInt(buf, y, n)
}

func appendMonth(buf []byte, m int64, n int, lenient bool) []byte {
	switch name := time.Month(m).String(); {
	case n < 3:
		return appendInt(buf, m, n)
	case n == 3:
		return append(buf, name[:3]...)
	case n == 5 && !lenient:
		return append(buf, name[0])
	default:
		return append(buf, name...)
	}
}

func appendWeekday(buf []byte, day int64, n int) []byte {
	switch name := time.Weekday(floorMod(day+4, 7)).String(); {
	case n < 4:
		return append(buf, name[:3]...)
	case n == 5:
		return append(buf, name[0])
	default:
		return append(buf, name...)
	}
}

func appendQuarter(buf []byte, q int64, n int) []byte {
	switch n {
	case 3:
		return append(append(buf, 'Q'), byte('0'+q))
	case 4:
		return append(append(buf, [...]string{"1st", "2nd", "3rd", "4th"}[q-1]...), " quarter"...)
	}
	return appendInt(buf, q, n)
}

func appendEra(buf []byte, y int64, n int, lenient bool) []byte {
	names := [...]string{"AD", "BC"}
	if n == 4 && !lenient {
		names = [...]string{"Anno Domini", "Before Christ"}
	}
	if n == 5 && !lenient {
		names = [...]string{"A", "B"}
	}
	if y > 0 {
		return append(buf, names[0]...)
	}
	return append(buf, names[1]...)
}

// appendFraction appends the first n digits of a fraction of nanoseconds.
func appendFraction(buf []byte, nanos int64, n int) []byte {
	for unit := int64(100_000_000); n > 0; n-- {
		buf = append(buf, byte('0'+nanos/unit%10))
		unit = max(unit/10, 1)
	}
	return buf
}

// appendInt appends x with at least n digits.
func appendInt(buf []byte, x int64, n int) []byte {
	if n == 2 && x >= 0 && x < 100 {
		return append(buf, byte('0'+x/10), byte('0'+x%10))
	}
	if n == 4 && x >= 0 && x < 10_000 {
		return append(buf, byte('0'+x/1000), byte('0'+x/100%10), byte('0'+x/10%10), byte('0'+x%10))
	}
	if x < 0 {
		buf, x = append(buf, '-'), -x
	}
	digits := 1
	for v := x; v >= 10; v /= 10 {
		digits++
	}
	for ; digits < n; digits++ {
		buf = append(buf, '0')
	}
	return strconv.AppendInt(buf, x, 10)
}
