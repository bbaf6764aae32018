package kinesis

import (
	"bytes"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// TestAnswerAsJackson reads an answer as AWS's servers write it: open-ended maps,
// arrays and strings, unknown fields, nulls.
func TestAnswerAsJackson(t *testing.T) {
	text := func(s string) []byte { return append([]byte{0x60 + byte(len(s))}, s...) }
	body := bytes.Join([][]byte{{0xbf},
		text("Records"), {0x9f, 0xbf},
		text("SequenceNumber"), {0x7f}, text("49"), text("0001"), {0xff},
		text("Data"), {0x43}, []byte("abc"),
		text("EncryptionType"), {0xf6},
		text("PartitionKey"), text("k"),
	}, nil)
	body = append(body, 0x78, byte(len("ApproximateArrivalTimestamp")))
	body = append(append(body, "ApproximateArrivalTimestamp"...), 0xc1, 0x1b, 0, 0, 1, 0xa2, 0, 0, 0, 0)
	body = append(body, 0xff, 0xff)
	body = append(append(append(body, text("ChildShards")...), 0x81, 0xa1), append(text("ShardId"), text("x")...)...)
	body = append(append(append(body, text("MillisBehindLatest")...), 0x19, 1, 0), 0xff)
	var a recordsAnswer
	if err := a.read(body); err != nil {
		t.Fatal(err)
	}
	if len(a.records) != 1 || string(a.records[0].data) != "abc" || string(a.records[0].sequence) != "490001" ||
		a.records[0].arrival != 0x1a200000000 || a.behind != 256 || a.next != "" {
		t.Errorf("got %+v", a)
	}
}

// FuzzAnswer compares with a full reader of CBOR: what that takes and what has the
// shape of an answer is read alike, and nothing panics.
func FuzzAnswer(f *testing.F) {
	type wireRecord struct {
		Data           []byte
		SequenceNumber string
	}
	type wireAnswer struct {
		Records            []wireRecord
		NextShardIterator  *string
		MillisBehindLatest int64
	}
	next := "it"
	for _, a := range []wireAnswer{{}, {MillisBehindLatest: 1 << 40}, {Records: []wireRecord{{[]byte("x"), "1"}, {nil, ""}}, NextShardIterator: &next}} {
		body, err := cbor.Marshal(a)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got recordsAnswer
		var want wireAnswer
		if err := got.read(body); err != nil || cbor.Unmarshal(body, &want) != nil {
			return
		}
		for i, r := range got.records {
			if i < len(want.Records) && len(want.Records) == len(got.records) && string(want.Records[i].SequenceNumber) != string(r.sequence) {
				again, err := cbor.Marshal(want)
				if err == nil && bytes.Equal(again, body) { // no key twice
					t.Errorf("record %d: got %q, want %q", i, r.sequence, want.Records[i].SequenceNumber)
				}
			}
		}
	})
}

// TestAnswersOfAnotherWriter reads what a full writer of CBOR wrote.
func TestAnswersOfAnotherWriter(t *testing.T) {
	type rec struct {
		Data                        []byte
		SequenceNumber              string
		PartitionKey                string
		ApproximateArrivalTimestamp cbor.Tag
	}
	next := "again"
	in := struct {
		Records            []rec
		NextShardIterator  *string
		MillisBehindLatest int64
	}{NextShardIterator: &next, MillisBehindLatest: 70_000}
	for i := range 300 {
		in.Records = append(in.Records, rec{bytes.Repeat([]byte{byte(i)}, i), string(rune('a' + i%26)), "k",
			cbor.Tag{Number: 1, Content: uint64(1e12) + uint64(i)}})
	}
	body, err := cbor.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var a recordsAnswer
	if err := a.read(body); err != nil {
		t.Fatal(err)
	}
	if len(a.records) != 300 || a.next != "again" || a.behind != 70_000 {
		t.Fatalf("got %d records, next %q, behind %d", len(a.records), a.next, a.behind)
	}
	for i, r := range a.records {
		if w := in.Records[i]; !bytes.Equal(r.data, w.Data) || string(r.sequence) != w.SequenceNumber || r.arrival != 1e12+int64(i) {
			t.Fatalf("record %d: got %q %q %d", i, r.data, r.sequence, r.arrival)
		}
	}
	for n := range body { // cut short anywhere it is refused
		if a.read(body[:n]) == nil {
			t.Fatalf("the first %d of %d bytes were taken for an answer", n, len(body))
		}
	}
}
