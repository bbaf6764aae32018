package sqlgateway

import (
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"weir/internal/session"
	"weir/internal/sql/ast"
	"weir/internal/sql/parser"
)

// client is a session with its operations.
type client struct {
	id   string
	g    *Gateway
	sess *session.Session
	turn chan struct{} // held by the operation that executes
	mu   sync.Mutex
	ops  map[string]*operation
	used time.Time
	gone bool
}

// uuid makes a random identifier.
func (g *Gateway) uuid() (string, error) {
	id, err := uuid.NewRandomFromReader(g.cfg.Rand)
	if err != nil {
		return "", fmt.Errorf("making an identifier: %w", err)
	}
	return id.String(), nil
}

// handle reads an identifier of the path.
func handle(c *call, name string) (string, error) {
	v := c.PathValue(name)
	plain := strings.ReplaceAll(v, "-", "")
	if _, err := hex.DecodeString(plain); err != nil || len(plain) != 32 || len(v) != 36 {
		return "", badParameter("path parameter ("+name+"_handle)", v)
	}
	return strings.ToLower(v), nil
}

// open makes a session.
func (g *Gateway) open(c *call) (any, error) {
	var in struct {
		Properties  map[string]string `json:"properties"`
		SessionName string            `json:"sessionName"`
	}
	if err := c.body(&in); err != nil {
		return nil, err
	}
	g.mu.Lock()
	full := g.cfg.MaxSessions > 0 && len(g.sessions) >= g.cfg.MaxSessions
	g.mu.Unlock()
	if full {
		return nil, ofService("Failed to open session.", javaError(gatewayException,
			"Failed to create session, the count of active sessions exceeds the max count: %d", g.cfg.MaxSessions))
	}
	id, err := g.uuid()
	if err != nil {
		return nil, err
	}
	sess, err := g.cfg.Open(in.Properties)
	if err != nil {
		return nil, ofService("Failed to open session.", err)
	}
	s := &client{id: id, g: g, sess: sess, turn: make(chan struct{}, 1), ops: map[string]*operation{}, used: g.cfg.Clock.Now()}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sessions[id] = s
	return object{"sessionHandle": id}, nil
}

// session finds the session of a call.
func (g *Gateway) session(c *call) (*client, error) {
	id, err := handle(c, "session")
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.sessions[id]
	if s == nil {
		return nil, javaError(gatewayException, "Session '%s' does not exist.", id)
	}
	s.touch()
	return s, nil
}

func (s *client) touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = s.g.cfg.Clock.Now()
}

// idle is how long nobody used the session; a session that executes a
// statement is in use.
func (s *client) idle(now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.ops {
		if !o.ended() {
			s.used = now
		}
	}
	return now.Sub(s.used)
}

func (g *Gateway) closeSession(c *call) (any, error) {
	s, err := g.session(c)
	if err != nil {
		return nil, ofHandler("closeSession", err)
	}
	g.mu.Lock()
	delete(g.sessions, s.id)
	g.mu.Unlock()
	s.close()
	return object{"status": "CLOSED"}, nil
}

// close ends the session's operations; jobs of INSERT go to the gateway.
func (s *client) close() {
	s.mu.Lock()
	ops := s.ops
	s.ops, s.gone = map[string]*operation{}, true
	s.mu.Unlock()
	for _, o := range ops {
		o.close()
	}
}

// operation finds the operation of a call.
func (s *client) operation(c *call) (*operation, error) {
	id, err := handle(c, "operation")
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.ops[id]
	if o == nil {
		return nil, javaError(gatewayException, "Can not find the submitted operation in the OperationManager with the %s.", id)
	}
	return o, nil
}

// closeOperation forgets an operation; one that is not there is closed already.
func (g *Gateway) closeOperation(c *call) (any, error) {
	s, err := g.session(c)
	if err != nil {
		return nil, ofHandler("closeOperation", err)
	}
	id, err := handle(c, "operation")
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	o := s.ops[id]
	delete(s.ops, id)
	s.mu.Unlock()
	if o != nil {
		o.close()
	}
	return object{"status": "CLOSED"}, nil
}

// request is the body of the calls with a statement.
type request struct {
	Statement       *string           `json:"statement"`
	Timeout         int64             `json:"executionTimeout"`
	ExecutionConfig map[string]string `json:"executionConfig"`
	Position        int               `json:"position"`
}

// statement begins to execute a statement.
func (g *Gateway) statement(c *call) (any, error) {
	var in request
	if err := c.body(&in); err != nil {
		return nil, err
	}
	s, err := g.session(c)
	if err != nil {
		return nil, ofService("Failed to execute statement.", err)
	}
	o, err := s.start(&in)
	if err != nil {
		return nil, ofService("Failed to execute statement.", err)
	}
	return object{"operationHandle": o.id}, nil
}

// configurable are the statements of configure-session, as a failure names them.
const configurable = "SET, RESET, CREATE TABLE, CREATE VIEW, CREATE DATABASE, CREATE FUNCTION, CREATE CATALOG, DROP TABLE, DROP VIEW, DROP DATABASE, DROP FUNCTION, DROP CATALOG, ALTER TABLE, ALTER VIEW, ALTER DATABASE, ALTER FUNCTION, USE CATALOG, USE [CATALOG.]DATABASE, USE MODULES, LOAD MODULE, UNLOAD MODULE, ADD JAR"

// configure executes a statement that prepares the session, to its end.
func (g *Gateway) configure(c *call) (any, error) {
	var in request
	if err := c.body(&in); err != nil {
		return nil, err
	}
	const failed = "Failed to configure session."
	s, err := g.session(c)
	if err != nil {
		return nil, ofService(failed, err)
	}
	if in.Statement == nil {
		return nil, ofService(failed, javaError(validationException, "the request has no statement"))
	}
	st, err := parser.Parse(*in.Statement)
	if err != nil {
		return nil, ofService(failed, err)
	}
	switch st.(type) {
	case ast.Query, *ast.Insert, *ast.StatementSet, *ast.Execute, *ast.BeginStatementSet, *ast.End, *ast.Explain, *ast.Show, *ast.Describe:
		return nil, ofService(failed, javaError(unsupportedException,
			"Unsupported statement for configuring session: %s\nThe configureSession API only supports executing statements of type %s.", *in.Statement, configurable))
	}
	_, err = s.sess.Execute(c.Context(), st)
	return object{}, ofService(failed, err)
}

// complete offers what a statement may go on with.
func (g *Gateway) complete(c *call) (any, error) {
	var in request
	if err := c.body(&in); err != nil {
		return nil, err
	}
	s, err := g.session(c)
	if err != nil {
		return nil, ofService("Failed to get statement completion candidates.", err)
	}
	text := ""
	if in.Statement != nil {
		text = *in.Statement
	}
	return object{"candidates": s.sess.Complete(text, in.Position)}, nil
}
