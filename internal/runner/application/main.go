package application

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"weir/internal/app"
	"weir/internal/clock"
	"weir/internal/connector/awsenv"
	"weir/internal/engine/run"
	"weir/internal/errs"
	"weir/internal/obs"
	"weir/internal/runner/program"
	"weir/internal/vfs"
)

// process is the application's process.
type process struct {
	spec    Spec
	fs      vfs.FS
	clock   clock.Clock
	out     *json.Encoder
	outMu   sync.Mutex
	log     *slog.Logger // shipped, and in own
	own     *slog.Logger
	ring    *obs.Ring
	metrics *obs.Registry
	runner  *program.Runner
	work    string // spec.Work

	jobs     chan started // the first one
	once     sync.Once
	mu       sync.Mutex
	all      []started
	stores   int  // opened so far
	fresh    bool // the last one had no checkpoint
	stopping bool // the parent asked for the end
}

// Main is the process's main: it reads its Spec from in, whose end ends the
// process, and tells Events on out. It returns when the jobs have ended.
func Main(ctx context.Context, in io.Reader, out io.Writer) error {
	r := bufio.NewReader(in)
	line, err := r.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("reading what to run: %w", err)
	}
	p := &process{fs: vfs.OS(), clock: clock.System{}, out: json.NewEncoder(out), ring: ring(), jobs: make(chan started, 1)}
	if err := json.Unmarshal(line, &p.spec); err != nil {
		return fmt.Errorf("reading what to run: %w", err)
	}
	if err := adoptOrphans(); err != nil {
		return fmt.Errorf("adopting the processes that the program leaves: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		_, _ = io.Copy(io.Discard, r) // its end is what matters
		cancel(errParentGone)
		time.Sleep(orphanGrace) // for the Python process to be told
		os.Exit(3)
	}()
	return p.main(ctx)
}

var errParentGone = errors.New("the server has ended")

// orphanGrace is how long a process outlives its parent at most.
const orphanGrace = 300 * time.Millisecond

func (p *process) main(ctx context.Context) error {
	lock, err := p.lock(ctx)
	if err != nil {
		return p.failed(err)
	}
	defer func() { _ = lock.Close() }() // the process is at its end
	own, err := ownLog(p.spec.Dir)
	if err != nil {
		return p.failed(fmt.Errorf("opening the log: %w", err))
	}
	defer func() { _ = own.Close() }() // nothing was buffered
	ship, err := p.openLogs(ctx, own)
	if err != nil {
		return p.failed(err)
	}
	defer ship.close()
	p.work = p.spec.Work
	p.logConfiguration()
	p.metrics = obs.NewRegistry(p.clock)
	done := make(chan struct{})
	defer close(done)
	go p.metrics.Run(done)
	processMetrics(p.metrics, p.clock, p.spec.KPUs)
	if p.spec.Before != "" {
		p.log.Warn("The application's process was restarted: "+p.spec.Before, obs.AttrLogger, "org.apache.flink.runtime.entrypoint.ClusterEntrypoint")
	}
	if err := p.prepare(); err != nil {
		return p.failed(err)
	}
	l, err := net.Listen("unix", p.spec.Socket)
	if err != nil {
		return p.failed(fmt.Errorf("opening the application's socket: %w", err))
	}
	srv := &http.Server{Handler: p.handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }() // it ends with the process
	return p.run(ctx)
}

// lock holds the run's directory, waiting for a process that is about to end.
func (p *process) lock(ctx context.Context) (io.Closer, error) {
	if err := p.fs.MkdirAll(p.spec.Dir, 0o755); err != nil {
		return nil, err
	}
	for tries := 0; ; tries++ {
		c, err := p.fs.Lock(filepath.Join(p.spec.Dir, "LOCK"))
		if err == nil {
			return c, nil
		}
		if tries == 100 {
			return nil, fmt.Errorf("another process still runs this application: %w", err)
		}
		tick, stop := p.clock.After(100 * time.Millisecond)
		select {
		case <-tick:
		case <-ctx.Done():
			stop()
			return nil, context.Cause(ctx)
		}
	}
}

// openLogs makes the loggers: all to the own file, and what the LogLevel lets
// pass to the log stream too.
func (p *process) openLogs(ctx context.Context, own io.Writer) (*shipper, error) {
	text := obs.Text(slog.LevelInfo, both(obs.ToWriter(own), p.ring.Add))
	p.own = slog.New(text)
	p.log = p.own
	if p.spec.LogStream == "" {
		return nil, nil
	}
	cfg, err := awsenv.Load(ctx, os.Getenv, nil)
	if err != nil {
		return nil, err
	}
	cfg.Region = p.spec.Region
	ship := newShipper(cfg, p.spec.LogStream, p.clock, p.own)
	p.log = slog.New(obs.Tee(text, obs.Lines(obs.Application{ARN: p.spec.ARN, VersionID: p.spec.Version}, level(p.spec.LogLevel), ship.add)))
	return ship, nil
}

// run runs the program, and tells the parent what became of it.
func (p *process) run(ctx context.Context) error {
	pr, err := p.program()
	if err != nil {
		return p.programFailed(err)
	}
	out, errOut := newLines(p.log, slog.LevelInfo), newLines(p.log, slog.LevelInfo)
	if pr.Kind == app.Python {
		p.driver("--------------------------- Python Process Started --------------------------")
	}
	p.runner = program.New(p.config(out, errOut))
	ended := make(chan error, 1)
	go func() {
		err := p.runner.Run(ctx, pr)
		out.flush()
		errOut.flush()
		if pr.Kind == app.Python {
			p.driver("--------------------------- Python Process Exited ---------------------------")
		}
		ended <- err
	}()
	ran := p.spec.Resumed
	select {
	case j := <-p.jobs:
		if err := p.settled(ctx, j, ended); err != nil {
			if ran && p.lost(err) {
				return err
			}
			p.awaitProgram(ended)
			return p.programFailed(err)
		}
		ran = true
		p.tell(Event{Event: EventRunning})
	case err := <-ended:
		if err == nil && len(p.runner.Jobs()) == 0 {
			err = errs.New(errs.Invalid, "program.no-job", "The application contains no execute() calls.")
		}
		ended <- err
	}
	if err = <-ended; ran && p.lost(err) {
		return err
	}
	return p.end(ctx, err)
}

// lost reports whether somebody killed the program's Python, or what starts its
// functions' workers. The process then ends without a word, and its parent starts
// another, which runs the program again from the last checkpoint.
func (p *process) lost(err error) bool {
	var f *program.Failure
	if errors.As(err, &f) && f.Lost {
		return true
	}
	for _, j := range p.startedJobs() {
		if s := j.Status(); len(s.Exceptions) > 0 && errs.KindOf(s.Exceptions[0].Err) == errs.Lost {
			return true
		}
	}
	return false
}

// settle is how long a job must have run before it is called RUNNING: what is
// wrong with its tables shows at once.
const settle = 300 * time.Millisecond

// settled waits until a job runs; an error is the failure of its first attempt.
// What the program returns meanwhile is left in ended.
func (p *process) settled(ctx context.Context, j started, ended chan error) error {
	for {
		s := j.Status()
		switch {
		case len(s.Exceptions) > 0:
			p.runner.Cancel()
			return s.Exceptions[0].Err
		case s.State == run.Finished, s.State == run.Failed, s.State == run.Canceled:
			return nil // end tells how
		case s.State == run.Running && p.clock.Now().Sub(s.Since[run.Running]) >= settle && closed(j.pinned):
			return nil
		}
		tick, stop := p.clock.After(10 * time.Millisecond)
		select {
		case <-tick:
		case err := <-ended:
			stop()
			ended <- err
			if err != nil && !errors.Is(err, context.Canceled) {
				return err
			}
			time.Sleep(10 * time.Millisecond)
		case <-ctx.Done():
			stop()
			return context.Cause(ctx)
		}
	}
}

// awaitProgram lets a program that is being ended say its last words, so that
// the reason stands after them in the log.
func (p *process) awaitProgram(ended <-chan error) {
	tick, stop := p.clock.After(3 * time.Second)
	defer stop()
	select {
	case <-ended:
	case <-tick:
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// end tells how the jobs ended.
func (p *process) end(ctx context.Context, err error) error {
	p.mu.Lock()
	stopping := p.stopping
	p.mu.Unlock()
	switch {
	case stopping, err == nil, errors.Is(err, run.ErrCanceled):
		p.tell(Event{Event: EventFinished})
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return p.programFailed(err)
}

// programFailed logs a failure in the service's two lines, and tells it.
func (p *process) programFailed(err error) error {
	why := reason(err)
	class := "org.apache.flink.client.program.ProgramInvocationException: "
	var f *program.Failure
	if errors.As(err, &f) {
		class = fmt.Sprintf("java.lang.RuntimeException: Python process exits with code: %d\n", f.Code)
		p.log.Error("Run python process failed", obs.AttrLogger, pythonDriver, obs.AttrLocation, pythonDriver+".main(PythonDriver.java)",
			obs.AttrThread, "Flink-DispatcherRestEndpoint-thread-2", obs.AttrError, class+why)
	} else {
		p.log.Error("The program failed", obs.AttrLogger, "org.apache.flink.client.cli.CliFrontend", obs.AttrError, class+why)
	}
	p.log.Error("org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application. Caused by: "+class+why, obs.AttrCode, codeInvalid)
	p.tell(Event{Event: EventFailed, Reason: why})
	return nil
}

// reason is a failure's text: the traceback when there is one.
func reason(err error) string {
	var f *program.Failure
	if errors.As(err, &f) && f.Traceback != "" {
		return strings.TrimSpace(f.Traceback)
	}
	return err.Error()
}

// failed tells what went wrong before there was a program.
func (p *process) failed(err error) error {
	if p.log != nil {
		p.log.Error("The application could not be started", obs.AttrError, err.Error(), obs.AttrCode, codeInvalid)
	}
	p.tell(Event{Event: EventFailed, Reason: err.Error()})
	return nil
}

func (p *process) driver(msg string) {
	p.log.Info(msg, obs.AttrLogger, pythonDriver, obs.AttrLocation, pythonDriver+".main(PythonDriver.java)")
}

func (p *process) tell(e Event) {
	p.outMu.Lock()
	defer p.outMu.Unlock()
	_ = p.out.Encode(e) // a parent that is gone needs to know nothing
}

// prepare makes the configuration's directories.
func (p *process) prepare() error {
	return p.fs.MkdirAll(filepath.Join(p.spec.Dir, "checkpoints"), 0o755)
}

// program opens the bundle.
func (p *process) program() (program.Program, error) {
	var b *app.Bundle
	var err error
	if p.spec.Code != "" {
		b, err = app.Open(p.fs, p.spec.Code, p.work, p.spec.Properties)
	} else {
		b, err = app.OpenText(p.fs, p.spec.Text, p.work, p.spec.Properties)
	}
	if err != nil {
		return program.Program{}, err
	}
	for _, n := range b.Notes {
		p.log.Warn(n)
	}
	return program.Program{Kind: b.Kind, Entry: b.Entry, PyFiles: b.PyFiles, Properties: b.PropertiesPath}, nil
}
