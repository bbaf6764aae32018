package s3_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
)

// sdk is the Go SDK's client of a server.
func sdk(url, region string) *awss3.Client {
	return awss3.New(awss3.Options{
		Region: region, BaseEndpoint: &url, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(rootKey, secret, ""),
	})
}

func made(t testing.TB, c *awss3.Client, bucket string) {
	t.Helper()
	if _, err := c.CreateBucket(context.Background(), &awss3.CreateBucketInput{Bucket: &bucket}); err != nil {
		t.Fatal(err)
	}
}

// parallel runs f b.N times from 16 goroutines.
func parallel(b *testing.B, f func(i int64) error) {
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range 16 {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := f(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

func BenchmarkSmall(b *testing.B) {
	url, _ := serve(b, "us-east-1")
	c, ctx := sdk(url, "us-east-1"), context.Background()
	made(b, c, "bench")
	data := bytes.Repeat([]byte("x"), 1024)
	key := func(i int64) *string { return aws.String(fmt.Sprintf("k%06d", i%10000)) }
	b.Run("put", func(b *testing.B) {
		parallel(b, func(i int64) error {
			_, err := c.PutObject(ctx, &awss3.PutObjectInput{Bucket: aws.String("bench"), Key: key(i), Body: bytes.NewReader(data)})
			return err
		})
	})
	if _, err := c.PutObject(ctx, &awss3.PutObjectInput{Bucket: aws.String("bench"), Key: key(1), Body: bytes.NewReader(data)}); err != nil {
		b.Fatal(err)
	}
	b.Run("get", func(b *testing.B) {
		parallel(b, func(i int64) error {
			out, err := c.GetObject(ctx, &awss3.GetObjectInput{Bucket: aws.String("bench"), Key: key(1)})
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, out.Body)
			return err
		})
	})
}

func BenchmarkLarge(b *testing.B) {
	url, _ := serve(b, "us-east-1")
	c, ctx := sdk(url, "us-east-1"), context.Background()
	made(b, c, "bench")
	data := bytes.Repeat([]byte("0123456789abcdef"), 4<<20)
	b.Run("put64MB", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := c.PutObject(ctx, &awss3.PutObjectInput{Bucket: aws.String("bench"), Key: aws.String("k"), Body: bytes.NewReader(data)}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("get64MB", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			out, err := c.GetObject(ctx, &awss3.GetObjectInput{Bucket: aws.String("bench"), Key: aws.String("k")})
			if err != nil {
				b.Fatal(err)
			}
			if n, err := io.Copy(io.Discard, out.Body); err != nil || n != int64(len(data)) {
				b.Fatal(n, err)
			}
		}
	})
}
