package fn

import (
	"bytes"
	"strings"
	"time"
)

// fields are what a text says of a moment: has is a set of the bits below.
type fields struct {
	century int64 // see pattern

	has                                    uint32
	y, m, d, doy, hour, half, min, sec, pm int64
	nanos, off                             int64
	bc                                     bool
}

const (
	hasYear = 1 << iota
	hasMonth
	hasDay
	hasDoy
	hasHour
	hasHalf // the hour of a half day, 0 to 11
	hasPM
	hasMin
	hasSec
	hasNanos
	hasOffset
)

// parse reads text by the pattern: wholly when strict, and lenient from the
// beginning as far as the pattern goes.
func (p *pattern) parse(text []byte, f *fields) bool {
	*f = fields{century: p.century}
	at, ok := parseItems(text, 0, p.items, f, p.lenient)
	return ok && (p.lenient || at == len(text))
}

func parseItems(text []byte, at int, items []patternItem, f *fields, lenient bool) (int, bool) {
	for i := range items {
		it := &items[i]
		ok := true
		switch {
		case it.optional != nil:
			saved := *f
			if next, fits := parseItems(text, at, it.optional, f, lenient); fits {
				at = next
			} else {
				*f = saved
			}
		case it.letter == 0:
			if ok = len(text)-at >= len(it.text) && string(text[at:at+len(it.text)]) == it.text; ok {
				at += len(it.text)
			}
		case it.isNumber && it.least == it.most && it.reserve == 0 && !lenient:
			end := at + it.least
			if end > len(text) {
				return at, false
			}
			x := int64(0)
			for ; at < end; at++ {
				c := text[at] - '0'
				if c > 9 {
					return at, false
				}
				x = x*10 + int64(c)
			}
			ok = f.set(it, x, it.least, lenient)
		case it.isNumber:
			at, ok = parseNumber(text, at, it, f, lenient)
		default:
			at, ok = parseWord(text, at, it, f, lenient)
		}
		if !ok {
			return at, false
		}
	}
	return at, true
}

// parseNumber reads a number field.
func parseNumber(text []byte, at int, it *patternItem, f *fields, lenient bool) (int, bool) {
	before := at
	if lenient {
		for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
			at++
		}
	}
	start, negative, plus := at, false, false
	if it.fixed && lenient { // the field ends with its letters, wherever its number does
		if before+it.n > len(text) {
			return start, false
		}
		text = text[:before+it.n]
	}
	if at < len(text) && (text[at] == '-' || text[at] == '+' && !lenient) && (lenient || !it.fixed) && signed(it, lenient) {
		negative, plus = text[at] == '-', text[at] == '+'
		at++
	}
	least, most := it.least, it.most
	from := at
	for at < len(text) && at-from < most+it.reserve && text[at]-'0' < 10 {
		at++
	}
	if it.reserve > 0 {
		at = from + max(least, at-from-it.reserve)
	}
	if at > len(text) || at-from < least || at-from > most {
		return start, false
	}
	if !lenient && (it.letter == 'y' || it.letter == 'u') && it.n >= 4 {
		if plus != (at-from > it.n && !negative) { // a longer year has its sign
			return start, false
		}
	} else if plus {
		return start, false
	}
	x := int64(0)
	for _, c := range text[from:at] {
		x = x*10 + int64(c-'0')
	}
	if negative {
		x = -x
	}
	return at, f.set(it, x, at-from, lenient)
}

// signed reports whether a number field may have a sign.
func signed(it *patternItem, lenient bool) bool { return lenient || it.n != 2 && it.letter != 'S' }

// digitsOf is how many digits a number field has.
func digitsOf(it *patternItem, lenient bool) (least, most int) {
	switch {
	case lenient:
		return 1, 18
	case it.fixed:
		return it.n, it.n
	case it.letter == 'S':
		return it.n, it.n
	case it.letter == 'y' || it.letter == 'u':
		if it.n == 2 {
			return 2, 2
		}
		return it.n, 18
	case it.n == 1:
		return 1, 18
	}
	return it.n, it.n
}

// set takes the value of a number field.
func (f *fields) set(it *patternItem, x int64, digits int, lenient bool) bool {
	if lenient {
		x = int64(int32(x)) // Java's
	}
	switch it.letter {
	case 'y', 'u':
		if it.letter == 'u' && lenient {
			return true // the day of the week tells nothing of a date
		}
		if digits == 2 && (it.n == 2 || it.n == 1 && lenient) {
			x += f.century - f.century%100
			if x < f.century {
				x += 100
			}
		}
		f.y, f.has = x, f.has|hasYear
	case 'M', 'L':
		f.m, f.has = x, f.has|hasMonth
	case 'd':
		f.d, f.has = x, f.has|hasDay
	case 'D':
		f.doy, f.has = x, f.has|hasDoy
	case 'H':
		f.hour, f.has = x, f.has|hasHour
	case 'k':
		if !lenient && x > 24 {
			return false
		}
		if x == 24 {
			x = 0
		}
		f.hour, f.has = x, f.has|hasHour
	case 'h':
		if !lenient && x > 12 {
			return false
		}
		if x == 12 {
			x = 0
		}
		f.half, f.has = x, f.has|hasHalf
	case 'K':
		f.half, f.has = x, f.has|hasHalf
	case 'm':
		f.min, f.has = x, f.has|hasMin
	case 's':
		f.sec, f.has = x, f.has|hasSec
	case 'S':
		if lenient {
			x *= 1_000_000
		} else {
			for k := digits; k < 9; k++ {
				x *= 10
			}
		}
		f.nanos, f.has = x, f.has|hasNanos
	case 'n':
		f.nanos, f.has = x, f.has|hasNanos
	case 'A', 'N':
		if it.letter == 'A' {
			x *= 1_000_000
		}
		f.hour, f.min, f.sec, f.nanos = x/3.6e12, x/6e10%60, x/1e9%60, x%1e9
		f.has |= hasHour | hasMin | hasSec | hasNanos
	}
	return true
}

// parseWord reads a name or a zone.
func parseWord(text []byte, at int, it *patternItem, f *fields, lenient bool) (int, bool) {
	for lenient && at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	rest := text[at:]
	// longest finds the longest of n names, whole or cut to three letters, that rest begins with.
	longest := func(n int, name func(i int) string, short bool) (int, int) {
		best, size := -1, 0
		for i := range n {
			full := name(i)
			for _, s := range []string{full, full[:min(3, len(full))]} {
				if len(s) <= size || len(s) > len(rest) || !lenient && (len(s) == len(full)) == short && len(full) > 3 {
					continue
				}
				if string(rest[:len(s)]) == s || lenient && strings.EqualFold(string(rest[:len(s)]), s) {
					best, size = i, len(s)
				}
			}
		}
		return best, size
	}
	k, size := -1, 0
	switch it.letter {
	case 'M', 'L':
		if k, size = longest(12, func(i int) string { return time.Month(i + 1).String() }, it.n == 3); k >= 0 {
			f.m, f.has = int64(k+1), f.has|hasMonth
		}
	case 'E', 'e', 'c':
		k, size = longest(7, func(i int) string { return time.Weekday(i).String() }, it.n < 4)
	case 'a':
		if k, size = longest(2, func(i int) string { return [...]string{"AM", "PM"}[i] }, false); k >= 0 {
			f.pm, f.has = int64(k), f.has|hasPM
		}
	case 'G':
		k, size = longest(2, func(i int) string { return [...]string{"AD", "BC"}[i] }, false)
		f.bc = k == 1
	case 'z', 'Z', 'X', 'x', 'V':
		return parseZone(text, at, it, f, lenient)
	}
	return at + size, k >= 0
}

// parseZone reads a zone, of which only lenient patterns take notice.
func parseZone(text []byte, at int, it *patternItem, f *fields, lenient bool) (int, bool) {
	switch {
	case it.letter == 'X' || it.letter == 'x' || it.letter == 'Z' && !lenient:
		n := it.n
		if it.letter == 'Z' {
			n = 2
		}
		return parseISOOffset(text, at, n, it.letter == 'X', lenient, f)
	case lenient:
		if at < len(text) && text[at] == 'Z' {
			return at, false
		}
		return parseOffset(text, at, f)
	}
	end := at
	for end < len(text) && strings.IndexByte(" ,;()[]", text[end]) < 0 {
		end++
	}
	name := string(text[at:end])
	if len(name) > 3 && (name[0] == '+' || name[0] == '-') && name[3] != ':' {
		return at, false
	}
	return end, ZoneByName(name) != nil
}

// parseISOOffset reads +08 (n is 1; when not lenient +0830 too), +0830 (2) or
// +08:30 (3), or with zulu Z.
func parseISOOffset(text []byte, at, n int, zulu, lenient bool, f *fields) (int, bool) {
	rest := text[at:]
	if zulu && len(rest) > 0 && rest[0] == 'Z' {
		f.has |= hasOffset
		return at + 1, true
	}
	if len(rest) < 3 || rest[0] != '+' && rest[0] != '-' {
		return at, false
	}
	hours, end := digitsAt(rest[:3], 1)
	if end != 3 {
		return at, false
	}
	minutes, more := int64(0), 3
	if n == 3 && len(rest) > 3 && rest[3] == ':' {
		more = 4
	} else if n == 3 {
		return at, false
	}
	if end = more; n > 1 || !lenient {
		if len(rest) >= more+2 {
			minutes, end = digitsAt(rest[:more+2], more)
		}
		if end != more+2 {
			if end = 3; n > 1 {
				return at, false
			}
			minutes = 0
		}
	}
	if f.off = hours*3600 + minutes*60; rest[0] == '-' {
		f.off = -f.off
	}
	f.has |= hasOffset
	return at + end, minutes < 60
}

// parseOffset reads Z, GMT, UTC, +08, +0800, +08:00 or GMT+08:00.
func parseOffset(text []byte, at int, f *fields) (int, bool) {
	f.has |= hasOffset
	named := false
	for _, name := range []string{"GMT", "UTC", "Z"} {
		if bytes.HasPrefix(text[at:], []byte(name)) {
			at, named = at+len(name), true
			break
		}
	}
	if at == len(text) || text[at] != '+' && text[at] != '-' {
		return at, named
	}
	sign := int64(1)
	if text[at] == '-' {
		sign = -1
	}
	digits, x := 0, int64(0)
	for at++; at < len(text) && digits < 4; at++ {
		if text[at] == ':' && digits == 2 {
			continue
		}
		if text[at]-'0' > 9 {
			break
		}
		x, digits = x*10+int64(text[at]-'0'), digits+1
	}
	switch digits {
	case 2:
		f.off = sign * x * 3600
	case 4:
		f.off = sign * (x/100*3600 + x%100*60)
	default:
		return at, false
	}
	return at, true
}
