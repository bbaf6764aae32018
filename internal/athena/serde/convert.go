package serde

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"weir/internal/athena/hive"
)

// errNot is a text that is not a value of its column's type.
type errNot struct {
	text string
	typ  hive.Type
}

func (e *errNot) Error() string { return fmt.Sprintf("%q is not a %s", e.text, e.typ) }

// scalar reads the text of a simple type as Java's parsers under Hive do.
func scalar(t hive.Type, text string) (any, error) {
	v, ok := any(nil), false
	switch t.Kind {
	case hive.String, hive.Varchar, hive.Char:
		return clip(t, text), nil
	case hive.Binary:
		return []byte(text), nil
	case hive.Boolean:
		v, ok = strings.EqualFold(text, "true"), strings.EqualFold(text, "true") || strings.EqualFold(text, "false")
	case hive.TinyInt, hive.SmallInt, hive.Int, hive.BigInt:
		return integer(t, text)
	case hive.Float, hive.Double:
		return floating(t, text)
	case hive.Decimal:
		v, ok = decimal(t, strings.TrimSpace(text))
	case hive.Date:
		d, err := time.Parse("2006-01-02", strings.TrimSpace(text))
		v, ok = d, err == nil
	case hive.Timestamp:
		ts, err := time.Parse("2006-01-02 15:04:05.999999999", strings.TrimSpace(text))
		v, ok = ts, err == nil
	}
	if !ok {
		return nil, &errNot{text, t}
	}
	return v, nil
}

// clip shortens a varchar(n) or char(n) to n characters, as Hive does.
func clip(t hive.Type, text string) string {
	if t.Kind == hive.String || len(text) <= t.Length {
		return text
	}
	n := 0
	for i := range text {
		if n == t.Length {
			return text[:i]
		}
		n++
	}
	return text
}

func integer(t hive.Type, text string) (any, error) {
	bits := map[hive.Kind]int{hive.TinyInt: 8, hive.SmallInt: 16, hive.Int: 32, hive.BigInt: 64}[t.Kind]
	n, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		return nil, &errNot{text, t}
	}
	switch bits {
	case 8:
		return int8(n), nil
	case 16:
		return int16(n), nil
	case 32:
		return int32(n), nil
	}
	return n, nil
}

// floating follows Java's Double.parseDouble: spaces around and a d or f
// behind are fine, infinities are spelled out.
func floating(t hive.Type, text string) (any, error) {
	s := strings.TrimSpace(text)
	bits := 64
	if t.Kind == hive.Float {
		bits = 32
	}
	var f float64
	switch s {
	case "NaN":
		f = math.NaN()
	case "Infinity", "+Infinity":
		f = math.Inf(1)
	case "-Infinity":
		f = math.Inf(-1)
	default:
		if n := len(s); n > 1 && strings.ContainsRune("dDfF", rune(s[n-1])) {
			s = s[:n-1]
		}
		if strings.ContainsAny(s, "xXpPnNiI_") {
			return nil, &errNot{text, t}
		}
		var err error
		if f, err = strconv.ParseFloat(s, bits); err != nil && !math.IsInf(f, 0) {
			return nil, &errNot{text, t}
		}
	}
	if bits == 32 {
		return float32(f), nil
	}
	return f, nil
}

// decimal is the value times 10^scale, rounded half up; not ok when it does
// not fit.
func decimal(t hive.Type, text string) (*big.Int, bool) {
	if strings.ContainsAny(text, "/xXbBoOpP_") {
		return nil, false
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, false
	}
	return round(r, t)
}

func round(r *big.Rat, t hive.Type) (*big.Int, bool) {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Scale)), nil)
	r.Mul(r, new(big.Rat).SetInt(scale))
	num, den := new(big.Int).Abs(r.Num()), r.Denom()
	num.Lsh(num, 1).Add(num, den)
	q := num.Quo(num, new(big.Int).Lsh(den, 1))
	if q.Cmp(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Prec)), nil)) >= 0 {
		return nil, false
	}
	if r.Sign() < 0 {
		q.Neg(q)
	}
	return q, true
}

// Value reads text as a simple type the lenient way; it is what partition
// values, which are always text, go through. ok is false when it is not of the
// type, and the value then NULL.
func Value(t hive.Type, text string) (v any, ok bool) {
	v, err := scalar(t, text)
	return v, err == nil
}
