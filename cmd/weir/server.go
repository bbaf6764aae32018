package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"weir/internal/aws/authz"
	"weir/internal/aws/gateway"
	"weir/internal/aws/gateway/listen"
	"weir/internal/aws/identity"
	"weir/internal/aws/profile"
	"weir/internal/aws/store"
	"weir/internal/aws/svc/kinesis"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/control"
	"weir/internal/obs"
	"weir/internal/vfs"
	"weir/internal/vfs/spacewait"
)

// serverConfig is what `weir serve` was asked for.
type serverConfig struct {
	data          string
	plain, tls    string
	region        string
	account       string
	rootKey       string
	rootSecret    string
	kinesisLimits bool
	python        string
	restartDelay  time.Duration
	log           *slog.Logger
}

// server is a running server: everything it opened, in order.
type server struct {
	cfg       serverConfig
	fs        *spacewait.FS
	clock     clock.Clock
	lock      io.Closer
	db        *store.DB
	ids       *identity.Store
	auth      *authz.Authorizer
	listeners *listen.Listeners
	authority *listen.Authority
	handler   lateHandler
	closers   []func() error // in reverse order of opening
	// applications end first, while the ports still answer them.
	applications *control.Manager
	services     []wire.Service
}

// lateHandler answers once there is a handler: the address of the port must be
// known before the services that are reached through it are made.
type lateHandler struct{ h atomic.Pointer[http.Handler] }

// ServeHTTP implements http.Handler.
func (l *lateHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := l.h.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Retry-After", "1")
	http.Error(w, "weir is starting", http.StatusServiceUnavailable)
}

// reserve is the free space below which writes wait.
const reserve = 16 << 20

// openServer opens the data directory and makes every service; serve runs it.
func openServer(ctx context.Context, cfg serverConfig) (*server, error) {
	s := &server{cfg: cfg, clock: clock.System{}}
	err := s.open()
	if err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

func (s *server) open() error {
	if err := os.MkdirAll(s.cfg.data, 0o700); err != nil {
		return fmt.Errorf("making the data directory: %w", err)
	}
	os := vfs.OS()
	lock, err := os.Lock(s.path("LOCK"))
	if err != nil {
		return fmt.Errorf("the data directory %s is in use by another weir (or cannot be locked): %w", s.cfg.data, err)
	}
	s.defers(lock.Close)
	s.fs = spacewait.New(os, s.clock, s.cfg.data, reserve)
	if s.db, err = store.Open(s.fs, s.path("meta")); err != nil {
		return err
	}
	s.defers(func() error { s.fs.Release(); return s.db.Close() })
	if err := s.openIdentities(); err != nil {
		return err
	}
	if err := s.openPorts(); err != nil {
		return err
	}
	return s.openServices()
}

func (s *server) path(parts ...string) string {
	return filepath.Join(append([]string{s.cfg.data}, parts...)...)
}

// defers adds a closer, to be called before those added earlier.
func (s *server) defers(f func() error) { s.closers = append([]func() error{f}, s.closers...) }

// openIdentities opens users, roles and keys.
func (s *server) openIdentities() error {
	ids, err := identity.Open(identity.Deps{DB: s.db, Clock: s.clock, Rand: rand.Reader, Account: s.cfg.account,
		Partition: gateway.Partition(s.cfg.region), RootAccessKey: s.cfg.rootKey, RootSecret: s.cfg.rootSecret})
	if err != nil {
		return err
	}
	s.ids = ids
	s.auth = authz.New(ids, func(err error) { s.cfg.log.Warn("the last use of a key was not kept", "error", err.Error()) })
	return nil
}

// openPorts opens the ports; they answer 503 until the services are there.
func (s *server) openPorts() error {
	c := listen.Config{Handler: &s.handler, Plain: s.cfg.plain, TLS: s.cfg.tls,
		ErrorLog: slog.NewLogLogger(s.cfg.log.Handler(), slog.LevelDebug)}
	if s.cfg.tls != "" {
		a, err := listen.OpenAuthority(s.fs, s.path("tls"), nil, s.clock, rand.Reader)
		if err != nil {
			return err
		}
		c.Authority, s.authority = a, a
	}
	l, err := listen.Open(c)
	if err != nil {
		return err
	}
	s.listeners = l
	return nil
}

// endpoint is where the services are reached from this machine.
func (s *server) endpoint() string { return "http://" + s.listeners.PlainAddr().String() }

// ready puts the gateway behind the ports and writes the profile files.
func (s *server) ready(s3 http.Handler, weir http.Handler) error {
	g, err := gateway.New(gateway.Config{Services: s.services, Credentials: s.ids, Authorizer: s.auth, S3: s3, Weir: weir,
		Account: s.cfg.account, Region: s.cfg.region, Clock: s.clock, Rand: rand.Reader, Observe: s.observe})
	if err != nil {
		return err
	}
	if err := profile.Write(s.fs, s.path("aws"), s.profile()); err != nil {
		return err
	}
	var h http.Handler = g
	s.handler.h.Store(&h)
	return nil
}

// profile is how AWS's tools reach this server as root.
func (s *server) profile() profile.Profile {
	k := s.ids.RootKey()
	return profile.Profile{Name: "weir", AccessKey: k.ID, Secret: k.Secret, Region: s.cfg.region, Endpoint: s.endpoint()}
}

// observe logs a call that failed on our side.
func (s *server) observe(r gateway.Record) {
	if r.Status >= 500 {
		s.cfg.log.Warn("a call failed", "service", r.Service, "operation", r.Operation, "status", r.Status)
	}
}

// serve answers until ctx ends, and then shuts down in order.
func (s *server) serve(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- s.listeners.Serve() }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(err, s.close(context.WithoutCancel(ctx)))
}

// close stops the applications, then the ports, then closes what was opened,
// the last first.
func (s *server) close(ctx context.Context) error {
	errs := []error{s.closeApplications(ctx)}
	if s.listeners != nil {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		errs = append(errs, s.listeners.Shutdown(ctx))
		cancel()
	}
	for _, f := range s.closers {
		errs = append(errs, f())
	}
	s.closers = nil
	return errors.Join(errs...)
}

// newLog writes the server's log to standard error.
func newLog(verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelInfo
	}
	return slog.New(obs.Text(level, obs.ToWriter(os.Stderr)))
}

// kinesisOptions are the flags of Kinesis.
func (s *server) kinesisOptions() kinesis.Options {
	return kinesis.Options{Limits: s.cfg.kinesisLimits}
}
