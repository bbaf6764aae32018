package pyflink

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"syscall"

	"weir/internal/clock"
	"weir/internal/errs"
	"weir/internal/pyflink/tableapi"
	"weir/internal/pyflink/udf"
	"weir/internal/session"
)

// Config is what a server needs.
type Config struct {
	// Listener takes the program's connections: a unix socket in a folder of
	// the user's own, or loopback.
	Listener net.Listener
	// Token is what every connection must show.
	Token string
	// NewSession makes the session of a table environment.
	NewSession func(ctx context.Context, s Settings) (Session, error)
	Functions  *udf.Host
	Clock      clock.Clock
	Log        *slog.Logger
	// Null is how print() shows NULL; "" is <NULL>, as since Flink 1.15.
	Null string
}

// Server answers one program.
type Server struct {
	cfg Config

	mu      sync.Mutex
	conns   map[net.Conn]bool
	envs    []*environment
	results []*result
	jobs    map[string]*session.Job
	started []*session.Job
	outcome *Outcome
	ended   chan struct{} // closed when the program has told its end, or its life link broke
	closed  bool
	running sync.WaitGroup
}

// environment is a table environment of the program.
type environment struct {
	Session
	tr        *tableapi.Translator
	streaming bool
	mu        sync.Mutex
	inline    map[string]string             // names of functions called without having been registered, by key
	functions map[string]*tableapi.Function // by lower-case name
}

// NewServer makes a server; Serve runs it.
func NewServer(cfg Config) *Server {
	return &Server{cfg: cfg, conns: map[net.Conn]bool{}, jobs: map[string]*session.Job{}, ended: make(chan struct{})}
}

// Serve takes connections until ctx ends, and then closes all of them.
func (s *Server) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, s.close)
	defer stop()
	defer s.running.Wait()
	defer s.close()
	for {
		c, err := s.cfg.Listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			_ = c.Close() // nobody will read from it
			return nil
		}
		s.conns[c] = true
		s.running.Add(1)
		s.mu.Unlock()
		go func() {
			defer s.running.Done()
			s.serve(ctx, c)
			s.forget(c)
		}()
	}
}

func (s *Server) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	_ = s.cfg.Listener.Close() // closing what is closed is fine
	for c := range s.conns {
		_ = c.Close() // its reader ends by it
	}
}

func (s *Server) forget(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	_ = c.Close() // the peer may have closed it
}

// Ended is closed when the program has ended.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// Outcome is how the program ended; nil when it never told, as when it was
// killed.
func (s *Server) Outcome() *Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outcome
}

// Jobs are the jobs that the program has started, in order.
func (s *Server) Jobs() []*session.Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*session.Job(nil), s.started...)
}

// hello is the first frame of a connection.
type hello struct {
	Op     string `json:"op"`
	Role   string `json:"role"` // life, call, helper, worker
	Token  string `json:"token"`
	Worker int    `json:"worker"`
}

func (s *Server) serve(ctx context.Context, c net.Conn) {
	l := newLink(c)
	var h hello
	if err := l.read(&h); err != nil {
		return // it said nothing
	}
	if h.Op != "hello" || subtle.ConstantTimeCompare([]byte(h.Token), []byte(s.cfg.Token)) != 1 {
		s.cfg.Log.Warn("A connection to the Python server without its token was refused", "peer", c.RemoteAddr().String())
		return
	}
	switch h.Role {
	case "life":
		_, _ = io.Copy(io.Discard, l.r) // it carries nothing; its end is the driver's
		s.end(nil)
	case "helper":
		s.cfg.Functions.ServeHelper(ctx, c, l.r)
	case "worker":
		s.cfg.Functions.ServeWorker(ctx, h.Worker, c, l.r)
	default:
		s.calls(ctx, l)
	}
}

// gone reports whether a link ended because the program did.
func gone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET)
}

// calls answers a link's calls, one after the other.
func (s *Server) calls(ctx context.Context, l *link) {
	for {
		var r request
		if err := l.read(&r); err != nil {
			if ctx.Err() == nil && !gone(err) {
				s.cfg.Log.Warn("A connection of the Python program broke", "error", err.Error())
			}
			return
		}
		answer, err := s.answer(ctx, &r)
		if err != nil {
			err = l.write(map[string]any{"error": describe(err)})
		} else {
			err = l.write(map[string]any{"ok": answer})
		}
		if err != nil {
			return // the program is gone
		}
	}
}

// end notes how the program ended; the first note counts.
func (s *Server) end(o *Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.ended:
		return
	default:
	}
	s.outcome = o
	close(s.ended)
}

// failure is an error as the program gets it.
type failure struct {
	Class   string `json:"class"`
	Message string `json:"message"`
	Code    string `json:"code,omitempty"`
}

// describe gives an error the class that Flink's would have.
func describe(err error) failure {
	f := failure{Message: err.Error(), Code: errs.CodeOf(err)}
	switch kind := errs.KindOf(err); {
	case f.Code == "sql.syntax", f.Code == "sql.incomplete":
		f.Class, f.Message = "SqlParserException", "SQL parse failed. "+f.Message
	case f.Code == "pyflink.job":
		f.Class = "JobExecutionException"
	case kind == errs.Invalid:
		f.Class = "ValidationException"
	case kind == errs.Unsupported:
		f.Class = "TableException"
	default:
		f.Class = "JavaException"
	}
	return f
}
