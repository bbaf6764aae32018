package main

import "math/bits"

// Where the parts of the generator's layout stand:
//
//	{"event_time":"2021-09-01T12:00:00.123456","ticker":"AAPL","price":42.17}
//	0              15                        41        53
const (
	timeAt, timeEnd, tickerAt = 15, 41, 53
	shortest                  = 60 // what the fixed reads below need
)

// text8 is the word that eight bytes of text make in memory.
func text8(s string) uint64 { return word([]byte(s), 0) }

// predicted reads a record of the generator's layout; false means that it has
// another one, and that the general scanner must look. b reaches past the
// record, whose length is n, into what was read after it.
func (s *scanner) predicted(b []byte, n int, t *tick) bool {
	if n < shortest || len(b) < n+slack || word(b, 0) != text8(`{"event_`) || word(b, 7) != text8(`_time":"`) ||
		b[timeEnd] != '"' || word(b, timeEnd+1) != text8(`,"ticker`) || string(b[50:tickerAt]) != `":"` {
		return false
	}
	at := b[timeAt:timeEnd]
	if at[16] != ':' || at[19] != '.' || !s.minuteOf(at) {
		return false
	}
	t.micros = s.minuteUS + two(at, 17)*1_000_000 + sixDigits(word(at, 18)>>16)
	end := tickerAt
	w := word(b, tickerAt)
	m := zeroBytes(w ^ quotes)
	if m == 0 {
		var escaped bool
		if end, escaped = closing(b[:n], tickerAt); end < 0 || escaped {
			return false
		}
	} else {
		end += bits.TrailingZeros64(m) >> 3
		if zeroBytes(w^slashes) != 0 {
			return false
		}
	}
	if word(b, end+1) != text8(`,"price"`) || b[end+9] != ':' {
		return false
	}
	price, last, ok := number(b[:n], end+10)
	if !ok || last != n-1 || b[last] != '}' {
		return false
	}
	t.ticker, t.price = b[tickerAt:end], price
	return true
}

// sixDigits is the number that six digits make, the first in the lowest byte:
// neighbours are joined to pairs, all three pairs in one multiplication.
func sixDigits(w uint64) int64 {
	w &= 0x0f0f0f0f0f0f
	w = (w*10 + w>>8) & 0x00ff00ff00ff
	return int64(w&0xff)*10_000 + int64(w>>16&0xff)*100 + int64(w>>32)
}
