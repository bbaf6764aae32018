package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"weir/internal/app"
	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/engine/ckpt"
	"weir/internal/engine/run"
	"weir/internal/errs"
	"weir/internal/obs"
	"weir/internal/runner/program"
	"weir/internal/session"
	"weir/internal/vfs"
)

// runFlags are the flags of `weir run`.
type runFlags struct {
	properties  string
	parallelism int
	set         []string
	report      string
	python      string
	checkpoints string
	profile     string
	verbose     bool
}

func runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run FILE [-- ARGUMENTS]",
		Short: "Run a SQL script, a PyFlink program or an application zip, without a server",
		Long: `Run a .sql script, a .py PyFlink program, or the .zip of an application.

The jobs run in this process: to their end when their sources end, otherwise
until Ctrl-C (the first takes a checkpoint and stops cleanly, the second stops
at once). AWS is reached as the environment says (AWS_ENDPOINT_URL, AWS_PROFILE …).

Exit codes: 0 all went well, 1 a job failed, 2 the input is wrong.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("run takes a file: a .sql script, a .py program or a .zip")}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return runFile(c.Context(), &f, args[0], args[1:]) },
	}
	fl := c.Flags()
	fl.StringVar(&f.properties, "properties", "", "application_properties.json: what the program reads as /etc/flink/application_properties.json")
	fl.IntVar(&f.parallelism, "parallelism", 0, "parallelism.default of the jobs (1)")
	fl.StringArrayVar(&f.set, "set", nil, "a configuration option, key=value; may be given often")
	fl.StringVar(&f.report, "report", "", "write what was measured to this file, as JSON")
	fl.StringVar(&f.python, "python", "python3", "the Python interpreter")
	fl.StringVar(&f.checkpoints, "checkpoints", "", "folder for checkpoints, from which a later run goes on (default: in memory)")
	fl.StringVar(&f.profile, "runtime", "", "the Flink whose behaviour is wanted: FLINK-1_11, FLINK-1_20, FLINK-2_2 … (default: the newest)")
	fl.BoolVar(&f.verbose, "verbose", false, "log what the jobs do to standard error")
	return c
}

func runFile(ctx context.Context, f *runFlags, file string, args []string) error {
	if ctx == nil {
		ctx = context.Background()
	}
	fs := vfs.OS()
	dir, remove, err := runFolder(fs)
	if err != nil {
		return err
	}
	defer remove()
	p, err := f.program(fs, file, args, dir)
	if err != nil {
		return err
	}
	cfg, metrics, err := f.config(fs, dir)
	if err != nil {
		return err
	}
	r := program.New(cfg)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stopped := stopOnSignal(ctx, r, cancel)
	started := time.Now()
	err = r.Run(ctx, p)
	if stopped.asked() && (err == nil || errors.Is(err, context.Canceled) || errors.Is(err, run.ErrCanceled)) {
		err = stopped.err()
	}
	if f.report != "" {
		if rerr := writeReport(f.report, r.Jobs(), metrics, started); err == nil {
			err = rerr
		}
	}
	return err
}

// program finds out what the file is.
func (f *runFlags) program(fs vfs.FS, file string, args []string, dir string) (program.Program, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return program.Program{}, err
	}
	if _, err := os.Stat(abs); err != nil {
		return program.Program{}, errs.New(errs.Invalid, "program.file", "there is no file %s", file)
	}
	p := program.Program{Entry: abs, Args: args}
	if f.properties != "" {
		if p.Properties, err = filepath.Abs(f.properties); err != nil {
			return p, err
		}
	}
	switch strings.ToLower(filepath.Ext(abs)) {
	case ".sql":
		p.Kind = app.SQL
	case ".py":
		p.Kind = app.Python
	case ".zip":
		return p, f.bundle(fs, &p, dir)
	default:
		return p, errs.New(errs.Invalid, "program.kind", "%s is neither a .sql script, nor a .py program, nor a .zip", file)
	}
	return p, f.checkProperties(fs)
}

// checkProperties reads the property file, so that a mistake in it is told
// before the program trips over it.
func (f *runFlags) checkProperties(fs vfs.FS) error {
	if f.properties == "" {
		return nil
	}
	_, err := f.readProperties(fs)
	return err
}

func (f *runFlags) readProperties(fs vfs.FS) (app.Properties, error) {
	if f.properties == "" {
		return nil, nil
	}
	data, err := vfs.ReadFile(fs, f.properties)
	if err != nil {
		return nil, errs.New(errs.Invalid, "properties.file", "the property file cannot be read").Because(err)
	}
	return app.ParseProperties(data)
}

// bundle unpacks an application zip.
func (f *runFlags) bundle(fs vfs.FS, p *program.Program, dir string) error {
	props, err := f.readProperties(fs)
	if err != nil {
		return err
	}
	b, err := app.Open(fs, p.Entry, filepath.Join(dir, "app"), props)
	if err != nil {
		return err
	}
	for _, n := range b.Notes {
		fmt.Fprintln(os.Stderr, "weir: note: "+n)
	}
	p.Kind, p.Entry, p.PyFiles, p.Properties = b.Kind, b.Entry, b.PyFiles, b.PropertiesPath
	return nil
}

// config makes the runner's configuration.
func (f *runFlags) config(fs vfs.FS, dir string) (program.Config, *obs.Registry, error) {
	clk := clock.System{}
	options := map[string]string{}
	for _, kv := range f.set {
		k, v, ok := strings.Cut(kv, "=")
		if !ok {
			return program.Config{}, nil, usageError{fmt.Errorf("--set takes key=value, not %q", kv)}
		}
		options[k] = v
	}
	if f.parallelism != 0 {
		options["parallelism.default"] = strconv.Itoa(f.parallelism)
	}
	profile := ""
	if f.profile != "" {
		var err error
		if profile, err = app.Profile(f.profile); err != nil {
			return program.Config{}, nil, err
		}
	}
	level := slog.LevelWarn
	if f.verbose {
		level = slog.LevelInfo
	}
	log := slog.New(obs.Text(level, obs.ToWriter(os.Stderr)))
	metrics := obs.NewRegistry(clk)
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = dir
	}
	formats := all.Formats()
	ckptFS, ckptDir := vfs.NewMem(), "checkpoints"
	if f.checkpoints != "" {
		ckptFS, ckptDir = fs, f.checkpoints
	}
	return program.Config{
		Session: session.Config{Clock: clk, FS: fs, Rand: rand.Reader, Log: log, Metrics: metrics,
			Connectors: all.Connectors(), Formats: formats, Profile: profile,
			Env: &connector.Env{Clock: clk, FS: fs, Rand: rand.Reader, Log: log, Stdout: os.Stdout, Stderr: os.Stderr,
				Getenv: os.Getenv, Formats: formats},
			Checkpoints: func(n int) (*ckpt.Store, error) {
				return ckpt.OpenStore(ckptFS, ckptFS.PathJoin(ckptDir, "job-"+strconv.Itoa(n)))
			}},
		Options: withDefaults(options), Python: f.python, Dir: dir, Packages: filepath.Join(cache, "weir"),
		Env: os.Environ(), Stdout: os.Stdout, Stderr: os.Stderr,
	}, metrics, nil
}

// withDefaults checkpoints jobs without end each minute, so that what they
// write becomes visible.
func withDefaults(options map[string]string) map[string]string {
	if _, ok := options["execution.checkpointing.interval"]; !ok {
		options["execution.checkpointing.interval"] = "60 s"
	}
	return options
}

// stopping is a run being ended by signals.
type stopping struct {
	signal atomic.Bool
	cause  atomic.Pointer[error]
}

func (s *stopping) asked() bool { return s.signal.Load() }

func (s *stopping) err() error {
	if e := s.cause.Load(); e != nil {
		return *e
	}
	return nil
}

// stopOnSignal stops the jobs at the first Ctrl-C or SIGTERM, and cancels
// everything at the second.
func stopOnSignal(ctx context.Context, r *program.Runner, cancel context.CancelCauseFunc) *stopping {
	s := &stopping{}
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-c:
		case <-ctx.Done():
			return
		}
		s.signal.Store(true)
		fmt.Fprintln(os.Stderr, "weir: taking a last checkpoint; once more to stop at once")
		go func() {
			<-c
			cancel(errors.New("stopped at once"))
			r.Cancel()
		}()
		if len(r.Jobs()) == 0 {
			cancel(errors.New("stopped"))
			return
		}
		if err := r.Stop(ctx); err != nil {
			s.cause.Store(&err)
			cancel(err)
			r.Cancel()
		}
	}()
	return s
}
