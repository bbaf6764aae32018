package fn

// Plain arithmetic on the proleptic Gregorian calendar. A day is counted from
// 1970-01-01.

const (
	dayMillis  = 86_400_000
	epochShift = 2_440_588 // the Julian day number of 1970-01-01
)

// civil is the year, month and day of a day.
func civil(day int64) (y, m, d int64) {
	z := day + 719_468 // since 0000-03-01, from where leap days end their year
	era := floorDiv(z, 146_097)
	doe := z - era*146_097
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = doy - (153*mp+2)/5 + 1
	m = mp + 3
	y = yoe + era*400
	if m > 12 {
		m, y = m-12, y+1
	}
	return y, m, d
}

// dayOf is the day of a date; months outside of 1 to 12, and days outside of
// the month, count on.
func dayOf(y, m, d int64) int64 {
	m--
	y, m = y+floorDiv(m, 12), floorMod(m, 12)+1
	if m <= 2 {
		y--
		m += 12
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + d - 1
	return era*146_097 + yoe*365 + yoe/4 - yoe/100 + doy - 719_468
}

// daysIn is the length of a month.
func daysIn(y, m int64) int64 {
	switch m {
	case 2:
		if leap(y) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func leap(y int64) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// addMonths moves a day by months, to the month's last day where the day does
// not exist.
func addMonths(day, months int64) int64 {
	y, m, d := civil(day)
	m += months - 1
	y, m = y+floorDiv(m, 12), floorMod(m, 12)+1
	return dayOf(y, m, min(d, daysIn(y, m)))
}

// monthsBetween is the number of whole months from one moment to another, in
// milliseconds: the greatest by which the first can be moved without passing
// the second (DateTimeUtils.subtractMonths).
func monthsBetween(from, to int64) int64 {
	d0, d1 := floorDiv(from, dayMillis), floorDiv(to, dayMillis)
	if d1 < d0 {
		n := daysMonths(d1, d0)
		if addMonths(d0, -n) == d1 && floorMod(to, dayMillis) < floorMod(from, dayMillis) {
			return -n - 1
		}
		return -n
	}
	n := daysMonths(d0, d1)
	if addMonths(d0, n) == d1 && floorMod(to, dayMillis) < floorMod(from, dayMillis) {
		n--
	}
	return n
}

// daysMonths is the number of whole months from day a to day b, a <= b.
func daysMonths(a, b int64) int64 {
	y0, m0, _ := civil(a)
	y1, m1, _ := civil(b)
	n := (y1-y0)*12 + m1 - m0
	if addMonths(a, n) > b {
		n--
	}
	return n
}

// isoWeekday is 1 for Monday to 7 for Sunday.
func isoWeekday(day int64) int64 { return floorMod(day+3, 7) + 1 }

// isoWeek is the ISO 8601 week of a day, and the year that the week belongs to.
func isoWeek(day int64) (year, week int64) {
	thursday := day - isoWeekday(day) + 4
	year, _, _ = civil(thursday)
	return year, (thursday-dayOf(year, 1, 1))/7 + 1
}

// gregorianStart is 1582-10-15.
const gregorianStart = -141_427

// julianDayOf is the day of a date of the Julian calendar; months outside of 1
// to 12 count on.
func julianDayOf(y, m, d int64) int64 {
	m--
	y, m = y+floorDiv(m, 12), floorMod(m, 12)+1
	a := (14 - m) / 12
	y, m = y+4800-a, m+12*a-3
	return d + (153*m+2)/5 + 365*y + floorDiv(y, 4) - 32_083 - epochShift
}

// mixedCalendar is the date of a day that was used at the time: Julian before
// 1582-10-15.
func mixedCalendar(day int64) (y, m, d int64) {
	julian := day + epochShift
	if julian > 2_299_160 {
		return civil(day)
	}
	c := julian + 32_082
	y = (4*c + 3) / 1461
	e := c - 1461*y/4
	mp := (5*e + 2) / 153
	d = e - (153*mp+2)/5 + 1
	return y - 4800 + mp/10, mp + 3 - 12*(mp/10), d
}
