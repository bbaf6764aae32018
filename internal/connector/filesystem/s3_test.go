package filesystem_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http/httptest"
	"testing"
	"time"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"weir/internal/aws/svc/s3"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/connector/awsenv"
	"weir/internal/objstore"
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

// TestBigObject stages an object of several parts and reads it back, from its
// middle too.
func TestBigObject(t *testing.T) {
	env := objstore.Env{FS: vfs.NewMem(), Rand: rand.Reader, Getenv: serveS3(t, "big")}
	store, err := objstore.Open(t.Context(), env, "s3://big/some/prefix/")
	if err != nil {
		t.Fatal(err)
	}
	up, err := store.Begin(t.Context(), "dir/object")
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	var want []byte
	for i := range 11 {
		for k := range block {
			block[k] = byte(i + k>>8)
		}
		want = append(want, block...)
		if _, err := up.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	staged, err := up.Stage(t.Context())
	if err != nil || len(staged.Parts) != 3 {
		t.Fatal(len(staged.Parts), err)
	}
	if _, err := store.Stat(t.Context(), "dir/object"); !errors.Is(err, objstore.ErrNotFound) {
		t.Fatalf("it is there before Complete: %v", err)
	}
	for range 2 {
		if err := store.Complete(t.Context(), staged); err != nil {
			t.Fatal(err)
		}
	}
	o, err := store.Stat(t.Context(), "dir/object")
	if err != nil || o.ETag != staged.ETag || o.Size != int64(len(want)) {
		t.Errorf("got %+v %v, planned %s", o, err, staged.ETag)
	}
	for _, from := range []int64{0, 6_000_000, int64(len(want))} {
		in, err := store.Open(t.Context(), "dir/object", from)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(in)
		if err := errors.Join(err, in.Close()); err != nil || !bytes.Equal(got, want[from:]) {
			t.Errorf("from %d: %d bytes, %v", from, len(got), err)
		}
	}
	if name := store.Name("dir/object"); name != "s3://big/some/prefix/dir/object" {
		t.Errorf("named %s", name)
	}
}
