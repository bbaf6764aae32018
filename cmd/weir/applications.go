package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"weir/internal/aws/svc/cloudwatch"
	"weir/internal/aws/svc/kinesisanalyticsv2"
	"weir/internal/aws/svc/sts"
	"weir/internal/control"
	"weir/internal/runner/application"
	"weir/internal/runner/local"
)

// stopGrace is how long applications may take to keep their state at the end
// of the server.
const stopGrace = time.Minute

// openApplications brings back the applications that were running, and serves
// Kinesis Analytics and the dashboards.
func (s *server) openApplications(roles *sts.Service, metrics *cloudwatch.Service, weir *weirHandler) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program's own file: %w", err)
	}
	r, err := local.New(local.Deps{FS: s.fs, Clock: s.clock, Rand: rand.Reader, Log: s.cfg.log, Executable: exe,
		Packages: s.path("pyflink"), Python: s.cfg.python, Endpoint: s.endpoint, Roles: roleCredentials{roles}, Metrics: metrics,
		RestartDelay: s.cfg.restartDelay, Memory: local.ProcessMemory, Env: os.Environ()})
	if err != nil {
		return err
	}
	s.defers(r.Close)
	m, err := control.Open(control.Deps{DB: s.db, Clock: s.clock, Rand: rand.Reader, FS: s.fs, Dir: s.path("applications"), Runner: r, Log: s.cfg.log})
	if err != nil {
		return err
	}
	s.applications = m
	svc := kinesisanalyticsv2.New(kinesisanalyticsv2.Deps{Control: m, Clock: s.clock, Rand: rand.Reader, Roles: roleCredentials{roles},
		Objects: s.s3Client(), BaseURL: s.endpoint})
	s.services = append(s.services, svc)
	weir.dashboards = svc.Dashboard()
	return nil
}

// closeApplications stops the applications with their state kept.
func (s *server) closeApplications(ctx context.Context) error {
	if s.applications == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, stopGrace)
	defer cancel()
	return s.applications.Close(ctx)
}

// applicationCommand is the process of one application.
func applicationCommand() *cobra.Command {
	return &cobra.Command{Use: application.Command, Hidden: true, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return application.Main(c.Context(), os.Stdin, os.Stdout) }}
}
