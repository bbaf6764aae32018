package s3

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
)

// Headers by which the handler tells the inner server what it cannot see; a
// client's own are thrown away.
const (
	headerPeer   = "X-Weir-Peer"
	headerSecure = "X-Weir-Secure"
	headerDomain = "X-Weir-Domain" // of a virtual-host request, after the bucket
)

// newProxy hands requests to the inner server exactly as they came: same Host,
// same raw path and query, same headers, or signatures would not hold. The
// function closes connections that are kept open and not in use.
func newProxy(d Deps, address string) (http.Handler, func()) {
	f := &front{address: address}
	transport := &http.Transport{
		DialContext:         f.dial,
		DisableCompression:  true,
		MaxIdleConnsPerHost: 256,
		WriteBufferSize:     64 << 10,
		ReadBufferSize:      64 << 10,
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:        rewrite,
		Transport:      transport,
		FlushInterval:  -1,
		BufferPool:     newBufferPool(),
		ModifyResponse: func(r *http.Response) error { return polish(d.Partition, r) },
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			unavailable(w, r, err)
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isV2(r) {
			signed, err := resign(d, r)
			if err != nil {
				answer(w, r, err)
				return
			}
			r = signed
		}
		proxy.ServeHTTP(lowered{w}, r)
	}), transport.CloseIdleConnections
}

// lowered writes the names of user metadata in lower case, as S3 does: boto3
// hands them to programs as they come, and Go would write X-Amz-Meta-Name.
type lowered struct{ http.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (l lowered) WriteHeader(status int) {
	h := l.Header()
	for name, values := range h {
		if lower := strings.ToLower(name); lower != name && strings.HasPrefix(name, "X-Amz-Meta-") {
			h[lower] = values
			delete(h, name)
		}
	}
	l.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController flush.
func (l lowered) Unwrap() http.ResponseWriter { return l.ResponseWriter }

func rewrite(p *httputil.ProxyRequest) {
	in, out := p.In, p.Out
	out.URL.Scheme, out.URL.Host, out.Host = "http", "s3", in.Host
	out.URL.RawQuery = in.URL.RawQuery
	if raw, _, _ := strings.Cut(in.RequestURI, "?"); raw != out.URL.EscapedPath() &&
		strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "//") {
		out.URL.Opaque = raw // Go would escape it otherwise than the client did
	}
	for _, h := range []string{headerPeer, headerSecure, headerDomain} {
		out.Header.Del(h)
	}
	if host, _, err := net.SplitHostPort(in.RemoteAddr); err == nil {
		out.Header.Set(headerPeer, host)
	}
	if in.TLS != nil {
		out.Header.Set(headerSecure, "1")
	}
	if domain := virtualDomain(in.Host); domain != "" {
		out.Header.Set(headerDomain, domain)
	}
}

// virtualDomain is what follows the bucket in a virtual-host style Host, "" for
// path style: bucket.s3.us-east-1.amazonaws.com, bucket.s3-us-west-2.amazonaws.com,
// bucket.s3.localhost.localstack.cloud:4566, bucket.localhost:4566.
func virtualDomain(host string) string {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	at := -1
	for _, mark := range []string{".s3.", ".s3-"} {
		at = max(at, strings.LastIndex(name, mark))
	}
	if at < 0 && strings.HasSuffix(name, ".localhost") {
		at = len(name) - len(".localhost")
		if name[:at] == "s3" || strings.HasPrefix(name, "s3.") {
			return "" // the service's own name
		}
	}
	if at <= 0 {
		return ""
	}
	return host[at+1:]
}

// polish makes an answer look as S3's does.
func polish(partition string, r *http.Response) error {
	r.Header.Set("Server", "AmazonS3")
	if partition == "aws" {
		return nil
	}
	if arn := r.Header.Get("x-amz-bucket-arn"); arn != "" {
		r.Header.Set("x-amz-bucket-arn", toPartition(partition, arn))
	}
	if r.StatusCode < 400 || r.Body == nil || r.Request.Method == http.MethodHead {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if err := r.Body.Close(); err != nil {
		return err
	}
	body = []byte(toPartition(partition, string(body)))
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

// toPartition maps ARNs of the partition "aws" to another.
func toPartition(partition, text string) string {
	if partition == "aws" {
		return text
	}
	return strings.ReplaceAll(text, "arn:aws:", "arn:"+partition+":")
}

// fromPartition maps ARNs of a partition to "aws".
func fromPartition(partition, text string) string {
	if partition == "aws" {
		return text
	}
	return strings.ReplaceAll(text, "arn:"+partition+":", "arn:aws:")
}

// unavailable answers when the inner server could not.
func unavailable(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == context.Canceled {
		return // nobody is there to read it
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+
		"\n<Error><Code>ServiceUnavailable</Code><Message>S3 is not available: "+escapeXML(err.Error())+"</Message></Error>")
}
