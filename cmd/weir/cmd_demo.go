package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"weir/internal/aws/gateway"
	"weir/internal/demo"
)

func demoCommand() *cobra.Command {
	var keep bool
	var f serveFlags
	c := &cobra.Command{
		Use:   "demo",
		Short: "Go through the walk-through, start to end, with progress on screen",
		Long: `Start a server on a temporary data directory and go through the walk-through
over the public APIs: stream, bucket, role, application, records, files in S3,
crawler, query. Exit code 0 only if Athena's averages equal those computed from
the records that were sent.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runDemo(c.Context(), f, keep) },
	}
	fl := c.Flags()
	fl.BoolVar(&keep, "keep", false, "leave the server running until Ctrl-C, and its data in place")
	fl.StringVar(&f.data, "data", "", "the data directory (default: a temporary one)")
	fl.StringVar(&f.plain, "listen", "127.0.0.1:0", "address of the server's port")
	fl.StringVar(&f.region, "region", "us-east-1", "the region")
	fl.StringVar(&f.python, "python", "python3", "the Python interpreter")
	return c
}

func runDemo(ctx context.Context, f serveFlags, keep bool) error {
	if _, err := exec.LookPath(f.python); err != nil {
		return usageError{fmt.Errorf("the demo's application is a PyFlink program, and there is no %s: install Python 3.7 or newer, or name it with --python", f.python)}
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if f.data == "" {
		dir, err := os.MkdirTemp("", "weir-demo-")
		if err != nil {
			return err
		}
		f.data = dir
		if !keep {
			defer os.RemoveAll(dir)
		}
	}
	f.account, f.log, f.restartDelay = "012345678901", newLog(false), 10*time.Second
	if err := f.check(); err != nil {
		return err
	}
	s, err := openServer(ctx, f.serverConfig)
	if err != nil {
		return err
	}
	sctx, end := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- s.serve(sctx) }()
	err = showDemo(ctx, s, keep)
	end()
	return errors.Join(err, <-served)
}

// showDemo runs the walk-through against s and says where to look next.
func showDemo(ctx context.Context, s *server, keep bool) error {
	began := time.Now()
	fmt.Printf("weir demo: a server on %s, data in %s\n\n", s.endpoint(), s.cfg.data)
	key := s.ids.RootKey()
	info, err := os.Stdout.Stat()
	r, derr := demo.Run(ctx, demo.Config{Endpoint: s.endpoint(), Region: s.cfg.region, Partition: gateway.Partition(s.cfg.region),
		Account: s.cfg.account, AccessKey: key.ID, Secret: key.Secret, HTTP: http.DefaultClient, Clock: s.clock, Out: os.Stdout,
		Terminal: err == nil && info.Mode()&os.ModeCharDevice != 0})
	if derr != nil {
		return derr
	}
	fmt.Printf("\nThe walk-through went through in %.1f s.\n", time.Since(began).Seconds())
	if !keep {
		fmt.Printf("Next: weir demo --keep leaves the server up to look around in; weir serve starts one for good.\n")
		return nil
	}
	fmt.Printf(`
The server goes on until Ctrl-C. From another shell:

  eval "$(%s env --data %s)"       # then aws, boto3 and the SDKs reach it
  aws s3 ls s3://%s/averages/ --recursive
  aws logs filter-log-events --log-group-name /aws/kinesis-analytics/demo-application

The application's page (open it within three minutes): %s
`, os.Args[0], s.cfg.data, r.Bucket, r.Dashboard)
	<-ctx.Done()
	return nil
}
