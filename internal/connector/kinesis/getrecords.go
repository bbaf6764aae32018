package kinesis

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/fxamacker/cbor/v2"

	"weir/internal/clock"
)

// recordsClient makes the one call that is made all the time. It speaks
// Kinesis's CBOR, as the Java SDK does: a record's data comes as it is, and
// reading an answer costs a fraction of what the SDK's JSON costs.
type recordsClient struct {
	url    string
	region string
	creds  aws.CredentialsProvider
	http   aws.HTTPClient
	clock  clock.Clock
	signer *v4.Signer
}

// cborType is the content type of Kinesis's CBOR.
const cborType = "application/x-amz-cbor-1.1"

// record is a record of an answer; its bytes are the answer's.
type record struct {
	Data                        []byte
	SequenceNumber              string
	ApproximateArrivalTimestamp cbor.RawMessage // tag 1 over epoch milliseconds
}

// recordsAnswer is the answer to GetRecords.
type recordsAnswer struct {
	Records            []record
	NextShardIterator  *string
	MillisBehindLatest int64
}

// apiError is an error answer.
type apiError struct {
	Type    string `cbor:"__type"`
	Message string `cbor:"message"`
	status  int
}

// Error is "Type: message".
func (e *apiError) Error() string { return e.Type + ": " + e.Message }

// newRecordsClient makes a client from the SDK's configuration.
func newRecordsClient(ctx context.Context, c *kinesis.Client, clk clock.Clock) (*recordsClient, error) {
	o := c.Options()
	r := &recordsClient{region: o.Region, creds: o.Credentials, http: o.HTTPClient, clock: clk, signer: v4.NewSigner()}
	if o.BaseEndpoint != nil {
		r.url = *o.BaseEndpoint
		return r, nil
	}
	e, err := o.EndpointResolverV2.ResolveEndpoint(ctx, kinesis.EndpointParameters{Region: &o.Region})
	if err != nil {
		return nil, fmt.Errorf("finding the endpoint of Kinesis in %s: %w", o.Region, err)
	}
	r.url = e.URI.String()
	return r, nil
}

// get is one GetRecords.
func (r *recordsClient) get(ctx context.Context, iterator string, limit int32, arn *string) (*recordsAnswer, error) {
	in := map[string]any{"ShardIterator": iterator, "Limit": limit}
	if arn != nil {
		in["StreamARN"] = *arn
	}
	body, err := cbor.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", cborType)
	req.Header.Set("X-Amz-Target", "Kinesis_20131202.GetRecords")
	creds, err := r.creds.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding credentials: %w", err)
	}
	sum := sha256.Sum256(body)
	if err := r.signer.SignHTTP(ctx, creds, req, hex.EncodeToString(sum[:]), "kinesis", r.region, r.clock.Now()); err != nil {
		return nil, err
	}
	resp, err := r.http.Do(req)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(resp.Body)
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	return readAnswer(resp.StatusCode, data)
}

func readAnswer(status int, data []byte) (*recordsAnswer, error) {
	if status != http.StatusOK {
		e := &apiError{status: status}
		if err := cbor.Unmarshal(data, e); err != nil {
			e.Type, e.Message = http.StatusText(status), string(bytes.ToValidUTF8(data[:min(len(data), 200)], nil))
		}
		return nil, e
	}
	var a recordsAnswer
	if err := cbor.Unmarshal(data, &a); err != nil {
		return nil, fmt.Errorf("the answer to GetRecords cannot be read: %w", err)
	}
	return &a, nil
}

// arrival is when a record was put.
func (r *record) arrival() (time.Time, error) {
	var tag cbor.Tag
	if err := cbor.Unmarshal(r.ApproximateArrivalTimestamp, &tag); err != nil {
		return time.Time{}, fmt.Errorf("the record's arrival time cannot be read: %w", err)
	}
	switch ms := tag.Content.(type) {
	case uint64:
		return time.UnixMilli(int64(ms)).UTC(), nil
	case float64:
		return time.UnixMilli(int64(ms)).UTC(), nil
	}
	return time.Time{}, errors.New("the record's arrival time is no number")
}

// temporary reports whether a call may succeed when made again.
func temporary(err error) bool {
	var e *apiError
	if !errors.As(err, &e) {
		return true // the network
	}
	switch e.Type {
	case "ProvisionedThroughputExceededException", "LimitExceededException", "ThrottlingException", "KMSThrottlingException":
		return true
	}
	return e.status >= 500
}
