package option

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// split cuts "128 MB" into its number and its lower-case unit.
func split(text string) (int64, string, error) {
	text = strings.TrimSpace(text)
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	count, err := strconv.ParseInt(text[:n], 10, 64)
	if err != nil {
		return 0, "", fmt.Errorf("text '%s' does not start with a number", text)
	}
	return count, strings.ToLower(strings.TrimSpace(text[n:])), nil
}

// timeUnits are the units of Flink's TimeUtils.parseDuration; without a unit
// a duration is in milliseconds.
var timeUnits = map[string]time.Duration{"": time.Millisecond,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
	"h": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second, "seconds": time.Second,
	"ms": time.Millisecond, "milli": time.Millisecond, "millis": time.Millisecond,
	"millisecond": time.Millisecond, "milliseconds": time.Millisecond,
	"µs": time.Microsecond, "micro": time.Microsecond, "micros": time.Microsecond,
	"microsecond": time.Microsecond, "microseconds": time.Microsecond,
	"ns": time.Nanosecond, "nano": time.Nanosecond, "nanos": time.Nanosecond,
	"nanosecond": time.Nanosecond, "nanoseconds": time.Nanosecond,
}

// Duration reads "10 s", "1 min", "500" (milliseconds).
func Duration(text string) (time.Duration, error) {
	n, unit, err := split(text)
	if err != nil {
		return 0, err
	}
	u, ok := timeUnits[unit]
	if !ok {
		return 0, fmt.Errorf("time interval unit label '%s' does not match any of the recognized units: DAYS: (d | day | days), HOURS: (h | hour | hours), MINUTES: (m | min | minute | minutes), SECONDS: (s | sec | secs | second | seconds), MILLISECONDS: (ms | milli | millis | millisecond | milliseconds)", unit)
	}
	return time.Duration(n) * u, nil
}

// sizeUnits are the units of Flink's MemorySize.parse.
var sizeUnits = map[string]Size{"": 1, "b": 1, "bytes": 1, "k": 1 << 10, "kb": 1 << 10, "kibibytes": 1 << 10,
	"m": 1 << 20, "mb": 1 << 20, "mebibytes": 1 << 20, "g": 1 << 30, "gb": 1 << 30, "gibibytes": 1 << 30,
	"t": 1 << 40, "tb": 1 << 40, "tebibytes": 1 << 40}

// ParseSize reads "128MB", "64 kb", "1024".
func ParseSize(text string) (Size, error) {
	n, unit, err := split(text)
	if err != nil {
		return 0, err
	}
	u, ok := sizeUnits[unit]
	if !ok {
		return 0, fmt.Errorf("memory size unit '%s' does not match any of the recognized units: (b | bytes) / (k | kb) / (m | mb) / (g | gb) / (t | tb)", unit)
	}
	return Size(n) * u, nil
}
