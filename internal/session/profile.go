package session

import (
	"strconv"
	"strings"
)

// olderThan reports whether a profile ("1.11") is of a Flink before major.minor;
// "" is the newest.
func olderThan(profile string, major, minor int) bool {
	a, b, ok := strings.Cut(profile, ".")
	if !ok {
		return false
	}
	x, err := strconv.Atoi(a)
	y, err2 := strconv.Atoi(b)
	if err != nil || err2 != nil { // "2.x"
		return false
	}
	return x < major || x == major && y < minor
}
