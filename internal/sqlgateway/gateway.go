// Package sqlgateway answers Flink's SQL Gateway REST API, v1 to v4, over
// sessions, so that Flink's SQL client, its JDBC driver and whatever else speaks
// that API work against Weir.
//
// Vocabulary is Flink's. A session is a TableEnvironment of one client; an
// operation is one statement of it, executed in the background; its result is
// fetched page by page, each page by its token. What v3 and v4 add (materialized
// tables, scripts deployed to a cluster of their own) Weir has not: these calls
// answer that they are not there.
//
// Invariants. A page can be fetched twice, so that an answer lost on the way can
// be asked for again. Rows that nobody fetches hold the query up. When a session
// ends (closed, or idle too long), its queries are cancelled and nothing of it
// is kept; jobs of INSERT run on, as they do on a cluster, until the gateway is
// closed. The package must not know AWS, files or Python.
package sqlgateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"weir/internal/clock"
	"weir/internal/session"
)

// newest is the Flink whose API this is when nobody asks for another.
const newest = "2.3.0"

// defaultVersion is the API of a path without a version.
const defaultVersion = "v4"

// maxBody bounds a request's body.
const maxBody = 64 << 20

// Config is what a gateway runs on.
type Config struct {
	Clock clock.Clock
	Rand  io.Reader
	Log   *slog.Logger
	// Open makes the session of a client, with its properties set.
	Open func(properties map[string]string) (*session.Session, error)
	// IdleTimeout ends a session that was not used for so long; 0 is Flink's 10
	// minutes, a negative one is never.
	IdleTimeout time.Duration
	// MaxSessions bounds the sessions at once; 0 is no bound.
	MaxSessions int
	// Version is the Flink version clients are told; "" is the newest.
	Version string
}

// Gateway serves the API; it is an http.Handler.
type Gateway struct {
	cfg      Config
	mux      *http.ServeMux
	mu       sync.Mutex
	sessions map[string]*client
	jobs     map[*session.Job]bool // that outlive their sessions
	closed   chan struct{}
	wait     sync.WaitGroup
}

// New makes a gateway; Close ends it.
func New(c Config) *Gateway {
	if c.Version == "" {
		c.Version = newest
	}
	if c.IdleTimeout == 0 {
		c.IdleTimeout = 10 * time.Minute
	}
	g := &Gateway{cfg: c, mux: http.NewServeMux(), sessions: map[string]*client{}, jobs: map[*session.Job]bool{}, closed: make(chan struct{})}
	g.routes()
	if c.IdleTimeout > 0 {
		g.wait.Add(1)
		go g.expire()
	}
	return g
}

// Close ends every session and every job, and waits for their end.
func (g *Gateway) Close() {
	close(g.closed)
	g.mu.Lock()
	clients := g.sessions
	g.sessions = map[string]*client{}
	g.mu.Unlock()
	for _, c := range clients {
		c.close()
	}
	g.mu.Lock()
	var jobs []*session.Job
	for j := range g.jobs {
		jobs = append(jobs, j)
	}
	g.mu.Unlock()
	for _, j := range jobs {
		j.Cancel()
	}
	g.wait.Wait()
}

// keep remembers a job that outlives its session, until it ends.
func (g *Gateway) keep(j *session.Job) {
	g.mu.Lock()
	g.jobs[j] = true
	g.mu.Unlock()
	g.wait.Add(1)
	go func() {
		defer g.wait.Done()
		<-j.Done()
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.jobs, j)
	}()
}

// expire ends sessions that nobody uses.
func (g *Gateway) expire() {
	defer g.wait.Done()
	for {
		tick, stop := g.cfg.Clock.After(g.cfg.IdleTimeout / 10)
		select {
		case <-tick:
		case <-g.closed:
			stop()
			return
		}
		var idle []*client
		g.mu.Lock()
		for id, c := range g.sessions {
			if c.idle(g.cfg.Clock.Now()) >= g.cfg.IdleTimeout {
				idle = append(idle, c)
				delete(g.sessions, id)
			}
		}
		g.mu.Unlock()
		for _, c := range idle {
			g.cfg.Log.Info("closing an idle session", "session", c.id)
			c.close()
		}
	}
}

// object is a JSON object.
type object = map[string]any

// call is one request.
type call struct {
	*http.Request
	version string // "v2"
}

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.mux.ServeHTTP(w, r) }

// routes are the calls of the API.
func (g *Gateway) routes() {
	all, later := []string{"", "v1", "v2", "v3", "v4"}, []string{"", "v2", "v3", "v4"}
	g.handle(all, "GET /info", func(*call) (any, error) {
		return object{"productName": "Apache Flink", "version": g.cfg.Version}, nil
	})
	g.handle(all, "GET /api_versions", func(*call) (any, error) {
		return object{"versions": []string{"V1", "V2", "V3", "V4"}}, nil
	})
	g.handle(all, "POST /sessions", g.open)
	g.handle(all, "GET /sessions/{session}", inSession(g, "getSessionConfig", func(c *client, _ *call) (any, error) {
		return object{"properties": c.sess.Options()}, nil
	}))
	g.handle(all, "DELETE /sessions/{session}", g.closeSession)
	g.handle(all, "POST /sessions/{session}/heartbeat", inSession(g, "getSessionConfig", func(*client, *call) (any, error) {
		return object{}, nil
	}))
	g.handle(all, "POST /sessions/{session}/statements", g.statement)
	g.handle(later, "POST /sessions/{session}/configure-session", g.configure)
	g.handle(later, "GET /sessions/{session}/complete-statement", g.complete)
	const op = "/sessions/{session}/operations/{operation}"
	g.handle(all, "GET "+op+"/status", inOperation(g, "getOperationInfo", func(o *operation, _ *call) (any, error) {
		return object{"status": o.state()}, nil
	}))
	g.handle(all, "POST "+op+"/cancel", inOperation(g, "cancelOperation", func(o *operation, _ *call) (any, error) {
		if was, ok := o.stop(canceled); !ok {
			return nil, javaError(gatewayException, "Failed to convert the Operation Status from %s to CANCELED for %s.", was, o.id)
		}
		return object{"status": o.state()}, nil
	}))
	g.handle(all, "DELETE "+op+"/close", g.closeOperation)
	g.handle(all, "GET "+op+"/result/{token}", g.fetch)
	g.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusNotFound, object{"errors": []string{"Not found: " + r.URL.RequestURI()}})
	})
}

// handle serves a call in some versions of the API.
func (g *Gateway) handle(versions []string, pattern string, f func(*call) (any, error)) {
	method, path, _ := strings.Cut(pattern, " ")
	for _, v := range versions {
		c := call{version: v}
		if v == "" {
			c.version = defaultVersion
		} else {
			v = "/" + v
		}
		g.mux.HandleFunc(method+" "+v+path, func(w http.ResponseWriter, r *http.Request) {
			c := call{Request: r, version: c.version}
			res, err := f(&c)
			if err != nil {
				status, texts := rendered(err)
				answer(w, status, object{"errors": texts})
				return
			}
			answer(w, http.StatusOK, res)
		})
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // a client that went away needs no answer
}

// body reads the JSON of a request; none is an empty object.
func (c *call) body(into any) error {
	data, err := io.ReadAll(io.LimitReader(c.Body, maxBody))
	if err != nil {
		return badRequest("the request's body cannot be read: %v", err)
	}
	if len(strings.TrimSpace(string(data))) == 0 {
		return nil
	}
	if err := json.Unmarshal(data, into); err != nil {
		return badRequest("Request did not match expected format: %v", err)
	}
	return nil
}

// inSession finds the session of a call; what is the method a failure names.
func inSession(g *Gateway, what string, f func(*client, *call) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		s, err := g.session(c)
		if err != nil {
			return nil, ofHandler(what, err)
		}
		res, err := f(s, c)
		return res, ofHandler(what, err)
	}
}

// inOperation finds the operation of a call.
func inOperation(g *Gateway, what string, f func(*operation, *call) (any, error)) func(*call) (any, error) {
	return inSession(g, what, func(s *client, c *call) (any, error) {
		o, err := s.operation(c)
		if err != nil {
			return nil, err
		}
		return f(o, c)
	})
}

// fetch is a page of a result.
func (g *Gateway) fetch(c *call) (any, error) {
	format := c.URL.Query().Get("rowFormat")
	if c.version == "v1" || format == "" {
		format = "JSON"
	}
	if format = strings.ToUpper(format); format != "JSON" && format != "PLAIN_TEXT" {
		return nil, badParameter("query parameter (rowFormat)", c.URL.Query().Get("rowFormat"))
	}
	token, err := strconv.ParseInt(c.PathValue("token"), 10, 64)
	if err != nil {
		return nil, badParameter("path parameter (token)", c.PathValue("token"))
	}
	s, err := g.session(c)
	if err != nil {
		return nil, ofFetch(err)
	}
	o, err := s.operation(c)
	if err != nil {
		return nil, ofFetch(err)
	}
	p, err := o.fetch(c.Context(), token)
	if err != nil {
		return nil, ofFetch(err)
	}
	next := ""
	if p.kind != eos {
		next = fmt.Sprintf("/%s/sessions/%s/operations/%s/result/%d", c.version, s.id, o.id, p.next)
		if c.version != "v1" {
			next += "?rowFormat=" + format
		}
	}
	res, err := p.json(format, next)
	return res, ofFetch(err)
}

// within is a context that ends after d by the gateway's clock, too.
func (g *Gateway) within(ctx context.Context, d time.Duration) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	tick, stop := g.cfg.Clock.After(d)
	go func() {
		select {
		case <-tick:
			cancel(errTimeout)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { stop(); cancel(nil) }
}

// errTimeout ends what has taken too long.
var errTimeout = errors.New("the time for it has passed")
