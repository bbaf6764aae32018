package s3

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"runtime"

	"github.com/gofiber/fiber/v3"
	"github.com/versity/versitygw/s3api"
	"github.com/versity/versitygw/s3api/middlewares"

	"weir/internal/aws/svc/s3/objects"
)

// maxInFlight is the number of requests handled at once; more are told to slow
// down, as S3 tells them.
const maxInFlight = 4096

// front is versitygw's server on its socket.
type front struct {
	server  *s3api.S3ApiServer
	address string // of a unix socket, "@name" for an abstract one
	ended   chan error
}

// startFront starts the server and waits until it listens.
func startFront(d Deps, objs *objects.Store) (*front, error) {
	address, err := socketAddress(d)
	if err != nil {
		return nil, err
	}
	iam := &bridge{deps: d}
	be := &store{objects: objs, deps: d}
	listening := make(chan struct{})
	opts := []s3api.Option{
		s3api.WithQuiet(),
		s3api.WithKeepAlive(),
		s3api.WithConcurrencyLimiter(maxInFlight, maxInFlight),
		s3api.WithOnListen(func() { close(listening) }),
	}
	for _, method := range fiber.DefaultMethods {
		opts = append(opts, s3api.WithRoute(method, "/*", arrive(be)))
	}
	opts = append(opts, documentRoutes(d, be, iam)...)
	server, err := s3api.New(be, middlewares.RootUserConfig{}, d.Region, iam, nil, nil, nil, nil, opts...)
	if err != nil {
		return nil, err
	}
	f := &front{server: server, address: address, ended: make(chan error, 1)}
	go func() { f.ended <- server.ServeMultiPort([]string{address}) }()
	select {
	case <-listening:
		return f, nil
	case err := <-f.ended:
		return nil, fmt.Errorf("listening on %s: %w", address, err)
	}
}

// socketAddress is an abstract socket's name where there are such, else a file.
func socketAddress(d Deps) (string, error) {
	if runtime.GOOS != "linux" {
		return d.FS.PathJoin(d.SocketDir, "s3.sock"), nil
	}
	var id [12]byte
	if _, err := io.ReadFull(d.Rand, id[:]); err != nil {
		return "", fmt.Errorf("naming the socket: %w", err)
	}
	return "@weir-s3-" + hex.EncodeToString(id[:]), nil
}

func (f *front) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", f.address)
}

func (f *front) close() error {
	if err := f.server.ShutDown(); err != nil {
		return fmt.Errorf("ending the S3 front end: %w", err)
	}
	<-f.ended // "listener closed": asked for
	return nil
}
