package glue

import (
	"context"
	"io"
	"time"

	"weir/internal/aws/store"
	"weir/internal/aws/wire"
	"weir/internal/clock"
)

// Credentials are a role's session credentials.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

// RoleCredentials assumes roles for the service.
type RoleCredentials interface {
	// AssumeRole is sts:AssumeRole by a service principal
	// (glue.amazonaws.com); the error says why the role cannot be assumed.
	AssumeRole(ctx context.Context, roleARN, service, session string) (Credentials, wire.Principal, error)
}

// Object is an object of S3 as a listing shows it.
type Object struct {
	Key          string
	Size         int64
	ETag         string
	LastModified time.Time
}

// ObjectStore is S3 over the wire, with someone's credentials.
type ObjectStore interface {
	// List calls each for every object under prefix in the order of keys, until
	// an error.
	List(ctx context.Context, cred Credentials, bucket, prefix string, each func(Object) error) error
	// Read is the first limit bytes of an object.
	Read(ctx context.Context, cred Credentials, bucket, key string, limit int64) ([]byte, error)
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
