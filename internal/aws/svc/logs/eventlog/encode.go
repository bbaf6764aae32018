package eventlog

import (
	"encoding/binary"
	"fmt"
)

const eventKeyLen = 1 + 8 + 8 + 8

func putEventKey(key []byte, id uint64, p Pos) {
	key[0] = eventSpace
	binary.BigEndian.PutUint64(key[1:], id)
	binary.BigEndian.PutUint64(key[9:], uint64(p.Time))
	binary.BigEndian.PutUint64(key[17:], p.Seq)
}

func eventKey(id uint64, p Pos) []byte {
	key := make([]byte, eventKeyLen)
	putEventKey(key, id, p)
	return key
}

// eventsEnd is the key after all events of a stream.
func eventsEnd(id uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{eventSpace}, id+1)
}

func readEvent(key, value []byte) (e Event, err error) {
	if len(key) != eventKeyLen || len(value) < 8 {
		return e, fmt.Errorf("the logs are damaged at key %x", key)
	}
	e.Time = int64(binary.BigEndian.Uint64(key[9:]))
	e.Seq = binary.BigEndian.Uint64(key[17:])
	e.Arrival = int64(binary.BigEndian.Uint64(value))
	e.Message = string(value[8:])
	return e, nil
}

func summaryKey(id uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{summarySpace}, id)
}

func (s Summary) encode() []byte {
	b := make([]byte, 0, 40)
	for _, v := range [...]int64{s.First, s.Last, s.LastArrival, s.Bytes, s.Count} {
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	}
	return b
}

func readSummary(data []byte) (s Summary, err error) {
	if len(data) != 40 {
		return s, fmt.Errorf("a summary of the logs is damaged: %d bytes", len(data))
	}
	for i, v := range [...]*int64{&s.First, &s.Last, &s.LastArrival, &s.Bytes, &s.Count} {
		*v = int64(binary.BigEndian.Uint64(data[8*i:]))
	}
	return s, nil
}

func (s *Summary) add(time int64, message int) {
	if s.Count == 0 || time < s.First {
		s.First = time
	}
	if s.Count == 0 || time > s.Last {
		s.Last = time
	}
	s.Bytes += int64(message) + Overhead
	s.Count++
}
