package javanum

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// ParseDouble reads a number as Double.parseDouble does, to the precision of
// size bits: NaN and Infinity spelt just so, a type suffix allowed, Go's own
// spellings not.
func ParseDouble(s string, size int) (float64, error) {
	switch strings.TrimLeft(s, "+-") {
	case "NaN":
		return math.NaN(), nil
	case "Infinity":
		return math.Inf(map[bool]int{true: -1, false: 1}[strings.HasPrefix(s, "-")]), nil
	}
	s = strings.TrimRight(s, "dDfF")
	if strings.ContainsAny(s, "_xXiInNpP") {
		return 0, strconv.ErrSyntax
	}
	f, err := strconv.ParseFloat(s, size)
	if errors.Is(err, strconv.ErrRange) {
		err = nil // Java gives infinity, or zero
	}
	return f, err
}
