package local

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"weir/internal/runner/application"
)

// handle is a run: one child after another.
type handle struct {
	runner *Runner
	spec   application.Spec
	token  string

	running  chan struct{} // closed when the job is RUNNING for the first time
	done     chan struct{} // closed when the run has ended for good
	kill     chan struct{} // closed by Kill
	killOnce sync.Once
	runOnce  sync.Once

	mu     sync.Mutex
	child  *child
	up     chan struct{} // closed while there is a child whose job runs
	isUp   bool
	err    error
	ending bool // a stop was asked for: do not start another child
}

// Running implements control.Handle.
func (h *handle) Running(ctx context.Context) error {
	select {
	case <-h.running:
		return nil
	case <-h.done:
		select {
		case <-h.running: // it ran, and ended at once
			return nil
		default:
		}
		if h.err == nil { // a bounded program that finished before it was seen to run
			return nil
		}
		return h.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Done implements control.Handle.
func (h *handle) Done() <-chan struct{} { return h.done }

// Err implements control.Handle.
func (h *handle) Err() error { return h.err }

// Kill implements control.Handle.
func (h *handle) Kill() { h.killOnce.Do(func() { close(h.kill) }) }

var errKilled = errors.New("the application was ended by force")

// supervise runs children until the run has ended.
func (h *handle) supervise() {
	defer close(h.done)
	defer h.runner.credentials.remove(h.token)
	for {
		end := h.runChild()
		h.setUp(false)
		if end.final {
			h.err = end.err
			return
		}
		if !h.ran() && !h.spec.Resumed {
			h.err = end.err
			return
		}
		h.spec.Before, h.spec.Resumed = end.err.Error(), true
		h.runner.Log.Warn("An application's process ended; it is started again from its last checkpoint", "application", h.spec.Name,
			"after", h.runner.RestartDelay, "error", end.err)
		tick, stop := h.runner.Clock.After(h.runner.RestartDelay)
		select {
		case <-tick:
		case <-h.kill:
			stop()
			h.err = errKilled
			return
		}
	}
}

func (h *handle) ran() bool {
	select {
	case <-h.running:
		return true
	default:
		return false
	}
}

// setUp says whether there is a child whose job runs.
func (h *handle) setUp(up bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case up && !h.isUp:
		close(h.up)
	case !up && h.isUp:
		h.up = make(chan struct{})
		h.child = nil
	}
	h.isUp = up
}

// ending is how a child ended.
type ending struct {
	final bool // the run has ended with it
	err   error
}

// runChild runs one child to its end.
func (h *handle) runChild() ending {
	c, err := h.runner.startChild(h.spec, h.token)
	if err != nil {
		return ending{final: true, err: err}
	}
	h.mu.Lock()
	h.child = c
	h.mu.Unlock()
	ticker := h.runner.publishEvery(h.spec, c)
	defer ticker()
	var told *application.Event
	var over error
	for {
		look, cancel := h.runner.watch()
		select {
		case e, ok := <-c.events:
			cancel()
			if !ok {
				if exit := c.wait(); over == nil {
					return h.ended(told, exit)
				}
				return h.ended(told, over)
			}
			switch e.Event {
			case application.EventRunning:
				h.setUp(true)
				h.runOnce.Do(func() { close(h.running) })
			default:
				told = &e
			}
		case <-look:
			if err := h.runner.overMemory(&h.spec, c); err != nil && over == nil {
				over = err
				c.end()
			}
		case <-h.kill:
			cancel()
			c.end()
			for range c.events { // until it is gone
			}
			_ = c.wait() // it was killed
			return ending{final: true, err: errKilled}
		}
	}
}

// ended judges the end of a child by the last thing it said.
func (h *handle) ended(told *application.Event, exit error) ending {
	h.mu.Lock()
	asked := h.ending
	h.mu.Unlock()
	switch {
	case told != nil && told.Event == application.EventFinished:
		return ending{final: true}
	case told != nil:
		return ending{final: true, err: errors.New(told.Reason)}
	case exit == nil:
		exit = errors.New("the application's process ended without a word")
	}
	return ending{final: asked, err: exit}
}

// REST implements control.Handle.
func (h *handle) REST() http.RoundTripper { return restTransport{h} }

// restTransport carries requests to the child there is now.
type restTransport struct{ h *handle }

// RoundTrip implements http.RoundTripper.
func (t restTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.h.mu.Lock()
	c := t.h.child
	t.h.mu.Unlock()
	if c == nil {
		return nil, fmt.Errorf("the application's process is being restarted: %s", t.h.spec.Before)
	}
	return c.transport.RoundTrip(r)
}

// Snapshot implements control.Handle.
func (h *handle) Snapshot(ctx context.Context, dir string) error {
	return h.snapshot(ctx, application.SnapshotRequest{Dir: dir})
}

// Stop implements control.Handle.
func (h *handle) Stop(ctx context.Context, dir string) error {
	h.mu.Lock()
	h.ending = true
	h.mu.Unlock()
	err := h.snapshot(ctx, application.SnapshotRequest{Dir: dir, Stop: true})
	if err == nil {
		select {
		case <-h.done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-h.after(stopPatience):
			return errors.New("the application's process did not end after its last snapshot")
		}
	}
	// The process may have ended before it could answer.
	select {
	case <-h.done:
		if h.err == nil && (dir == "" || h.runner.Complete(dir)) {
			return nil
		}
	case <-h.after(time.Second):
	}
	h.mu.Lock()
	h.ending = false
	h.mu.Unlock()
	return err
}

// stopPatience is how long a job may take to end after its last snapshot.
const stopPatience = 2 * time.Minute

func (h *handle) after(d time.Duration) <-chan time.Time {
	c, _ := h.runner.Clock.After(d)
	return c
}

// snapshot asks the child for a snapshot, when its job runs.
func (h *handle) snapshot(ctx context.Context, in application.SnapshotRequest) error {
	h.mu.Lock()
	up := h.up
	h.mu.Unlock()
	select {
	case <-up:
	case <-h.done:
		return fmt.Errorf("the job has ended: %w", errors.Join(h.err))
	case <-h.after(upPatience):
		return errors.New("the application's job is restarting")
	case <-ctx.Done():
		return ctx.Err()
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://application"+application.SnapshotPath, bytes.NewReader(body))
	if err != nil {
		return err
	}
	res, err := (&http.Client{Transport: h.REST()}).Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(text)))
	}
	return err
}

// upPatience is how long a snapshot waits for a restarting process.
const upPatience = 30 * time.Second

// unixTransport speaks HTTP over a socket.
func unixTransport(socket string) *http.Transport {
	return &http.Transport{DisableCompression: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	}}
}
