package kinesis

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/store"
	"weir/internal/aws/wire"
	"weir/internal/aws/wire/awsjson"
	"weir/internal/aws/wire/cbor"
	"weir/internal/aws/wire/shape"
	"weir/internal/clock"
	"weir/internal/vfs"
)

func benchService(b *testing.B, shards int) (*Service, *wire.Call) {
	dir := b.TempDir()
	db, err := store.Open(vfs.OS(), dir+"/meta")
	if err != nil {
		b.Fatal(err)
	}
	s, err := New(Deps{DB: db, Clock: clock.System{}, FS: vfs.OS(), Dir: dir + "/records", Rand: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close(); _ = db.Close() })
	c := &wire.Call{Context: context.Background(), Account: "012345678901", Region: "us-east-1", Partition: "aws"}
	if _, err := s.createStream(c, &api.CreateStreamInput{StreamName: "s", ShardCount: new(int32(shards))}); err != nil {
		b.Fatal(err)
	}
	return s, c
}

// putBody is a PutRecords request of 500 × 200 B.
func putBody() []byte {
	data := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 200)))
	var sb strings.Builder
	sb.WriteString(`{"Records":[`)
	for i := range 500 {
		if i > 0 {
			sb.WriteByte(',')
		}
		fmt.Fprintf(&sb, `{"Data":"%s","PartitionKey":"key-%d"}`, data, i)
	}
	sb.WriteString(`],"StreamName":"s"}`)
	return []byte(sb.String())
}

// BenchmarkPutRecords is a request of 500 × 200 B from JSON to JSON, durably.
func BenchmarkPutRecords(b *testing.B) {
	for _, shards := range []int{1, 4} {
		b.Run(fmt.Sprintf("shards=%d", shards), func(b *testing.B) {
			s, c := benchService(b, shards)
			body := putBody()
			var plans shape.Plans
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					var in api.PutRecordsInput
					if _, err := plans.Decode(awsjson.NewReader(body), &in); err != nil {
						b.Fatal(err)
					}
					out, err := s.putRecords(c, &in)
					if err != nil {
						b.Fatal(err)
					}
					plans.Encode(awsjson.NewWriter(), out)
				}
			})
			b.ReportMetric(float64(b.N*500)/b.Elapsed().Seconds(), "rec/s")
		})
	}
}

// BenchmarkGetRecords reads pages of 10,000 × 200 B, to JSON and to CBOR.
func BenchmarkGetRecords(b *testing.B) {
	s, c := benchService(b, 1)
	var plans shape.Plans
	var in api.PutRecordsInput
	if _, err := plans.Decode(awsjson.NewReader(putBody()), &in); err != nil {
		b.Fatal(err)
	}
	for range 40 {
		if _, err := s.putRecords(c, &in); err != nil {
			b.Fatal(err)
		}
	}
	start, err := s.getShardIterator(c, &api.GetShardIteratorInput{StreamName: new("s"), ShardId: "0", ShardIteratorType: "TRIM_HORIZON"})
	if err != nil {
		b.Fatal(err)
	}
	for _, format := range []string{"json", "cbor"} {
		b.Run(format, func(b *testing.B) {
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				out, err := s.getRecords(c, &api.GetRecordsInput{ShardIterator: *start.ShardIterator})
				if err != nil {
					b.Fatal(err)
				}
				n += len(out.Records)
				if format == "json" {
					plans.Encode(awsjson.NewWriter(), out)
				} else {
					plans.Encode(cbor.NewWriter(cbor.Kinesis), out)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rec/s")
		})
	}
}
