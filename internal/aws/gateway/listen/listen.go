package listen

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"
)

// Config is what is listened on.
type Config struct {
	Handler http.Handler
	Plain   string // host:port; "" opens none
	TLS     string // host:port; "" opens none
	// Authority makes the certificates of the TLS port.
	Authority *Authority
	// ErrorLog takes what clients do wrong below HTTP; nil drops it.
	ErrorLog *log.Logger
}

func (c Config) errorLog() *log.Logger {
	if c.ErrorLog == nil {
		return log.New(nowhere{}, "", 0)
	}
	return c.ErrorLog
}

// Listeners are open ports.
type Listeners struct {
	servers []*http.Server
	ports   []net.Listener
	plain   net.Addr
	tls     net.Addr
}

// Open binds the ports; nothing is answered before Serve.
func Open(cfg Config) (*Listeners, error) {
	l := &Listeners{}
	add := func(address string, conf *tls.Config) (net.Addr, error) {
		port, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
		if err != nil {
			return nil, fmt.Errorf("listening on %s: %w (is another server running there? choose a port with --listen)", address, err)
		}
		addr := port.Addr()
		if conf != nil {
			port = secureListener{tls.NewListener(port, conf), cfg.errorLog()}
		}
		l.ports = append(l.ports, port)
		l.servers = append(l.servers, server(cfg))
		return addr, nil
	}
	var err error
	if cfg.Plain != "" {
		l.plain, err = add(cfg.Plain, nil)
	}
	if err == nil && cfg.TLS != "" {
		l.tls, err = add(cfg.TLS, &tls.Config{GetCertificate: cfg.Authority.Certificate,
			NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12})
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func server(cfg Config) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true) // over TLS as well: secureListener
	return &http.Server{
		Handler: withTLS(cfg.Handler), Protocols: protocols, ErrorLog: cfg.errorLog(), ConnContext: withConn,
		ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// PlainAddr is where the plain port is, nil when there is none.
func (l *Listeners) PlainAddr() net.Addr { return l.plain }

// TLSAddr is where the TLS port is, nil when there is none.
func (l *Listeners) TLSAddr() net.Addr { return l.tls }

// Serve answers on all ports until Shutdown, then returns nil, or the first
// port's failure.
func (l *Listeners) Serve() error {
	done := make(chan error, len(l.servers))
	for i, s := range l.servers {
		go func() { done <- s.Serve(l.ports[i]) }()
	}
	var first error
	for range l.servers {
		if err := <-done; !errors.Is(err, http.ErrServerClosed) && first == nil {
			first = err
			l.close()
		}
	}
	return first
}

// Shutdown takes no more connections and waits for the requests under way until
// ctx ends, then cuts them off.
func (l *Listeners) Shutdown(ctx context.Context) error {
	errs := make([]error, len(l.servers))
	done := make(chan struct{})
	for i, s := range l.servers {
		go func() {
			if errs[i] = s.Shutdown(ctx); errs[i] != nil {
				errs[i] = errors.Join(errs[i], s.Close())
			}
			done <- struct{}{}
		}()
	}
	for range l.servers {
		<-done
	}
	return errors.Join(errs...)
}

func (l *Listeners) close() {
	for _, p := range l.ports {
		_ = p.Close() // the failure that brought us here is the one to report
	}
}
