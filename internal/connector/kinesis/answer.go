package kinesis

import "errors"

// record is a record of an answer. Its bytes are the answer's: they are gone
// when the page is let go.
type record struct {
	data     []byte
	sequence []byte
	arrival  int64 // epoch milliseconds
}

// recordsAnswer is the answer to GetRecords.
type recordsAnswer struct {
	body    []byte // what the records point into
	records []record
	next    string // the next iterator; "" at the shard's end
	behind  int64  // MillisBehindLatest
}

// read takes an answer apart without copying what the records hold. a keeps its
// memory for the next.
func (a *recordsAnswer) read(body []byte) error {
	a.body, a.records, a.next, a.behind = body, a.records[:0], "", 0
	s := cborScan{b: body}
	s.fields(func(key []byte) {
		switch string(key) {
		case "Records":
			s.items(a.record)
		case "NextShardIterator":
			a.next = string(s.text())
		case "MillisBehindLatest":
			a.behind = s.integer()
		default:
			s.skip()
		}
	})
	if s.failed {
		return errors.New("the answer to GetRecords is not the CBOR that was expected")
	}
	return nil
}

// record reads one.
func (a *recordsAnswer) record(s *cborScan) {
	var r record
	s.fields(func(key []byte) {
		switch string(key) {
		case "Data":
			r.data = s.text()
		case "SequenceNumber":
			r.sequence = s.text()
		case "ApproximateArrivalTimestamp": // tag 1 over epoch milliseconds
			r.arrival = s.integer()
		default:
			s.skip()
		}
	})
	a.records = append(a.records, r)
}
