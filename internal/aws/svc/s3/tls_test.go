package s3_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"weir/internal/aws/svc/s3"
)

// TestSecureTransport checks that policies learn whether the client came over
// TLS although versitygw only sees the inner socket.
func TestSecureTransport(t *testing.T) {
	plain, svc := serve(t, "us-east-1")
	over := httptest.NewTLSServer(svc.Handler())
	defer over.Close()
	ctx := context.Background()
	root := sdk(plain, "us-east-1")
	made(t, root, "vault")
	bucket := aws.String("vault")
	if _, err := root.PutObject(ctx, &awss3.PutObjectInput{Bucket: bucket, Key: aws.String("k"), Body: bytes.NewReader([]byte("x"))}); err != nil {
		t.Fatal(err)
	}
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*",
		"Resource":["arn:aws:s3:::vault","arn:aws:s3:::vault/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`
	if _, err := root.PutBucketPolicy(ctx, &awss3.PutBucketPolicyInput{Bucket: bucket, Policy: &policy}); err != nil {
		t.Fatal(err)
	}
	get := func(url string) error {
		o := sdk(url, "us-east-1").Options()
		o.Credentials = alice{}
		o.HTTPClient = over.Client()
		_, err := awss3.New(o).GetObject(ctx, &awss3.GetObjectInput{Bucket: bucket, Key: aws.String("k")})
		return err
	}
	if err := get(plain); err == nil || !strings.Contains(err.Error(), "explicit deny in a resource-based policy") {
		t.Errorf("without TLS: %v", err)
	}
	if err := get(over.URL); err != nil {
		t.Errorf("over TLS: %v", err)
	}
	out, err := root.GetBucketPolicy(ctx, &awss3.GetBucketPolicyInput{Bucket: bucket})
	if err != nil || *out.Policy != policy {
		t.Errorf("the policy comes back as %v, %v", out, err)
	}
}

// alice is the credentials of the user of that name.
type alice struct{}

func (alice) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: aliceKey, SecretAccessKey: secret}, nil
}

// TestLocal gives Athena a file of an object, also of one made of parts.
func TestLocal(t *testing.T) {
	url, svc := serve(t, "us-east-1")
	c, ctx := sdk(url, "us-east-1"), context.Background()
	made(t, c, "data")
	_, err := c.PutObject(ctx, &awss3.PutObjectInput{Bucket: aws.String("data"), Key: aws.String("t/part-0"), Body: bytes.NewReader([]byte("1,2\n"))})
	if err != nil {
		t.Fatal(err)
	}
	l, err := svc.Local(ctx, "data", "t/part-0")
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, l.Path); got != "1,2\n" {
		t.Errorf("the file has %q", got)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	if _, err := svc.Local(ctx, "data", "none"); !s3.IsNotFound(err) {
		t.Errorf("a missing object: %v", err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
