package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"weir/internal/app"
	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/engine/ckpt"
	"weir/internal/obs"
	"weir/internal/session"
	"weir/internal/sqlgateway"
	"weir/internal/vfs"
)

// gatewayFlags are the flags of `weir sql-gateway`.
type gatewayFlags struct {
	listen      string
	set         []string
	idle        time.Duration
	maxSessions int
	profile     string
	verbose     bool
	allowRemote bool
}

func sqlGatewayCommand() *cobra.Command {
	var f gatewayFlags
	c := &cobra.Command{
		Use:   "sql-gateway",
		Short: "Serve Flink's SQL Gateway REST API, for Flink's SQL client, JDBC driver and other tools",
		Long: `Serve Flink's SQL Gateway REST API. Jobs run in this process, until it ends.

	weir sql-gateway --listen 127.0.0.1:8083
	sql-client.sh gateway --endpoint 127.0.0.1:8083

AWS is reached as the environment says (AWS_ENDPOINT_URL, AWS_PROFILE …).`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return serveGateway(c.Context(), &f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.listen, "listen", "127.0.0.1:8083", "address to listen on; port 0 takes a free one")
	fl.StringArrayVar(&f.set, "set", nil, "a configuration option of every session, key=value; may be given often")
	fl.DurationVar(&f.idle, "session-idle-timeout", 10*time.Minute, "a session not used for so long is closed; a negative one never is")
	fl.IntVar(&f.maxSessions, "max-sessions", 1_000_000, "sessions at once")
	fl.StringVar(&f.profile, "runtime", "", "the Flink whose behaviour is wanted: FLINK-1_11, FLINK-1_20, FLINK-2_2 … (default: the newest)")
	fl.BoolVar(&f.verbose, "verbose", false, "log what the jobs do to standard error")
	fl.BoolVar(&f.allowRemote, "allow-remote", false, "listen on an address others can reach; the API asks nobody who they are")
	return c
}

// opener makes the function that opens sessions.
func (f *gatewayFlags) opener(log *slog.Logger) (func(map[string]string) (*session.Session, error), error) {
	options := map[string]string{}
	for _, kv := range f.set {
		k, v, ok := strings.Cut(kv, "=")
		if !ok {
			return nil, usageError{fmt.Errorf("--set takes key=value, not %q", kv)}
		}
		options[k] = v
	}
	profile := ""
	if f.profile != "" {
		var err error
		if profile, err = app.Profile(f.profile); err != nil {
			return nil, err
		}
	}
	withDefaults(options)
	clk, fs := clock.System{}, vfs.OS()
	formats, connectors := all.Formats(), all.Connectors()
	return func(properties map[string]string) (*session.Session, error) {
		s := session.New(session.Config{Clock: clk, FS: fs, Rand: rand.Reader, Log: log, JSON: true,
			// What is measured of a session's jobs ends with the session.
			Metrics: obs.NewRegistry(clk), Connectors: connectors, Formats: formats, Profile: profile, Defaults: options,
			Env: &connector.Env{Clock: clk, FS: fs, Rand: rand.Reader, Log: log, Stdout: os.Stdout, Stderr: os.Stderr,
				Getenv: os.Getenv, Formats: formats},
			Checkpoints: func(int) (*ckpt.Store, error) { return ckpt.OpenStore(vfs.NewMem(), "checkpoints") }})
		for k, v := range properties {
			s.SetOption(k, v)
		}
		return s, nil
	}, nil
}

func serveGateway(ctx context.Context, f *gatewayFlags) error {
	if ctx == nil {
		ctx = context.Background()
	}
	level := slog.LevelWarn
	if f.verbose {
		level = slog.LevelInfo
	}
	log := slog.New(obs.Text(level, obs.ToWriter(os.Stderr)))
	open, err := f.opener(log)
	if err != nil {
		return err
	}
	if host, _, err := net.SplitHostPort(f.listen); err != nil {
		return usageError{fmt.Errorf("--listen takes host:port: %w", err)}
	} else if ip := net.ParseIP(host); !f.allowRemote && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return usageError{fmt.Errorf("--listen %s can be reached from other machines, and the API asks nobody who they are: say --allow-remote when that is wanted", f.listen)}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	l, err := net.Listen("tcp", f.listen)
	if err != nil {
		return err
	}
	g := sqlgateway.New(sqlgateway.Config{Clock: clock.System{}, Rand: rand.Reader, Log: log, Open: open, IdleTimeout: f.idle, MaxSessions: f.maxSessions})
	srv := &http.Server{Handler: g, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintf(os.Stdout, "SQL Gateway at http://%s\n", l.Addr())
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err = <-done:
	case <-ctx.Done():
		err = srv.Close()
	}
	g.Close()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
