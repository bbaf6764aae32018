package gateway_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/fxamacker/cbor/v2"

	"weir/internal/aws/gateway/gatewaytest"
)

// python is an interpreter that has boto3: $WEIR_PYTHON, else python3.
func python(t *testing.T) string {
	name := os.Getenv("WEIR_PYTHON")
	if name == "" {
		name = "python3"
	}
	if err := exec.Command(name, "-c", "import boto3").Run(); err != nil {
		t.Skipf("SKIPPED: %s has no boto3 (set WEIR_PYTHON): %v", name, err)
	}
	return name
}

func TestBoto3(t *testing.T) {
	name := python(t)
	srv := gatewaytest.Start(t, gatewaytest.Options{Unfinished: true}, toys()...)
	cmd := exec.Command(name, "testdata/boto3_check.py")
	cmd.Env = append(os.Environ(), srv.Env()...)
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("boto3 agrees")) {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestGoSDK(t *testing.T) {
	srv := gatewaytest.Start(t, gatewaytest.Options{Unfinished: true}, toys()...)
	ctx := t.Context()
	k := kinesis.NewFromConfig(srv.Config())
	put, err := k.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String("s"),
		Records: []types.PutRecordsRequestEntry{{Data: []byte("\x00hello"), PartitionKey: aws.String("p")}}})
	if err != nil || *put.FailedRecordCount != 0 {
		t.Fatalf("PutRecords: %v %+v", err, put)
	}
	got, err := k.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: aws.String("i")})
	if err != nil || string(got.Records[0].Data) != "\x00hello" || got.Records[0].ApproximateArrivalTimestamp.UnixMilli() != 1622541601123 {
		t.Fatalf("GetRecords: %v %+v", err, got)
	}
	var inUse *types.ResourceInUseException
	_, err = k.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String("taken")})
	if !asError(err, &inUse) || inUse.ErrorMessage() != "Stream taken under account 012345678901 already exists." {
		t.Errorf("CreateStream of a taken name: %v", err)
	}
	cw := cloudwatch.NewFromConfig(srv.Config())
	if _, err := cw.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: aws.String("n"),
		MetricData: []cwtypes.MetricDatum{{MetricName: aws.String("m"), Value: aws.Float64(1.5)}}}); err != nil {
		t.Errorf("PutMetricData: %v", err)
	}
	var bad *cwtypes.InvalidParameterValueException
	start := time.UnixMilli(1622541601250)
	in := &cloudwatch.GetMetricStatisticsInput{Namespace: aws.String("bad"), MetricName: aws.String("m"), StartTime: &start, EndTime: &start, Period: aws.Int32(60)}
	if _, err = cw.GetMetricStatistics(ctx, in); !asError(err, &bad) {
		t.Errorf("GetMetricStatistics of a bad namespace: %v", err)
	}
	in.Namespace = aws.String("n")
	stats, err := cw.GetMetricStatistics(ctx, in)
	if err != nil || !stats.Datapoints[0].Timestamp.Equal(start) {
		t.Errorf("GetMetricStatistics: %v %+v", err, stats)
	}
	id, err := sts.NewFromConfig(srv.Config()).GetCallerIdentity(ctx, nil)
	if err != nil || *id.Arn != "arn:aws:iam::012345678901:root" {
		t.Errorf("GetCallerIdentity: %v %+v", err, id)
	}
}

// TestCloudWatchByQuery is how SDKs of before 2025 speak to CloudWatch.
func TestCloudWatchByQuery(t *testing.T) {
	srv := start(t)
	c := &gatewaytest.Client{Server: srv, AccessKey: gatewaytest.RootAccessKey, Secret: gatewaytest.RootSecret, Query: true}
	if _, err := c.Call("cloudwatch", "PutMetricData", `{"Namespace":"n","MetricData":[{"MetricName":"m","Value":1.5}]}`); err != nil {
		t.Error(err)
	}
	in := `{"Namespace":"n","MetricName":"m","StartTime":"2026-11-23T00:00:00Z","EndTime":"2026-11-23T01:00:00Z","Period":60,"Statistics":["Average"]}`
	out, err := c.Call("cloudwatch", "GetMetricStatistics", in)
	if err != nil || !strings.Contains(out, `"Timestamp": "2026-11-23T00:00:00Z"`) || !strings.Contains(out, `"Average": 2.25`) {
		t.Errorf("%v %s", err, out)
	}
	_, err = c.Call("cloudwatch", "GetMetricStatistics", strings.Replace(in, `"n"`, `"bad"`, 1))
	if err == nil || err.Error() != "InvalidParameterValue (400): no such namespace" {
		t.Errorf("got %v", err)
	}
}

// javaRequest is what the Java SDK of Flink 1.11's Kinesis connector sent for
// GetShardIterator, byte for byte as recorded: an indefinite map, a time in
// milliseconds; it signs User-Agent and Content-Length.
const javaRequest = "bf6a53747265616d4e616d65706b64612d696e7075742d73747265616d6753686172644964" +
	"74736861726449642d30303030303030303030303071536861726449746572" +
	"61746f72547970656c41545f54494d455354414d506954696d657374616d70c11b000001a20633cd39ff"

func TestJavaSDKsCBOR(t *testing.T) {
	srv := start(t)
	body, err := hex.DecodeString(javaRequest)
	if err != nil || len(body) != 110 {
		t.Fatalf("%d bytes, %v", len(body), err)
	}
	answer := javaCall(t, srv, "GetShardIterator", body)
	if got := answer["ShardIterator"]; got != "2026-11-23T02:19:47.897Z" {
		t.Errorf("the time was read as %v", got)
	}
	in, err := cbor.Marshal(map[string]any{"StreamName": "s", "Records": []any{map[string]any{"Data": []byte("abc"), "PartitionKey": "p"}}})
	if err != nil {
		t.Fatal(err)
	}
	javaCall(t, srv, "PutRecords", in)
	in, err = cbor.Marshal(map[string]any{"ShardIterator": "i"})
	if err != nil {
		t.Fatal(err)
	}
	record := javaCall(t, srv, "GetRecords", in)["Records"].([]any)[0].(map[any]any)
	if data, ok := record["Data"].([]byte); !ok || string(data) != "abc" {
		t.Errorf("Data came as %T %v, not as a byte string", record["Data"], record["Data"])
	}
	// The library reads tag 1 as seconds, as RFC 8949 says; Kinesis means milliseconds.
	arrived, ok := record["ApproximateArrivalTimestamp"].(time.Time)
	if !ok || arrived.Unix() != 1622541601123 {
		t.Errorf("the arrival time came as %#v, not as tag 1 over milliseconds", record["ApproximateArrivalTimestamp"])
	}
}

// javaCall sends a request as the Java SDK does and reads the answer with a
// CBOR library.
func javaCall(t *testing.T, srv *gatewaytest.Server, op string, body []byte) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{"amz-sdk-invocation-id": "f0c4f89f", "content-length": "110", "content-type": "application/x-amz-cbor-1.1",
		"host": r.URL.Host, "user-agent": "Apache Flink 1.11.4  Kinesis Connector, aws-sdk-java/1.11.844", "x-amz-date": "20261123T120000Z",
		"x-amz-target": "Kinesis_20131202." + op}
	names := []string{"amz-sdk-invocation-id", "content-length", "content-type", "host", "user-agent", "x-amz-date", "x-amz-target"}
	headers["content-length"] = itoa(len(body))
	canonical := "POST\n/\n\n"
	for _, n := range names {
		canonical += n + ":" + strings.Join(strings.Fields(headers[n]), " ") + "\n"
		r.Header.Set(n, headers[n])
	}
	signed := strings.Join(names, ";")
	canonical += "\n" + signed + "\n" + hexSHA(body)
	scope := "20261123/us-east-1/kinesis/aws4_request"
	key := []byte("AWS4" + gatewaytest.RootSecret)
	for _, part := range strings.Split(scope, "/") {
		key = sign(key, part)
	}
	sig := hex.EncodeToString(sign(key, "AWS4-HMAC-SHA256\n20261123T120000Z\n"+scope+"\n"+hexSHA([]byte(canonical))))
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+gatewaytest.RootAccessKey+"/"+scope+", SignedHeaders="+signed+", Signature="+sig)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/x-amz-cbor-1.1" {
		t.Fatalf("%s: %d %s %v %q", op, res.StatusCode, res.Header.Get("Content-Type"), err, out)
	}
	var answer map[string]any
	if err := cbor.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%s: %v in %x", op, err, out)
	}
	return answer
}

func sign(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexSHA(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func itoa(n int) string { return strconv.Itoa(n) }

func asError[E error](err error, target *E) bool { return errors.As(err, target) }
