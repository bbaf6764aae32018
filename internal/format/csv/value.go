package csv

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/types"
)

// str sees b as a string, for parsers that keep nothing.
func str(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// field reads text as a value of type t (CsvToRowDataConverters).
func (d *Decoder) field(t types.Type, text []byte, s *slot) error {
	if d.s.hasNull && string(text) == d.s.null || d.s.EmptyAsNull && len(text) == 0 {
		s.null = true
		return nil
	}
	s.null = false
	switch t.Kind {
	case types.Char, types.VarChar:
		s.b = text
	case types.Boolean:
		s.i = 0
		if strings.EqualFold(str(bytes.TrimSpace(text)), "true") {
			s.i = 1
		}
	case types.TinyInt, types.SmallInt, types.Int, types.BigInt, types.IntervalYM, types.IntervalDS:
		n, err := strconv.ParseInt(str(bytes.TrimSpace(text)), 10, bits(t))
		s.i = n
		return number(err, text)
	case types.Float:
		return s.float(text, 32)
	case types.Double:
		return s.float(text, 64)
	case types.Decimal:
		return s.decimal(t, text)
	case types.Binary, types.VarBinary:
		b, err := base64.StdEncoding.DecodeString(str(text))
		s.b = b
		return err
	case types.Date:
		day, err := time.Parse("2006-1-2", str(text))
		s.i = day.Unix() / 86400
		if day.Unix() < 0 && day.Unix()%86400 != 0 {
			s.i--
		}
		return err
	case types.Time:
		return s.clock(t, str(text))
	case types.Timestamp, types.TimestampLTZ:
		return d.timestamp(t, text, s)
	case types.Array:
		return d.array(t, text, s)
	case types.Row:
		return d.row(t, text, s)
	default:
		s.null = true
	}
	return nil
}

func bits(t types.Type) int {
	switch t.Kind {
	case types.TinyInt:
		return 8
	case types.SmallInt:
		return 16
	case types.BigInt, types.IntervalDS:
		return 64
	}
	return 32
}

// number says it as Java does.
func number(err error, text []byte) error {
	if err == nil {
		return nil
	}
	if len(text) == 0 {
		return fmt.Errorf("For input string: \"\" (to read empty fields as NULL set 'csv.null-literal' = '')")
	}
	return fmt.Errorf("For input string: %q", text)
}

func (s *slot) float(text []byte, size int) error {
	trimmed := bytes.TrimSpace(text)
	f, err := strconv.ParseFloat(str(trimmed), size)
	s.f = f
	if err != nil && len(trimmed) > 0 {
		if ne, ok := err.(*strconv.NumError); ok && ne.Err == strconv.ErrRange { // infinite, as in Java
			return nil
		}
		if c := trimmed[len(trimmed)-1]; strings.IndexByte("dDfF", c) >= 0 { // Java's suffixes
			if s.f, err = strconv.ParseFloat(str(trimmed[:len(trimmed)-1]), size); err == nil {
				return nil
			}
		}
	}
	return number(err, text)
}

// decimal reads a BigDecimal, rounded half up to t's scale; one that does not
// fit is NULL.
func (s *slot) decimal(t types.Type, text []byte) error {
	mantissa, exp := str(text), 0
	if e := bytes.IndexAny(text, "eE"); e >= 0 {
		n, err := strconv.Atoi(str(text[e+1:]))
		if err != nil {
			return number(err, text)
		}
		mantissa, exp = str(text[:e]), n
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	x, ok := new(big.Int).SetString(whole+frac, 10)
	if !ok || strings.ContainsAny(frac, "+-_") || strings.Contains(whole, "_") || exp > 1000 || exp < -10000 {
		return number(strconv.ErrSyntax, text)
	}
	shift := int(t.Scale) - len(frac) + exp
	ten := big.NewInt(10)
	if shift >= 0 {
		x.Mul(x, ten.Exp(ten, big.NewInt(int64(shift)), nil))
	} else {
		unit := ten.Exp(ten, big.NewInt(int64(-shift)), nil)
		rest := new(big.Int)
		x.QuoRem(x, unit, rest)
		if rest.Lsh(rest, 1).CmpAbs(unit) >= 0 {
			x.Add(x, big.NewInt(int64(rest.Sign())))
		}
	}
	if digits := len(new(big.Int).Abs(x).String()); digits > int(t.Prec) && x.Sign() != 0 {
		s.null = true
		return nil
	}
	if t.Phys() == types.PhysI64 {
		s.i = x.Int64()
		return nil
	}
	s.one.Reset()
	s.one.AppendI128(decimal128.FromBigInt(x))
	return nil
}

func (s *slot) clock(t types.Type, text string) error {
	c, err := time.Parse("15:04:05", text) // takes a fraction, too
	if err != nil {
		var short error
		if c, short = time.Parse("15:04", text); short != nil {
			return err
		}
	}
	ms := (c.Hour()*3600+c.Minute()*60+c.Second())*1000 + c.Nanosecond()/1e6
	unit := [4]int{1000, 100, 10, 1}[min(t.Prec, 3)]
	s.i = int64(ms / unit * unit)
	return nil
}

// minute remembers the last minute read.
type minute struct {
	text [16]byte
	unix int64
	ok   bool
}

// timestamp reads "2021-06-01 10:01:00.5", and with a Z behind it TIMESTAMP_LTZ.
func (d *Decoder) timestamp(t types.Type, text []byte, s *slot) error {
	b := text
	if t.Kind == types.TimestampLTZ {
		var ok bool
		if b, ok = bytes.CutSuffix(b, []byte("Z")); !ok {
			return fmt.Errorf("Text '%s' could not be parsed: a TIMESTAMP_LTZ ends with Z", text)
		}
	}
	units := t.UnitsPerMilli() * 1000 // a second
	if len(b) >= 19 && b[16] == ':' && b[17]-'0' < 6 && b[18]-'0' < 10 && (len(b) == 19 || b[19] == '.') {
		nanos, ok := fraction(b[19:])
		if ok && (d.last.ok && *(*[16]byte)(b) == d.last.text || d.readMinute(b)) {
			s.i = (d.last.unix+int64(b[17]-'0')*10+int64(b[18]-'0'))*units + nanos/(1e9/units)
			return nil
		}
	}
	at, err := time.Parse("2006-1-2 15:4:5", str(b))
	if err != nil {
		return fmt.Errorf("Text '%s' could not be parsed: Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff]", text)
	}
	s.i = at.Unix()*units + int64(at.Nanosecond())/(1e9/units)
	return nil
}

// fraction reads "" or "." and one to nine digits, as nanoseconds.
func fraction(b []byte) (int64, bool) {
	if len(b) == 0 {
		return 0, true
	}
	if len(b) < 2 || len(b) > 10 {
		return 0, false
	}
	n := int64(0)
	for _, c := range b[1:] {
		if c-'0' > 9 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	for k := len(b); k < 10; k++ {
		n *= 10
	}
	return n, true
}

func (d *Decoder) readMinute(b []byte) bool {
	t, err := time.Parse("2006-01-02 15:04", str(b[:16]))
	if err == nil {
		d.last = minute{*(*[16]byte)(b), t.Unix(), true}
	}
	return err == nil
}

func (d *Decoder) array(t types.Type, text []byte, s *slot) error {
	s.one.Reset()
	elem := newSlot(*t.Elem)
	if len(text) > 0 {
		for part := range bytes.SplitSeq(text, []byte(d.s.ArrayElements)) {
			if err := d.field(*t.Elem, part, &elem); err != nil {
				if !d.s.IgnoreErrors {
					return err
				}
				elem.null = true
			}
			put1(s.one.Kids[0], &elem)
		}
	}
	s.one.AppendRow()
	return nil
}

func (d *Decoder) row(t types.Type, text []byte, s *slot) error {
	parts := bytes.Split(text, []byte(d.s.ArrayElements))
	if len(parts) != len(t.Fields) && !d.s.IgnoreErrors {
		return fmt.Errorf("%w. %d fields expected but was %d.", errShort, len(t.Fields), len(parts))
	}
	s.one.Reset()
	for k, f := range t.Fields {
		elem := newSlot(f.Type)
		if k >= len(parts) {
			elem.null = true
		} else if err := d.field(f.Type, parts[k], &elem); err != nil {
			if !d.s.IgnoreErrors {
				return fmt.Errorf("field %s: %w", f.Name, err)
			}
			elem.null = true
		}
		put1(s.one.Kids[k], &elem)
	}
	s.one.AppendRow()
	return nil
}
