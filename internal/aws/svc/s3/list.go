package s3

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/valyala/fasthttp"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"

	"weir/internal/aws/svc/s3/objects"
)

// encoder writes keys of a listing as the client asked: url-encoded, so that
// any key can stand in XML, or as they are.
type encoder struct{ url bool }

func encoderOf(ctx context.Context) encoder {
	req, ok := ctx.(*fasthttp.RequestCtx)
	return encoder{ok && string(req.QueryArgs().Peek("encoding-type")) == "url"}
}

func (e encoder) key(k string) *string {
	if e.url {
		k = strings.ReplaceAll(url.QueryEscape(k), "%2F", "/")
	}
	return &k
}

// optional is key, nil for "".
func (e encoder) optional(k *string) *string {
	if k == nil || *k == "" {
		return nil
	}
	return e.key(*k)
}

func (e encoder) name() types.EncodingType {
	if e.url {
		return types.EncodingTypeUrl
	}
	return ""
}

func (e encoder) prefixes(all []string) []types.CommonPrefix {
	var out []types.CommonPrefix
	for _, p := range all {
		out = append(out, types.CommonPrefix{Prefix: e.key(p)})
	}
	return out
}

func (e encoder) contents(all []objects.Object, owner *types.Owner) []s3response.Object {
	out := make([]s3response.Object, len(all))
	for i := range all {
		o := &all[i]
		etag, at := quoted(o.ETag), o.ModTime()
		out[i] = s3response.Object{
			Key: e.key(o.Key), ETag: &etag, Size: &o.Size, LastModified: &at, Owner: owner,
			StorageClass: types.ObjectStorageClassStandard, ChecksumType: types.ChecksumType(o.Checksum.Type),
		}
		if o.Checksum.Algorithm != "" {
			out[i].ChecksumAlgorithm = []types.ChecksumAlgorithm{types.ChecksumAlgorithm(o.Checksum.Algorithm)}
		}
	}
	return out
}

func (s *store) owner() *types.Owner { return &types.Owner{ID: &s.deps.Account} }

// ListObjects implements backend.Backend.
func (s *store) ListObjects(ctx context.Context, in *awss3.ListObjectsInput) (s3response.ListObjectsResult, error) {
	bucket, e := strings.Clone(*in.Bucket), encoderOf(ctx)
	page, err := s.objects.List(bucket, objects.Query{
		Prefix: cloned(in.Prefix), Delimiter: cloned(in.Delimiter), After: cloned(in.Marker), Max: int(*in.MaxKeys),
	})
	if err != nil {
		return s3response.ListObjectsResult{}, apiError(err, bucket, "")
	}
	out := s3response.ListObjectsResult{
		Name: &bucket, Prefix: e.key(cloned(in.Prefix)), Marker: e.key(cloned(in.Marker)), Delimiter: e.optional(in.Delimiter),
		MaxKeys: in.MaxKeys, IsTruncated: &page.Truncated, EncodingType: e.name(),
		Contents: e.contents(page.Items, s.owner()), CommonPrefixes: e.prefixes(page.Prefixes),
	}
	if page.Truncated {
		out.NextMarker = e.key(page.Last)
	}
	return out, nil
}

// ListObjectsV2 implements backend.Backend.
func (s *store) ListObjectsV2(ctx context.Context, in *awss3.ListObjectsV2Input) (s3response.ListObjectsV2Result, error) {
	bucket, e := strings.Clone(*in.Bucket), encoderOf(ctx)
	after := cloned(in.StartAfter)
	token := cloned(in.ContinuationToken)
	if token != "" {
		raw, err := base64.StdEncoding.DecodeString(token)
		if err != nil {
			return s3response.ListObjectsV2Result{}, s3err.APIError{
				Code: "InvalidArgument", Description: "The continuation token provided is incorrect", HTTPStatusCode: 400,
			}
		}
		after = string(raw)
	}
	page, err := s.objects.List(bucket, objects.Query{
		Prefix: cloned(in.Prefix), Delimiter: cloned(in.Delimiter), After: after, Max: int(*in.MaxKeys),
	})
	if err != nil {
		return s3response.ListObjectsV2Result{}, apiError(err, bucket, "")
	}
	count := int32(len(page.Items) + len(page.Prefixes))
	out := s3response.ListObjectsV2Result{
		Name: &bucket, Prefix: e.key(cloned(in.Prefix)), StartAfter: e.optional(in.StartAfter), Delimiter: e.optional(in.Delimiter),
		MaxKeys: in.MaxKeys, KeyCount: &count, IsTruncated: &page.Truncated, EncodingType: e.name(),
		CommonPrefixes: e.prefixes(page.Prefixes),
	}
	if in.FetchOwner != nil && *in.FetchOwner {
		out.Contents = e.contents(page.Items, s.owner())
	} else {
		out.Contents = e.contents(page.Items, nil)
	}
	if token != "" {
		out.ContinuationToken = &token
	}
	if page.Truncated {
		next := base64.StdEncoding.EncodeToString([]byte(page.Last))
		out.NextContinuationToken = &next
	}
	return out, nil
}

// ListObjectVersions implements backend.Backend.
func (s *store) ListObjectVersions(ctx context.Context, in *awss3.ListObjectVersionsInput) (s3response.ListVersionsResult, error) {
	bucket, e := strings.Clone(*in.Bucket), encoderOf(ctx)
	keyMarker, idMarker := cloned(in.KeyMarker), cloned(in.VersionIdMarker)
	page, err := s.objects.ListVersions(bucket, objects.Query{
		Prefix: cloned(in.Prefix), Delimiter: cloned(in.Delimiter), After: keyMarker, AfterID: idMarker, Max: int(*in.MaxKeys),
	})
	if err != nil {
		return s3response.ListVersionsResult{}, apiError(err, bucket, "")
	}
	out := s3response.ListVersionsResult{
		Name: &bucket, Prefix: e.key(cloned(in.Prefix)), KeyMarker: e.key(keyMarker), VersionIdMarker: &idMarker,
		Delimiter: e.optional(in.Delimiter), MaxKeys: in.MaxKeys, IsTruncated: &page.Truncated, EncodingType: e.name(),
		CommonPrefixes: e.prefixes(page.Prefixes),
	}
	for i := range page.Items {
		s.listVersion(&out, &page.Items[i], e)
	}
	if page.Truncated {
		out.NextKeyMarker = e.key(page.Last)
		if page.LastID != "" {
			out.NextVersionIdMarker = &page.LastID
		}
	}
	return out, nil
}

// listVersion adds a version or a delete marker to a listing.
func (s *store) listVersion(out *s3response.ListVersionsResult, v *objects.Listed, e encoder) {
	id, at := v.VersionID(), v.ModTime()
	if v.Marker {
		out.DeleteMarkers = append(out.DeleteMarkers, types.DeleteMarkerEntry{
			Key: e.key(v.Key), VersionId: &id, IsLatest: &v.Latest, LastModified: &at, Owner: s.owner(),
		})
		return
	}
	etag := quoted(v.ETag)
	entry := s3response.ObjectVersion{
		Key: e.key(v.Key), VersionId: &id, IsLatest: &v.Latest, LastModified: &at, Owner: s.owner(),
		ETag: &etag, Size: &v.Size, StorageClass: types.ObjectVersionStorageClassStandard,
		ChecksumType: types.ChecksumType(v.Checksum.Type),
	}
	if v.Checksum.Algorithm != "" {
		entry.ChecksumAlgorithm = []types.ChecksumAlgorithm{types.ChecksumAlgorithm(v.Checksum.Algorithm)}
	}
	out.Versions = append(out.Versions, entry)
}

// ListMultipartUploads implements backend.Backend.
func (s *store) ListMultipartUploads(ctx context.Context, in *awss3.ListMultipartUploadsInput) (s3response.ListMultipartUploadsResult, error) {
	bucket, e := strings.Clone(*in.Bucket), encoderOf(ctx)
	keyMarker, idMarker := cloned(in.KeyMarker), cloned(in.UploadIdMarker)
	page, err := s.objects.ListUploads(bucket, objects.Query{
		Prefix: cloned(in.Prefix), Delimiter: cloned(in.Delimiter), After: keyMarker, AfterID: idMarker, Max: int(*in.MaxUploads),
	})
	if err != nil {
		return s3response.ListMultipartUploadsResult{}, apiError(err, bucket, "")
	}
	out := s3response.ListMultipartUploadsResult{
		Bucket: bucket, KeyMarker: *e.key(keyMarker), UploadIDMarker: idMarker, Prefix: *e.key(cloned(in.Prefix)),
		Delimiter: *e.key(cloned(in.Delimiter)), EncodingType: string(e.name()),
		MaxUploads: int(*in.MaxUploads), IsTruncated: page.Truncated,
	}
	if page.Truncated {
		out.NextKeyMarker, out.NextUploadIDMarker = *e.key(page.Last), page.LastID
	}
	for _, p := range page.Prefixes {
		out.CommonPrefixes = append(out.CommonPrefixes, s3response.CommonPrefix{Prefix: *e.key(p)})
	}
	owner := s3response.Owner{ID: s.deps.Account}
	for _, u := range page.Items {
		out.Uploads = append(out.Uploads, s3response.Upload{
			Key: *e.key(u.Key), UploadID: u.ID, Initiator: s3response.Initiator(owner), Owner: owner,
			StorageClass: types.StorageClassStandard, Initiated: unixMilli(u.Initiated),
			ChecksumAlgorithm: types.ChecksumAlgorithm(u.Checksum.Algorithm), ChecksumType: types.ChecksumType(u.Checksum.Type),
		})
	}
	return out, nil
}
