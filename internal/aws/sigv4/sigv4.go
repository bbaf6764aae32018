// Package sigv4 checks AWS Signature Version 4 signatures, in the Authorization
// header and in presigned queries.
//
// Vocabulary. The scope is date/region/service/aws4_request. The canonical
// request is what the client hashed; it is rebuilt here from the headers the
// client says it signed, whichever they are (older Java SDKs sign User-Agent and
// Content-Length, which the Go SDK's signer leaves out, so that signer cannot
// re-sign their requests; tests compare with it where it can).
//
// Parse reads a signature, Verify checks it against a secret in constant time.
// Who the access key belongs to, and what the caller may do, is not known here.
// Errors are *Error, kinds the gateway words for each protocol.
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Algorithm is the only one checked.
const Algorithm = "AWS4-HMAC-SHA256"

// Skew is how far a client's clock may be off.
const Skew = 5 * time.Minute

const timeFormat = "20060102T150405Z"

// Kind is what is wrong with a signature.
type Kind uint8

// The kinds of Error.
const (
	Missing    Kind = iota // the request is not signed
	Incomplete             // the signature's parts are not all there
	Mismatch               // the signature is not the one the secret gives
	Skewed                 // the client's clock is off
	Expired                // a presigned request is used too late
	BadScope               // the scope does not fit the request
)

// Error is a signature that does not hold.
type Error struct {
	Kind Kind
	Msg  string
}

// Error is the message.
func (e *Error) Error() string { return e.Msg }

// Signature is a request's signature, as the client states it.
type Signature struct {
	AccessKey string
	Date      string // of the scope: 20261123
	Region    string
	Service   string
	Token     string // session token, or ""
	Presigned bool

	signed    []string
	signature string
	at        time.Time
	expires   time.Duration
}

// Parse reads the signature of a request; it does not check it.
func Parse(r *http.Request) (*Signature, error) {
	auth := r.Header.Get("Authorization")
	query := r.URL.Query()
	presigned := query.Has("X-Amz-Algorithm") || query.Has("X-Amz-Credential")
	switch {
	case auth != "" && presigned:
		return nil, &Error{Mismatch, "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."}
	case presigned:
		return parseQuery(query)
	case auth != "":
		return parseHeader(r, auth)
	}
	return nil, &Error{Missing, "Missing Authentication Token"}
}

func parseHeader(r *http.Request, auth string) (*Signature, error) {
	parts := map[string]string{}
	algorithm, rest, _ := strings.Cut(auth, " ")
	if algorithm != Algorithm {
		return nil, &Error{Incomplete, "Unsupported AWS 'algorithm': '" + algorithm + "'."}
	}
	for part := range strings.FieldsFuncSeq(rest, func(c rune) bool { return c == ',' || c == ' ' }) {
		k, v, _ := strings.Cut(part, "=")
		parts[k] = v
	}
	msg := ""
	for _, want := range []string{"Credential", "Signature", "SignedHeaders"} {
		if parts[want] == "" {
			msg += "Authorization header requires '" + want + "' parameter. "
		}
	}
	date := r.Header.Get("X-Amz-Date")
	if date == "" {
		date = r.Header.Get("Date")
	}
	if date == "" {
		msg += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
	}
	if msg != "" {
		return nil, &Error{Incomplete, msg + "Authorization=" + auth}
	}
	s := &Signature{signature: parts["Signature"], Token: r.Header.Get("X-Amz-Security-Token")}
	s.signed = strings.Split(parts["SignedHeaders"], ";")
	return s, s.fill(parts["Credential"], date)
}

func parseQuery(q url.Values) (*Signature, error) {
	msg := ""
	for _, want := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
		if q.Get(want) == "" {
			msg += "AWS query-string parameters must include '" + want + "'. "
		}
	}
	if msg != "" {
		return nil, &Error{Incomplete, msg + "Re-examine the query-string parameters."}
	}
	if q.Get("X-Amz-Algorithm") != Algorithm {
		return nil, &Error{Incomplete, "Unsupported AWS 'algorithm': '" + q.Get("X-Amz-Algorithm") + "'."}
	}
	s := &Signature{signature: q.Get("X-Amz-Signature"), Token: q.Get("X-Amz-Security-Token"), Presigned: true}
	s.signed = strings.Split(q.Get("X-Amz-SignedHeaders"), ";")
	s.expires = 15 * time.Minute
	if text := q.Get("X-Amz-Expires"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 7*24*3600 {
			return nil, &Error{Incomplete, "X-Amz-Expires must be a number of seconds between 0 and 604800"}
		}
		s.expires = time.Duration(n) * time.Second
	}
	return s, s.fill(q.Get("X-Amz-Credential"), q.Get("X-Amz-Date"))
}

// fill reads the credential and the date.
func (s *Signature) fill(credential, date string) error {
	parts := strings.Split(credential, "/")
	n := len(parts)
	if n < 5 || parts[n-1] != "aws4_request" {
		return &Error{Incomplete, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + credential + "'"}
	}
	s.AccessKey = strings.Join(parts[:n-4], "/")
	s.Date, s.Region, s.Service = parts[n-4], parts[n-3], parts[n-2]
	at, err := time.Parse(timeFormat, date)
	if err != nil {
		if at, err = http.ParseTime(date); err != nil {
			return &Error{Incomplete, "Date must be in ISO-8601 'basic format'. Got '" + date + "'. See http://en.wikipedia.org/wiki/ISO_8601"}
		}
	}
	s.at = at.UTC()
	if s.at.Format("20060102") != s.Date {
		return &Error{BadScope, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
			s.Date + "' != '" + s.at.Format("20060102") + "', from '" + date + "'."}
	}
	if !slices.Contains(s.signed, "host") && !slices.Contains(s.signed, authority) {
		return &Error{Mismatch, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."}
	}
	return nil
}

// Fresh checks the signature's time against now.
func (s *Signature) Fresh(now time.Time) error {
	at, stamp := s.at.Format(timeFormat), now.UTC().Format(timeFormat)
	early, late := now.Add(-Skew), now.Add(Skew)
	switch {
	case s.at.After(late):
		return &Error{Skewed, "Signature not yet current: " + at + " is still later than " + late.UTC().Format(timeFormat) + " (" + stamp + " + 5 min.)"}
	case s.Presigned && now.After(s.at.Add(s.expires)):
		return &Error{Expired, "Request has expired"}
	case !s.Presigned && s.at.Before(early):
		return &Error{Skewed, "Signature expired: " + at + " is now earlier than " + early.UTC().Format(timeFormat) + " (" + stamp + " - 5 min.)"}
	}
	return nil
}

// Verify checks the signature against the secret. bodyHash is the SHA-256 of the
// body, in hex.
func (s *Signature) Verify(r *http.Request, secret, bodyHash string) error {
	canonical := s.canonical(r, bodyHash)
	scope := s.Date + "/" + s.Region + "/" + s.Service + "/aws4_request"
	toSign := Algorithm + "\n" + s.at.Format(timeFormat) + "\n" + scope + "\n" + Hash([]byte(canonical))
	want := hex.EncodeToString(mac(signingKey(secret, s.Date, s.Region, s.Service), toSign))
	if hmac.Equal([]byte(want), []byte(s.signature)) {
		return nil
	}
	return &Error{Mismatch, "The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n" +
		"The Canonical String for this request should have been\n'" + canonical + "'\n\n" +
		"The String-to-Sign should have been\n'" + toSign + "'\n"}
}

// Hash is the SHA-256 of data, in hex.
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(text)) // a hash takes everything
	return h.Sum(nil)
}

func signingKey(secret, date, region, service string) []byte {
	return mac(mac(mac(mac([]byte("AWS4"+secret), date), region), service), "aws4_request")
}
