package kinesis

import (
	"reflect"
	"testing"
	"time"

	"weir/internal/aws/wire/awsjson"
	"weir/internal/aws/wire/cbor"
	"weir/internal/aws/wire/shape"
)

// The same fields without methods: what the plans make of them is the measure.
type (
	plainRequest PutRecordsRequestEntry
	plainResult  PutRecordsResultEntry
	plainRecord  Record
	plainPage    GetRecordsOutput
)

func TestDecodeAsPlan(t *testing.T) {
	var plans shape.Plans
	for _, doc := range []string{
		`{}`, `{"Data":"aGk=","PartitionKey":"k"}`, `{"PartitionKey":"k","ExplicitHashKey":"5","Data":""}`,
		`{"Data":null,"PartitionKey":null,"ExplicitHashKey":null}`, `{"Data":"aGk=","Other":[{"a":1}],"PartitionKey":"k","PartitionKey":"l"}`,
		`{"Data":"a"}`, `{"Data":5}`, `{"PartitionKey":{}}`, `[]`, `5`, `{"Data"`, `{"data":"aGk="}`,
	} {
		var fast PutRecordsRequestEntry
		var plain plainRequest
		m1, err1 := plans.Decode(awsjson.NewReader([]byte(doc)), &fast)
		m2, err2 := plans.Decode(awsjson.NewReader([]byte(doc)), &plain)
		if !reflect.DeepEqual(m1, m2) || !reflect.DeepEqual(err1, err2) {
			t.Errorf("%s: %v, %v; the plan has %v, %v", doc, m1, err1, m2, err2)
		}
		if err1 == nil && !reflect.DeepEqual(plainRequest(fast), plain) {
			t.Errorf("%s: %+v; the plan has %+v", doc, fast, plain)
		}
	}
}

func TestEncodeAsPlan(t *testing.T) {
	now := time.UnixMilli(1795400390613)
	for _, r := range []Record{
		{}, {SequenceNumber: "5", Data: []byte("hi"), PartitionKey: "é\"\n"},
		{SequenceNumber: "5", Data: []byte{}, PartitionKey: "k", ApproximateArrivalTimestamp: &now, EncryptionType: new("KMS")},
	} {
		sameText(t, &r, (*plainRecord)(&r))
	}
	for _, p := range []GetRecordsOutput{
		{}, {Records: []Record{{SequenceNumber: "5"}, {Data: []byte("x")}}, NextShardIterator: new("it"), MillisBehindLatest: new(int64(7))},
		{ChildShards: []ChildShard{}}, {ChildShards: []ChildShard{{ShardId: "a", ParentShards: []string{"b", "c"}, HashKeyRange: &HashKeyRange{"1", "2"}}, {}}},
	} {
		sameText(t, &p, (*plainPage)(&p))
	}
	for _, r := range []PutRecordsResultEntry{{}, {SequenceNumber: new("5"), ShardId: new("s")}, {ErrorCode: new("c"), ErrorMessage: new("m")}} {
		sameText(t, &r, (*plainResult)(&r))
	}
}

func sameText(t *testing.T, fast, plain any) {
	t.Helper()
	var plans shape.Plans
	a, b := awsjson.NewWriter(), awsjson.NewWriter()
	plans.Encode(a, fast)
	plans.Encode(b, plain)
	if string(a.Bytes()) != string(b.Bytes()) {
		t.Errorf("JSON %s; the plan has %s", a.Bytes(), b.Bytes())
	}
	c, d := cbor.NewWriter(cbor.Kinesis), cbor.NewWriter(cbor.Kinesis)
	plans.Encode(c, fast)
	plans.Encode(d, plain)
	if string(c.Bytes()) != string(d.Bytes()) {
		t.Errorf("CBOR %x; the plan has %x", c.Bytes(), d.Bytes())
	}
}
