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

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
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

// get is one GetRecords; the answer goes to a, whose memory is used again.
func (r *recordsClient) get(ctx context.Context, iterator string, limit int32, arn *string, a *recordsAnswer) error {
	req, err := r.request(ctx, iterator, limit, arn)
	if err != nil {
		return err
	}
	resp, err := r.http.Do(req)
	if err != nil {
		return err
	}
	data, err := readInto(a.body[:0], resp)
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return readError(resp.StatusCode, data)
	}
	return a.read(data)
}

// readInto appends an answer's body to buf, which grows once when the length is
// known.
func readInto(buf []byte, resp *http.Response) ([]byte, error) {
	if n := resp.ContentLength; n > int64(cap(buf)) && n <= maxAnswer {
		buf = make([]byte, 0, (n+growBytes-1)/growBytes*growBytes)
	}
	if n := resp.ContentLength; n >= 0 && n <= int64(cap(buf)) {
		got, err := io.ReadFull(resp.Body, buf[:n])
		return buf[:got], err
	}
	b := bytes.NewBuffer(buf)
	_, err := b.ReadFrom(resp.Body)
	return b.Bytes(), err
}

// growBytes is what the size of a buffer is a multiple of: answers of full pages
// differ a little in length, and each longer one would want another buffer.
const growBytes = 256 << 10

// maxAnswer is more than the 10 MiB of records that one answer holds at most.
const maxAnswer = 32 << 20

// request is a signed GetRecords.
func (r *recordsClient) request(ctx context.Context, iterator string, limit int32, arn *string) (*http.Request, error) {
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
	return req, nil
}

func readError(status int, data []byte) error {
	e := &apiError{status: status}
	if err := cbor.Unmarshal(data, e); err != nil {
		e.Type, e.Message = http.StatusText(status), string(bytes.ToValidUTF8(data[:min(len(data), 200)], nil))
	}
	return e
}

// temporary reports whether a call may succeed when made again.
func temporary(err error) bool {
	kind, status := "", 0
	var own *apiError
	var sdk smithy.APIError
	var answer *smithyhttp.ResponseError
	switch {
	case errors.As(err, &own):
		kind, status = own.Type, own.status
	case errors.As(err, &sdk):
		kind = sdk.ErrorCode()
		if errors.As(err, &answer) {
			status = answer.HTTPStatusCode()
		}
	default:
		return true // the network
	}
	switch kind {
	case "ProvisionedThroughputExceededException", "LimitExceededException", "ThrottlingException", "KMSThrottlingException", "RequestTimeout":
		return true
	}
	return status >= 500
}
