package s3

import (
	"context"
	"strings"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"

	"weir/internal/aws/svc/s3/objects"
)

// maxKey is the length of the longest key, in bytes.
const maxKey = 1024

// name clones and checks a bucket's and an object's name.
func name(bucket, key *string) (string, string, error) {
	if len(*key) > maxKey {
		return "", "", s3err.GetKeyTooLongErr(int64(len(*key)), maxKey)
	}
	return strings.Clone(*bucket), strings.Clone(*key), nil
}

// putCondition is the condition of a conditional write.
func putCondition(ifMatch, ifNoneMatch *string) objects.Condition {
	if ifMatch == nil && ifNoneMatch == nil {
		return nil
	}
	return func(cur *objects.Object) error {
		etag := ""
		if cur != nil {
			etag = cur.ETag
		}
		return backend.EvaluateObjectPutPreconditions(etag, ifMatch, ifNoneMatch, cur != nil)
	}
}

// early asks a condition before the data is read, so that a write that cannot
// succeed costs little; it is asked again when the object is written.
func (s *store) early(bucket, key string, cond objects.Condition) error {
	cur, err := s.objects.Object(bucket, key, "")
	if err != nil {
		if err = apiError(err, bucket, key); isNoKey(err) {
			err = nil
		}
		if err != nil || cond == nil {
			return err
		}
		return cond(nil)
	}
	if cond == nil {
		return nil
	}
	return cond(&cur)
}

// PutObject implements backend.Backend.
func (s *store) PutObject(_ context.Context, in s3response.PutObjectInput) (out s3response.PutObjectOutput, err error) {
	bucket, key, err := name(in.Bucket, in.Key)
	if err != nil {
		return out, err
	}
	tags, err := objectTags(in.Tagging)
	if err != nil {
		return out, err
	}
	cond := putCondition(in.IfMatch, in.IfNoneMatch)
	if err := s.early(bucket, key, cond); err != nil {
		return out, err
	}
	data, err := newBody(in.Body, sums{
		in.ChecksumCRC32, in.ChecksumCRC32C, in.ChecksumCRC64NVME, in.ChecksumSHA1, in.ChecksumSHA256,
		[]*string{in.ChecksumSHA512, in.ChecksumMD5, in.ChecksumXXHASH64, in.ChecksumXXHASH3, in.ChecksumXXHASH128},
	}, string(in.ChecksumAlgorithm), false)
	if err != nil {
		return out, err
	}
	draft, err := s.objects.Stage(data)
	if err != nil {
		return out, apiError(err, bucket, key)
	}
	defer func() { draft.Finish(err) }()
	if err := complete(draft.Size(), in.ContentLength); err != nil {
		return out, err
	}
	o, err := s.objects.Put(bucket, objects.Object{
		Key: key, Size: draft.Size(), ETag: data.etag(), Files: draft.Files, Tags: tags,
		Headers: headers(in.ContentType, in.ContentEncoding, in.ContentDisposition, in.ContentLanguage,
			in.CacheControl, in.Expires, in.WebsiteRedirectLocation),
		Meta: clonedMap(in.Metadata), Checksum: data.checksum(),
	}, cond)
	if err != nil {
		return out, apiError(err, bucket, key)
	}
	return putOutput(&o), nil
}

// complete checks that all of the announced data came.
func complete(size int64, announced *int64) error {
	if announced != nil && size < *announced {
		return s3err.APIError{
			Code: "IncompleteBody", Description: "You did not provide the number of bytes specified by the Content-Length HTTP header.",
			HTTPStatusCode: 400,
		}
	}
	return nil
}

func putOutput(o *objects.Object) s3response.PutObjectOutput {
	c := shown(o.Checksum)
	return s3response.PutObjectOutput{
		ETag: quoted(o.ETag), VersionID: o.Version, ChecksumType: types.ChecksumType(o.Checksum.Type),
		ChecksumCRC32: c.crc32, ChecksumCRC32C: c.crc32c, ChecksumCRC64NVME: c.crc64,
		ChecksumSHA1: c.sha1, ChecksumSHA256: c.sha256,
	}
}

// CopyObject implements backend.Backend. The copy shares the source's files.
func (s *store) CopyObject(_ context.Context, in s3response.CopyObjectInput) (out s3response.CopyObjectOutput, err error) {
	bucket, key, err := name(in.Bucket, in.Key)
	if err != nil {
		return out, err
	}
	src, err := s.source(in.CopySource)
	if err != nil {
		return out, err
	}
	defer func() {
		if cerr := src.Close(); err == nil {
			err = cerr
		}
	}()
	err = backend.EvaluatePreconditions(src.Object.ETag, modified(&src.Object), backend.PreConditions{
		IfMatch: in.CopySourceIfMatch, IfNoneMatch: in.CopySourceIfNoneMatch,
		IfModSince: in.CopySourceIfModifiedSince, IfUnmodeSince: in.CopySourceIfUnmodifiedSince,
	})
	if err != nil {
		return out, s3err.GetAPIError(s3err.ErrPreconditionFailed)
	}
	replace := in.MetadataDirective == types.MetadataDirectiveReplace
	if src.bucket == bucket && src.Object.Key == key && src.version == "" && !replace && in.StorageClass == "" {
		return out, s3err.GetAPIError(s3err.ErrInvalidCopyDest)
	}
	o := src.Object
	o.Key, o.Upload = key, ""
	if replace {
		o.Headers = headers(in.ContentType, in.ContentEncoding, in.ContentDisposition, in.ContentLanguage,
			in.CacheControl, in.Expires, in.WebsiteRedirectLocation)
		o.Meta = clonedMap(in.Metadata)
	}
	if in.TaggingDirective == types.TaggingDirectiveReplace {
		if o.Tags, err = objectTags(in.Tagging); err != nil {
			return out, err
		}
	}
	if err := s.resum(src.Reader, &o, string(in.ChecksumAlgorithm)); err != nil {
		return out, err
	}
	if o, err = s.objects.Put(bucket, o, nil); err != nil {
		return out, apiError(err, bucket, key)
	}
	return copyOutput(&o, &src.Object), nil
}

// resum gives a copy one whole ETag and the checksum asked for, which for a
// multipart source or another algorithm means reading the data once.
func (s *store) resum(src *objects.Reader, o *objects.Object, algorithm string) error {
	algorithm = strings.ToUpper(strings.Clone(algorithm))
	if algorithm == "" {
		algorithm = o.Checksum.Algorithm
	}
	if len(o.Parts) == 0 && algorithm == o.Checksum.Algorithm {
		return nil
	}
	data, err := newBody(src, sums{}, algorithm, false)
	if err != nil {
		return err
	}
	if err := drain(data); err != nil {
		return err
	}
	o.Parts, o.ETag, o.Checksum = nil, data.etag(), data.checksum()
	return nil
}

func copyOutput(o, src *objects.Object) s3response.CopyObjectOutput {
	c, etag, at := shown(o.Checksum), quoted(o.ETag), o.ModTime()
	out := s3response.CopyObjectOutput{CopyObjectResult: &s3response.CopyObjectResult{
		ETag: &etag, LastModified: &at, ChecksumType: types.ChecksumType(o.Checksum.Type),
		ChecksumCRC32: c.crc32, ChecksumCRC32C: c.crc32c, ChecksumCRC64NVME: c.crc64,
		ChecksumSHA1: c.sha1, ChecksumSHA256: c.sha256,
	}}
	if o.Version != "" {
		out.VersionId = &o.Version
	}
	if src.Version != "" {
		out.CopySourceVersionId = &src.Version
	}
	return out
}

// copySource is the object a copy reads.
type copySource struct {
	*objects.Reader
	bucket, version string // as the request named them
}

// source opens what an x-amz-copy-source header names.
func (s *store) source(header *string) (*copySource, error) {
	bucket, key, version, err := backend.ParseCopySource(strings.Clone(*header))
	if err != nil {
		return nil, err
	}
	r, err := s.objects.Open(bucket, key, version)
	if err == nil && r.Object.Marker {
		err = objects.ErrNoKey
	}
	if err != nil {
		return nil, versionError(err, bucket, key, version)
	}
	return &copySource{r, bucket, version}, nil
}

// DeleteObject implements backend.Backend.
func (s *store) DeleteObject(_ context.Context, in *awss3.DeleteObjectInput) (*awss3.DeleteObjectOutput, error) {
	bucket, key, err := name(in.Bucket, in.Key)
	if err != nil {
		return nil, err
	}
	target := objects.Target{Key: key, Version: cloned(in.VersionId)}
	if in.IfMatch != nil || in.IfMatchLastModifiedTime != nil || in.IfMatchSize != nil {
		target.Cond = deleteCondition(backend.ObjectDeletePreconditions{
			IfMatch: in.IfMatch, IfMatchLastModTime: in.IfMatchLastModifiedTime, IfMatchSize: in.IfMatchSize,
		})
	}
	done, err := s.objects.Delete(bucket, []objects.Target{target})
	if err != nil {
		return nil, apiError(err, bucket, key)
	}
	if done[0].Err != nil {
		return nil, done[0].Err
	}
	out := &awss3.DeleteObjectOutput{}
	if done[0].Version != "" {
		out.VersionId = &done[0].Version
	}
	if done[0].Marker {
		out.DeleteMarker = &done[0].Marker
	}
	return out, nil
}

func deleteCondition(p backend.ObjectDeletePreconditions) objects.Condition {
	return func(cur *objects.Object) error {
		if cur == nil {
			return nil // nothing to protect
		}
		if p.IfMatch != nil && *p.IfMatch == "*" {
			p.IfMatch = nil
		}
		return backend.EvaluateObjectDeletePreconditions(cur.ETag, cur.ModTime(), cur.Size, p)
	}
}

// maxDeletes is the most keys one DeleteObjects takes.
const maxDeletes = 1000

// DeleteObjects implements backend.Backend: all in one change.
func (s *store) DeleteObjects(ctx context.Context, in *awss3.DeleteObjectsInput) (s3response.DeleteResult, error) {
	var out s3response.DeleteResult
	if len(in.Delete.Objects) > maxDeletes {
		return out, s3err.GetAPIError(s3err.ErrMalformedXML)
	}
	bucket := strings.Clone(*in.Bucket)
	targets := make([]objects.Target, len(in.Delete.Objects))
	for i, o := range in.Delete.Objects {
		targets[i] = objects.Target{Key: cloned(o.Key), Version: cloned(o.VersionId)}
		if o.ETag != nil || o.LastModifiedTime != nil || o.Size != nil {
			targets[i].Cond = deleteCondition(backend.ObjectDeletePreconditions{
				IfMatch: backend.TrimEtag(o.ETag), IfMatchLastModTime: o.LastModifiedTime, IfMatchSize: o.Size,
			})
		}
	}
	done, err := s.objects.Delete(bucket, targets)
	if err != nil {
		return out, apiError(err, bucket, "")
	}
	quiet := isQuiet(ctx)
	for i, d := range done {
		o := in.Delete.Objects[i]
		if d.Err != nil {
			out.Error = append(out.Error, s3err.ObjectDeleteError(o.Key, o.VersionId, d.Err))
			continue
		}
		if quiet {
			continue
		}
		deleted := types.DeletedObject{Key: o.Key, VersionId: o.VersionId}
		if d.Marker {
			deleted.DeleteMarker, deleted.DeleteMarkerVersionId = &d.Marker, &d.Version
		}
		out.Deleted = append(out.Deleted, deleted)
	}
	return out, nil
}
