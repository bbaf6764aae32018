package s3_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// TestHugeMultipart uploads an object of WEIR_TEST_HUGE_GB GB in parts of 64 MB,
// four at a time, completes it and reads it back. Completing copies nothing, so
// it takes no longer than for a small object.
func TestHugeMultipart(t *testing.T) {
	gb, err := strconv.Atoi(os.Getenv("WEIR_TEST_HUGE_GB"))
	if err != nil {
		t.Skip("SKIPPED: set WEIR_TEST_HUGE_GB=5 to upload so many GB")
	}
	url, _ := serve(t, "us-east-1")
	c, ctx := sdk(url, "us-east-1"), context.Background()
	made(t, c, "huge")
	bucket, key := aws.String("huge"), aws.String("k")
	up, err := c.CreateMultipartUpload(ctx, &awss3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	const size = 64 << 20
	data := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	parts := make([]types.CompletedPart, gb*16)
	start := time.Now()
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := w; i < len(parts); i += 4 {
				n := aws.Int32(int32(i + 1))
				out, err := c.UploadPart(ctx, &awss3.UploadPartInput{Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: n, Body: bytes.NewReader(data)})
				if err != nil {
					t.Error(err)
					return
				}
				parts[i] = types.CompletedPart{PartNumber: n, ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32}
			}
		})
	}
	wg.Wait()
	uploaded := time.Since(start)
	start = time.Now()
	if _, err := c.CompleteMultipartUpload(ctx, &awss3.CompleteMultipartUploadInput{Bucket: bucket, Key: key, UploadId: up.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}}); err != nil {
		t.Fatal(err)
	}
	completed := time.Since(start)
	start = time.Now()
	out, err := c.GetObject(ctx, &awss3.GetObjectInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, out.Body)
	if err != nil || n != int64(len(parts))*size {
		t.Fatalf("read %d bytes, %v", n, err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d GB: uploaded in %v, completed in %v, read in %v; %d MB from the system", gb, uploaded, completed, time.Since(start), m.Sys>>20)
	if completed > uploaded/4 {
		t.Errorf("completing took %v: is data copied?", completed)
	}
}
