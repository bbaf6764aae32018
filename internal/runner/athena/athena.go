// Package athena starts the processes in which Athena's queries run: this
// binary again, as `weir athena-worker`, one child a query.
//
// A child's environment is empty, its input and output are the pipe of
// internal/athena/worker, and it ends when its input does: a server that dies
// leaves none behind. It must not be given anything by command line; what it
// may touch it is told by the sandbox message.
package athena

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"

	"weir/internal/athena/duck"
	"weir/internal/athena/worker"
	"weir/internal/vfs"
)

// Command is the hidden subcommand a child is started with.
const Command = "athena-worker"

// Serve is the child's main: it answers on standard input and output.
func Serve(ctx context.Context) error {
	return duck.Serve(ctx, vfs.OS(), os.Stdin, os.Stdout, duck.Lock)
}

// Starter starts children of the binary at Executable.
type Starter struct{ Executable string }

// Start implements worker.Starter; the child is killed when ctx ends.
func (s Starter) Start(ctx context.Context) (worker.Child, error) {
	c := &child{}
	c.cmd = exec.CommandContext(ctx, s.Executable, Command)
	c.cmd.Env = []string{"HOME=/nonexistent", "TZ=UTC"}
	c.cmd.Stderr = &c.stderr
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("starting the query engine: %w", err)
	}
	if c.out, err = c.cmd.StdoutPipe(); err != nil {
		return nil, fmt.Errorf("starting the query engine: %w", err)
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the query engine: %w", err)
	}
	return c, nil
}

type child struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.ReadCloser
	stderr tail
}

// Read implements worker.Child. When the child is gone its last words are the error.
func (c *child) Read(p []byte) (int, error) {
	n, err := c.out.Read(p)
	if err != nil && c.stderr.text() != "" {
		err = fmt.Errorf("%w: %s", err, c.stderr.text())
	}
	return n, err
}

// Write implements worker.Child.
func (c *child) Write(p []byte) (int, error) { return c.in.Write(p) }

// Close ends the child: its input ends; if it is busy, by force.
func (c *child) Close() error {
	_ = c.in.Close()         // the child may be gone already
	_ = c.cmd.Process.Kill() // nothing of value is in it: answers are read before Close
	if err := c.cmd.Wait(); err != nil && c.cmd.ProcessState == nil {
		return fmt.Errorf("waiting for the query engine: %w", err)
	}
	return nil
}

// tail keeps the first of what a child says on standard error.
type tail struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := 4096 - t.b.Len(); room > 0 {
		t.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(t.b.String())
}
