package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"weir/internal/aws/api/logs"
	"weir/internal/aws/gateway"
	"weir/internal/aws/s3client"
	"weir/internal/aws/svc/athena"
	"weir/internal/aws/svc/glue"
	logssvc "weir/internal/aws/svc/logs"
	"weir/internal/aws/svc/s3"
	"weir/internal/aws/svc/sts"
	"weir/internal/aws/wire"
	runathena "weir/internal/runner/athena"
)

// s3Client is S3 as the services reach it: over the port, as anybody does.
func (s *server) s3Client() *s3client.Client {
	return s3client.New(s.endpoint(), s.cfg.region, http.DefaultClient)
}

func (s *server) openGlue(roles *sts.Service, l *logssvc.Service) (*glue.Service, error) {
	g, err := glue.New(glue.Deps{DB: s.db, Clock: s.clock, Rand: rand.Reader, Roles: roleCredentials{roles},
		Objects: s.s3Client(), Logs: serviceLogs{l, s}, Authorizer: s.auth})
	if err != nil {
		return nil, err
	}
	s.defers(g.Close)
	s.services = append(s.services, g)
	return g, nil
}

func (s *server) openAthena(g *glue.Service, objects *s3.Service) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program's own file: %w", err)
	}
	a, err := athena.New(athena.Deps{DB: s.db, Clock: s.clock, Rand: rand.Reader, FS: s.fs, Dir: s.path("athena"),
		Worker: runathena.Starter{Executable: exe}, Catalog: athena.CatalogOf(g), Objects: s.s3Client(),
		Files: athena.FilesFunc(func(ctx context.Context, bucket, key string) (string, func() error, error) {
			f, err := objects.Local(ctx, bucket, key)
			if err != nil {
				return "", nil, err
			}
			return f.Path, f.Release, nil
		}),
		Keys: s.ids, Options: athena.Options{Warn: func(msg string) { s.cfg.log.Warn(msg) }}})
	if err != nil {
		return err
	}
	s.defers(a.Close)
	s.services = append(s.services, a)
	return nil
}

// serveAthena is the main of a query's child.
func serveAthena(ctx context.Context) error { return runathena.Serve(ctx) }

// roleCredentials assumes roles for Glue.
type roleCredentials struct{ s *sts.Service }

// AssumeRole implements glue.RoleCredentials.
func (r roleCredentials) AssumeRole(ctx context.Context, roleARN, service, session, sourceARN string) (aws.Credentials, wire.Principal, error) {
	c, p, err := r.s.AssumeRoleForService(ctx, roleARN, service, session, sourceARN)
	return aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken,
		CanExpire: true, Expires: c.Expiration}, p, err
}

// serviceLogs writes a service's own log lines, as AWS's services do, into the
// account's log groups.
type serviceLogs struct {
	logs   *logssvc.Service
	server *server
}

// PutLines implements glue.LogSink.
func (l serviceLogs) PutLines(ctx context.Context, account, region, group, stream string, at time.Time, lines []string) error {
	c := &wire.Call{Context: ctx, Service: "logs", Account: account, Region: region, Partition: gateway.Partition(l.server.cfg.region), Now: at}
	ops := l.logs.Ops()
	run := func(op string, in any) error {
		_, err := ops[op].Run(c, in)
		var e *wire.Error
		if errors.As(err, &e) && e.Code == "ResourceAlreadyExistsException" {
			return nil
		}
		return err
	}
	events := make([]logs.InputLogEvent, len(lines))
	for i, text := range lines {
		events[i] = logs.InputLogEvent{Timestamp: at.UnixMilli(), Message: text}
	}
	if err := run("CreateLogGroup", &logs.CreateLogGroupRequest{LogGroupName: group}); err != nil {
		return err
	}
	if err := run("CreateLogStream", &logs.CreateLogStreamRequest{LogGroupName: group, LogStreamName: stream}); err != nil {
		return err
	}
	return run("PutLogEvents", &logs.PutLogEventsRequest{LogGroupName: group, LogStreamName: stream, LogEvents: events})
}
