package json

import (
	"bytes"
	"encoding/base64"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/batch"
	"weir/internal/javanum"
	"weir/internal/types"
)

// compact writes JSON without white space, as JsonNode.toString does.
func compact(b *bytes.Buffer, r []byte) error { return stdjson.Compact(b, r) }

// numberText is a JSON number as text, as JsonNode.asText gives it: whole
// numbers as they are, others as a double.
func numberText(s string) string {
	if !strings.ContainsAny(s, ".eE") {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return s
	}
	return string(javanum.AppendDouble(nil, f))
}

// appendScalar appends the value of text as type t; quoted says that it was a
// JSON string.
func (d *Decoder) appendScalar(v *batch.Vec, t types.Type, text string, quoted bool) error {
	switch t.Kind {
	case types.Char, types.VarChar:
		v.AppendString(text)
	case types.Boolean:
		v.AppendBool(strings.EqualFold(strings.TrimSpace(text), "true"))
	case types.TinyInt, types.SmallInt, types.Int, types.BigInt:
		return appendInteger(v, t, text, quoted)
	case types.Float, types.Double:
		return appendFloat(v, t, text)
	case types.Decimal:
		return appendDecimal(v, t, text)
	case types.Binary, types.VarBinary:
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return fmt.Errorf("not in base64: %w", err)
		}
		v.AppendBytes(b)
	case types.Date:
		day, err := time.Parse("2006-01-02", text)
		if err != nil {
			return parseError(text)
		}
		v.AppendI32(int32(day.Unix() / 86400))
	case types.Time:
		return d.appendTime(v, text)
	case types.Timestamp, types.TimestampLTZ:
		return d.appendTimestamp(v, t, text)
	default:
		return fmt.Errorf("type %s is not supported by format 'json'", t)
	}
	return nil
}

func parseError(text string) error { return fmt.Errorf("Text '%s' could not be parsed", text) }

// integerBits are the widths of the integer types.
var integerBits = map[types.Kind]int{types.TinyInt: 8, types.SmallInt: 16, types.Int: 32, types.BigInt: 64}

// appendInteger takes a number that fits, cutting its fraction, or the text of
// a whole number.
func appendInteger(v *batch.Vec, t types.Type, text string, quoted bool) error {
	text = strings.TrimSpace(text)
	n, err := strconv.ParseInt(text, 10, integerBits[t.Kind])
	if err != nil && !quoted {
		f, ferr := strconv.ParseFloat(text, 64)
		if limit := math.Ldexp(1, integerBits[t.Kind]-1); ferr == nil && f < limit && f >= -limit {
			n, err = int64(f), nil
		}
	}
	if err != nil {
		return fmt.Errorf("For input string: \"%s\"", text)
	}
	switch t.Kind {
	case types.TinyInt:
		v.AppendI8(int8(n))
	case types.SmallInt:
		v.AppendI16(int16(n))
	case types.Int:
		v.AppendI32(int32(n))
	default:
		v.AppendI64(n)
	}
	return nil
}

// appendFloat takes what Double.parseDouble takes.
func appendFloat(v *batch.Vec, t types.Type, text string) error {
	s := strings.TrimSpace(text)
	f, err := javanum.ParseDouble(s, map[types.Kind]int{types.Float: 32, types.Double: 64}[t.Kind])
	if err != nil {
		if s == "" {
			return errors.New("empty String")
		}
		return fmt.Errorf("For input string: \"%s\"", text)
	}
	if t.Kind == types.Float {
		v.AppendF32(float32(f))
		return nil
	}
	v.AppendF64(f)
	return nil
}

// appendDecimal rounds half up to the scale; a number of too many digits is
// NULL (DecimalData.fromBigDecimal).
func appendDecimal(v *batch.Vec, t types.Type, text string) error {
	r, ok := new(big.Rat).SetString(strings.TrimSpace(text))
	if !ok || strings.ContainsAny(text, "/_xXpP") {
		return fmt.Errorf("For input string: \"%s\"", text)
	}
	scaled := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Scale)), nil)
	num := new(big.Int).Mul(r.Num(), scaled)
	q, rest := new(big.Int).QuoRem(num, r.Denom(), new(big.Int))
	if rest.Lsh(rest.Abs(rest), 1).Cmp(r.Denom()) >= 0 {
		q.Add(q, big.NewInt(int64(num.Sign())))
	}
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Prec)), nil)
	switch {
	case q.CmpAbs(limit) >= 0:
		v.AppendNull()
	case t.Phys() == types.PhysI64:
		v.AppendI64(q.Int64())
	default:
		v.AppendI128(decimal128.FromBigInt(q))
	}
	return nil
}

// appendTime takes HH:mm:ss[.fraction]; the runtime keeps milliseconds.
func (d *Decoder) appendTime(v *batch.Vec, text string) error {
	t, err := time.Parse("15:04:05", text)
	if err != nil {
		return parseError(text)
	}
	v.AppendI32(int32(t.Hour()*3600+t.Minute()*60+t.Second())*1000 + int32(t.Nanosecond()/1e6))
	return nil
}

// appendTimestamp takes the format's timestamps; TIMESTAMP_LTZ ends in Z and
// TIMESTAMP must not.
func (d *Decoder) appendTimestamp(v *batch.Vec, t types.Type, text string) error {
	b := []byte(text)
	if t.Kind == types.TimestampLTZ {
		if len(b) == 0 || b[len(b)-1] != 'Z' {
			return fmt.Errorf("Text '%s' could not be parsed at index %d: a TIMESTAMP_LTZ ends in Z", text, len(b))
		}
		b = b[:len(b)-1]
	}
	ts, ok := d.timestamp(b, 1_000_000/t.UnitsPerMilli())
	if !ok {
		return d.timestampError(text)
	}
	v.AppendI64(ts)
	return nil
}

// timestampError says where the text departs from the format, as
// DateTimeParseException does where that is simple.
func (d *Decoder) timestampError(text string) error {
	want := "yyyy-MM-dd HH:mm:ss[.fraction]"
	if d.iso {
		want = "yyyy-MM-ddTHH:mm[:ss[.fraction]]"
	}
	at := 0
	pattern := "dddd-dd-ddTdd:dd:dd.ddddddddd"
	for at < len(text) && at < len(pattern) {
		c, p := text[at], pattern[at]
		switch {
		case p == 'd' && c-'0' <= 9, p == c, p == 'T' && (d.iso && c|0x20 == 't' || !d.iso && c == ' '):
			at++
			continue
		}
		break
	}
	if at >= 16 && at < len(text) && (text[at] == 'Z' || text[at] == '+' || text[at] == '-') {
		return fmt.Errorf("Text '%s' could not be parsed, unparsed text found at index %d: the format is %s, without a zone", text, at, want)
	}
	return fmt.Errorf("Text '%s' could not be parsed at index %d: the format is %s", text, at, want)
}
