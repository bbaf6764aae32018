// Package s3 is Amazon S3: versitygw's front end over package objects.
//
// A request goes through the handler (proxy.go) over a socket of this process to
// versitygw's server, which checks the signature, parses, authorises and calls
// the backend (type store); the handler exists because versitygw is no
// http.Handler. Rights are asked of the caller's identity policies through
// bridge (bridge.go) and of the bucket's policy by versitygw itself. What
// versitygw has no place for (lifecycle, encryption, public access block …) are
// documents of the bucket with routes of their own (documents.go).
//
// Vocabulary. Everything belongs to one account, which owns every bucket; S3
// lives in one region and answers requests for another one with
// AuthorizationHeaderMalformed naming the right one. versitygw knows only the
// partition "aws": ARNs of another one are mapped on the way in and out.
//
// Kept and shown but not acted on: lifecycle rules (nothing expires) and default
// encryption (files are plain, which DuckDB reads). Object lock, replication,
// notifications and logging are refused with NotImplemented.
//
// Invariants. Strings that versitygw hands over alias its buffers: what is kept
// is cloned. A listing never shows an upload under way. Deleting what does not
// exist succeeds.
//
// Other services must not import it: they speak S3 over the wire, except that
// Athena's query process, which cannot, is given files through Service.Local.
package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"weir/internal/aws/svc/s3/objects"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/vfs"
)

// Deps is what the service is made of.
type Deps struct {
	FS  vfs.FS
	Dir string // of its own: index/ and objects/ are made in it
	// SocketDir holds the inner socket on systems without abstract ones; ""
	// means Dir. It must be short: such a path has about 100 bytes at most.
	SocketDir string
	Clock     clock.Clock
	Rand      io.Reader

	Account, Region, Partition string

	Credentials wire.Credentials
	Evaluator   Evaluator // nil: everybody may do everything their bucket policies do not deny
}

// Effect is what a set of policies says of one action.
type Effect int

// The effects, in no order of strength: Deny wins over Allow.
const (
	NoMatch Effect = iota
	Allow
	Deny
)

// Verdict is what a principal's policies say of one action on one resource.
type Verdict struct {
	// Identity is the policies of the user or role, its permissions boundary
	// taken into account.
	Identity Effect
	// Session is the policies of the session, asked when HasSession: they also
	// limit what a bucket policy grants.
	Session    Effect
	HasSession bool
}

// Evaluator asks identity policies. The call has the principal, the time, where
// it comes from, and S3's condition keys ("s3:prefix") in Conditions; resources
// are ARNs in the call's partition. Bucket policies are not its business.
type Evaluator interface {
	Evaluate(c *wire.Call, action, resource string) (Verdict, error)
}

// Service is S3.
type Service struct {
	objects *objects.Store
	front   *front
	proxy   http.Handler
	idle    func() // closes the connections to the front that are not in use
}

// New opens the store and starts the front end. It is ready when New returns.
func New(d Deps) (*Service, error) {
	if d.SocketDir == "" {
		d.SocketDir = d.Dir
	}
	objs, err := objects.Open(objects.Options{FS: d.FS, Dir: d.Dir, Clock: d.Clock, Rand: d.Rand})
	if err != nil {
		return nil, err
	}
	f, err := startFront(d, objs)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the S3 front end: %w", err), objs.Close())
	}
	proxy, idle := newProxy(d, f.address)
	return &Service{objects: objs, front: f, proxy: proxy, idle: idle}, nil
}

// Handler serves every S3 request, path style and virtual-host style.
func (s *Service) Handler() http.Handler { return s.proxy }

// Close ends the front end, after the requests under way, and closes the store.
// The connections kept open to the front end go first: it would wait for them.
func (s *Service) Close() error {
	s.idle()
	return errors.Join(s.front.close(), s.objects.Close())
}

// Local gives an object's data as one plain file of this machine, to be read
// only, until it is released. Whether the caller may read the object is for the
// caller of Local to ask. IsNotFound tells that there is no such object.
func (s *Service) Local(_ context.Context, bucket, key string) (*objects.Local, error) {
	return s.objects.Local(bucket, key)
}

// IsNotFound tells whether an error of Local is that there is no such bucket or
// object.
func IsNotFound(err error) bool {
	return errors.Is(err, objects.ErrNoBucket) || errors.Is(err, objects.ErrNoKey)
}
