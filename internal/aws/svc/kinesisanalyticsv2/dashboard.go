package kinesisanalyticsv2

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	api "weir/internal/aws/api/kinesisanalyticsv2"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/control"
)

// DashboardPath is where on the server the dashboards are:
// DashboardPath + REGION + "/" + APPLICATION + "/flinkdashboard/".
const DashboardPath = "/_weir/dashboard/"

const (
	defaultSession = 12 * time.Hour
	openWithin     = 3 * time.Minute
	cookieName     = "weir-dashboard"
)

// sessions are the presigned URLs given out and not expired.
type sessions struct {
	clock clock.Clock
	mu    sync.Mutex
	byTok map[string]*dashboardSession
}

// dashboardSession is one presigned URL. Its token opens the dashboard within
// three minutes, and from then on until the session expires.
type dashboardSession struct {
	app             control.Key
	openBy, expires time.Time
	opened          bool
}

func newSessions(c clock.Clock) *sessions {
	return &sessions{clock: c, byTok: map[string]*dashboardSession{}}
}

func (s *sessions) add(tok string, k control.Key, life time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	for t, d := range s.byTok {
		if now.After(d.expires) || !d.opened && now.After(d.openBy) {
			delete(s.byTok, t)
		}
	}
	s.byTok[tok] = &dashboardSession{app: k, openBy: now.Add(openWithin), expires: now.Add(life)}
}

// open reports whether a token opens an application's dashboard now, and until when.
func (s *sessions) open(tok string, k control.Key) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, now := s.byTok[tok], s.clock.Now()
	if d == nil || d.app != k || now.After(d.expires) || !d.opened && now.After(d.openBy) {
		return time.Time{}, false
	}
	d.opened = true
	return d.expires, true
}

func (s *Service) createPresignedURL(c *wire.Call, in *api.CreateApplicationPresignedUrlRequest) (*api.CreateApplicationPresignedUrlResponse, error) {
	k := key(c, in.ApplicationName)
	a, _, err := s.Control.Describe(k)
	if err != nil {
		return nil, err
	}
	switch {
	case in.UrlType != api.UrlTypeFlinkDashboardUrl:
		return nil, invalid("UrlType %s is not supported for application %s: it is not a Studio notebook.", in.UrlType, a.Name)
	case a.Status != control.Running:
		return nil, wire.Errorf("ResourceInUseException", "Application %s is %s: a presigned URL needs a RUNNING application.", a.Name, a.Status)
	}
	b := make([]byte, 32)
	if _, err := io.ReadFull(s.Rand, b); err != nil {
		return nil, fmt.Errorf("making a token: %w", err)
	}
	tok := base64.RawURLEncoding.EncodeToString(b)
	life := defaultSession
	if in.SessionExpirationDurationInSeconds != nil {
		life = time.Duration(*in.SessionExpirationDurationInSeconds) * time.Second
	}
	s.sessions.add(tok, k, life)
	u := s.BaseURL() + DashboardPath + url.PathEscape(k.Region) + "/" + url.PathEscape(k.Name) + "/flinkdashboard?authToken=" + tok
	return &api.CreateApplicationPresignedUrlResponse{AuthorizedUrl: &u}, nil
}

// Dashboard serves what lies below DashboardPath: each application's Flink REST
// API and its page, for whoever has a presigned URL.
func (s *Service) Dashboard() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		region, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, DashboardPath), "/")
		name, rest, _ := strings.Cut(rest, "/")
		rest, ok := strings.CutPrefix(rest, "flinkdashboard")
		if !ok || rest != "" && rest[0] != '/' {
			http.NotFound(w, r)
			return
		}
		s.serveDashboard(w, r, control.Key{Region: region, Name: name}, rest)
	})
}

func (s *Service) serveDashboard(w http.ResponseWriter, r *http.Request, k control.Key, path string) {
	base := DashboardPath + url.PathEscape(k.Region) + "/" + url.PathEscape(k.Name) + "/flinkdashboard"
	tok, byQuery := r.URL.Query().Get("authToken"), true
	if tok == "" {
		byQuery = false
		if c, err := r.Cookie(cookieName); err == nil {
			tok = c.Value
		}
	}
	expires, ok := s.sessions.open(tok, k)
	if !ok {
		http.Error(w, "This presigned URL is not valid: it must be opened within 3 minutes and lasts as long as was asked for. Create another with CreateApplicationPresignedUrl.", http.StatusForbidden)
		return
	}
	if byQuery {
		http.SetCookie(w, &http.Cookie{Name: cookieName, Value: tok, Path: base, MaxAge: int(expires.Sub(s.Clock.Now()).Seconds()), HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode})
	}
	if path == "" { // so that relative links work
		http.Redirect(w, r, base+"/", http.StatusFound)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "The dashboard of an application is read-only.", http.StatusForbidden)
		return
	}
	h, err := s.Control.Handle(k)
	if err != nil {
		http.Error(w, reason(err), http.StatusServiceUnavailable)
		return
	}
	proxy := &httputil.ReverseProxy{Transport: h.REST(), Rewrite: func(p *httputil.ProxyRequest) {
		p.Out.URL.Scheme, p.Out.URL.Host, p.Out.URL.Path, p.Out.URL.RawPath = "http", "application", path, ""
		q := p.Out.URL.Query()
		q.Del("authToken")
		p.Out.URL.RawQuery = q.Encode()
		p.Out.Header.Del("Cookie")
	}}
	proxy.ServeHTTP(w, r)
}
