package kinesis

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseTime reads epoch seconds, or a time in a pattern of Java's
// SimpleDateFormat.
func parseTime(text, pattern string) (time.Time, error) {
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		if f < 0 {
			return time.Time{}, fmt.Errorf("a time before 1970")
		}
		return time.UnixMilli(int64(f * 1000)).UTC(), nil
	}
	layout, err := goLayout(pattern)
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(layout, text)
}

// letters are the runs of pattern letters that have a counterpart in Go.
var letters = map[string]string{"yyyy": "2006", "yy": "06", "MM": "01", "M": "1", "dd": "02", "d": "2", "HH": "15",
	"mm": "04", "m": "4", "ss": "05", "s": "5", "SSS": "000", "SS": "00", "S": "0",
	"XXX": "Z07:00", "XX": "Z0700", "X": "Z07", "Z": "-0700", "z": "MST"}

// goLayout turns a SimpleDateFormat pattern into a layout of package time.
func goLayout(pattern string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(pattern); {
		c := pattern[i]
		if c == '\'' {
			end := strings.IndexByte(pattern[i+1:], '\'')
			if end < 0 {
				return "", fmt.Errorf("unterminated quote in the format '%s'", pattern)
			}
			b.WriteString(pattern[i+1 : i+1+end])
			i += end + 2
			continue
		}
		if c|0x20 < 'a' || c|0x20 > 'z' {
			b.WriteByte(c)
			i++
			continue
		}
		n := i
		for n < len(pattern) && pattern[n] == c {
			n++
		}
		l, ok := letters[pattern[i:n]]
		if !ok {
			return "", fmt.Errorf("'%s' in the format '%s' is not supported", pattern[i:n], pattern)
		}
		b.WriteString(l)
		i = n
	}
	return b.String(), nil
}
