package objstore

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"weir/internal/connector/awsenv"
	"weir/internal/errs"
)

// partSize is the least size of a part that is not the last (S3's own limit).
const partSize = 5 << 20

// bucket keeps objects below a prefix of an S3 bucket.
type bucket struct {
	api    *s3.Client
	scheme string
	name   string
	prefix string // "" or ending in a slash
}

// s3Settings are Flink's names for what awsenv takes.
var s3Settings = map[string]string{
	"s3.access-key": "aws.credentials.basic.accesskeyid", "s3.secret-key": "aws.credentials.basic.secretkey",
	"s3.endpoint": "aws.endpoint", "s3.endpoint.region": "aws.region",
}

func openS3(ctx context.Context, env Env, scheme, where string) (Store, error) {
	name, prefix, _ := strings.Cut(where, "/")
	if name == "" {
		return nil, errs.New(errs.Invalid, "path.bucket", "path '%s://%s' names no bucket", scheme, where)
	}
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix += "/"
	}
	options := map[string]string{}
	for flink, ours := range s3Settings {
		if v := env.Config[flink]; v != "" {
			options[ours] = v
		}
	}
	cfg, err := awsenv.Load(ctx, env.Getenv, options)
	if err != nil {
		return nil, err
	}
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	endpoint := awsenv.Endpoint(env.Getenv, "S3", options)
	api := s3.NewFromConfig(cfg, func(o *s3.Options) {
		if endpoint != "" {
			o.BaseEndpoint = &endpoint
			o.UsePathStyle = env.Config["s3.path.style.access"] != "false"
		}
		// The parts' ETags are what Complete is checked by; further checksums
		// other S3 servers may not know.
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	})
	return &bucket{api: api, scheme: scheme, name: name, prefix: prefix}, nil
}

func (b *bucket) key(key string) *string {
	if key == "" {
		return aws.String(strings.TrimSuffix(b.prefix, "/"))
	}
	return aws.String(b.prefix + key)
}

// Name implements Store.
func (b *bucket) Name(key string) string { return b.scheme + "://" + b.name + "/" + *b.key(key) }

// wrap says what was done to which object, and turns 404 into ErrNotFound.
func (b *bucket) wrap(err error, doing, key string) error {
	if err == nil {
		return nil
	}
	var re *awshttp.ResponseError
	if errors.As(err, &re) && re.HTTPStatusCode() == http.StatusNotFound && code(err) != "NoSuchBucket" {
		return fmt.Errorf("%s %s: %w", doing, b.Name(key), ErrNotFound)
	}
	return fmt.Errorf("%s %s: %w", doing, b.Name(key), err)
}

func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
}

// List implements Store.
func (b *bucket) List(ctx context.Context, prefix string, yield func(Object) error) error {
	if b.prefix != "" && prefix == "" { // the path may be an object
		if o, err := b.Stat(ctx, ""); err == nil {
			return yield(o)
		} else if !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	found := false
	pages := s3.NewListObjectsV2Paginator(b.api, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: aws.String(b.prefix + prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return b.wrap(err, "listing", prefix)
		}
		for _, o := range page.Contents {
			found = true
			key := strings.TrimPrefix(*o.Key, b.prefix)
			if strings.HasSuffix(key, "/") || key == "" { // a folder made in the console
				continue
			}
			err := yield(Object{Key: key, Size: aws.ToInt64(o.Size), Modified: aws.ToTime(o.LastModified), ETag: plain(o.ETag)})
			if err != nil {
				return err
			}
		}
	}
	if !found && b.prefix != "" {
		return fmt.Errorf("%s: %w", b.Name(prefix), ErrNotFound)
	}
	return nil
}

func plain(etag *string) string { return strings.Trim(aws.ToString(etag), `"`) }

// Open implements Store.
func (b *bucket) Open(ctx context.Context, key string, from int64) (io.ReadCloser, error) {
	in := &s3.GetObjectInput{Bucket: &b.name, Key: b.key(key)}
	if from > 0 {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", from))
	}
	out, err := b.api.GetObject(ctx, in)
	if code(err) == "InvalidRange" { // at its end
		return io.NopCloser(bytes.NewReader(nil)), nil
	}
	if err != nil {
		return nil, b.wrap(err, "reading", key)
	}
	return out.Body, nil
}

// Stat implements Store.
func (b *bucket) Stat(ctx context.Context, key string) (Object, error) {
	out, err := b.api.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.name, Key: b.key(key)})
	if err != nil {
		return Object{}, b.wrap(err, "looking at", key)
	}
	return Object{Key: key, Size: aws.ToInt64(out.ContentLength), Modified: aws.ToTime(out.LastModified), ETag: plain(out.ETag)}, nil
}

// Put implements Store.
func (b *bucket) Put(ctx context.Context, key string, data []byte) error {
	_, err := b.api.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.name, Key: b.key(key), Body: bytes.NewReader(data)})
	return b.wrap(err, "writing", key)
}

// Delete implements Store.
func (b *bucket) Delete(ctx context.Context, key string) error {
	_, err := b.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: b.key(key)})
	return b.wrap(err, "deleting", key)
}

// Begin implements Store. The upload is created with its first part.
func (b *bucket) Begin(ctx context.Context, key string) (Upload, error) {
	return &s3Upload{b: b, ctx: ctx, staged: Staged{Key: key}}, nil
}

// s3Upload is a multipart upload; its tail is in memory.
type s3Upload struct {
	b      *bucket
	ctx    context.Context // of the writer, for the parts sent by Write
	buf    []byte
	staged Staged
	done   bool
}

// Write implements Upload.
func (u *s3Upload) Write(p []byte) (int, error) {
	u.buf = append(u.buf, p...)
	u.staged.Size += int64(len(p))
	if len(u.buf) < partSize {
		return len(p), nil
	}
	return len(p), u.flush(u.ctx)
}

// Held implements Upload.
func (u *s3Upload) Held() int { return len(u.buf) }

func (u *s3Upload) flush(ctx context.Context) error {
	if u.staged.ID == "" {
		out, err := u.b.api.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &u.b.name, Key: u.b.key(u.staged.Key)})
		if err != nil {
			return u.b.wrap(err, "starting the upload of", u.staged.Key)
		}
		u.staged.ID = *out.UploadId
	}
	n := int32(len(u.staged.Parts) + 1)
	out, err := u.b.api.UploadPart(ctx, &s3.UploadPartInput{Bucket: &u.b.name, Key: u.b.key(u.staged.Key),
		UploadId: &u.staged.ID, PartNumber: &n, Body: bytes.NewReader(u.buf)})
	if err != nil {
		return u.b.wrap(err, fmt.Sprintf("uploading part %d of", n), u.staged.Key)
	}
	u.staged.Parts = append(u.staged.Parts, Part{n, plain(out.ETag)})
	u.buf = u.buf[:0]
	return nil
}

// Stage implements Upload.
func (u *s3Upload) Stage(ctx context.Context) (Staged, error) {
	if len(u.buf) > 0 || len(u.staged.Parts) == 0 {
		if err := u.flush(ctx); err != nil {
			return Staged{}, err
		}
	}
	u.done, u.buf = true, nil
	u.staged.ETag = planned(u.staged.Parts)
	return u.staged, nil
}

// planned is the ETag S3 gives to an object of these parts: the MD5 of their
// MD5s. Parts encrypted with a KMS key have other ETags, and so does the object.
func planned(parts []Part) string {
	sum := md5.New()
	for _, p := range parts {
		d, err := hex.DecodeString(p.ETag)
		if err != nil || len(d) != md5.Size {
			return ""
		}
		sum.Write(d)
	}
	return fmt.Sprintf("%x-%d", sum.Sum(nil), len(parts))
}

// Abort implements Upload.
func (u *s3Upload) Abort(ctx context.Context) error {
	if u.done || u.staged.ID == "" {
		return nil
	}
	u.done = true
	return u.b.abort(ctx, u.staged.Key, u.staged.ID)
}

func (b *bucket) abort(ctx context.Context, key, id string) error {
	_, err := b.api.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &b.name, Key: b.key(key), UploadId: &id})
	if err == nil || code(err) == "NoSuchUpload" {
		return nil
	}
	return b.wrap(err, "aborting the upload of", key)
}

// Complete implements Store.
func (b *bucket) Complete(ctx context.Context, s Staged) error {
	parts := make([]types.CompletedPart, len(s.Parts))
	for i, p := range s.Parts {
		parts[i] = types.CompletedPart{PartNumber: &p.Number, ETag: aws.String(`"` + p.ETag + `"`)}
	}
	_, err := b.api.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &b.name, Key: b.key(s.Key),
		UploadId: &s.ID, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}})
	if code(err) != "NoSuchUpload" {
		return b.wrap(err, "completing the upload of", s.Key)
	}
	o, serr := b.Stat(ctx, s.Key)
	switch {
	case errors.Is(serr, ErrNotFound):
		return fmt.Errorf("cannot complete %s: its upload %s is gone and so is the object", b.Name(s.Key), s.ID)
	case serr != nil:
		return serr
	case o.Size != s.Size || s.ETag != "" && o.ETag != s.ETag && strings.Contains(o.ETag, "-"):
		return fmt.Errorf("cannot complete %s: its upload %s is gone and the object there is another one (%d bytes, ETag %s; %d bytes, ETag %s were staged)",
			b.Name(s.Key), s.ID, o.Size, o.ETag, s.Size, s.ETag)
	}
	return nil
}

// Sweep implements Store. Without the right to list uploads there is nothing
// to be done: the bucket's lifecycle rules end them.
func (b *bucket) Sweep(ctx context.Context, mine func(string) bool) error {
	pages := s3.NewListMultipartUploadsPaginator(b.api, &s3.ListMultipartUploadsInput{Bucket: &b.name, Prefix: &b.prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if c := code(err); c == "AccessDenied" || c == "NoSuchBucket" || c == "NotImplemented" {
			return nil
		}
		if err != nil {
			return b.wrap(err, "listing the uploads of", "")
		}
		for _, u := range page.Uploads {
			if !mine(path.Base(*u.Key)) {
				continue
			}
			if err := b.abort(ctx, strings.TrimPrefix(*u.Key, b.prefix), *u.UploadId); err != nil {
				return err
			}
		}
	}
	return nil
}
