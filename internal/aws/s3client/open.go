package s3client

import (
	"context"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Open reads the whole of an object; version "" is the current one.
func (c *Client) Open(ctx context.Context, cred aws.Credentials, bucket, key, version string) (io.ReadCloser, int64, error) {
	in := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
	if version != "" {
		in.VersionId = &version
	}
	out, err := c.api.GetObject(ctx, in, as(cred))
	if err != nil {
		return nil, 0, plain(err)
	}
	return out.Body, aws.ToInt64(out.ContentLength), nil
}
