// Package cbor reads and writes the CBOR documents of two AWS protocols:
// Kinesis' application/x-amz-cbor-1.1, whose times are tag 1 over MILLIseconds,
// and smithy-rpc-v2-cbor, whose times are tag 1 over seconds.
//
// Invariants: definite and indefinite lengths are read alike; a Reader never
// allocates more than the body could fill; nesting is bounded. What a Writer
// makes is definite but for structures, whose number of members is not known
// when they begin.
package cbor

import "weir/internal/aws/wire/shape"

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
