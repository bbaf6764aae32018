// Package gatewaytest runs services behind a real gateway on a loopback port,
// for tests: with Go SDK clients (Server.Config), with any other client
// (Server.Env), and with scripts (RunScripts), whose aws command speaks each
// service's own protocol from the model, not through the codecs under test.
//
// It is for tests only. A Server's credentials are one root key unless the test
// brings its own; its clock stands still unless the test moves it.
package gatewaytest

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"weir/internal/aws/gateway"
	"weir/internal/aws/wire"
	"weir/internal/clock"
)

// The root key of a Server that has no credentials of its own.
const (
	RootAccessKey = "AKIAROOTROOTROOTROOT"
	RootSecret    = "root-secret-root-secret-root-secret-root"
)

// Account is the account of every Server.
const Account = "012345678901"

// Options change a Server; the zero value is a root-only server in us-east-1.
type Options struct {
	Region      string
	Clock       clock.Clock // nil: the machine's
	Credentials wire.Credentials
	Authorizer  wire.Authorizer
	S3          http.Handler
	Weir        http.Handler
	// Unfinished lets a service differ from its ops.txt.
	Unfinished bool
}

// Server is a gateway on a loopback port.
type Server struct {
	URL, Region string
	Gateway     *gateway.Gateway
	Clock       clock.Clock
}

// Start runs a server until the test ends.
func Start(t testing.TB, o Options, services ...wire.Service) *Server {
	t.Helper()
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Credentials == nil {
		o.Credentials = Root{Region: o.Region}
	}
	if o.Authorizer == nil {
		o.Authorizer = nobody{}
	}
	for _, s := range services {
		if err := gateway.CheckOps(s); err != nil && !o.Unfinished {
			t.Error(err)
		}
	}
	g, err := gateway.New(gateway.Config{
		Services: services, Credentials: o.Credentials, Authorizer: o.Authorizer, S3: o.S3, Weir: o.Weir,
		Account: Account, Region: o.Region, Clock: o.Clock, Rand: rand.Reader,
		Observe: func(r gateway.Record) {
			if r.Err != nil {
				t.Logf("%s %s: %v", r.Service, r.Operation, r.Err)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(g)
	t.Cleanup(srv.Close)
	return &Server{URL: srv.URL, Region: o.Region, Gateway: g, Clock: o.Clock}
}

// Config is the Go SDK's configuration for the server, as root.
func (s *Server) Config() aws.Config { return s.ConfigAs(RootAccessKey, RootSecret, "") }

// ConfigAs is the Go SDK's configuration with other credentials.
func (s *Server) ConfigAs(accessKey, secret, token string) aws.Config {
	return aws.Config{
		Region: s.Region, BaseEndpoint: aws.String(s.URL),
		Credentials:      credentials.NewStaticCredentialsProvider(accessKey, secret, token),
		RetryMaxAttempts: 1,
	}
}

// Env are the variables with which boto3 and the AWS CLI reach the server as root.
func (s *Server) Env() []string {
	return []string{"AWS_ENDPOINT_URL=" + s.URL, "AWS_REGION=" + s.Region, "AWS_DEFAULT_REGION=" + s.Region,
		"AWS_ACCESS_KEY_ID=" + RootAccessKey, "AWS_SECRET_ACCESS_KEY=" + RootSecret, "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=/nonexistent", "AWS_SHARED_CREDENTIALS_FILE=/nonexistent", "AWS_MAX_ATTEMPTS=1"}
}

// Root knows the root key and no other.
type Root struct{ Region string }

// Credentials implements wire.Credentials.
func (r Root) Credentials(_ context.Context, accessKey string) (string, string, wire.Principal, time.Time, error) {
	if accessKey != RootAccessKey {
		return "", "", wire.Principal{}, time.Time{}, wire.ErrUnknownKey
	}
	return RootSecret, "", wire.Principal{ARN: "arn:" + gateway.Partition(r.Region) + ":iam::" + Account + ":root",
		Account: Account, UserID: Account, AccessKey: accessKey, Root: true}, time.Time{}, nil
}

// nobody lets no one but root do anything.
type nobody struct{}

// Authorize implements wire.Authorizer.
func (nobody) Authorize(c *wire.Call, action string, _ []string) error {
	return wire.Errorf("AccessDeniedException", "User: %s is not authorized to perform: %s", c.Principal.ARN, action)
}
