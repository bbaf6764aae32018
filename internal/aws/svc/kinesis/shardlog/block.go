package shardlog

import (
	"encoding/binary"
	"errors"

	"github.com/cockroachdb/pebble/v2"
)

// Keys are a kind, the stream, the shard, and for blocks the first index, all
// big-endian so that a shard's blocks lie in order.
const (
	blockKind  byte = 'b'
	markerKind byte = 'm'
	keyLen          = 1 + 8 + 4 + 8

	// blockVersion begins every block.
	blockVersion byte = 1
)

func appendKey(dst []byte, kind byte, id ShardID, index uint64) []byte {
	dst = append(dst, kind)
	dst = binary.BigEndian.AppendUint64(dst, id.Stream)
	dst = binary.BigEndian.AppendUint32(dst, id.Shard)
	return binary.BigEndian.AppendUint64(dst, index)
}

func keyIndex(key []byte) uint64 { return binary.BigEndian.Uint64(key[keyLen-8:]) }

// Run is the records of one put for one shard.
type Run struct {
	shard *Shard
	count uint32
	body  []byte

	// First is the index of the run's first record and Time the arrival of
	// all of them in milliseconds, both set by Log.Append.
	First uint64
	Time  int64
}

// NewRun makes an empty run for a shard, with room for size bytes.
func NewRun(s *Shard, size int) *Run { return &Run{shard: s, body: make([]byte, 0, size)} }

// Add adds a record and returns its place in the run, from 0. The bytes are copied.
func (r *Run) Add(key, data []byte) uint64 {
	r.body = binary.AppendUvarint(r.body, uint64(len(key)))
	r.body = append(r.body, key...)
	r.body = binary.AppendUvarint(r.body, uint64(len(data)))
	r.body = append(r.body, data...)
	r.count++
	return uint64(r.count - 1)
}

// Len is the number of records.
func (r *Run) Len() int { return int(r.count) }

// Index is the index of the record at a place, once Append has set First.
func (r *Run) Index(place uint64) uint64 { return r.First + place }

// A block is its version and then, for each run: records (uvarint), arrival in
// milliseconds (8 bytes), length of the body (uvarint), body. A body is key
// and data of each record, both with their length (uvarint) before them.

// maxRunHeader is the most a run has before its body.
const maxRunHeader = 2*binary.MaxVarintLen64 + 8

// addBlocks writes the runs into batch, those of one shard together.
func addBlocks(batch *pebble.Batch, runs []*Run) error {
	byShard := map[*Shard][]*Run{}
	var order []*Shard
	for _, r := range runs {
		if byShard[r.shard] == nil {
			order = append(order, r.shard)
		}
		byShard[r.shard] = append(byShard[r.shard], r)
	}
	var buf []byte
	var key [keyLen]byte
	for _, s := range order {
		rest := byShard[s]
		for len(rest) > 0 {
			var n int
			buf, n = appendBlock(buf[:0], rest)
			if err := batch.Set(appendKey(key[:0], blockKind, s.id, rest[0].First), buf, nil); err != nil {
				return err
			}
			rest = rest[n:]
		}
	}
	return nil
}

// appendBlock appends a block of the first n runs to dst.
func appendBlock(dst []byte, runs []*Run) (block []byte, n int) {
	dst = append(dst, blockVersion)
	for _, r := range runs {
		if n > 0 && len(dst)+maxRunHeader+len(r.body) > blockBytes {
			break
		}
		dst = binary.AppendUvarint(dst, uint64(r.count))
		dst = binary.BigEndian.AppendUint64(dst, uint64(r.Time))
		dst = binary.AppendUvarint(dst, uint64(len(r.body)))
		dst = append(dst, r.body...)
		n++
	}
	return dst, n
}

// ErrCorrupt is what a block that nobody wrote is answered with.
var ErrCorrupt = errors.New("a block of the record log is damaged")

// runView is a run inside a block; its body points into the block.
type runView struct {
	first, count uint64
	time         int64
	body         []byte
}

func (r runView) end() uint64 { return r.first + r.count }

// blockReader walks the runs of a block.
type blockReader struct {
	rest  []byte
	index uint64
}

func readBlock(first uint64, value []byte) (blockReader, error) {
	if len(value) == 0 || value[0] != blockVersion {
		return blockReader{}, ErrCorrupt
	}
	return blockReader{value[1:], first}, nil
}

// next is the next run; ok is false after the last.
func (b *blockReader) next() (r runView, ok bool, err error) {
	if len(b.rest) == 0 {
		return r, false, nil
	}
	count, n := binary.Uvarint(b.rest)
	if n <= 0 || len(b.rest) < n+8 {
		return r, false, ErrCorrupt
	}
	ms := int64(binary.BigEndian.Uint64(b.rest[n:]))
	body, rest, ok := sized(b.rest[n+8:])
	if !ok || count == 0 || count > uint64(len(body)) { // a record has two length bytes at least
		return r, false, ErrCorrupt
	}
	r = runView{b.index, count, ms, body}
	b.rest, b.index = rest, b.index+count
	return r, true, nil
}

// extent is the whole of a block: its end and the times of its first and last run.
func extent(first uint64, value []byte) (end uint64, from, to int64, err error) {
	b, err := readBlock(first, value)
	if err != nil {
		return 0, 0, 0, err
	}
	for {
		r, ok, err := b.next()
		if err != nil {
			return 0, 0, 0, err
		}
		if !ok {
			return b.index, from, to, nil
		}
		if r.first == first {
			from = r.time
		}
		to = r.time
	}
}

// sized splits a length-prefixed field off p.
func sized(p []byte) (field, rest []byte, ok bool) {
	// Most lengths are one or two bytes long.
	var n uint64
	var w int
	switch {
	case len(p) > 0 && p[0] < 0x80:
		n, w = uint64(p[0]), 1
	case len(p) > 1 && p[1] < 0x80:
		n, w = uint64(p[0]&0x7f)|uint64(p[1])<<7, 2
	default:
		if n, w = binary.Uvarint(p); w <= 0 {
			return nil, nil, false
		}
	}
	if n > uint64(len(p)-w) {
		return nil, nil, false
	}
	return p[w : w+int(n) : w+int(n)], p[w+int(n):], true
}
