package gateway

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"weir/internal/aws/sigv4"
	"weir/internal/aws/wire"
)

// target is what a request is for.
type target struct {
	svc      *service
	op       string
	protocol protocol
	form     url.Values // of a query request
}

// operation is the target's operation, or AWS's error for one it does not have.
func (t *target) operation() (*operation, error) {
	if op := t.svc.ops[t.op]; op != nil {
		return op, nil
	}
	return nil, t.protocol.unknown(t)
}

// isS3 tells whether a request is S3's: signed for s3, or for nothing the other
// services' requests show (a target header, an operation path, a form).
func (g *Gateway) isS3(r *http.Request) bool {
	switch scope := scopeService(r); {
	case scope == "s3" || scope == "s3express":
		return true
	case scope != "":
		return false
	}
	return r.Header.Get("X-Amz-Target") == "" && !strings.HasPrefix(r.URL.Path, "/service/") &&
		!isForm(r) && !r.URL.Query().Has("Action")
}

// scopeService is the service a request's signature names, or "".
func scopeService(r *http.Request) string {
	credential := ""
	if _, after, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		credential, _, _ = strings.Cut(after, ",")
	} else if strings.Contains(r.URL.RawQuery, "X-Amz-Credential=") {
		credential = r.URL.Query().Get("X-Amz-Credential")
	}
	parts := strings.Split(strings.TrimSpace(credential), "/")
	if len(parts) < 5 {
		return ""
	}
	return parts[len(parts)-2]
}

func contentType(r *http.Request) string {
	t, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(t))
}

func isForm(r *http.Request) bool {
	return r.Method == http.MethodPost && contentType(r) == "application/x-www-form-urlencoded"
}

// route finds the target of a request. A protocol is chosen even when it fails,
// so that the error is one the client can read.
func (g *Gateway) route(rq *request) error {
	r, t := rq.r, &rq.target
	if name := r.Header.Get("X-Amz-Target"); name != "" {
		return g.routeTarget(rq, name)
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/service/"); ok {
		name, op, _ := strings.Cut(rest, "/operation/")
		t.protocol, t.op = rpcV2{}, op
		if t.svc = g.byTarget[name]; t.svc == nil {
			return wire.Errorf("UnknownOperationException", "There is no service %s here", name)
		}
		return nil
	}
	if isForm(r) || r.URL.Query().Has("Action") {
		return g.routeQuery(rq)
	}
	scope := scopeService(r)
	if svc := g.bySigning[scope]; svc == nil {
		t.protocol = jsonProtocol{version: "1.1"}
		return &wire.Error{Code: "UnknownOperationException", Status: http.StatusNotFound, Message: "Weir does not serve " + scope}
	}
	t.protocol = queryProtocol{}
	return &wire.Error{Code: "AccessDeniedException", Status: http.StatusForbidden, Message: "Unable to determine service/operation name to be authorized"}
}

// routeTarget routes by the X-Amz-Target header, Kinesis_20131202.PutRecord.
func (g *Gateway) routeTarget(rq *request, name string) error {
	t := &rq.target
	prefix, op, _ := strings.Cut(name, ".")
	t.svc, t.op = g.byTarget[prefix], op
	switch ct := contentType(rq.r); {
	case ct == "application/x-amz-cbor-1.1":
		t.protocol = kinesisCBOR{}
	case strings.HasSuffix(ct, "json-1.0"):
		t.protocol = jsonProtocol{version: "1.0"}
	default:
		t.protocol = jsonProtocol{version: "1.1"}
	}
	if t.svc == nil {
		return &wire.Error{Code: "UnknownOperationException"}
	}
	return nil
}

// routeQuery routes a form or a query string by its Action and the signature's
// service (or, unsigned, by the API version).
func (g *Gateway) routeQuery(rq *request) error {
	t := &rq.target
	t.protocol = queryProtocol{}
	form, err := url.ParseQuery(string(rq.body))
	if err != nil {
		return wire.Errorf("MalformedQueryString", "The query string contains a syntax error: %v", err)
	}
	for k, v := range rq.r.URL.Query() {
		if !strings.HasPrefix(k, "X-Amz-") {
			form[k] = append(form[k], v...)
		}
	}
	t.form, t.op = form, form.Get("Action")
	t.svc = g.bySigning[scopeService(rq.r)]
	for _, s := range g.bySigning {
		if t.svc == nil && s.model.Metadata.XMLNamespace != "" && s.model.Metadata.APIVersion == form.Get("Version") && scopeService(rq.r) == "" {
			t.svc = s
		}
	}
	switch {
	case t.op == "":
		return &wire.Error{Code: "MissingAction", Message: "The request is missing an action or a required parameter"}
	case t.svc == nil || t.svc.model.Metadata.XMLNamespace == "":
		return wire.Errorf("InvalidAction", "Could not find operation %s for version %s", t.op, form.Get("Version"))
	}
	return nil
}

// read takes the body in and unpacks it. The signature is over the body as sent,
// so that is hashed before.
func (g *Gateway) read(rq *request) error {
	rq.target.protocol = jsonProtocol{version: "1.1"} // until it is routed
	body, err := readAll(rq.r.Body, rq.r.ContentLength, g.cfg.MaxBody)
	if err != nil {
		return err
	}
	rq.call.Secure = rq.r.TLS != nil
	rq.body, rq.bodyHash = body, sigv4.Hash(body)
	if !strings.EqualFold(rq.r.Header.Get("Content-Encoding"), "gzip") {
		return nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return wire.Errorf("SerializationException", "The body is not gzip although Content-Encoding says so")
	}
	rq.body, err = readAll(z, -1, g.cfg.MaxBody)
	return err
}

// readAll reads up to most bytes; length is what the client said, or -1.
func readAll(r io.Reader, length, most int64) ([]byte, error) {
	if length > most {
		return nil, tooLarge(most)
	}
	var buf bytes.Buffer
	if length > 0 {
		buf.Grow(int(length) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(r, most+1))
	switch {
	case err != nil && errors.Is(err, io.ErrUnexpectedEOF):
		return nil, wire.Errorf("SerializationException", "The body ended early")
	case err != nil:
		return nil, &wire.Error{Code: "RequestTimeout", Message: "The body could not be read: " + err.Error()}
	case n > most:
		return nil, tooLarge(most)
	}
	return buf.Bytes(), nil
}

func tooLarge(most int64) error {
	return &wire.Error{Code: "RequestEntityTooLargeException", Status: http.StatusRequestEntityTooLarge,
		Message: "The request's body exceeds " + formatMiB(most)}
}
