package local

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"weir/internal/aws/wire"
	"weir/internal/clock"
)

// principal is the service as roles' trust policies name it.
const principal = "kinesisanalytics.amazonaws.com"

// renewBefore is how long before their end credentials are renewed.
const renewBefore = 15 * time.Minute

// credentialServer hands out roles' session credentials on a loopback port, as
// AWS's container credential endpoints do.
type credentialServer struct {
	roles Roles
	clock clock.Clock
	url   string
	srv   *http.Server

	mu      sync.Mutex
	byToken map[string]*grant
}

// grant is what one application's processes may be given.
type grant struct {
	role, session, source string

	mu    sync.Mutex
	creds aws.Credentials
}

func newCredentialServer(roles Roles, c clock.Clock) (*credentialServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &credentialServer{roles: roles, clock: c, url: "http://" + l.Addr().String() + "/credentials", byToken: map[string]*grant{}}
	s.srv = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.srv.Serve(l) }() // it ends with close
	return s, nil
}

func (s *credentialServer) close() error { return s.srv.Close() }

// add assumes the role and gives the token with which a child asks for it.
func (s *credentialServer) add(ctx context.Context, role, session, source string, rand io.Reader) (string, error) {
	g := &grant{role: role, session: session, source: source}
	if _, err := s.current(ctx, g); err != nil {
		return "", err
	}
	b := make([]byte, 24)
	if _, err := io.ReadFull(rand, b); err != nil {
		return "", err
	}
	token := hex.EncodeToString(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byToken[token] = g
	return token, nil
}

func (s *credentialServer) remove(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byToken, token)
}

// current is the grant's credentials, renewed when they are about to end.
func (s *credentialServer) current(ctx context.Context, g *grant) (aws.Credentials, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.creds.AccessKeyID != "" && s.clock.Now().Add(renewBefore).Before(g.creds.Expires) {
		return g.creds, nil
	}
	c, _, err := s.roles.AssumeRole(ctx, g.role, principal, g.session, g.source)
	if err != nil {
		return aws.Credentials{}, err
	}
	g.creds = c
	return c, nil
}

// ServeHTTP implements http.Handler.
func (s *credentialServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	g := s.byToken[r.Header.Get("Authorization")]
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if g == nil {
		refuse(w, http.StatusUnauthorized, "AccessDenied", "The authorization token is not known")
		return
	}
	c, err := s.current(r.Context(), g)
	if err != nil {
		code, msg := "AssumeRoleFailed", err.Error()
		var e *wire.Error
		if errors.As(err, &e) {
			code, msg = e.Code, e.Message
		}
		refuse(w, http.StatusForbidden, code, msg)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"AccessKeyId": c.AccessKeyID, "SecretAccessKey": c.SecretAccessKey, "Token": c.SessionToken,
		"Expiration": c.Expires.UTC().Format(time.RFC3339), "RoleArn": g.role}) // a child that went away asks again
}

func refuse(w http.ResponseWriter, status int, code, msg string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"code": code, "message": msg}) // a child that went away asks again
}
