package s3

import (
	"context"
	"strings"

	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3err"

	"weir/internal/aws/svc/s3/objects"
)

// maxTags is the most tags an object has.
const maxTags = 10

// objectTags reads an x-amz-tagging header.
func objectTags(header *string) (map[string]string, error) {
	tags, err := backend.ParseObjectTags(cloned(header))
	if err == nil && len(tags) > maxTags {
		err = s3err.GetAPIError(s3err.ErrObjectTaggingLimited)
	}
	return tags, err
}

// GetObjectTagging implements backend.Backend.
func (s *store) GetObjectTagging(_ context.Context, bucket, key, version string) (map[string]string, error) {
	o, err := s.objects.Object(bucket, key, strings.Clone(version))
	return o.Tags, missing(o, err, bucket, key, version)
}

// PutObjectTagging implements backend.Backend.
func (s *store) PutObjectTagging(_ context.Context, bucket, key, version string, tags map[string]string) error {
	kept := clonedMap(tags)
	o, err := s.objects.Update(strings.Clone(bucket), strings.Clone(key), strings.Clone(version), func(o *objects.Object) {
		o.Tags = kept
	})
	return missing(o, err, bucket, key, version)
}

// DeleteObjectTagging implements backend.Backend.
func (s *store) DeleteObjectTagging(ctx context.Context, bucket, key, version string) error {
	return s.PutObjectTagging(ctx, bucket, key, version, nil)
}
