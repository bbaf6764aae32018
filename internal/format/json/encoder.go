package json

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/javanum"
	"weir/internal/kernel"
	"weir/internal/types"
)

// Encoder writes rows as RowDataToJsonConverters does: members in the order of
// the columns, NULLs as null, no white space.
type Encoder struct {
	opts Options
	cols []types.Field
	keys [][]byte       // "name": with the comma or brace before it
	sep  byte           // between date and time
	zone *time.Location // in which TIMESTAMP_LTZ is shown; nil is UTC
}

// NewEncoder makes an Encoder.
func NewEncoder(c format.Config) (*Encoder, error) {
	o, err := parseOptions(c)
	if err != nil {
		return nil, err
	}
	e := &Encoder{opts: o, cols: c.Fields, sep: ' '}
	if o.Timestamps == "ISO-8601" {
		e.sep = 'T'
	}
	for _, f := range c.Fields {
		if err := writable(f.Type); err != nil {
			return nil, err
		}
		e.keys = append(e.keys, append(appendString(nil, []byte(f.Name)), ':'))
	}
	return e, nil
}

// NewValues makes an Encoder of single values (AppendValue) as Flink's SQL
// Gateway writes them: ISO-8601, a map's NULL key as "null", TIMESTAMP_LTZ as
// the clock shows it in zone, with a Z all the same.
func NewValues(fields []types.Field, zone *time.Location) (*Encoder, error) {
	for _, f := range fields {
		if err := writable(f.Type); err != nil {
			return nil, err
		}
	}
	return &Encoder{opts: Options{NullKeyMode: "LITERAL", NullKey: "null"}, cols: fields, sep: 'T', zone: zone}, nil
}

// AppendValue appends row i of v.
func (e *Encoder) AppendValue(buf []byte, v *batch.Vec, i int) ([]byte, error) {
	if v.IsNull(i) {
		return append(buf, "null"...), nil
	}
	return e.value(buf, v, kernel.At(v, i))
}

func writable(t types.Type) error {
	if t.Kind == types.Map && !t.Key.IsString() || t.Kind == types.Multiset && !t.Elem.IsString() {
		return errs.New(errs.Invalid, "format.type", "JSON format doesn't support non-string as key type of map. The type is: %s", t)
	}
	for _, f := range t.Fields {
		if err := writable(f.Type); err != nil {
			return err
		}
	}
	if t.Elem != nil {
		return writable(*t.Elem)
	}
	return nil
}

// Encode implements format.Encoder.
func (e *Encoder) Encode(buf []byte, b *batch.Batch) ([]byte, error) {
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	var err error
	for _, i := range sel {
		if buf, err = e.EncodeRow(buf, b, int(i)); err != nil {
			return nil, err
		}
		buf = append(buf, '\n')
	}
	return buf, nil
}

// EncodeRow implements format.Encoder.
func (e *Encoder) EncodeRow(buf []byte, b *batch.Batch, i int) ([]byte, error) {
	return e.object(buf, e.cols, e.keys, b.Cols, i)
}

func (e *Encoder) object(buf []byte, cols []types.Field, keys [][]byte, vecs []*batch.Vec, i int) ([]byte, error) {
	buf = append(buf, '{')
	first := true
	var err error
	for c, v := range vecs {
		null := v.IsNull(i)
		if null && e.opts.IgnoreNulls {
			continue
		}
		if !first {
			buf = append(buf, ',')
		}
		first = false
		if keys != nil {
			buf = append(buf, keys[c]...)
		} else {
			buf = append(appendString(buf, []byte(cols[c].Name)), ':')
		}
		if null {
			buf = append(buf, "null"...)
			continue
		}
		if buf, err = e.value(buf, v, kernel.At(v, i)); err != nil {
			return nil, fmt.Errorf("column %s: %w", cols[c].Name, err)
		}
	}
	return append(buf, '}'), nil
}

// value appends row i of v, which is not NULL.
func (e *Encoder) value(buf []byte, v *batch.Vec, i int) ([]byte, error) {
	switch v.Type.Kind {
	case types.Boolean:
		return strconv.AppendBool(buf, v.B[i]), nil
	case types.TinyInt:
		return strconv.AppendInt(buf, int64(v.I8[i]), 10), nil
	case types.SmallInt:
		return strconv.AppendInt(buf, int64(v.I16[i]), 10), nil
	case types.Int, types.IntervalYM:
		return strconv.AppendInt(buf, int64(v.I32[i]), 10), nil
	case types.BigInt, types.IntervalDS:
		return strconv.AppendInt(buf, v.I64[i], 10), nil
	case types.Float:
		return quoteWords(javanum.AppendFloat(buf, v.F32[i]), len(buf)), nil
	case types.Double:
		return quoteWords(javanum.AppendDouble(buf, v.F64[i]), len(buf)), nil
	case types.Decimal:
		return e.decimal(buf, v, i), nil
	case types.Char, types.VarChar:
		return appendString(buf, v.Bytes(i)), nil
	case types.Binary, types.VarBinary:
		return append(base64.StdEncoding.AppendEncode(append(buf, '"'), v.Bytes(i)), '"'), nil
	case types.Date:
		return append(time.Unix(int64(v.I32[i])*86400, 0).UTC().AppendFormat(append(buf, '"'), "2006-01-02"), '"'), nil
	case types.Time:
		return append(appendClock(append(buf, '"'), int64(v.I32[i])*1e6), '"'), nil
	case types.Timestamp, types.TimestampLTZ:
		return e.timestamp(buf, v, i), nil
	case types.Row:
		return e.object(buf, v.Type.Fields, nil, v.Kids, i)
	case types.Array:
		return e.array(buf, v, i)
	}
	return e.mapping(buf, v, i)
}

// quoteWords puts NaN and the infinities, which are no JSON numbers, in quotes,
// as Jackson does.
func quoteWords(buf []byte, from int) []byte {
	if c := buf[len(buf)-1]; c == 'N' || c == 'y' {
		text := string(buf[from:])
		return append(append(append(buf[:from], '"'), text...), '"')
	}
	return buf
}

// decimal prints without trailing zeros, and with an exponent where
// BigDecimal.toString has one after stripTrailingZeros.
func (e *Encoder) decimal(buf []byte, v *batch.Vec, i int) []byte {
	var x *big.Int
	if v.Type.Phys() == types.PhysI64 {
		x = big.NewInt(v.I64[i])
	} else {
		x = v.I128[i].BigInt()
	}
	scale := int(v.Type.Scale)
	ten, rest := big.NewInt(10), new(big.Int)
	for x.Sign() != 0 {
		q, r := new(big.Int).QuoRem(x, ten, rest)
		if r.Sign() != 0 {
			break
		}
		x, scale = q, scale-1
	}
	if x.Sign() == 0 {
		return append(buf, '0')
	}
	return javanum.AppendDecimal(buf, x, scale, e.opts.PlainDecimals)
}

// appendClock prints nanoseconds of the day as HH:mm:ss[.fraction], with the
// digits the fraction needs.
func appendClock(buf []byte, nanos int64) []byte {
	t := time.Unix(0, nanos).UTC()
	buf = t.AppendFormat(buf, "15:04:05")
	return appendFraction(buf, nanos%1e9)
}

func appendFraction(buf []byte, nanos int64) []byte {
	if nanos == 0 {
		return buf
	}
	if nanos < 0 {
		nanos += 1e9
	}
	text := strconv.FormatInt(1e9+nanos, 10)[1:]
	n := len(text)
	for text[n-1] == '0' {
		n--
	}
	return append(append(buf, '.'), text[:n]...)
}

func (e *Encoder) timestamp(buf []byte, v *batch.Vec, i int) []byte {
	perSecond := v.Type.UnitsPerMilli() * 1000
	sec, rest := v.I64[i]/perSecond, v.I64[i]%perSecond
	if rest < 0 {
		sec, rest = sec-1, rest+perSecond
	}
	t := time.Unix(sec, 0).UTC()
	if e.zone != nil && v.Type.Kind == types.TimestampLTZ {
		t = t.In(e.zone)
	}
	buf = t.AppendFormat(append(buf, '"'), "2006-01-02")
	buf = t.AppendFormat(append(buf, e.sep), "15:04:05")
	buf = appendFraction(buf, rest*(1e9/perSecond))
	if v.Type.Kind == types.TimestampLTZ {
		buf = append(buf, 'Z')
	}
	return append(buf, '"')
}

func (e *Encoder) array(buf []byte, v *batch.Vec, i int) ([]byte, error) {
	from, to := v.Range(i)
	buf = append(buf, '[')
	var err error
	for r := from; r < to; r++ {
		if r > from {
			buf = append(buf, ',')
		}
		if v.Kids[0].IsNull(r) {
			buf = append(buf, "null"...)
		} else if buf, err = e.value(buf, v.Kids[0], r); err != nil {
			return nil, err
		}
	}
	return append(buf, ']'), nil
}

// mapping writes a MAP or MULTISET with keys that are strings.
func (e *Encoder) mapping(buf []byte, v *batch.Vec, i int) ([]byte, error) {
	from, to := v.Range(i)
	buf = append(buf, '{')
	first := true
	var err error
	for r := from; r < to; r++ {
		key := []byte(e.opts.NullKey)
		if !v.Kids[0].IsNull(r) {
			key = v.Kids[0].Bytes(r)
		} else if e.opts.NullKeyMode == "DROP" {
			continue
		} else if e.opts.NullKeyMode == "FAIL" {
			return nil, fmt.Errorf("JSON format doesn't support to serialize map data with null keys. You can drop null key entries or encode null in literals by specifying map-null-key.mode option.")
		}
		if !first {
			buf = append(buf, ',')
		}
		first = false
		buf = append(appendString(buf, key), ':')
		if v.Kids[1].IsNull(r) {
			buf = append(buf, "null"...)
		} else if buf, err = e.value(buf, v.Kids[1], r); err != nil {
			return nil, err
		}
	}
	return append(buf, '}'), nil
}

// hexDigits are for \u00XX.
const hexDigits = "0123456789ABCDEF"

// appendString appends a JSON string as Jackson writes it: only what must be
// escaped is.
func appendString(buf, s []byte) []byte {
	buf = append(buf, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			if c >= utf8.RuneSelf {
				if r, n := utf8.DecodeRune(s[i:]); r == utf8.RuneError && n == 1 {
					buf = append(append(buf, s[start:i]...), "\uFFFD"...)
					start = i + 1
				} else {
					i += n - 1
				}
			}
			continue
		}
		buf = append(buf, s[start:i]...)
		switch c {
		case '"', '\\':
			buf = append(buf, '\\', c)
		case '\n':
			buf = append(buf, '\\', 'n')
		case '\r':
			buf = append(buf, '\\', 'r')
		case '\t':
			buf = append(buf, '\\', 't')
		case '\b':
			buf = append(buf, '\\', 'b')
		case '\f':
			buf = append(buf, '\\', 'f')
		default:
			buf = append(buf, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		start = i + 1
	}
	return append(append(buf, s[start:]...), '"')
}
