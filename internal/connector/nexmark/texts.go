package nexmark

import (
	"fmt"
	"strconv"
	"strings"
)

// The words persons are made of (PersonGenerator).
var (
	states     = strings.Split("AZ,CA,ID,OR,WA,WY", ",")
	cities     = strings.Split("Phoenix,Los Angeles,San Francisco,Boise,Portland,Bend,Redmond,Seattle,Kent,Cheyenne", ",")
	firstNames = strings.Split("Peter,Paul,Luke,John,Saul,Vicky,Kate,Julie,Sarah,Deiter,Walter", ",")
	lastNames  = strings.Split("Shultz,Abrams,Spencer,White,Bartels,Walton,Smith,Jones,Noris", ",")
	channels   = []string{"Google", "Facebook", "Baidu", "Apple"}
)

// numChannels is how many channels there are beside the four that are in half of
// all bids.
const numChannels = 10_000

// texts are the strings that are drawn once for a stream.
type texts struct {
	extra    []byte // that all extra fields are pieces of
	hotURLs  []string
	channels []string
	urls     []string
}

func newTexts(seed uint64) *texts {
	t := &texts{extra: exact(&random{seed + 1}, 1<<20)}
	r := &random{seed + 2}
	for range channels {
		t.hotURLs = append(t.hotURLs, baseURL(r))
	}
	for i := range int32(numChannels) {
		url := baseURL(r)
		if r.below(10) > 0 {
			url += "&channel_id=" + strconv.Itoa(int(reverse(i)))
		}
		t.channels, t.urls = append(t.channels, "channel-"+strconv.Itoa(int(i))), append(t.urls, url)
	}
	return t
}

func baseURL(r *random) string {
	dir := func() string { return string(word(nil, r, 5, '_')) }
	return "https://www.nexmark.com/" + dir() + "/" + dir() + "/" + dir() + "/item.htm?query=1"
}

// word appends 3 to most-1 random letters to buf, with special among them, and
// no blank at its ends (StringsGenerator.nextString).
func word(buf []byte, r *random, most int32, special byte) []byte {
	start := len(buf)
	for n := 3 + r.below(most-3); n > 0; n-- {
		if r.below(13) == 0 {
			buf = append(buf, special)
		} else {
			buf = append(buf, 'a'+byte(r.below(26)))
		}
	}
	for len(buf) > start && buf[len(buf)-1] == ' ' {
		buf = buf[:len(buf)-1]
	}
	for len(buf) > start && buf[start] == ' ' {
		buf = append(buf[:start], buf[start+1:]...)
	}
	return buf
}

// exact is a random string of n characters. The remainders are of a signed
// number, so the characters lie around 'a' (StringsGenerator.nextExactString).
func exact(r *random, n int) []byte {
	buf := make([]byte, n)
	rnd, left := int32(0), 0
	for i := range buf {
		if left == 0 {
			rnd, left = r.int(), 6
		}
		buf[i] = byte('a' + rnd%26)
		rnd /= 26
		left--
	}
	return buf
}

// piece is what fills an event of size bytes up to about average.
func (t *texts) piece(r *random, size, average int) []byte {
	if size > average {
		return nil
	}
	average -= size
	delta := int(float64(average)*0.2 + 0.5)
	n := average - delta
	if delta > 0 {
		n += int(r.below(int32(2 * delta)))
	}
	at := int(r.below(int32(len(t.extra) - n)))
	return t.extra[at : at+n]
}

// card appends a credit card's number.
func card(buf []byte, r *random) []byte {
	for i := range 4 {
		if i > 0 {
			buf = append(buf, ' ')
		}
		buf = fmt.Appendf(buf, "%04d", r.below(10_000))
	}
	return buf
}
