package sigv4

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"pgregory.net/rapid"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// arrive is the request as a server sees it.
func arrive(r *http.Request) *http.Request {
	in := httptest.NewRequestWithContext(context.Background(), r.Method, r.URL.String(), nil)
	in.Header = r.Header.Clone()
	in.Host = r.URL.Host
	if r.Host != "" {
		in.Host = r.Host
	}
	in.ContentLength = r.ContentLength
	return in
}

// TestAgainstTheSDK signs requests of every sort with AWS's signer and checks
// them; a changed byte anywhere must not pass.
func TestAgainstTheSDK(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~é股]{0,12}`)
		creds := aws.Credentials{AccessKeyID: "AKIA1", SecretAccessKey: rapid.StringMatching(`[A-Za-z0-9/+]{40}`).Draw(t, "secret")}
		if rapid.Bool().Draw(t, "session") {
			creds.SessionToken = rapid.StringMatching(`[A-Za-z0-9/+=]{1,80}`).Draw(t, "token")
		}
		service := rapid.SampledFrom([]string{"kinesis", "iam", "monitoring", "s3"}).Draw(t, "service")
		query := url.Values{}
		for range rapid.IntRange(0, 4).Draw(t, "parameters") {
			query.Add(rapid.StringMatching(`[A-Za-z0-9.~_ +-]{1,8}`).Draw(t, "name"), text.Draw(t, "value"))
		}
		path := "/" + strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z0-9é ~=*()!'-]{1,8}`), 0, 3).Draw(t, "path"), "/")
		u := &url.URL{Scheme: "http", Host: "localhost:4566", Path: path, RawQuery: query.Encode()}
		r, err := http.NewRequestWithContext(context.Background(), rapid.SampledFrom([]string{"GET", "POST", "PUT"}).Draw(t, "method"), u.String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 3).Draw(t, "headers") {
			r.Header.Add("X-Amz-Meta-"+rapid.StringMatching(`[A-Za-z]{1,5}`).Draw(t, "header"), strings.TrimSpace(rapid.StringMatching(`[ -~]{0,20}`).Draw(t, "content")))
		}
		hash := Hash([]byte(text.Draw(t, "body")))
		plain := func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" }
		signer := v4.NewSigner()
		if rapid.Bool().Draw(t, "presigned") {
			signed, headers, err := signer.PresignHTTP(context.Background(), creds, r, hash, service, "eu-west-1", now, plain)
			if err != nil {
				t.Fatal(err)
			}
			if r.URL, err = url.Parse(signed); err != nil {
				t.Fatal(err)
			}
			for k, v := range headers {
				r.Header[http.CanonicalHeaderKey(k)] = v
			}
		} else if err := signer.SignHTTP(context.Background(), creds, r, hash, service, "eu-west-1", now, plain); err != nil {
			t.Fatal(err)
		}
		in := arrive(r)
		s, err := Parse(in)
		if err != nil {
			t.Fatalf("%v", err)
		}
		if s.AccessKey != "AKIA1" || s.Region != "eu-west-1" || s.Service != service || s.Token != creds.SessionToken {
			t.Fatalf("read %+v", s)
		}
		if err := s.Verify(in, creds.SecretAccessKey, hash); err != nil {
			t.Fatalf("refused: %v", err)
		}
		if s.Verify(in, creds.SecretAccessKey+"x", hash) == nil || s.Verify(in, creds.SecretAccessKey, Hash([]byte("another"))) == nil {
			t.Fatal("another secret or body was taken")
		}
		in.Host = "elsewhere"
		if s.Verify(in, creds.SecretAccessKey, hash) == nil {
			t.Fatal("another host was taken")
		}
		in.Host, in.Method = "localhost:4566", "DELETE"
		if s.Verify(in, creds.SecretAccessKey, hash) == nil {
			t.Fatal("another method was taken")
		}
	})
}

// TestAWSsExample is the GET of IAM's ListUsers worked out in AWS's documentation.
func TestAWSsExample(t *testing.T) {
	r := httptest.NewRequestWithContext(context.Background(), "GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", nil)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("X-Amz-Date", "20150830T123600Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, "+
		"Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(r, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Hash(nil)); err != nil {
		t.Error(err)
	}
}

// TestAuthorityInPlaceOfHost is a signature over HTTP/2 of the AWS SDK for
// JavaScript, reckoned by hand from the same canonical request.
func TestAuthorityInPlaceOfHost(t *testing.T) {
	r := httptest.NewRequestWithContext(context.Background(), "POST", "http://localhost:4566/", nil)
	r.Header.Set("X-Amz-Date", "20150830T123600Z")
	canonical := "POST\n/\n\n:authority:localhost:4566\nx-amz-date:20150830T123600Z\n\n:authority;x-amz-date\n" + Hash(nil)
	toSign := "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/kinesis/aws4_request\n" + Hash([]byte(canonical))
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/kinesis/aws4_request, SignedHeaders=:authority;x-amz-date, "+
		"Signature="+hex.EncodeToString(mac(signingKey("secret", "20150830", "us-east-1", "kinesis"), toSign)))
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(r, "secret", Hash(nil)); err != nil {
		t.Error(err)
	}
	if err := s.Verify(r, "another secret", Hash(nil)); err == nil {
		t.Error("a wrong secret passed")
	}
}

func TestFresh(t *testing.T) {
	for _, c := range []struct {
		header  bool
		age     time.Duration
		expires string
		kind    Kind
		msg     string
	}{
		{true, 0, "", 0, ""},
		{true, 5 * time.Minute, "", 0, ""},
		{true, 20 * time.Minute, "", Skewed, "Signature expired: 20261123T114000Z is now earlier than 20261123T115500Z (20261123T120000Z - 5 min.)"},
		{true, -20 * time.Minute, "", Skewed, "Signature not yet current: 20261123T122000Z is still later than 20261123T120500Z (20261123T120000Z + 5 min.)"},
		{false, 59 * time.Second, "60", 0, ""},
		{false, 61 * time.Second, "60", Expired, "Request has expired"},
		{false, time.Hour, "7200", 0, ""},
		{false, -20 * time.Minute, "60", Skewed, "Signature not yet current: 20261123T122000Z is still later than 20261123T120500Z (20261123T120000Z + 5 min.)"},
	} {
		at := now.Add(-c.age)
		r := httptest.NewRequestWithContext(context.Background(), "POST", "http://localhost/", nil)
		credential := "AKIA1/" + at.Format("20060102") + "/us-east-1/kinesis/aws4_request"
		if c.header {
			r.Header.Set("X-Amz-Date", at.Format(timeFormat))
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+credential+", SignedHeaders=host, Signature=0")
		} else {
			r.URL.RawQuery = url.Values{"X-Amz-Algorithm": {Algorithm}, "X-Amz-Credential": {credential}, "X-Amz-Date": {at.Format(timeFormat)},
				"X-Amz-Expires": {c.expires}, "X-Amz-SignedHeaders": {"host"}, "X-Amz-Signature": {"0"}}.Encode()
		}
		s, err := Parse(r)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Fresh(now)
		var e *Error
		if c.msg == "" && err != nil || c.msg != "" && (!errors.As(err, &e) || e.Kind != c.kind || e.Msg != c.msg) {
			t.Errorf("age %v expires %s: got %v, want %q", c.age, c.expires, err, c.msg)
		}
	}
}

func TestIncomplete(t *testing.T) {
	for auth, want := range map[string]string{
		"AWS4-HMAC-SHA256 Credential=AKIA1/20261123/us-east-1/kinesis/aws4_request, SignedHeaders=host": "Authorization header requires 'Signature' parameter. ",
		"AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0":                                              "Authorization header requires 'Credential' parameter. ",
		"Basic abc": "Unsupported AWS 'algorithm': 'Basic'.",
		"AWS4-HMAC-SHA256 Credential=AKIA1/us-east-1, SignedHeaders=host, Signature=0":                               "Credential must have exactly 5 slash-delimited elements",
		"AWS4-HMAC-SHA256 Credential=AKIA1/20251123/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0": "Date in Credential scope does not match",
		"AWS4-HMAC-SHA256 Credential=AKIA1/20261123/us-east-1/kinesis/aws4_request, SignedHeaders=date, Signature=0": "must be a 'SignedHeader'",
	} {
		r := httptest.NewRequestWithContext(context.Background(), "POST", "http://localhost/", nil)
		r.Header.Set("X-Amz-Date", now.Format(timeFormat))
		r.Header.Set("Authorization", auth)
		if _, err := Parse(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", auth, err, want)
		}
	}
	r := httptest.NewRequestWithContext(context.Background(), "POST", "http://localhost/?X-Amz-Algorithm=AWS4-HMAC-SHA256", nil)
	if _, err := Parse(r); err == nil || !strings.HasPrefix(err.Error(), "AWS query-string parameters must include 'X-Amz-Credential'. ") {
		t.Errorf("got %v", err)
	}
}

func BenchmarkVerify(b *testing.B) {
	r := httptest.NewRequestWithContext(context.Background(), "POST", "http://localhost/", nil)
	creds := aws.Credentials{AccessKeyID: "AKIA1", SecretAccessKey: "secret"}
	if err := v4.NewSigner().SignHTTP(context.Background(), creds, r, Hash(nil), "kinesis", "us-east-1", now); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := Parse(r)
		if err == nil {
			err = s.Verify(r, "secret", Hash(nil))
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
