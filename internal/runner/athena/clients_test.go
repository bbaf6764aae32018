//go:build cgo

package athena_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/aws/s3client"
	"weir/internal/aws/store"
	athenasvc "weir/internal/aws/svc/athena"
	"weir/internal/aws/svc/glue"
	"weir/internal/aws/svc/s3"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	runner "weir/internal/runner/athena"
	"weir/internal/vfs"
)

// rootRole lets a crawl act as root.
type rootRole struct{ iam }

func (rootRole) AssumeRole(context.Context, string, string, string, string) (glue.Credentials, wire.Principal, error) {
	return glue.Credentials{AccessKeyID: gatewaytest.RootAccessKey, SecretAccessKey: gatewaytest.RootSecret},
		wire.Principal{ARN: "arn:aws:sts::012345678901:assumed-role/crawl/AWS-Crawler", Root: true}, nil
}

// TestBoto3 runs testclients/walkthrough.py against a gateway with S3, Glue and
// Athena behind it, all of them the real ones.
func TestBoto3(t *testing.T) {
	python, err := exec.LookPath("python3")
	if p := os.Getenv("WEIR_TEST_PYTHON"); p != "" {
		python, err = p, nil
	}
	if err != nil {
		t.Skip("SKIPPED: python3 is not here")
	}
	if err := exec.Command(python, "-c", "import boto3").Run(); err != nil {
		t.Skip("SKIPPED: python3 has no boto3 (pip install boto3)")
	}
	server := serveAll(t)
	cmd := exec.Command(python, "testclients/walkthrough.py")
	cmd.Env = append(os.Environ(), server.Env()...)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}

func serveAll(t *testing.T) *gatewaytest.Server {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(vfs.NewMem(), "meta")
	if err != nil {
		t.Fatal(err)
	}
	keys := gatewaytest.Root{Region: "us-east-1"}
	objects, err := s3.New(s3.Deps{FS: vfs.OS(), Dir: t.TempDir(), Clock: clock.System{}, Rand: rand.Reader,
		Account: gatewaytest.Account, Region: "us-east-1", Partition: "aws", Credentials: keys})
	if err != nil {
		t.Fatal(err)
	}
	inner := httptest.NewServer(objects.Handler())
	client := s3client.New(inner.URL, "us-east-1", http.DefaultClient)
	g, err := glue.New(glue.Deps{DB: db, Clock: clock.System{}, Rand: rand.Reader, Roles: rootRole{}, Objects: client, Logs: iam{}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := athenasvc.New(athenasvc.Deps{
		DB: db, Clock: clock.System{}, Rand: rand.Reader, FS: vfs.OS(), Dir: filepath.Join(t.TempDir(), "athena"), Worker: runner.Starter{Executable: self},
		Catalog: athenasvc.CatalogOf(g), Objects: client, Keys: keys,
		Files: athenasvc.FilesFunc(func(ctx context.Context, bucket, key string) (string, func() error, error) {
			l, err := objects.Local(ctx, bucket, key)
			if err != nil {
				return "", nil, err
			}
			return l.Path, l.Release, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		err := errors.Join(a.Close(), g.Close())
		inner.Close()
		if err := errors.Join(err, objects.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return gatewaytest.Start(t, gatewaytest.Options{S3: objects.Handler(), Credentials: keys}, g, a)
}
