package athena

import (
	"context"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"weir/internal/athena/worker"
	"weir/internal/aws/store"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/objstore"
	"weir/internal/vfs"
)

// Credentials are the keys of whoever started a query.
type Credentials = aws.Credentials

// Object is an object of S3 as a listing shows it.
type Object = objstore.Object

// ObjectStore is S3 over the wire, with someone's keys; what they may not do
// fails with S3's error.
type ObjectStore interface {
	// List calls each for every object under prefix in the order of keys, until
	// an error.
	List(ctx context.Context, cred Credentials, bucket, prefix string, each func(Object) error) error
	// Head fails unless the object can be read.
	Head(ctx context.Context, cred Credentials, bucket, key string) (Object, error)
	// Read is at most n bytes from offset, and the object's size; an offset at
	// the end gives no bytes.
	Read(ctx context.Context, cred Credentials, bucket, key string, offset, n int64) (data []byte, size int64, err error)
	// Put writes an object.
	Put(ctx context.Context, cred Credentials, bucket, key, contentType string, body io.ReadSeeker, size int64) error
}

// ObjectFiles gives objects as files of this machine; rights are not its
// business, Head asked before.
type ObjectFiles interface {
	// File is the path of an object's data, to be read only, until release.
	File(ctx context.Context, bucket, key string) (path string, release func() error, err error)
}

// FilesFunc is an ObjectFiles.
type FilesFunc func(ctx context.Context, bucket, key string) (path string, release func() error, err error)

// File implements ObjectFiles.
func (f FilesFunc) File(ctx context.Context, bucket, key string) (string, func() error, error) {
	return f(ctx, bucket, key)
}

// Catalog is Glue's operations, done as the caller of c: what the caller may not
// do is refused. Inputs and outputs are those of internal/aws/api/glue.
type Catalog interface {
	Call(c *wire.Call, op string, in any) (any, error)
}

// CatalogOf is a Catalog on a Glue service of this process.
func CatalogOf(svc wire.Service) Catalog { return catalog{svc} }

type catalog struct{ svc wire.Service }

// Call implements Catalog.
func (l catalog) Call(c *wire.Call, op string, in any) (any, error) {
	h, ok := l.svc.Ops()[op]
	if !ok {
		return nil, wire.Errorf("MetadataException", "the catalog has no operation %s", op)
	}
	as := *c
	as.Service, as.Operation = l.svc.Name(), op
	for _, r := range l.svc.Resources(&as, op, in) {
		if err := as.May("glue:"+op, r); err != nil {
			return nil, err
		}
	}
	return h.Run(&as, in)
}

// Deps is what the service works with.
type Deps struct {
	DB      *store.DB
	Clock   clock.Clock
	Rand    io.Reader // for ids
	FS      vfs.FS
	Dir     string // for scratch folders, on this machine; emptied by New
	Worker  worker.Starter
	Catalog Catalog
	Objects ObjectStore
	Files   ObjectFiles
	Keys    wire.Credentials
	Options
}

// Options are the choices of whoever runs the server.
type Options struct {
	MaxRunning int           // queries at once, further ones are QUEUED; 0: 4
	MemoryMB   int           // of a query; 0: 1024
	Threads    int           // of a query; 0: 2
	Timeout    time.Duration // of a query; 0: 30 minutes, as Athena's DML
	// Warn takes what whoever runs the server should know; nil drops it.
	Warn func(msg string)
}

func (d *Deps) defaults() {
	if d.MaxRunning == 0 {
		d.MaxRunning = 4
	}
	if d.MemoryMB == 0 {
		d.MemoryMB = 1024
	}
	if d.Threads == 0 {
		d.Threads = 2
	}
	if d.Timeout == 0 {
		d.Timeout = 30 * time.Minute
	}
	if d.Warn == nil {
		d.Warn = func(string) {}
	}
}
