package kinesisanalyticsv2

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/aws/store"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/control"
	"weir/internal/control/controltest"
	"weir/internal/obs"
	"weir/internal/vfs"
)

// now is when the scripts play: 1614600000.
var now = time.Date(2021, 3, 1, 12, 0, 0, 0, time.UTC)

// roles lets every role be assumed but one.
type roles struct{}

// AssumeRole implements Roles.
func (roles) AssumeRole(_ context.Context, arn, service, _, _ string) (Credentials, wire.Principal, error) {
	if strings.HasSuffix(arn, "/untrusting") {
		return Credentials{}, wire.Principal{}, wire.Errorf("AccessDenied", "%s is not authorized to perform: sts:AssumeRole on resource: %s", service, arn)
	}
	return Credentials{AccessKeyID: arn}, wire.Principal{}, nil
}

// bucket has one object, code.zip, which the role "reader" may not read.
type bucket struct{}

// Open implements Objects.
func (bucket) Open(_ context.Context, cred Credentials, bucket, key, _ string) (io.ReadCloser, int64, error) {
	switch {
	case strings.HasSuffix(cred.AccessKeyID, "/nothing"):
		return nil, 0, wire.Errorf("AccessDenied", "Access Denied")
	case bucket+"/"+key == "code/text.txt":
		return io.NopCloser(strings.NewReader("text")), 4, nil
	case bucket != "code" || key != "code.zip":
		return nil, 0, errors.New("NoSuchKey: The specified key does not exist.")
	}
	return io.NopCloser(bytes.NewReader([]byte("PK\x05\x06 and so on"))), 16, nil
}

// patient waits before it describes until nothing is under way, so that scripts
// need not poll; starts that hang are not waited for.
type patient struct {
	*Service
	runner *controltest.Runner
}

// Ops implements wire.Service.
func (p patient) Ops() wire.Ops {
	ops := p.Service.Ops()
	for name, h := range ops {
		if !strings.HasPrefix(name, "Describe") && !strings.HasPrefix(name, "List") && name != "CreateApplicationPresignedUrl" {
			continue
		}
		ops[name] = wire.Handler{New: h.New, Run: func(c *wire.Call, in any) (any, error) {
			ctx, cancel := context.WithCancel(c)
			idle := make(chan struct{})
			go func() {
				defer close(idle)
				for _, r := range p.Resources(c, name, in) {
					_ = p.Control.Wait(ctx, key(c, r[strings.LastIndexByte(r, '/')+1:])) // cancelled when it hangs
				}
			}()
			select {
			case <-idle:
			case <-p.runner.Hung():
			}
			cancel()
			<-idle
			return h.Run(c, in)
		}}
	}
	return ops
}

func start(t testing.TB, fs vfs.FS, clk clock.Clock) (*Service, *controltest.Runner, *gatewaytest.Server) {
	t.Helper()
	db, err := store.Open(fs, "meta")
	if err != nil {
		t.Fatal(err)
	}
	runner := controltest.New(fs)
	m, err := control.Open(control.Deps{DB: db, Clock: clk, Rand: rand.Reader, FS: fs, Dir: "apps", Runner: runner, Log: obs.Discard()})
	if err != nil {
		t.Fatal(err)
	}
	var server *gatewaytest.Server
	s := New(Deps{Control: m, Clock: clk, Rand: rand.Reader, Roles: roles{}, Objects: bucket{}, BaseURL: func() string { return server.URL }})
	server = gatewaytest.Start(t, gatewaytest.Options{Clock: clk, Weir: s.Dashboard()}, patient{s, runner})
	t.Cleanup(func() {
		if err := m.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, runner, server
}

func TestScripts(t *testing.T) {
	gatewaytest.RunScripts(t, "testdata", func(t testing.TB) *gatewaytest.Server {
		_, _, server := start(t, vfs.NewMem(), clock.NewManual(now))
		return server
	})
}
