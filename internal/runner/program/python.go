package program

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"weir/internal/errs"
	"weir/internal/pyflink"
	"weir/internal/pyflink/udf"
)

// python runs a PyFlink program: a server on a socket of its own, and the
// Python process that speaks to it. It returns when the program has ended; its
// functions' workers stay until Run's context ends or the jobs have ended.
func (r *Runner) python(ctx context.Context, p Program) error {
	packages, err := pyflink.Unpack(r.cfg.Session.FS, r.cfg.Packages)
	if err != nil {
		return fmt.Errorf("unpacking the pyflink package: %w", err)
	}
	l, err := net.Listen("unix", filepath.Join(r.cfg.Dir, "pyflink.sock"))
	if err != nil {
		return fmt.Errorf("opening the socket of the Python program: %w", err)
	}
	var token [16]byte
	if _, err := rand.Read(token[:]); err != nil {
		return fmt.Errorf("making a token: %w", err)
	}
	sc := r.cfg.Session
	srv := pyflink.NewServer(pyflink.Config{Listener: l, Token: hex.EncodeToString(token[:]), Clock: sc.Clock, Log: sc.Log,
		Functions:  udf.NewHost(udf.Config{Clock: sc.Clock, Log: sc.Log, TimeZone: r.cfg.Options["table.local-time-zone"]}),
		NewSession: r.openSession, Null: map[bool]string{true: "(NULL)"}[sc.Profile == "1.11" || sc.Profile == "1.13"]})
	sctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- srv.Serve(sctx) }()
	finish := func() error { stop(); return <-served }

	cmd := r.command(ctx, p, pyflink.Program{Python: r.cfg.Python, File: p.Entry, Args: p.Args, PyFiles: p.PyFiles,
		Properties: p.Properties, Packages: packages, Address: pyflink.Address(l), Token: hex.EncodeToString(token[:])})
	if err := cmd.Start(); err != nil {
		return errors.Join(errs.New(errs.Invalid, "python.start", "Python cannot be started: %s", cmd.Path).Because(err).
			WithHint("install Python 3.7 or newer as python3, or name it with --python"), finish())
	}
	err = r.await(ctx, cmd, srv)
	if err != nil {
		r.Cancel()
		return errors.Join(err, finish())
	}
	// Workers of functions hang on the server: it ends with the jobs.
	go func() {
		defer func() { _ = finish() }() // the program has ended; nobody waits for the server
		_ = r.Wait(ctx)                 // each job's end is told where the job is waited for
	}()
	return nil
}

// command is the Python process.
func (r *Runner) command(ctx context.Context, p Program, py pyflink.Program) *exec.Cmd {
	path := ""
	env := make([]string, 0, len(r.cfg.Env))
	for _, kv := range r.cfg.Env {
		if v, ok := strings.CutPrefix(kv, "PYTHONPATH="); ok {
			path = v
			continue
		}
		env = append(env, kv)
	}
	argv, more := py.Command(path)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(env, more...)
	cmd.Dir = filepath.Dir(p.Entry)
	cmd.Stdout, cmd.Stderr = r.cfg.Stdout, r.cfg.Stderr
	// A group of its own: Ctrl-C at the terminal is Weir's to handle.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	return cmd
}

// await waits for the program's end and says how it was.
func (r *Runner) await(ctx context.Context, cmd *exec.Cmd, srv *pyflink.Server) error {
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	var exit error
	select {
	case exit = <-exited:
	case <-srv.Ended():
		if srv.Outcome() == nil { // killed: its exit says how
			exit = <-exited
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	o := srv.Outcome()
	switch {
	case o != nil && o.Code != 0:
		return &Failure{Code: o.Code, Class: o.Class, Message: o.Message, Traceback: o.Traceback}
	case o != nil:
		return nil
	case exit != nil:
		return &Failure{Code: cmd.ProcessState.ExitCode(), Lost: true, Message: fmt.Sprintf("the Python process ended before it could say how: %v", exit)}
	}
	return &Failure{Code: 1, Lost: true, Message: "the Python process ended before it could say how"}
}

// openSession makes the session of a table environment.
func (r *Runner) openSession(_ context.Context, s pyflink.Settings) (pyflink.Session, error) {
	if !s.Streaming {
		return nil, errs.New(errs.Unsupported, "pyflink.batch", "batch mode is not supported by this version of Weir; use in_streaming_mode()")
	}
	sess := r.newSession()
	for k, v := range s.Config {
		sess.SetOption(k, v)
	}
	return sess, nil
}
