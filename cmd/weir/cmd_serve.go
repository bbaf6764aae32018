package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// serveFlags are the flags of `weir serve`.
type serveFlags struct {
	serverConfig
	allowRemote bool
	verbose     bool
}

func serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve Kinesis, S3, IAM, STS, Logs, CloudWatch, Glue, Athena and Kinesis Analytics on one port",
		Long: `Serve every AWS API of Weir on one port, in plain HTTP and with TLS.

All state is kept in the data directory; killing the server at any moment loses
nothing that was acknowledged. The root key comes from WEIR_ROOT_ACCESS_KEY_ID
and WEIR_ROOT_SECRET_ACCESS_KEY, or is made at the first start and kept.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.serve(c.Context()) },
	}
	fl := c.Flags()
	fl.StringVar(&f.data, "data", defaultData(), "the data directory")
	fl.StringVar(&f.plain, "listen", "127.0.0.1:4566", "address of the plain port (HTTP/1.1 and h2c)")
	fl.StringVar(&f.tls, "tls-listen", "127.0.0.1:4567", "address of the TLS port (HTTP/1.1 and h2); empty turns it off")
	fl.StringVar(&f.region, "region", "us-east-1", "the default region; it decides the partition and where S3 is")
	fl.StringVar(&f.account, "account", "012345678901", "the account's number")
	fl.BoolVar(&f.kinesisLimits, "kinesis-limits", false, "enforce the rate limits of Kinesis shards")
	fl.StringVar(&f.python, "python", "python3", "the Python interpreter of applications")
	fl.DurationVar(&f.restartDelay, "restart-delay", 10*time.Second, "the pause before a failed job is started again")
	fl.BoolVar(&f.allowRemote, "allow-remote", false, "let the TLS port listen on other addresses than loopback")
	fl.BoolVar(&f.verbose, "verbose", false, "log more to standard error")
	return c
}

// serveGC lets garbage grow to four times what is in use: requests make much of
// it, and collecting took a quarter of the CPU of durable puts.
const serveGC = 400

// defaultData is ~/.weir.
func defaultData() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ".weir"
	}
	return filepath.Join(home, ".weir")
}

func (f *serveFlags) serve(ctx context.Context) error {
	if err := f.check(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	f.log = newLog(f.verbose)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(serveGC)
	}
	f.rootKey, f.rootSecret = os.Getenv("WEIR_ROOT_ACCESS_KEY_ID"), os.Getenv("WEIR_ROOT_SECRET_ACCESS_KEY")
	if (f.rootKey == "") != (f.rootSecret == "") {
		return usageError{errors.New("WEIR_ROOT_ACCESS_KEY_ID and WEIR_ROOT_SECRET_ACCESS_KEY go together: one of them is empty")}
	}
	s, err := openServer(ctx, f.serverConfig)
	if err != nil {
		return err
	}
	fmt.Printf("weir: ready on %s%s, region %s, data in %s\n", s.endpoint(), f.tlsText(s), f.region, f.data)
	return s.serve(ctx)
}

func (f *serveFlags) tlsText(s *server) string {
	if f.tls == "" {
		return ""
	}
	return " and https://" + s.listeners.TLSAddr().String()
}

// check refuses addresses that others can reach, unless asked for with TLS.
func (f *serveFlags) check() error {
	abs, err := filepath.Abs(f.data)
	if err != nil {
		return err
	}
	f.data = abs
	if !loopback(f.plain) {
		return usageError{fmt.Errorf("--listen %s is not a loopback address; what others reach must be TLS: use --tls-listen with --allow-remote", f.plain)}
	}
	if f.tls != "" && !loopback(f.tls) && !f.allowRemote {
		return usageError{fmt.Errorf("--tls-listen %s is not a loopback address: --allow-remote lets others in", f.tls)}
	}
	if len(f.account) != 12 || strings.Trim(f.account, "0123456789") != "" {
		return usageError{fmt.Errorf("--account %s is not a number of 12 digits", f.account)}
	}
	return nil
}

func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// athenaWorkerCommand is the child that runs Athena's queries.
func athenaWorkerCommand() *cobra.Command {
	return &cobra.Command{Use: "athena-worker", Hidden: true, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return serveAthena(c.Context()) }}
}
