package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"weir/internal/aws/authz"
	"weir/internal/aws/gateway"
	"weir/internal/aws/svc/cloudwatch"
	"weir/internal/aws/svc/iam"
	"weir/internal/aws/svc/kinesis"
	"weir/internal/aws/svc/logs"
	"weir/internal/aws/svc/s3"
	"weir/internal/aws/svc/sts"
	"weir/internal/aws/wire"
)

// openServices makes every service and puts them behind the ports.
func (s *server) openServices() error {
	stsService := sts.New(sts.Deps{Identities: s.ids, Authorizer: s.auth, Clock: s.clock})
	iamService := iam.New(iam.Deps{Identities: s.ids, Clock: s.clock})
	var k *kinesis.Service
	var l *logs.Service
	var cw *cloudwatch.Service
	var objects *s3.Service
	// Each has a database of its own to open: side by side.
	err := s.together(map[string]func() (io.Closer, error){
		"kinesis": func() (c io.Closer, err error) {
			k, err = kinesis.New(kinesis.Deps{DB: s.db, Clock: s.clock, FS: s.fs, Dir: s.path("kinesis"), Rand: rand.Reader, Options: s.kinesisOptions()})
			return k, err
		},
		"logs": func() (c io.Closer, err error) {
			l, err = logs.New(logs.Deps{DB: s.db, Clock: s.clock, FS: s.fs, Dir: s.path("logs"), Log: s.cfg.log})
			return l, err
		},
		"cloudwatch": func() (c io.Closer, err error) {
			cw, err = cloudwatch.New(cloudwatch.Deps{Clock: s.clock, FS: s.fs, Dir: s.path("cloudwatch"), Log: s.cfg.log})
			return cw, err
		},
		"s3": func() (c io.Closer, err error) {
			objects, err = s3.New(s3.Deps{FS: s.fs, Dir: s.path("s3"), Clock: s.clock, Rand: rand.Reader, Account: s.cfg.account,
				Region: s.cfg.region, Partition: gateway.Partition(s.cfg.region), Credentials: s.ids, Evaluator: s3Policies{s.auth}})
			return objects, err
		},
	})
	if err != nil {
		return err
	}
	s.services = []wire.Service{stsService, iamService, k, l, cw}
	g, err := s.openGlue(stsService, l)
	if err != nil {
		return fmt.Errorf("opening glue: %w", err)
	}
	if err := s.openAthena(g, objects); err != nil {
		return fmt.Errorf("opening athena: %w", err)
	}
	mux := &weirHandler{health: s.health}
	if err := s.openApplications(stsService, cw, mux); err != nil {
		return fmt.Errorf("opening kinesisanalytics: %w", err)
	}
	return s.ready(objects.Handler(), mux)
}

// together opens services side by side and closes them, should one fail, with
// the server.
func (s *server) together(open map[string]func() (io.Closer, error)) error {
	type opened struct {
		name string
		c    io.Closer
		err  error
	}
	results := make(chan opened, len(open))
	for name, f := range open {
		go func() {
			c, err := f()
			results <- opened{name, c, err}
		}()
	}
	var failures []error
	for range open {
		o := <-results
		if o.err != nil {
			failures = append(failures, fmt.Errorf("opening %s: %w", o.name, o.err))
			continue
		}
		s.defers(o.c.Close)
	}
	return errors.Join(failures...)
}

// weirHandler serves what is below /_weir/.
type weirHandler struct {
	health     http.HandlerFunc
	dashboards http.Handler
}

// ServeHTTP implements http.Handler.
func (h *weirHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/_weir/health" {
		h.health(w, r)
		return
	}
	if h.dashboards != nil {
		h.dashboards.ServeHTTP(w, r)
		return
	}
	http.NotFound(w, r)
}

// health says that the server is ready.
func (s *server) health(w http.ResponseWriter, _ *http.Request) {
	names := []string{"s3"}
	for _, svc := range s.services {
		names = append(names, svc.Name())
	}
	w.Header().Set("Content-Type", "application/json")
	status := map[string]any{"status": "ok", "region": s.cfg.region, "account": s.cfg.account, "services": names, "pid": os.Getpid()}
	if err := s.fs.Full(); err != nil {
		status["status"], status["disk"] = "disk full", err.Error()
	}
	if err := json.NewEncoder(w).Encode(status); err != nil {
		s.cfg.log.Debug("a health check went away", "error", err.Error())
	}
}

// s3Policies asks the identity policies for S3.
type s3Policies struct{ a *authz.Authorizer }

// Evaluate implements s3.Evaluator.
func (p s3Policies) Evaluate(c *wire.Call, action, resource string) (s3.Verdict, error) {
	v, err := p.a.Evaluate(c, action, resource)
	return s3.Verdict{Identity: s3.Effect(v.Owned()), Session: s3.Effect(v.Session), HasSession: v.HasSession}, err
}
