package local

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"weir/internal/runner/application"
)

// child is one process of an application.
type child struct {
	cmd       *exec.Cmd
	stdin     io.WriteCloser
	events    chan application.Event // closed when its output ends
	transport *http.Transport
	dir       string // spec.Work
	stderr    tail
}

// startChild starts a process and tells it what to run.
func (r *Runner) startChild(spec application.Spec, token string) (*child, error) {
	if err := r.FS.MkdirAll(spec.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("starting the application: %w", err)
	}
	dir, err := os.MkdirTemp("", r.workPrefix()) // a socket's path must be short
	if err != nil {
		return nil, fmt.Errorf("starting the application: %w", err)
	}
	spec.Work, spec.Socket = dir, filepath.Join(dir, "s")
	c := &child{events: make(chan application.Event, 16), transport: unixTransport(spec.Socket), dir: dir}
	c.cmd = exec.Command(r.Executable, append(append([]string(nil), r.Args...), application.Command)...)
	c.cmd.Env = r.environment(&spec, token)
	ownGroup(c.cmd)
	c.cmd.Dir = spec.Dir
	c.cmd.Stderr = &c.stderr
	out, err := c.cmd.StdoutPipe()
	if err == nil {
		c.stdin, err = c.cmd.StdinPipe()
	}
	if err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("starting the application: %w", err)
	}
	line, err := json.Marshal(spec)
	if err != nil {
		return nil, fmt.Errorf("starting the application: %w", err)
	}
	go c.read(out)
	if _, err := c.stdin.Write(append(line, '\n')); err != nil {
		c.end()
		return nil, fmt.Errorf("starting the application: %w", c.wait())
	}
	return c, nil
}

// read takes the child's events until its output ends.
func (c *child) read(out io.Reader) {
	defer close(c.events)
	s := bufio.NewScanner(out)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		var e application.Event
		if err := json.Unmarshal(s.Bytes(), &e); err == nil && e.Event != "" {
			c.events <- e
			continue
		}
		_, _ = c.stderr.Write(append(s.Bytes(), '\n')) // what is no event is something it said
	}
}

// end ends the process at once.
func (c *child) end() {
	_ = c.stdin.Close()      // the process ends by it, and its own children
	_ = c.cmd.Process.Kill() // it may be gone already
}

// wait waits for the process to be gone; the error says how it ended.
func (c *child) wait() error {
	err := c.cmd.Wait()
	c.transport.CloseIdleConnections()
	_ = c.stdin.Close()     // nothing more is said
	_ = os.RemoveAll(c.dir) // the system clears its folder for temporary files too
	if err != nil {
		err = fmt.Errorf("the application's process ended: %w", err)
	}
	if text := c.stderr.text(); text != "" && err != nil {
		err = fmt.Errorf("%w\n%s", err, text)
	}
	return err
}

// kpuHeap is the heap of a KPU of 4 GiB, in MiB.
const kpuHeap = 3 << 10

// environment is what the process sees of the world: the role and nobody else's
// keys.
func (r *Runner) environment(spec *application.Spec, token string) []string {
	var env []string
	for _, kv := range r.Env {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "WEIR_ROOT") || name == "GOMAXPROCS" || name == "GOMEMLIMIT" {
			continue
		}
		env = append(env, kv)
	}
	kpus := max(spec.KPUs, 1)
	return append(env,
		"AWS_ENDPOINT_URL="+r.Endpoint(),
		"AWS_REGION="+spec.Region, "AWS_DEFAULT_REGION="+spec.Region,
		"AWS_CONTAINER_CREDENTIALS_FULL_URI="+r.credentials.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN="+token,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"GOMAXPROCS="+strconv.Itoa(kpus), "GOMEMLIMIT="+strconv.Itoa(kpus*kpuHeap)+"MiB")
}

// tail keeps the last of what a process says on standard error.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const tailSize = 8 << 10

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	if len(t.b) > tailSize {
		t.b = append([]byte(nil), t.b[len(t.b)-tailSize:]...)
	}
	return len(p), nil
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.b))
}
