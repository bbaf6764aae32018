// Package s3client is S3 over the wire for services of this process that act
// for someone: a crawler's role, the caller of a query. Every call carries the
// credentials it is made with, so that S3 decides what they may do.
//
// It must not be given credentials of the server's own, nor retry for long: a
// refusal is an answer.
package s3client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"weir/internal/objstore"
)

// Client speaks to one S3 endpoint. It is safe for concurrent use.
type Client struct{ api *s3.Client }

// New makes a client of the endpoint ("http://127.0.0.1:4566") in a region.
func New(endpoint, region string, client *http.Client) *Client {
	return &Client{s3.New(s3.Options{
		BaseEndpoint: &endpoint, Region: region, UsePathStyle: true, HTTPClient: client,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})}
}

func as(cred aws.Credentials) func(*s3.Options) {
	return func(o *s3.Options) {
		o.Credentials = credentials.StaticCredentialsProvider{Value: cred}
	}
}

// plain is an error in S3's own words, without the SDK's around them.
func plain(err error) error {
	var e smithy.APIError
	if errors.As(err, &e) {
		msg := e.ErrorMessage()
		if msg == "" {
			msg = e.ErrorCode()
		}
		return fmt.Errorf("%s (Service: Amazon S3; Error Code: %s)", msg, e.ErrorCode())
	}
	return err
}

// List calls each for every object under prefix in the order of keys.
func (c *Client) List(ctx context.Context, cred aws.Credentials, bucket, prefix string, each func(objstore.Object) error) error {
	pages := s3.NewListObjectsV2Paginator(c.api, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx, as(cred))
		if err != nil {
			return plain(err)
		}
		for _, o := range page.Contents {
			if err := each(objstore.Object{Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), ETag: aws.ToString(o.ETag), Modified: aws.ToTime(o.LastModified)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Head fails unless the object can be read.
func (c *Client) Head(ctx context.Context, cred aws.Credentials, bucket, key string) (objstore.Object, error) {
	out, err := c.api.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key}, as(cred))
	if err != nil {
		return objstore.Object{}, plain(err)
	}
	return objstore.Object{Key: key, Size: aws.ToInt64(out.ContentLength), ETag: aws.ToString(out.ETag), Modified: aws.ToTime(out.LastModified)}, nil
}

// Read is at most n bytes from offset, and the object's size; an offset at the
// end or behind it gives no bytes.
func (c *Client) Read(ctx context.Context, cred aws.Credentials, bucket, key string, offset, n int64) ([]byte, int64, error) {
	span := fmt.Sprintf("bytes=%d-%d", offset, offset+n-1)
	out, err := c.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key, Range: &span}, as(cred))
	var e smithy.APIError
	if errors.As(err, &e) && e.ErrorCode() == "InvalidRange" {
		o, err := c.Head(ctx, cred, bucket, key)
		return nil, o.Size, err
	}
	if err != nil {
		return nil, 0, plain(err)
	}
	data, err := io.ReadAll(out.Body)
	if cerr := out.Body.Close(); err == nil {
		err = cerr
	}
	size := int64(len(data)) + offset
	if _, total, ok := strings.Cut(aws.ToString(out.ContentRange), "/"); ok {
		if t, perr := strconv.ParseInt(total, 10, 64); perr == nil {
			size = t
		}
	}
	return data, size, err
}

// Put writes an object.
func (c *Client) Put(ctx context.Context, cred aws.Credentials, bucket, key, contentType string, body io.ReadSeeker, size int64) error {
	_, err := c.api.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, ContentType: &contentType, Body: body, ContentLength: &size}, as(cred))
	return plain(err)
}
