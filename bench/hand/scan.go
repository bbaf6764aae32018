package main

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"time"
)

// tick is one record; the ticker lies in the read buffer.
type tick struct {
	micros int64
	ticker []byte
	price  float64
}

// scanner reads ticks; it remembers the last minute it had to parse as a date.
type scanner struct {
	minute   [16]byte
	minuteUS int64
}

// Words of eight equal bytes, to look for a byte in eight places at once.
const (
	ones    = 0x0101010101010101
	highs   = 0x8080808080808080
	quotes  = ones * '"'
	slashes = ones * '\\'
)

// zeroBytes has the high bit of the first zero byte of w set (bits above it may
// be wrong, those below never are).
func zeroBytes(w uint64) uint64 { return (w - ones) &^ w & highs }

func word(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }

func spaces(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// closing finds the quote that ends the string whose text starts at i, or -1,
// and says whether the text has a backslash.
func closing(b []byte, i int) (end int, escaped bool) {
	for i+8 <= len(b) {
		w := word(b, i)
		if m := zeroBytes(w^quotes) | zeroBytes(w^slashes); m != 0 {
			i += bits.TrailingZeros64(m) >> 3
			break
		}
		i += 8
	}
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i, escaped
		case '\\':
			escaped = true
			i++
		}
	}
	return -1, escaped
}

// object reads a record whose keys may come in any order, with white space
// and with unknown fields of scalar values between them.
func (s *scanner) object(b []byte, t *tick) bool {
	i := spaces(b, 0)
	if i >= len(b) || b[i] != '{' {
		return false
	}
	found := 0
	for {
		i = spaces(b, i+1)
		if i >= len(b) || b[i] != '"' {
			return false
		}
		from := i + 1
		to, _ := closing(b, from)
		if to < 0 {
			return false
		}
		if i = spaces(b, to+1); i >= len(b) || b[i] != ':' {
			return false
		}
		if i = spaces(b, i+1); i >= len(b) {
			return false
		}
		field, next := s.value(b[from:to], b, i, t)
		if next < 0 {
			return false
		}
		found |= field
		if i = spaces(b, next); i >= len(b) {
			return false
		}
		if b[i] != ',' {
			return b[i] == '}' && found == 1|2|4
		}
	}
}

// value reads the value of a key at i: which field it was, and where the value
// ends, or -1.
func (s *scanner) value(key, b []byte, i int, t *tick) (field, next int) {
	var ok bool
	switch string(key) {
	case "event_time":
		text, end := plain(b, i)
		if end < 0 {
			return 0, -1
		}
		if t.micros, ok = s.time(text); !ok {
			return 0, -1
		}
		return 1, end
	case "ticker":
		if t.ticker, next = plain(b, i); next < 0 {
			return 0, -1
		}
		return 2, next
	case "price":
		if t.price, next, ok = number(b, i); !ok {
			return 0, -1
		}
		return 4, next
	}
	return 0, skip(b, i)
}

// plain is the text of a string without escapes, and where it ends, or -1.
func plain(b []byte, i int) ([]byte, int) {
	if b[i] != '"' {
		return nil, -1
	}
	end, escaped := closing(b, i+1)
	if end < 0 || escaped {
		return nil, -1
	}
	return b[i+1 : end], end + 1
}

// skip is where a scalar value ends, or -1.
func skip(b []byte, i int) int {
	if b[i] == '"' {
		end, _ := closing(b, i+1)
		if end < 0 {
			return -1
		}
		return end + 1
	}
	for i < len(b) && b[i] != ',' && b[i] != '}' {
		if b[i] == '{' || b[i] == '[' {
			return -1
		}
		i++
	}
	return i
}

// tens are the powers of ten a double holds exactly.
var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// number reads a number. Up to 15 digits over an exact power of ten round
// right by themselves; strconv does the rest.
func number(b []byte, i int) (v float64, next int, ok bool) {
	from := i
	if i < len(b) && b[i] == '-' {
		i++
	}
	var digits uint64
	count, fraction := 0, 0
	for ; i < len(b) && b[i]-'0' < 10; i++ {
		digits = digits*10 + uint64(b[i]-'0')
		count++
	}
	if i < len(b) && b[i] == '.' {
		for i++; i < len(b) && b[i]-'0' < 10; i++ {
			digits = digits*10 + uint64(b[i]-'0')
			count++
			fraction++
		}
	}
	if count == 0 {
		return 0, i, false
	}
	if count > 15 || i < len(b) && b[i]|0x20 == 'e' {
		i = skip(b, i)
		v, err := strconv.ParseFloat(string(b[from:i]), 64)
		return v, i, err == nil
	}
	v = float64(digits) / tens[fraction]
	if b[from] == '-' {
		v = -v
	}
	return v, i, true
}

func two(b []byte, i int) int64 { return int64(b[i]-'0')*10 + int64(b[i+1]-'0') }

// time reads YYYY-MM-DDTHH:MM:SS with or without a fraction of at most six
// digits, as microseconds since 1970.
func (s *scanner) time(b []byte) (int64, bool) {
	if len(b) < 19 || len(b) > 26 || b[16] != ':' || !s.minuteOf(b) {
		return 0, false
	}
	us := s.minuteUS + two(b, 17)*1_000_000
	switch {
	case len(b) == 19:
		return us, true
	case b[19] != '.':
		return 0, false
	case len(b) == 26:
		return us + two(b, 20)*10_000 + two(b, 22)*100 + two(b, 24), true
	}
	scale := int64(100_000)
	for _, c := range b[20:] {
		us += int64(c-'0') * scale
		scale /= 10
	}
	return us, true
}

// minuteOf makes minuteUS that of the time text.
func (s *scanner) minuteOf(b []byte) bool {
	if *(*[16]byte)(b) == s.minute {
		return true
	}
	t, err := time.Parse("2006-01-02T15:04", string(b[:16]))
	if err != nil {
		return false
	}
	s.minute, s.minuteUS = *(*[16]byte)(b), t.UnixMicro()
	return true
}
