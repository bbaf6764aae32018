package gateway_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"weir/internal/aws/gateway"
	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/aws/sigv4"
	"weir/internal/aws/wire"
	"weir/internal/clock"
)

// named is a handler that says its name.
func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, name+" "+r.URL.Path) })
}

// raw is a request below what any client lets one send.
type raw struct {
	name, method, path, body string
	headers                  []string // name: value
	sign                     string   // service to sign for
	age                      time.Duration
	status                   int
	want                     []string // in the answer's headers and body
}

func TestRawRequests(t *testing.T) {
	g, err := gateway.New(gateway.Config{Services: toys(), Credentials: keys{gatewaytest.Root{Region: "us-east-1"}}, Authorizer: onlyMine{},
		S3: named("S3"), Weir: named("Weir"), Account: gatewaytest.Account, Region: "us-east-1", Clock: clock.NewManual(epoch), Rand: rand.Reader, MaxBody: 1 << 10})
	if err != nil {
		t.Fatal(err)
	}
	target, js := "X-Amz-Target: Kinesis_20131202.CreateStream", "Content-Type: application/x-amz-json-1.1"
	form := "Content-Type: application/x-www-form-urlencoded; charset=utf-8"
	for _, c := range []raw{
		{name: "health", method: "GET", path: "/_weir/health", status: 200, want: []string{"Weir /_weir/health"}},
		{name: "anonymous object", method: "GET", path: "/bucket/key", status: 200, want: []string{"S3 /bucket/key"}},
		{name: "signed object", method: "PUT", path: "/bucket/key", body: "x", sign: "s3", status: 200, want: []string{"S3 /bucket/key"}},
		{name: "form post to S3", method: "POST", path: "/bucket?delete", headers: []string{form}, sign: "s3", status: 200, want: []string{"S3 /bucket"}},
		{name: "presigned object", method: "GET", path: "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20261123%2Fus-east-1%2Fs3%2Faws4_request", status: 200, want: []string{"S3 /b/k"}},

		{name: "unsigned JSON", method: "POST", path: "/", headers: []string{target, js}, body: "{}", status: 400,
			want: []string{"X-Amzn-Requestid: ", "X-Amz-Id-2: ", "Content-Type: application/x-amz-json-1.1", `{"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"}`}},
		{name: "unsigned query", method: "POST", path: "/", headers: []string{form}, body: "Action=GetRole&Version=2010-05-08&RoleName=r", status: 403,
			want: []string{"Content-Type: text/xml", `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code><Message>Request is missing Authentication Token</Message></Error><RequestId>`}},
		{name: "half a signature", method: "POST", path: "/", headers: []string{target, js, "Authorization: AWS4-HMAC-SHA256 Signature=0"}, body: "{}", status: 400,
			want: []string{`"__type":"IncompleteSignatureException"`, "Authorization header requires 'Credential' parameter. Authorization header requires 'SignedHeaders' parameter. "}},
		{name: "slow clock", method: "POST", path: "/", headers: []string{target, js}, body: "{}", sign: "kinesis", age: 20 * time.Minute, status: 400,
			want: []string{`"__type":"InvalidSignatureException"`, "Signature expired: 20261123T114000Z is now earlier than 20261123T115500Z (20261123T120000Z - 5 min.)"}},
		{name: "fast clock, query", method: "POST", path: "/", headers: []string{form}, body: "Action=ListRoles&Version=2010-05-08", sign: "iam", age: -20 * time.Minute, status: 403,
			want: []string{"<Code>SignatureDoesNotMatch</Code><Message>Signature not yet current: "}},
		{name: "scope of another service", method: "POST", path: "/", headers: []string{target, js}, body: "{}", sign: "logs", status: 400,
			want: []string{`"__type":"InvalidSignatureException"`, "Credential should be scoped to correct service: 'kinesis'. "}},

		{name: "unknown prefix", method: "POST", path: "/", headers: []string{"X-Amz-Target: Nothing_1.Do", js}, body: "{}", status: 400, want: []string{`{"__type":"UnknownOperationException"}`}},
		{name: "service not here", method: "POST", path: "/", body: "{}", sign: "lambda", status: 404, want: []string{"Weir does not serve lambda"}},
		{name: "no operation", method: "POST", path: "/", body: "{}", sign: "kinesis", status: 403, want: []string{"<Code>AccessDenied</Code><Message>Unable to determine service/operation name to be authorized</Message>"}},
		{name: "query without an action", method: "POST", path: "/", headers: []string{form}, body: "Version=2010-05-08", sign: "iam", status: 400, want: []string{"<Code>MissingAction</Code>"}},
		{name: "query to a JSON service", method: "POST", path: "/", headers: []string{form}, body: "Action=CreateStream&Version=2013-12-02", sign: "kinesis", status: 400, want: []string{"<Code>InvalidAction</Code>"}},
		{name: "unknown RPC operation", method: "POST", path: "/service/GraniteServiceVersion20100801/operation/Dance", body: "", sign: "monitoring", status: 404,
			want: []string{"Smithy-Protocol: rpc-v2-cbor", "Content-Type: application/cbor", "UnknownOperationException"}},
		{name: "query by GET", method: "GET", path: "/?Action=GetCallerIdentity&Version=2011-06-15", sign: "sts", status: 200,
			want: []string{`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>`, "</GetCallerIdentityResult><ResponseMetadata><RequestId>"}},

		{name: "no content type", method: "POST", path: "/", headers: []string{target}, body: `{"StreamName":"s"}`, sign: "kinesis", status: 200, want: []string{"Content-Length: 0"}},
		{name: "no body", method: "POST", path: "/", headers: []string{target, js}, sign: "kinesis", status: 400, want: []string{"ValidationException"}},
		{name: "body too large", method: "POST", path: "/", headers: []string{target, js}, body: strings.Repeat(" ", 1<<10+1), sign: "kinesis", status: 413, want: []string{"RequestEntityTooLargeException"}},
		{name: "gzip", method: "POST", path: "/", headers: []string{target, js, "Content-Encoding: gzip"}, body: packed(`{"StreamName":"s"}`), sign: "kinesis", status: 200},
		{name: "gzip bomb", method: "POST", path: "/", headers: []string{target, js, "Content-Encoding: gzip"}, body: packed(strings.Repeat(" ", 1<<16)), sign: "kinesis", status: 413},
		{name: "not gzip", method: "POST", path: "/", headers: []string{target, js, "Content-Encoding: gzip"}, body: "{}", sign: "kinesis", status: 400, want: []string{"SerializationException"}},
		{name: "JSON that is none", method: "POST", path: "/", headers: []string{target, js}, body: "nothing", sign: "kinesis", status: 400, want: []string{`{"__type":"SerializationException"}`}},
		{name: "a type error's spelling", method: "POST", path: "/", headers: []string{target, js}, body: `{"StreamName":1}`, sign: "kinesis", status: 400, want: []string{`"Message":"class `}},
		{name: "further members of an error", method: "POST", path: "/", headers: []string{"X-Amz-Target: AmazonAthena.GetQueryExecution", js}, body: `{"QueryExecutionId":"q"}`, sign: "athena", status: 400,
			want: []string{`{"__type":"InvalidRequestException","message":"QueryExecution q was not found","AthenaErrorCode":"INVALID_INPUT"}`}},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, g) })
	}
}

func (c raw) run(t *testing.T, g http.Handler) {
	r := httptest.NewRequestWithContext(context.Background(), c.method, "http://localhost"+c.path, strings.NewReader(c.body))
	for _, h := range c.headers {
		k, v, _ := strings.Cut(h, ": ")
		r.Header.Set(k, v)
	}
	if c.sign != "" {
		creds := aws.Credentials{AccessKeyID: gatewaytest.RootAccessKey, SecretAccessKey: gatewaytest.RootSecret}
		if err := v4.NewSigner().SignHTTP(context.Background(), creds, r, sigv4.Hash([]byte(c.body)), c.sign, "us-east-1", epoch.Add(-c.age)); err != nil {
			t.Fatal(err)
		}
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	var answer bytes.Buffer
	if err := w.Result().Header.Write(&answer); err != nil {
		t.Fatal(err)
	}
	answer.WriteString("\n" + w.Body.String())
	if w.Code != c.status {
		t.Errorf("status %d, want %d: %s", w.Code, c.status, answer.String())
	}
	for _, want := range c.want {
		if !strings.Contains(answer.String(), want) {
			t.Errorf("no %q in\n%s", want, answer.String())
		}
	}
}

func packed(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, s) // a buffer takes everything
	_ = z.Close()
	return b.String()
}

func TestCheckOps(t *testing.T) {
	err := gateway.CheckOps(toy{"sts", wire.Ops{"GetCallerIdentity": {}, "Dance": {}}})
	want := "internal/aws/model/sts/ops.txt and the service's Ops differ: AssumeRole is listed and has no handler; Dance has a handler and is not listed; GetSessionToken is listed and has no handler (edit one of them, then `make generate`)"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
