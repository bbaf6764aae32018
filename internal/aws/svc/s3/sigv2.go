package s3

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/versity/versitygw/s3err"

	"weir/internal/aws/wire"
)

// boto3 and version 1 of the AWS CLI still sign URLs for us-east-1 with
// Signature Version 2 unless told otherwise, and S3 there takes them. versitygw
// does not, so the handler checks such a URL itself and signs the request anew
// with Version 4 for the inner server.

// isV2 tells whether a request is a URL signed with Version 2.
func isV2(r *http.Request) bool {
	return strings.Contains(r.URL.RawQuery, "AWSAccessKeyId=") && r.Header.Get("Authorization") == "" &&
		r.URL.Query().Has("Signature") && r.URL.Query().Has("Expires")
}

// signedQuery are the query arguments that Version 2 signs.
func signedQuery() []string {
	return []string{
		"accelerate", "acl", "cors", "delete", "encryption", "lifecycle", "location", "logging", "notification", "partNumber",
		"policy", "publicAccessBlock", "requestPayment", "response-cache-control", "response-content-disposition",
		"response-content-encoding", "response-content-language", "response-content-type", "response-expires", "restore",
		"tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
	}
}

// resign checks a Version 2 URL and returns the request signed with Version 4.
func resign(d Deps, r *http.Request) (*http.Request, error) {
	q := r.URL.Query()
	secret, token, _, expiry, err := d.Credentials.Credentials(r.Context(), q.Get("AWSAccessKeyId"))
	if errors.Is(err, wire.ErrUnknownKey) {
		return nil, s3err.GetInvalidAccessKeyIdErr(q.Get("AWSAccessKeyId"))
	}
	if err != nil {
		return nil, err
	}
	now := d.Clock.Now()
	expires, err := strconv.ParseInt(q.Get("Expires"), 10, 64)
	if err != nil || expires < now.Unix() {
		return nil, s3err.APIError{Code: "AccessDenied", Description: "Request has expired", HTTPStatusCode: http.StatusForbidden}
	}
	if !expiry.IsZero() && !now.Before(expiry) {
		return nil, errExpiredToken
	}
	if q.Get("x-amz-security-token") != token {
		return nil, s3err.GetAPIError(s3err.ErrInvalidToken)
	}
	text := stringToSign(r, q)
	mac := hmac.New(sha1.New, []byte(secret))
	_, _ = io.WriteString(mac, text) // a hash does not fail
	if want := base64.StdEncoding.EncodeToString(mac.Sum(nil)); !hmac.Equal([]byte(want), []byte(q.Get("Signature"))) {
		return nil, s3err.GetSignatureDoesNotMatchErr(q.Get("AWSAccessKeyId"), text, q.Get("Signature"), fmt.Sprintf("% x", text), "", "")
	}
	return signAnew(d, r, q, aws.Credentials{AccessKeyID: q.Get("AWSAccessKeyId"), SecretAccessKey: secret, SessionToken: token})
}

// stringToSign is what Version 2 signs of a request.
func stringToSign(r *http.Request, q url.Values) string {
	var amz []string
	for name, values := range r.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-amz-") {
			amz = append(amz, lower+":"+strings.Join(values, ",")+"\n")
		}
	}
	for name, values := range q { // headers that the signer moved into the URL
		if strings.HasPrefix(name, "x-amz-") {
			amz = append(amz, name+":"+strings.Join(values, ",")+"\n")
		}
	}
	slices.Sort(amz)
	either := func(name string) string {
		if v := r.Header.Get(name); v != "" {
			return v
		}
		return q.Get(strings.ToLower(name))
	}
	return strings.Join([]string{r.Method, either("Content-Md5"), either("Content-Type"), q.Get("Expires"), strings.Join(amz, "")}, "\n") + resource(r, q)
}

// resource is the path with the bucket, and the arguments that are signed.
func resource(r *http.Request, q url.Values) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if domain := virtualDomain(r.Host); domain != "" {
		bucket, _, _ := strings.Cut(r.Host, "."+domain)
		path = "/" + bucket + path
	}
	var args []string
	for _, name := range signedQuery() {
		if !q.Has(name) {
			continue
		}
		if v := q.Get(name); v != "" {
			name += "=" + v
		}
		args = append(args, name)
	}
	if len(args) > 0 {
		path += "?" + strings.Join(args, "&")
	}
	return path
}

// signAnew signs a request with Version 4, without the arguments of Version 2.
func signAnew(d Deps, r *http.Request, q url.Values, creds aws.Credentials) (*http.Request, error) {
	out := r.Clone(r.Context())
	for name := range q {
		if strings.HasPrefix(name, "x-amz-") && name != "x-amz-security-token" {
			out.Header.Set(name, q.Get(name))
		}
		if strings.HasPrefix(name, "x-amz-") || name == "AWSAccessKeyId" || name == "Signature" || name == "Expires" {
			q.Del(name)
		}
	}
	out.URL.RawQuery = q.Encode()
	const unsigned = "UNSIGNED-PAYLOAD"
	out.Header.Set("X-Amz-Content-Sha256", unsigned)
	// Only what is S3's is signed: the proxy drops headers of the connection.
	bare := &http.Request{Method: out.Method, URL: out.URL, Host: out.Host, Header: http.Header{}}
	for name, values := range out.Header {
		if strings.HasPrefix(name, "X-Amz-") {
			bare.Header[name] = values
		}
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err := signer.SignHTTP(r.Context(), creds, bare, unsigned, "s3", d.Region, d.Clock.Now()); err != nil {
		return nil, err
	}
	for name, values := range bare.Header {
		out.Header[name] = values
	}
	return out, nil
}

// answer writes an error.
func answer(w http.ResponseWriter, r *http.Request, err error) {
	var known s3err.S3Error
	if !errors.As(err, &known) {
		unavailable(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(known.StatusCode())
	_, _ = w.Write(known.XMLBody("", "")) // the client is gone otherwise
}
