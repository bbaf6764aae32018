package glue

import (
	"context"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"weir/internal/aws/store"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/objstore"
)

// Credentials are a role's session credentials.
type Credentials = aws.Credentials

// Object is an object of S3 as a listing shows it.
type Object = objstore.Object

// RoleCredentials assumes roles for the service.
type RoleCredentials interface {
	// AssumeRole is sts:AssumeRole by a service principal (glue.amazonaws.com) on
	// behalf of the resource sourceARN; the error says why the role cannot be
	// assumed.
	AssumeRole(ctx context.Context, roleARN, service, session, sourceARN string) (Credentials, wire.Principal, error)
}

// RolesFunc is a RoleCredentials.
type RolesFunc func(ctx context.Context, roleARN, service, session, sourceARN string) (Credentials, wire.Principal, error)

// AssumeRole implements RoleCredentials.
func (f RolesFunc) AssumeRole(ctx context.Context, roleARN, service, session, sourceARN string) (Credentials, wire.Principal, error) {
	return f(ctx, roleARN, service, session, sourceARN)
}

// ObjectStore is S3 over the wire, with someone's credentials.
type ObjectStore interface {
	// List calls each for every object under prefix in the order of keys, until
	// an error.
	List(ctx context.Context, cred Credentials, bucket, prefix string, each func(Object) error) error
	// Read is at most n bytes from offset, and the object's size.
	Read(ctx context.Context, cred Credentials, bucket, key string, offset, n int64) (data []byte, size int64, err error)
}

// LogSink takes the crawlers' log lines (CloudWatch Logs); the group and the
// stream are made when they are not there.
type LogSink interface {
	PutLines(ctx context.Context, account, region, group, stream string, at time.Time, lines []string) error
}

// Deps is what the service works with.
type Deps struct {
	DB      *store.DB
	Clock   clock.Clock
	Rand    io.Reader // for crawl ids
	Roles   RoleCredentials
	Objects ObjectStore
	Logs    LogSink
	// Authorizer holds a crawl to what its role may do in the catalog; nil lets
	// everything pass.
	Authorizer wire.Authorizer
}
