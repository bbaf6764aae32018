package filesystem_test

import (
	"context"
	"crypto/rand"
	"net/http/httptest"
	"testing"
	"time"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"weir/internal/aws/svc/s3"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/connector/awsenv"
	"weir/internal/vfs"
)

// serveS3 starts the project's own S3 with a bucket, and returns the
// environment with which connectors reach it.
func serveS3(t testing.TB, bucket string) func(string) string {
	t.Helper()
	svc, err := s3.New(s3.Deps{FS: vfs.OS(), Dir: t.TempDir(), Clock: clock.System{}, Account: "012345678901",
		Region: "us-east-1", Partition: "aws", Credentials: rootOnly{}, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(svc.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := svc.Close(); err != nil {
			t.Error(err)
		}
	})
	vars := map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIAROOTROOTROOTROOT",
		"AWS_SECRET_ACCESS_KEY": "secret", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
	getenv := func(k string) string { return vars[k] }
	cfg, err := awsenv.Load(t.Context(), getenv, nil)
	if err != nil {
		t.Fatal(err)
	}
	api := awss3.NewFromConfig(cfg, func(o *awss3.Options) { o.UsePathStyle = true })
	if _, err := api.CreateBucket(t.Context(), &awss3.CreateBucketInput{Bucket: &bucket}); err != nil {
		t.Fatal(err)
	}
	return getenv
}

type rootOnly struct{}

func (rootOnly) Credentials(_ context.Context, key string) (string, string, wire.Principal, time.Time, error) {
	return "secret", "", wire.Principal{ARN: "arn:aws:iam::012345678901:root", Account: "012345678901", Root: true, AccessKey: key}, time.Time{}, nil
}
