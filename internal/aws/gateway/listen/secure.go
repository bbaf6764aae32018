package listen

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
)

// secureListener gives connections whose protocol is told by their first bytes,
// as on the plain port, and not by ALPN: the asynchronous client of the AWS SDK
// for Java speaks HTTP/2 to Kinesis over TLS without having asked for it.
type secureListener struct {
	net.Listener
	log *log.Logger
}

// Accept implements net.Listener.
func (l secureListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &secureConn{Conn: c, log: l.log}, nil
}

// secureConn hides from net/http that a connection is TLS, or it would go by
// ALPN alone. withTLS gives requests the state of it again.
type secureConn struct {
	net.Conn // a *tls.Conn
	log      *log.Logger
	told     sync.Once
}

// Read implements net.Conn. The first one shakes hands; a client that speaks
// plain HTTP is told so in plain HTTP.
func (c *secureConn) Read(p []byte) (int, error) {
	if err := c.Conn.(*tls.Conn).Handshake(); err != nil {
		c.told.Do(func() { c.refuse(err) })
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *secureConn) refuse(err error) {
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) && plain.Conn != nil {
		switch string(plain.RecordHeader[:]) {
		case "GET /", "HEAD ", "POST ", "PUT /", "OPTIO", "DELET":
			_, _ = io.WriteString(plain.Conn, "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n") // it is being refused anyway
		}
	}
	c.log.Printf("TLS handshake error from %s: %v", c.RemoteAddr(), err)
}

// connKey is where a request's context has its connection.
type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// withTLS sets the TLS state of the requests that came over TLS.
func withTLS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(connKey{}).(*secureConn); ok && r.TLS == nil {
			state := c.Conn.(*tls.Conn).ConnectionState()
			r.TLS = &state
		}
		next.ServeHTTP(w, r)
	})
}
