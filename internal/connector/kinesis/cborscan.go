package kinesis

import (
	"encoding/binary"
	"math"
)

// cborScan reads CBOR in place, forwards: of RFC 8949 what a service answers
// with. After something unexpected failed is set and every read yields nothing.
type cborScan struct {
	b      []byte
	i      int
	depth  int
	failed bool
}

// The major types of CBOR, and the argument that leaves a length open.
const (
	cborUint  = 0
	cborNeg   = 1
	cborBytes = 2
	cborText  = 3
	cborArray = 4
	cborMap   = 5
	cborTag   = 6
	cborOther = 7
	openEnded = math.MaxUint64
	maxDepth  = 32
)

func (s *cborScan) fail() {
	s.failed, s.i = true, len(s.b)
}

// head reads a data item's head: its major type, its small argument as written,
// and its argument.
func (s *cborScan) head() (major, info byte, arg uint64) {
	if s.i >= len(s.b) {
		s.fail()
		return cborOther, 0, 0
	}
	h := s.b[s.i]
	s.i++
	major, info = h>>5, h&31
	switch {
	case info < 24:
		return major, info, uint64(info)
	case info == 31:
		return major, info, openEnded
	case info > 27 || len(s.b)-s.i < 1<<(info-24):
		s.fail()
		return cborOther, 0, 0
	}
	rest := s.b[s.i:]
	s.i += 1 << (info - 24)
	switch info {
	case 24:
		arg = uint64(rest[0])
	case 25:
		arg = uint64(binary.BigEndian.Uint16(rest))
	case 26:
		arg = uint64(binary.BigEndian.Uint32(rest))
	default:
		arg = binary.BigEndian.Uint64(rest)
	}
	return major, info, arg
}

// isBreak takes the end of an open-ended item, if that is what comes.
func (s *cborScan) isBreak() bool {
	if s.i < len(s.b) && s.b[s.i] == 0xff {
		s.i++
		return true
	}
	return false
}

// each calls f for each of n items, or until the end of an open-ended one.
func (s *cborScan) each(n uint64, f func()) {
	if s.depth++; s.depth > maxDepth {
		s.fail()
	}
	for k := uint64(0); k < n && !s.failed; k++ {
		if n == openEnded && s.isBreak() {
			break
		}
		f()
	}
	s.depth--
}

// isNull takes a null, if that is what comes.
func (s *cborScan) isNull() bool {
	if s.i < len(s.b) && s.b[s.i] == 0xf6 {
		s.i++
		return true
	}
	return false
}

// fields reads a map; f must read or skip each value.
func (s *cborScan) fields(f func(key []byte)) {
	major, _, n := s.head()
	if major != cborMap {
		s.fail()
		return
	}
	s.each(n, func() {
		key := s.text()
		if !s.failed {
			f(key)
		}
	})
}

// items reads an array; f must read each item.
func (s *cborScan) items(f func(s *cborScan)) {
	if s.isNull() {
		return
	}
	major, _, n := s.head()
	if major != cborArray {
		s.fail()
		return
	}
	s.each(n, func() { f(s) })
}

// text is a text or byte string, in place unless it came in pieces.
func (s *cborScan) text() []byte {
	if s.isNull() {
		return nil
	}
	major, _, n := s.head()
	if major != cborText && major != cborBytes {
		s.fail()
		return nil
	}
	if n == openEnded {
		var all []byte
		s.each(n, func() { all = append(all, s.text()...) })
		return all
	}
	if n > uint64(len(s.b)-s.i) {
		s.fail()
		return nil
	}
	from := s.i
	s.i += int(n)
	return s.b[from:s.i] // with what follows as its capacity: a decoder may read on
}

// integer is a number, tagged or not; of a fraction the whole part.
func (s *cborScan) integer() int64 {
	if s.isNull() {
		return 0
	}
	major, info, arg := s.head()
	for major == cborTag && !s.failed {
		major, info, arg = s.head()
	}
	switch {
	case major == cborUint && arg <= math.MaxInt64:
		return int64(arg)
	case major == cborNeg && arg <= math.MaxInt64:
		return -1 - int64(arg)
	case major == cborOther && info == 27:
		return int64(math.Float64frombits(arg))
	case major == cborOther && info == 26:
		return int64(math.Float32frombits(uint32(arg)))
	}
	s.fail()
	return 0
}

// skip passes over any data item.
func (s *cborScan) skip() {
	major, info, arg := s.head()
	switch major {
	case cborBytes, cborText:
		switch {
		case arg == openEnded:
			s.each(arg, s.skip)
		case arg > uint64(len(s.b)-s.i):
			s.fail()
		default:
			s.i += int(arg)
		}
	case cborArray:
		s.each(arg, s.skip)
	case cborMap:
		s.each(arg, func() { s.skip(); s.skip() })
	case cborTag:
		s.each(1, s.skip)
	case cborOther:
		if info == 31 { // a break where none is due
			s.fail()
		}
	}
}
