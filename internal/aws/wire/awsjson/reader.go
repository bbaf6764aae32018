// Package awsjson reads and writes the documents of AWS's JSON 1.0 and 1.1
// protocols: blobs in base64, times as seconds since the epoch, type errors in
// the words of AWS's framework.
//
// Invariants: a Reader accepts one document and nothing after it; keys are
// compared as they are written; of a doubled key the last counts. It must not
// retain the body: strings and blobs are copies.
package awsjson

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-faster/jx"
	"github.com/segmentio/asm/base64"

	"weir/internal/aws/wire/shape"
)

// Reader is a shape.Reader over a JSON document.
type Reader struct {
	d     jx.Decoder
	stack []iter
}

// iter is one object or list being read.
type iter struct {
	obj  jx.ObjIter
	arr  jx.ArrIter
	list bool
}

// NewReader reads body; an empty body is an empty object, as AWS has it.
func NewReader(body []byte) *Reader {
	r := &Reader{stack: make([]iter, 0, 6)}
	if len(body) == 0 {
		body = []byte("{}")
	}
	r.d.ResetBytes(body)
	return r
}

// End reports an error when something follows the document.
func (r *Reader) End() error {
	if r.d.Next() == jx.Invalid {
		if err := r.d.Skip(); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil // nothing is left
		}
	}
	return &shape.TypeError{}
}

func (r *Reader) found() shape.Kind {
	switch r.d.Next() {
	case jx.Bool:
		return shape.KindBool
	case jx.Number:
		return shape.KindNumber
	case jx.String:
		return shape.KindString
	case jx.Array:
		return shape.KindList
	case jx.Object:
		return shape.KindMap
	}
	return ""
}

// mismatch is the error for the next value not being what is wanted; what is no
// JSON at all has no text, as with AWS.
func (r *Reader) mismatch(want string) error {
	kind := r.found()
	if kind == "" {
		return &shape.TypeError{}
	}
	return shape.Mismatch(kind, want)
}

// bad is a document that is not JSON.
func bad(err error) error {
	if err == nil {
		return nil
	}
	return &shape.TypeError{}
}

// Null implements shape.Reader.
func (r *Reader) Null() bool { return r.d.Next() == jx.Null && r.d.Null() == nil }

// Bool implements shape.Reader; AWS takes some words for booleans too.
func (r *Reader) Bool() (bool, error) {
	switch r.d.Next() {
	case jx.Bool:
		v, err := r.d.Bool()
		return v, bad(err)
	case jx.String:
		s, err := r.d.Str()
		if err != nil {
			return false, bad(err)
		}
		return parseBool(s)
	}
	return false, r.mismatch(shape.WantBool)
}

func parseBool(s string) (bool, error) {
	switch strings.ToUpper(s) {
	case "TRUE", "1", "YES":
		return true, nil
	case "FALSE", "0", "NO":
		return false, nil
	}
	return false, &shape.TypeError{Msg: fmt.Sprintf("'%s' can not be converted to an Boolean", strings.ToUpper(s))}
}

// Int implements shape.Reader.
func (r *Reader) Int(bits int) (int64, error) {
	want := shape.WantLong
	lo, hi := int64(math.MinInt64), int64(math.MaxInt64)
	if bits == 32 {
		want, lo, hi = shape.WantInt, math.MinInt32, math.MaxInt32
	}
	if r.d.Next() != jx.Number {
		return 0, r.mismatch(want)
	}
	num, err := r.d.Num()
	if err != nil {
		return 0, bad(err)
	}
	v, err := strconv.ParseInt(string(num), 10, 64)
	if err != nil { // a fraction, an exponent, or too large
		f, err := strconv.ParseFloat(string(num), 64)
		if err != nil && !math.IsInf(f, 0) {
			return 0, bad(err)
		}
		switch {
		case f >= math.MaxInt64:
			v = math.MaxInt64
		case f <= math.MinInt64:
			v = math.MinInt64
		default:
			v = int64(math.Floor(f))
		}
	}
	return min(max(v, lo), hi), nil
}

// Float implements shape.Reader; NaN and the infinities are strings.
func (r *Reader) Float() (float64, error) {
	switch r.d.Next() {
	case jx.Number:
		v, err := r.d.Float64()
		return v, bad(err)
	case jx.String:
		s, err := r.d.Str()
		if err != nil {
			return 0, bad(err)
		}
		switch s {
		case "NaN":
			return math.NaN(), nil
		case "Infinity":
			return math.Inf(1), nil
		case "-Infinity":
			return math.Inf(-1), nil
		}
		return 0, shape.Mismatch(shape.KindString, shape.WantDouble)
	}
	return 0, r.mismatch(shape.WantDouble)
}

// Str implements shape.Reader.
func (r *Reader) Str() (string, error) {
	if r.d.Next() != jx.String {
		return "", r.mismatch(shape.WantString)
	}
	v, err := r.d.Str()
	return v, bad(err)
}

// Blob implements shape.Reader.
func (r *Reader) Blob() ([]byte, error) {
	if r.d.Next() != jx.String {
		return nil, r.mismatch(shape.WantBlob)
	}
	text, err := r.d.StrBytes()
	if err != nil {
		return nil, bad(err)
	}
	return decodeBase64(text)
}

func decodeBase64(text []byte) ([]byte, error) {
	out := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(out, text)
	if err == nil && len(text)%4 == 0 {
		return out[:n], nil
	}
	why := "Invalid last non-pad Base64 character dectected" // AWS's own spelling
	if len(text)%4 != 0 {
		why = fmt.Sprintf("Base64 encoded length is expected a multiple of 4 bytes but found: %d", len(text))
	} else if i := strings.IndexFunc(string(text), notBase64); i >= 0 {
		why = fmt.Sprintf("Invalid Base64 character: '%c'", text[i])
	}
	return nil, &shape.TypeError{Msg: fmt.Sprintf("'%s' can not be converted to a Blob: %s", text, why)}
}

func notBase64(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '+' && c != '/' && c != '='
}

// Time implements shape.Reader: seconds since the epoch, or text where the
// model says so.
func (r *Reader) Time(f shape.TimeFormat) (time.Time, error) {
	switch {
	case r.d.Next() == jx.Number:
		num, err := r.d.Num()
		if err != nil {
			return time.Time{}, bad(err)
		}
		return seconds(string(num))
	case r.d.Next() == jx.String && f == shape.TimeISO8601:
		s, err := r.d.Str()
		if err != nil {
			return time.Time{}, bad(err)
		}
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return time.Time{}, shape.Mismatch(shape.KindString, shape.WantTime)
		}
		return t.UTC(), nil
	}
	return time.Time{}, r.mismatch(shape.WantTime)
}

// seconds reads decimal seconds, to the millisecond: a float64 does not hold
// more of today's epoch with certainty.
func seconds(num string) (time.Time, error) {
	f, err := strconv.ParseFloat(num, 64)
	if err != nil || math.Abs(f) > 1<<53 {
		return time.Time{}, &shape.TypeError{}
	}
	return time.UnixMilli(int64(math.Round(f * 1000))).UTC(), nil
}

// Struct implements shape.Reader.
func (r *Reader) Struct() error { return r.object(shape.WantStruct) }

// Map implements shape.Reader.
func (r *Reader) Map() error { return r.object(shape.WantMap) }

func (r *Reader) object(want string) error {
	if r.d.Next() != jx.Object {
		return r.mismatch(want)
	}
	it, err := r.d.ObjIter()
	if err != nil {
		return bad(err)
	}
	r.stack = append(r.stack, iter{obj: it})
	return nil
}

// Key implements shape.Reader.
func (r *Reader) Key() ([]byte, bool, error) {
	top := &r.stack[len(r.stack)-1]
	if top.obj.Next() {
		return top.obj.Key(), true, nil
	}
	err := top.obj.Err()
	r.stack = r.stack[:len(r.stack)-1]
	return nil, false, bad(err)
}

// List implements shape.Reader.
func (r *Reader) List() error {
	if r.d.Next() != jx.Array {
		return r.mismatch(shape.WantList)
	}
	it, err := r.d.ArrIter()
	if err != nil {
		return bad(err)
	}
	r.stack = append(r.stack, iter{arr: it, list: true})
	return nil
}

// Next implements shape.Reader.
func (r *Reader) Next() (bool, error) {
	top := &r.stack[len(r.stack)-1]
	if top.arr.Next() {
		return true, nil
	}
	err := top.arr.Err()
	r.stack = r.stack[:len(r.stack)-1]
	return false, bad(err)
}

// Skip implements shape.Reader.
func (r *Reader) Skip() error { return bad(r.d.Skip()) }
