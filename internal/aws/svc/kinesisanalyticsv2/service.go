// Package kinesisanalyticsv2 is the API of Kinesis Data Analytics: applications,
// their versions, operations, snapshots, and the dashboard behind a presigned URL.
//
// Vocabulary is AWS's. The package turns the API's shapes into what package
// control keeps, with AWS's defaults, and back; the state machine is control's.
//
// Invariants.
//   - Code in S3 is read when a version is made, as the application's role, and
//     kept: an object put over it later changes nothing until the next update.
//   - A request that is refused has changed nothing.
//
// The package must not know another service: what it needs of S3 and IAM are the
// interfaces below.
package kinesisanalyticsv2

import (
	"context"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/control"
)

// Principal is the service as roles' trust policies name it.
const Principal = "kinesisanalytics.amazonaws.com"

// Credentials are a role's session credentials.
type Credentials = aws.Credentials

// Roles assumes roles for the service.
type Roles interface {
	// AssumeRole is sts:AssumeRole by a service principal on behalf of the resource
	// sourceARN; the error says why the role cannot be assumed.
	AssumeRole(ctx context.Context, roleARN, service, session, sourceARN string) (Credentials, wire.Principal, error)
}

// RolesFunc is a Roles.
type RolesFunc func(ctx context.Context, roleARN, service, session, sourceARN string) (Credentials, wire.Principal, error)

// AssumeRole implements Roles.
func (f RolesFunc) AssumeRole(ctx context.Context, roleARN, service, session, sourceARN string) (Credentials, wire.Principal, error) {
	return f(ctx, roleARN, service, session, sourceARN)
}

// Objects is S3 over the wire, with a role's credentials; *s3client.Client is one.
type Objects interface {
	// Open reads an object, of the version if one is named.
	Open(ctx context.Context, cred Credentials, bucket, key, version string) (body io.ReadCloser, size int64, err error)
}

// Deps is what the service works with.
type Deps struct {
	Control *control.Manager
	Clock   clock.Clock
	Rand    io.Reader // for presigned URLs
	Roles   Roles
	Objects Objects
	// BaseURL is where clients reach this server: "http://127.0.0.1:4566".
	BaseURL func() string
}

// Service is the service; make one with New.
type Service struct {
	Deps
	sessions *sessions
}

// New makes the service.
func New(d Deps) *Service { return &Service{Deps: d, sessions: newSessions(d.Clock)} }

// Name implements wire.Service.
func (s *Service) Name() string { return "kinesisanalyticsv2" }

func key(c *wire.Call, name string) control.Key { return control.Key{Region: c.Region, Name: name} }

func appARN(c *wire.Call, name string) string {
	return c.ARN("kinesisanalytics", "application/"+name)
}

func invalid(format string, args ...any) error {
	return wire.Errorf("InvalidArgumentException", format, args...)
}

// nameOfARN is the application's name in its ARN.
func nameOfARN(c *wire.Call, arn string) (string, error) {
	name, ok := strings.CutPrefix(arn, appARN(c, ""))
	if !ok || name == "" {
		return "", invalid("%s is not the ARN of an application of this account and region.", arn)
	}
	return name, nil
}
