package cbor

import (
	"math"
	"time"

	"github.com/x448/float16"

	"weir/internal/aws/wire/shape"
)

// Null implements shape.Reader; undefined counts as null.
func (r *Reader) Null() bool {
	if major, info, ok := r.peek(); ok && major == majorSimple && (info == 22 || info == 23) {
		r.i++
		return true
	}
	return false
}

// Bool implements shape.Reader.
func (r *Reader) Bool() (bool, error) {
	if r.kind() != shape.KindBool {
		return false, r.mismatch(shape.WantBool)
	}
	r.i++
	return r.b[r.i-1]&31 == 21, nil
}

// number consumes an integer or float.
func (r *Reader) number(want string) (i int64, f float64, isInt bool, err error) {
	if r.kind() != shape.KindNumber {
		return 0, 0, false, r.mismatch(want)
	}
	major, info, arg, err := r.head()
	if err != nil {
		return 0, 0, false, err
	}
	switch {
	case major == majorUint && info != indefinite:
		return int64(min(arg, math.MaxInt64)), float64(arg), true, nil
	case major == majorNeg && info != indefinite:
		return -1 - int64(min(arg, math.MaxInt64)), -1 - float64(arg), true, nil
	case major == majorSimple && info == 25:
		return 0, float64(float16.Frombits(uint16(arg)).Float32()), false, nil
	case major == majorSimple && info == 26:
		return 0, float64(math.Float32frombits(uint32(arg))), false, nil
	case major == majorSimple && info == 27:
		return 0, math.Float64frombits(arg), false, nil
	}
	return 0, 0, false, malformed()
}

// Int implements shape.Reader.
func (r *Reader) Int(bits int) (int64, error) {
	want, lo, hi := shape.WantLong, int64(math.MinInt64), int64(math.MaxInt64)
	if bits == 32 {
		want, lo, hi = shape.WantInt, math.MinInt32, math.MaxInt32
	}
	i, f, isInt, err := r.number(want)
	if err != nil {
		return 0, err
	}
	if !isInt {
		switch {
		case math.IsNaN(f):
			return 0, malformed()
		case f >= math.MaxInt64:
			i = math.MaxInt64
		case f <= math.MinInt64:
			i = math.MinInt64
		default:
			i = int64(math.Floor(f))
		}
	}
	return min(max(i, lo), hi), nil
}

// Float implements shape.Reader.
func (r *Reader) Float() (float64, error) {
	_, f, _, err := r.number(shape.WantDouble)
	return f, err
}

// Str implements shape.Reader.
func (r *Reader) Str() (string, error) {
	if r.kind() != shape.KindString {
		return "", r.mismatch(shape.WantString)
	}
	b, err := r.bytes(nil)
	return string(b), err
}

// Blob implements shape.Reader.
func (r *Reader) Blob() ([]byte, error) {
	if r.kind() != shape.KindBlob {
		return nil, r.mismatch(shape.WantBlob)
	}
	b, err := r.bytes(nil)
	return append(make([]byte, 0, len(b)), b...), err
}

// bytes consumes a byte or text string. A definite one is a view of the body,
// the chunks of an indefinite one are joined.
func (r *Reader) bytes(joined []byte) ([]byte, error) {
	major, info, arg, err := r.head()
	if err != nil {
		return nil, err
	}
	if info != indefinite {
		if arg > uint64(len(r.b)-r.i) {
			return nil, malformed()
		}
		r.i += int(arg)
		return r.b[r.i-int(arg) : r.i], nil
	}
	for {
		m, chunk, ok := r.peek()
		switch {
		case !ok:
			return nil, malformed()
		case r.b[r.i] == breakByte:
			r.i++
			return joined, nil
		case m != major || chunk == indefinite:
			return nil, malformed()
		}
		b, err := r.bytes(nil)
		if err != nil {
			return nil, err
		}
		joined = append(joined, b...)
	}
}

// Time implements shape.Reader: tag 1, or a bare number.
func (r *Reader) Time(shape.TimeFormat) (time.Time, error) {
	if major, _, ok := r.peek(); ok && major == majorTag {
		if _, _, tag, err := r.head(); err != nil || tag != 1 {
			return time.Time{}, malformed()
		}
	}
	i, f, isInt, err := r.number(shape.WantTime)
	if err != nil {
		return time.Time{}, err
	}
	if !isInt && (math.IsNaN(f) || math.Abs(f) > 1<<53) || isInt && (i > 1<<53 || i < -1<<53) {
		return time.Time{}, malformed()
	}
	switch {
	case r.dialect == Kinesis && isInt:
		return time.UnixMilli(i).UTC(), nil
	case r.dialect == Kinesis:
		return time.UnixMilli(int64(math.Round(f))).UTC(), nil
	case isInt:
		return time.Unix(i, 0).UTC(), nil
	}
	return time.UnixMilli(int64(math.Round(f * 1000))).UTC(), nil
}
