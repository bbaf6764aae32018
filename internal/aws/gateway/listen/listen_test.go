package listen

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"weir/internal/clock"
	"weir/internal/vfs"
)

func open(t *testing.T, a *Authority) *Listeners {
	l, err := Open(Config{Plain: "127.0.0.1:0", TLS: "127.0.0.1:0", Authority: a,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			secure := ""
			if r.TLS != nil {
				secure = " over TLS"
			}
			_, _ = io.WriteString(w, r.Proto+" "+r.Host+secure)
		})})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- l.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := l.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l
}

func get(t *testing.T, url string, tr *http.Transport) string {
	t.Helper()
	defer tr.CloseIdleConnections()
	res, err := (&http.Client{Transport: tr}).Get(url)
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestEveryWayIn(t *testing.T) {
	a, err := OpenAuthority(vfs.NewMem(), "tls", nil, clock.System{}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	l := open(t, a)
	plain, secure := l.PlainAddr().String(), l.TLSAddr().String()
	if got := get(t, "http://"+plain, &http.Transport{}); got != "HTTP/1.1 "+plain {
		t.Errorf("plain gave %q", got)
	}
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	if got := get(t, "http://"+plain, &http.Transport{Protocols: h2c}); got != "HTTP/2.0 "+plain {
		t.Errorf("h2c gave %q", got)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(a.PEM())
	to := func(h2 bool) *http.Transport {
		return &http.Transport{ForceAttemptHTTP2: h2, TLSClientConfig: &tls.Config{RootCAs: roots},
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "tcp", secure)
			}}
	}
	for _, host := range []string{"localhost", "127.0.0.1", "kinesis.cn-north-1.amazonaws.com.cn", "kinesis.us-east-1.amazonaws.com",
		"s3.amazonaws.com", "my.bucket.s3.eu-west-1.amazonaws.com", "012345678901.data-kinesis.us-east-1.amazonaws.com", "bucket.localhost"} {
		if got := get(t, "https://"+host, to(true)); got != "HTTP/2.0 "+host+" over TLS" {
			t.Errorf("%s over TLS gave %q", host, got)
		}
	}
	if got := get(t, "https://localhost", to(false)); got != "HTTP/1.1 localhost over TLS" {
		t.Errorf("TLS without ALPN gave %q", got)
	}
	unasked := to(false) // HTTP/2 at once, as the AWS SDK for Java does
	unasked.Protocols = h2c
	unasked.DialContext = func(context.Context, string, string) (net.Conn, error) {
		return tls.Dial("tcp", secure, &tls.Config{RootCAs: roots, ServerName: "localhost"})
	}
	if got := get(t, "http://localhost", unasked); got != "HTTP/2.0 localhost over TLS" {
		t.Errorf("HTTP/2 over TLS without ALPN gave %q", got)
	}
	if got := get(t, "http://"+secure, &http.Transport{}); got != "Client sent an HTTP request to an HTTPS server.\n" {
		t.Errorf("plain HTTP to the TLS port gave %q", got)
	}
	if _, err := (&http.Client{Transport: to(true)}).Get("https://bank.example"); err == nil {
		t.Error("a foreign name was certified")
	}
}

func TestAuthorityIsKeptAndConstrained(t *testing.T) {
	fs, ck := vfs.NewMem(), clock.NewManual(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	first, err := OpenAuthority(fs, "tls", nil, ck, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	second, err := OpenAuthority(fs, "tls", nil, ck, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if string(first.PEM()) != string(second.PEM()) {
		t.Error("a second start made another authority")
	}
	roots := x509.NewCertPool()
	roots.AddCert(first.cert)
	for name, want := range map[string]bool{"kinesis.us-east-1.amazonaws.com": true, "bank.example": false} {
		leaf, err := second.issue(name, ck.Now())
		if err != nil {
			t.Fatal(err)
		}
		_, err = leaf.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: ck.Now()})
		if (err == nil) != want {
			t.Errorf("a certificate for %s: %v", name, err)
		}
	}
	other, err := OpenAuthority(fs, "tls", []string{"weir.example", "10.1.2.3"}, ck, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if string(other.PEM()) == string(first.PEM()) {
		t.Error("an authority was kept that may not sign for a new name")
	}
	ck.Advance(authorityLife)
	late, err := OpenAuthority(fs, "tls", []string{"weir.example", "10.1.2.3"}, ck, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if string(late.PEM()) == string(other.PEM()) {
		t.Error("an authority was kept that has run out")
	}
}

func TestTakenPort(t *testing.T) {
	l := open(t, authority(t))
	if _, err := Open(Config{Plain: l.PlainAddr().String()}); err == nil {
		t.Error("a taken port was opened")
	}
}

func authority(t *testing.T) *Authority {
	a, err := OpenAuthority(vfs.NewMem(), "tls", nil, clock.System{}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
