package gateway_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"weir/internal/aws/api/kinesis"
	"weir/internal/aws/gateway"
	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/aws/sigv4"
	"weir/internal/aws/wire"
	"weir/internal/aws/wire/awsjson"
	"weir/internal/aws/wire/shape"
	"weir/internal/clock"
)

// putRecords is the JSON of a PutRecords call of 500 records of 200 bytes.
func putRecords() []byte {
	var b strings.Builder
	b.WriteString(`{"StreamName":"s","Records":[`)
	data := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{'x'}, 200))
	for i := range 500 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"Data":%q,"PartitionKey":"key-%d"}`, data, i)
	}
	b.WriteString("]}")
	return []byte(b.String())
}

func perRecord(b *testing.B) {
	b.ReportMetric(float64(b.N)*500/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkDecodePutRecords(b *testing.B) {
	body := putRecords()
	var plans shape.Plans
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		in := new(kinesis.PutRecordsInput)
		if missing, err := plans.Decode(awsjson.NewReader(body), in); err != nil || missing != nil || len(in.Records) != 500 {
			b.Fatal(missing, err)
		}
	}
	perRecord(b)
}

// BenchmarkGatewayPutRecords is the whole path but the network and the log.
func BenchmarkGatewayPutRecords(b *testing.B) {
	svc := toy{"kinesis", wire.Ops{"PutRecords": wire.Handle(func(c *wire.Call, in *kinesis.PutRecordsInput) (*kinesis.PutRecordsOutput, error) {
		out := &kinesis.PutRecordsOutput{FailedRecordCount: new(int32), Records: make([]kinesis.PutRecordsResultEntry, len(in.Records))}
		for i := range out.Records {
			out.Records[i] = kinesis.PutRecordsResultEntry{SequenceNumber: new("49590338271490256608559692538361571095921575989136588898"), ShardId: new("shardId-000000000000")}
		}
		return out, nil
	})}}
	g, err := gateway.New(gateway.Config{Services: []wire.Service{svc}, Credentials: gatewaytest.Root{}, Region: "us-east-1",
		Account: gatewaytest.Account, Clock: clock.NewManual(epoch), Rand: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	body := putRecords()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "http://localhost/", nil)
	r.Header.Set("X-Amz-Target", "Kinesis_20131202.PutRecords")
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	creds := aws.Credentials{AccessKeyID: gatewaytest.RootAccessKey, SecretAccessKey: gatewaytest.RootSecret}
	if err := v4.NewSigner().SignHTTP(context.Background(), creds, r, sigv4.Hash(body), "kinesis", "us-east-1", epoch); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		r.Body, r.ContentLength = nopCloser{bytes.NewReader(body)}, int64(len(body))
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body.String())
		}
	}
	perRecord(b)
}

type nopCloser struct{ *bytes.Reader }

func (nopCloser) Close() error { return nil }
