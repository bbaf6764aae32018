// Package cbor reads and writes the CBOR documents of two AWS protocols:
// Kinesis' application/x-amz-cbor-1.1, whose times are tag 1 over MILLIseconds,
// and smithy-rpc-v2-cbor, whose times are tag 1 over seconds.
//
// Invariants: definite and indefinite lengths are read alike; a Reader never
// allocates more than the body could fill; nesting is bounded. What a Writer
// makes is definite but for structures, whose number of members is not known
// when they begin.
package cbor

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/x448/float16"

	"weir/internal/aws/wire/shape"
)

// Dialect is which protocol's times are meant.
type Dialect uint8

// The dialects.
const (
	RPCv2   Dialect = iota // seconds
	Kinesis                // milliseconds
)

const maxDepth = 200

// The major types of RFC 8949.
const (
	majorUint = iota
	majorNeg
	majorBytes
	majorText
	majorList
	majorMap
	majorTag
	majorSimple
)

const (
	indefinite = 31
	breakByte  = 0xff
)

// Reader is a shape.Reader over a CBOR document.
type Reader struct {
	b       []byte
	i       int
	dialect Dialect
	left    []int // elements left at each level; -1: until a break
}

// NewReader reads body; an empty body is an empty structure.
func NewReader(body []byte, dialect Dialect) *Reader {
	if len(body) == 0 {
		body = []byte{0xa0}
	}
	return &Reader{b: body, dialect: dialect, left: make([]int, 0, 6)}
}

// End reports an error when something follows the document.
func (r *Reader) End() error {
	if r.i != len(r.b) {
		return malformed()
	}
	return nil
}

// malformed is a document that is not CBOR; AWS answers it without a text.
func malformed() error { return &shape.TypeError{} }

// peek is the next value's major type and additional information.
func (r *Reader) peek() (major int, info byte, ok bool) {
	if r.i >= len(r.b) {
		return 0, 0, false
	}
	return int(r.b[r.i] >> 5), r.b[r.i] & 31, true
}

// head consumes a value's head and returns its argument.
func (r *Reader) head() (major int, info byte, arg uint64, err error) {
	major, info, ok := r.peek()
	if !ok {
		return 0, 0, 0, malformed()
	}
	r.i++
	if info < 24 || info == indefinite {
		return major, info, uint64(info), nil
	}
	if info > 27 {
		return 0, 0, 0, malformed()
	}
	n := 1 << (info - 24)
	if len(r.b)-r.i < n {
		return 0, 0, 0, malformed()
	}
	for _, c := range r.b[r.i : r.i+n] {
		arg = arg<<8 | uint64(c)
	}
	r.i += n
	return major, info, arg, nil
}

// kind is what the next value is, in AWS's words.
func (r *Reader) kind() shape.Kind {
	major, info, ok := r.peek()
	switch {
	case !ok:
		return ""
	case major == majorBytes:
		return shape.KindBlob
	case major == majorText:
		return shape.KindString
	case major == majorList:
		return shape.KindList
	case major == majorMap:
		return shape.KindMap
	case major == majorSimple && (info == 20 || info == 21):
		return shape.KindBool
	}
	return shape.KindNumber
}

func (r *Reader) mismatch(want string) error {
	if k := r.kind(); k != "" {
		return shape.Mismatch(k, want)
	}
	return malformed()
}

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

// Struct implements shape.Reader.
func (r *Reader) Struct() error { return r.begin(majorMap, shape.WantStruct) }

// Map implements shape.Reader.
func (r *Reader) Map() error { return r.begin(majorMap, shape.WantMap) }

// List implements shape.Reader.
func (r *Reader) List() error { return r.begin(majorList, shape.WantList) }

func (r *Reader) begin(want int, name string) error {
	if major, _, ok := r.peek(); !ok || major != want {
		return r.mismatch(name)
	}
	_, info, n, err := r.head()
	if err != nil {
		return err
	}
	if len(r.left) >= maxDepth || info != indefinite && n > uint64(len(r.b)-r.i) {
		return malformed() // every element takes a byte at least
	}
	if info == indefinite {
		r.left = append(r.left, -1)
	} else {
		r.left = append(r.left, int(n))
	}
	return nil
}

// more tells whether the innermost list or map goes on, and ends it if not.
func (r *Reader) more() (bool, error) {
	top := &r.left[len(r.left)-1]
	switch {
	case *top > 0:
		*top--
		return true, nil
	case *top < 0:
		if r.i >= len(r.b) {
			return false, malformed()
		}
		if r.b[r.i] != breakByte {
			return true, nil
		}
		r.i++
	}
	r.left = r.left[:len(r.left)-1]
	return false, nil
}

// Next implements shape.Reader.
func (r *Reader) Next() (bool, error) { return r.more() }

// Key implements shape.Reader.
func (r *Reader) Key() ([]byte, bool, error) {
	ok, err := r.more()
	if err != nil || !ok {
		return nil, false, err
	}
	if r.kind() != shape.KindString {
		return nil, false, malformed()
	}
	key, err := r.bytes(nil)
	return key, err == nil, err
}

// Skip implements shape.Reader.
func (r *Reader) Skip() error { return r.skip(0) }

func (r *Reader) skip(depth int) error {
	major, info, ok := r.peek()
	if !ok || depth > maxDepth {
		return malformed()
	}
	switch major {
	case majorBytes, majorText:
		_, err := r.bytes(nil)
		return err
	case majorTag:
		if _, _, _, err := r.head(); err != nil {
			return err
		}
		return r.skip(depth + 1)
	case majorList, majorMap:
		if err := r.begin(major, ""); err != nil {
			return err
		}
		for {
			ok, err := r.more()
			if err != nil || !ok {
				return err
			}
			for range major - majorList + 1 {
				if err := r.skip(depth + 1); err != nil {
					return err
				}
			}
		}
	}
	if info == indefinite {
		return malformed() // a break where a value belongs
	}
	_, _, _, err := r.head()
	return err
}

// be appends the n low bytes of v.
func be(b []byte, v uint64, n int) []byte {
	var all [8]byte
	binary.BigEndian.PutUint64(all[:], v)
	return append(b, all[8-n:]...)
}
