package s3

import (
	"context"
	"errors"
	"slices"
	"strings"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"

	"weir/internal/aws/svc/s3/objects"
)

// store is versitygw's backend over objects.
type store struct {
	backend.BackendUnsupported
	objects *objects.Store
	deps    Deps
}

var _ backend.Backend = (*store)(nil)

// String implements backend.Backend.
func (s *store) String() string { return "Weir" }

// apiError is an error of the object store in S3's words.
func apiError(err error, bucket, key string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, objects.ErrNoBucket):
		return s3err.GetBucketErr(s3err.ErrNoSuchBucket, strings.Clone(bucket))
	case errors.Is(err, objects.ErrNotEmpty):
		return s3err.GetBucketErr(s3err.ErrBucketNotEmpty, strings.Clone(bucket))
	case errors.Is(err, objects.ErrNoKey):
		return s3err.GetAPIError(s3err.ErrNoSuchKey)
	case errors.Is(err, objects.ErrDiskFull):
		e := s3err.GetAPIError(s3err.ErrNoSpaceLeftOnDevice)
		e.Description = err.Error()
		return e
	}
	return err
}

// versionError is apiError where a version or upload was asked for.
func versionError(err error, bucket, key, id string) error {
	if errors.Is(err, objects.ErrNoVersion) {
		return s3err.GetNoSuchVersionErr(strings.Clone(key), strings.Clone(id))
	}
	if errors.Is(err, objects.ErrNoUpload) {
		return s3err.GetNoSuchUploadErr(strings.Clone(id))
	}
	return apiError(err, bucket, key)
}

// update changes a bucket.
func (s *store) update(bucket string, change func(*objects.Bucket) error) error {
	return apiError(s.objects.UpdateBucket(strings.Clone(bucket), change), bucket, "")
}

// document is a bucket's document, "" when there is none.
func (s *store) document(bucket, name string) (string, error) {
	b, err := s.objects.Bucket(bucket)
	return b.Documents[name], apiError(err, bucket, "")
}

func (s *store) putDocument(bucket, name string, text []byte) error {
	kept := string(text)
	return s.update(bucket, func(b *objects.Bucket) error { b.Documents[name] = kept; return nil })
}

func (s *store) dropDocument(bucket, name string) error {
	return s.update(bucket, func(b *objects.Bucket) error { delete(b.Documents, name); return nil })
}

// ListBuckets implements backend.Backend.
func (s *store) ListBuckets(_ context.Context, in s3response.ListBucketsInput) (s3response.ListAllMyBucketsResult, error) {
	out := s3response.ListAllMyBucketsResult{Owner: s3response.CanonicalUser{ID: s.deps.Account}, Prefix: in.Prefix}
	for _, b := range s.objects.Buckets() {
		if !strings.HasPrefix(b.Name, in.Prefix) || b.Name <= in.ContinuationToken {
			continue
		}
		if in.MaxBuckets > 0 && len(out.Buckets.Bucket) == int(in.MaxBuckets) {
			out.ContinuationToken = out.Buckets.Bucket[len(out.Buckets.Bucket)-1].Name
			break
		}
		out.Buckets.Bucket = append(out.Buckets.Bucket, s3response.ListAllMyBucketsEntry{
			Name: b.Name, BucketRegion: s.deps.Region, CreationDate: b.Created,
		})
	}
	return out, nil
}

// HeadBucket implements backend.Backend.
func (s *store) HeadBucket(_ context.Context, in *awss3.HeadBucketInput) (*awss3.HeadBucketOutput, error) {
	_, err := s.objects.Bucket(*in.Bucket)
	return &awss3.HeadBucketOutput{}, apiError(err, *in.Bucket, "")
}

// CreateBucket implements backend.Backend. In us-east-1 making one's own bucket
// again succeeds, elsewhere it is an error, as on AWS.
func (s *store) CreateBucket(_ context.Context, in *awss3.CreateBucketInput, acl []byte) error {
	if in.ObjectLockEnabledForBucket != nil && *in.ObjectLockEnabledForBucket {
		return s3err.GetNotImplementedErr("x-amz-bucket-object-lock-enabled", "")
	}
	if strings.Contains(*in.Bucket, "..") { // versitygw's check lets it pass
		return s3err.GetBucketErr(s3err.ErrInvalidBucketName, strings.Clone(*in.Bucket))
	}
	b := objects.Bucket{
		Name: strings.Clone(*in.Bucket), ACL: slices.Clone(acl),
		Ownership: strings.Clone(string(in.ObjectOwnership)),
		Documents: map[string]string{"publicAccessBlock": newBlock},
	}
	if c := in.CreateBucketConfiguration; c != nil {
		tags, err := backend.ParseCreateBucketTags(c.Tags)
		if err != nil {
			return err
		}
		b.Tags = clonedMap(tags)
	}
	err := s.objects.CreateBucket(b)
	if errors.Is(err, objects.ErrBucketExists) {
		if s.deps.Region == "us-east-1" {
			return nil
		}
		return s3err.GetBucketErr(s3err.ErrBucketAlreadyOwnedByYou, b.Name)
	}
	return apiError(err, b.Name, "")
}

// DeleteBucket implements backend.Backend.
func (s *store) DeleteBucket(_ context.Context, bucket string) error {
	return apiError(s.objects.DeleteBucket(strings.Clone(bucket)), bucket, "")
}

// PutBucketVersioning implements backend.Backend.
func (s *store) PutBucketVersioning(_ context.Context, bucket string, status types.BucketVersioningStatus) error {
	return s.update(bucket, func(b *objects.Bucket) error { b.Versioning = strings.Clone(string(status)); return nil })
}

// GetBucketVersioning implements backend.Backend.
func (s *store) GetBucketVersioning(_ context.Context, bucket string) (s3response.GetBucketVersioningOutput, error) {
	b, err := s.objects.Bucket(bucket)
	if err != nil || b.Versioning == "" {
		return s3response.GetBucketVersioningOutput{}, apiError(err, bucket, "")
	}
	status := types.BucketVersioningStatus(b.Versioning)
	return s3response.GetBucketVersioningOutput{Status: &status}, nil
}

// GetBucketTagging implements backend.Backend.
func (s *store) GetBucketTagging(_ context.Context, bucket string) (map[string]string, error) {
	b, err := s.objects.Bucket(bucket)
	if err != nil {
		return nil, apiError(err, bucket, "")
	}
	if len(b.Tags) == 0 {
		return nil, s3err.GetAPIError(s3err.ErrBucketTaggingNotFound)
	}
	return b.Tags, nil
}

// PutBucketTagging implements backend.Backend.
func (s *store) PutBucketTagging(_ context.Context, bucket string, tags map[string]string) error {
	kept := clonedMap(tags)
	return s.update(bucket, func(b *objects.Bucket) error { b.Tags = kept; return nil })
}

// DeleteBucketTagging implements backend.Backend.
func (s *store) DeleteBucketTagging(_ context.Context, bucket string) error {
	return s.update(bucket, func(b *objects.Bucket) error { b.Tags = nil; return nil })
}

// GetBucketCors implements backend.Backend.
func (s *store) GetBucketCors(_ context.Context, bucket string) ([]byte, error) {
	return s.xmlDocument(bucket, "cors", s3err.ErrNoSuchCORSConfiguration)
}

// PutBucketCors implements backend.Backend.
func (s *store) PutBucketCors(_ context.Context, bucket string, cors []byte) error {
	return s.putDocument(bucket, "cors", cors)
}

// DeleteBucketCors implements backend.Backend.
func (s *store) DeleteBucketCors(_ context.Context, bucket string) error {
	return s.dropDocument(bucket, "cors")
}

// GetBucketWebsite implements backend.Backend.
func (s *store) GetBucketWebsite(_ context.Context, bucket string) ([]byte, error) {
	return s.xmlDocument(bucket, "website", s3err.ErrNoSuchWebsiteConfiguration)
}

// PutBucketWebsite implements backend.Backend.
func (s *store) PutBucketWebsite(_ context.Context, bucket string, website []byte) error {
	return s.putDocument(bucket, "website", website)
}

// DeleteBucketWebsite implements backend.Backend.
func (s *store) DeleteBucketWebsite(_ context.Context, bucket string) error {
	return s.dropDocument(bucket, "website")
}

func (s *store) xmlDocument(bucket, name string, missing s3err.ErrorCode) ([]byte, error) {
	text, err := s.document(bucket, name)
	if err == nil && text == "" {
		err = s3err.GetAPIError(missing)
	}
	return []byte(text), err
}

// GetObjectLockConfiguration implements backend.Backend: no bucket has one.
func (s *store) GetObjectLockConfiguration(_ context.Context, bucket string) ([]byte, error) {
	if _, err := s.objects.Bucket(bucket); err != nil {
		return nil, apiError(err, bucket, "")
	}
	return nil, s3err.GetAPIError(s3err.ErrObjectLockConfigurationNotFound)
}

// clonedMap copies a map whose strings alias a request.
func clonedMap(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[strings.Clone(k)] = strings.Clone(v)
	}
	return out
}
