package kinesis_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/fxamacker/cbor/v2"

	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/aws/sigv4"
	"weir/internal/aws/store"
	"weir/internal/aws/svc/kinesis"
	"weir/internal/clock"
	"weir/internal/vfs"
)

// serve runs the service behind a gateway until the test ends.
func serve(t testing.TB, fs vfs.FS, dir string, clk clock.Clock, region string, opt kinesis.Options) *gatewaytest.Server {
	t.Helper()
	db, err := store.Open(fs, dir+"meta")
	if err != nil {
		t.Fatal(err)
	}
	s, err := kinesis.New(kinesis.Deps{DB: db, Clock: clk, FS: fs, Dir: dir + "records", Rand: rand.Reader, Options: opt})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return gatewaytest.Start(t, gatewaytest.Options{Clock: clk, Region: region}, s)
}

func TestScripts(t *testing.T) {
	gatewaytest.RunScripts(t, "testdata", func(t testing.TB) *gatewaytest.Server {
		return serve(t, vfs.NewMem(), "", clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)), "us-east-1", kinesis.Options{})
	})
}

// TestFlinkCBOR speaks to the service as Flink 1.11's connector did: the body
// of testdata/flink-1.11-get-shard-iterator.hex is the recorded one. The
// connector fails on a Data that is not a byte string and on a time that is
// not tag 1 over milliseconds.
func TestFlinkCBOR(t *testing.T) {
	sent := time.UnixMilli(1795400387897) // the Timestamp in the recorded body
	clk := clock.NewManual(sent.Add(-time.Hour))
	srv := serve(t, vfs.NewMem(), "", clk, "cn-north-1", kinesis.Options{})
	client := &gatewaytest.Client{Server: srv, AccessKey: gatewaytest.RootAccessKey, Secret: gatewaytest.RootSecret}
	if _, err := client.Call("kinesis", "CreateStream", `{"StreamName":"kda-input-stream","ShardCount":1}`); err != nil {
		t.Fatal(err)
	}
	put := func(data string) {
		t.Helper()
		in := fmt.Sprintf(`{"StreamName":"kda-input-stream","PartitionKey":"partitionkey","Data":%q}`, base64.StdEncoding.EncodeToString([]byte(data)))
		if _, err := client.Call("kinesis", "PutRecord", in); err != nil {
			t.Fatal(err)
		}
	}
	put("before: not to be read")
	clk.Advance(time.Hour)
	text, err := os.ReadFile("testdata/flink-1.11-get-shard-iterator.hex")
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	var it struct{ ShardIterator string }
	callCBOR(t, srv, "GetShardIterator", recorded, &it)
	clk.Advance(1234 * time.Millisecond)
	put("one")
	body, err := cbor.Marshal(map[string]any{"ShardIterator": it.ShardIterator, "Limit": 10000})
	if err != nil {
		t.Fatal(err)
	}
	var page struct {
		MillisBehindLatest int64
		NextShardIterator  string
		Records            []struct {
			PartitionKey, SequenceNumber string
			Data                         []byte
			ApproximateArrivalTimestamp  cbor.Tag
		}
	}
	callCBOR(t, srv, "GetRecords", body, &page)
	if len(page.Records) != 1 {
		t.Fatalf("%+v", page)
	}
	rec := page.Records[0]
	if string(rec.Data) != "one" || rec.PartitionKey != "partitionkey" || len(rec.SequenceNumber) != 56 || page.NextShardIterator == "" {
		t.Errorf("%+v", page)
	}
	if at := rec.ApproximateArrivalTimestamp; at.Number != 1 || fmt.Sprint(at.Content) != "1795400389131" {
		t.Errorf("arrival %+v, want tag 1 over 1795400389131 milliseconds", at)
	}
	var shards struct{ Shards []map[string]any }
	callCBOR(t, srv, "ListShards", []byte("\xbfjStreamNamepkda-input-streamuExclusiveStartShardIdtshardId-000000000000\xff"), &shards)
	if shards.Shards == nil || len(shards.Shards) != 0 {
		t.Errorf("shards after the only one: %v", shards.Shards)
	}
}

// callCBOR signs and sends a CBOR body as the AWS SDK for Java does.
func callCBOR(t *testing.T, srv *gatewaytest.Server, op string, body []byte, out any) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, srv.URL+"/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"X-Amz-Target": {"Kinesis_20131202." + op}, "Content-Type": {"application/x-amz-cbor-1.1"}}
	creds := aws.Credentials{AccessKeyID: gatewaytest.RootAccessKey, SecretAccessKey: gatewaytest.RootSecret}
	if err := v4.NewSigner().SignHTTP(context.Background(), creds, r, sigv4.Hash(body), "kinesis", srv.Region, srv.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/x-amz-cbor-1.1" {
		t.Fatalf("%s: %d %s %q %v", op, res.StatusCode, res.Header.Get("Content-Type"), answer, err)
	}
	if err := cbor.Unmarshal(answer, out); err != nil {
		t.Fatalf("%s: %v in %x", op, err, answer)
	}
}

// BenchmarkServer is the Go SDK against the whole server, durably: 500 × 200 B a
// call, and single records over 64 connections.
func BenchmarkServer(b *testing.B) {
	srv := serve(b, vfs.OS(), b.TempDir()+"/", clock.System{}, "us-east-1", kinesis.Options{})
	cfg := srv.Config()
	cfg.HTTPClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	client := sdk.NewFromConfig(cfg)
	ctx := context.Background()
	if _, err := client.CreateStream(ctx, &sdk.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(4)}); err != nil {
		b.Fatal(err)
	}
	data := bytes.Repeat([]byte("x"), 200)
	many := &sdk.PutRecordsInput{StreamName: aws.String("s")}
	for i := range 500 {
		many.Records = append(many.Records, types.PutRecordsRequestEntry{Data: data, PartitionKey: aws.String(fmt.Sprint("key-", i))})
	}
	b.Run("PutRecords/500x200B", func(b *testing.B) {
		b.SetParallelism(2)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := client.PutRecords(ctx, many); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.ReportMetric(float64(b.N*500)/b.Elapsed().Seconds(), "rec/s")
	})
	one := &sdk.PutRecordInput{StreamName: aws.String("s"), PartitionKey: aws.String("k"), Data: data}
	b.Run("PutRecord/conns=64", func(b *testing.B) {
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := client.PutRecord(ctx, one); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rec/s")
	})
}
