package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/valyala/fasthttp"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"

	"weir/internal/aws/svc/s3/objects"
)

// modified is when an object was made, in the seconds that clients see; a
// nanosecond is taken off so that If-Unmodified-Since with that very time holds.
func modified(o *objects.Object) time.Time {
	return o.ModTime().Truncate(time.Second).Add(-time.Nanosecond)
}

// span is the part of an object that a request wants.
type span struct {
	offset, length int64
	header         *string // Content-Range
	part           bool    // a part of a multipart object
}

// spanOf reads Range and partNumber.
func spanOf(o *objects.Object, rng *string, part *int32) (span, error) {
	if part != nil {
		return partSpan(o, *part)
	}
	var header string
	if rng != nil {
		header = *rng
	}
	offset, length, valid, err := backend.ParseObjectRange(o.Size, header)
	w := span{offset: offset, length: length}
	if valid {
		w.header = contentRange(offset, length, o.Size)
	}
	return w, err
}

func contentRange(offset, length, size int64) *string {
	v := fmt.Sprintf("bytes %d-%d/%d", offset, offset+length-1, size)
	return &v
}

func partSpan(o *objects.Object, number int32) (span, error) {
	if len(o.Parts) == 0 {
		if number != 1 {
			return span{}, s3err.GetInvalidPartNumberRangeErr(1, number)
		}
		w := span{length: o.Size}
		if o.Size > 0 {
			w.header = contentRange(0, o.Size, o.Size)
		}
		return w, nil
	}
	if int(number) > len(o.Parts) {
		return span{}, s3err.GetInvalidPartNumberRangeErr(int32(len(o.Parts)), number)
	}
	w := span{part: true}
	for _, p := range o.Parts[:number-1] {
		w.offset += p.Size
	}
	w.length = o.Parts[number-1].Size
	if w.length > 0 {
		w.header = contentRange(w.offset, w.length, o.Size)
	}
	return w, nil
}

// missing is the answer to a read of what is not there or is a delete marker.
func missing(o objects.Object, err error, bucket, key, version string) error {
	if err == nil && o.Marker {
		return s3err.GetMethodNotAllowedErr(http.MethodGet, s3err.ResourceTypeObject, []string{http.MethodDelete})
	}
	return versionError(err, bucket, key, version)
}

// GetObject implements backend.Backend.
func (s *store) GetObject(_ context.Context, in *awss3.GetObjectInput) (*awss3.GetObjectOutput, error) {
	version := cloned(in.VersionId)
	r, err := s.objects.Open(*in.Bucket, *in.Key, version)
	if r == nil {
		return nil, err
	}
	o := &r.Object
	if err = missing(*o, err, *in.Bucket, *in.Key, version); err != nil {
		if o.Marker {
			at := o.ModTime()
			return &awss3.GetObjectOutput{LastModified: &at}, err
		}
		return nil, err
	}
	err = backend.EvaluatePreconditions(o.ETag, modified(o), backend.PreConditions{
		IfMatch: in.IfMatch, IfNoneMatch: in.IfNoneMatch, IfModSince: in.IfModifiedSince, IfUnmodeSince: in.IfUnmodifiedSince,
	})
	var w span
	if err == nil {
		w, err = spanOf(o, in.Range, in.PartNumber)
	}
	if err != nil {
		return nil, closing(r, err)
	}
	r.Range(w.offset, w.length)
	out := getOutput(o, w, in.ChecksumMode)
	out.Body = r
	return out, nil
}

// getOutput is the answer to a read, without the body.
func getOutput(o *objects.Object, w span, mode types.ChecksumMode) *awss3.GetObjectOutput {
	etag, at, ranges := quoted(o.ETag), o.ModTime(), "bytes"
	out := &awss3.GetObjectOutput{
		AcceptRanges: &ranges, ETag: &etag, LastModified: &at, Metadata: o.Meta,
		ContentLength: &w.length, ContentRange: w.header,
		ContentType: header(o.Headers, hContentType), ContentEncoding: header(o.Headers, hEncoding),
		ContentDisposition: header(o.Headers, hDisposition), ContentLanguage: header(o.Headers, hLanguage),
		CacheControl: header(o.Headers, hCacheControl), ExpiresString: header(o.Headers, hExpires),
		WebsiteRedirectLocation: header(o.Headers, hRedirect),
	}
	if o.Version != "" {
		out.VersionId = &o.Version
	}
	if n := int32(len(o.Tags)); n > 0 {
		out.TagCount = &n
	}
	if n := int32(len(o.Parts)); w.part {
		out.PartsCount = &n
	}
	if mode == types.ChecksumModeEnabled && w.header == nil {
		c := shown(o.Checksum)
		out.ChecksumCRC32, out.ChecksumCRC32C, out.ChecksumCRC64NVME = c.crc32, c.crc32c, c.crc64
		out.ChecksumSHA1, out.ChecksumSHA256 = c.sha1, c.sha256
		out.ChecksumType = types.ChecksumType(o.Checksum.Type)
	}
	return out
}

// HeadObject implements backend.Backend.
func (s *store) HeadObject(_ context.Context, in *awss3.HeadObjectInput) (*awss3.HeadObjectOutput, error) {
	version := cloned(in.VersionId)
	o, err := s.objects.Object(*in.Bucket, *in.Key, version)
	if err = missing(o, err, *in.Bucket, *in.Key, version); err != nil {
		if o.Marker {
			at := o.ModTime()
			return &awss3.HeadObjectOutput{LastModified: &at}, err
		}
		return nil, err
	}
	err = backend.EvaluatePreconditions(o.ETag, modified(&o), backend.PreConditions{
		IfMatch: in.IfMatch, IfNoneMatch: in.IfNoneMatch, IfModSince: in.IfModifiedSince, IfUnmodeSince: in.IfUnmodifiedSince,
	})
	if err != nil {
		return nil, err
	}
	w, err := spanOf(&o, in.Range, in.PartNumber)
	if err != nil {
		return nil, err
	}
	g := getOutput(&o, w, in.ChecksumMode)
	return &awss3.HeadObjectOutput{
		AcceptRanges: g.AcceptRanges, ETag: g.ETag, LastModified: g.LastModified, Metadata: g.Metadata,
		ContentLength: g.ContentLength, ContentRange: g.ContentRange, ContentType: g.ContentType,
		ContentEncoding: g.ContentEncoding, ContentDisposition: g.ContentDisposition, ContentLanguage: g.ContentLanguage,
		CacheControl: g.CacheControl, ExpiresString: g.ExpiresString, WebsiteRedirectLocation: g.WebsiteRedirectLocation,
		VersionId: g.VersionId, TagCount: g.TagCount, PartsCount: g.PartsCount,
		ChecksumCRC32: g.ChecksumCRC32, ChecksumCRC32C: g.ChecksumCRC32C, ChecksumCRC64NVME: g.ChecksumCRC64NVME,
		ChecksumSHA1: g.ChecksumSHA1, ChecksumSHA256: g.ChecksumSHA256, ChecksumType: g.ChecksumType,
	}, nil
}

// maxAttributeParts is the most parts one GetObjectAttributes shows.
const maxAttributeParts = 1000

// GetObjectAttributes implements backend.Backend.
func (s *store) GetObjectAttributes(_ context.Context, in *awss3.GetObjectAttributesInput) (s3response.GetObjectAttributesResponse, error) {
	var out s3response.GetObjectAttributesResponse
	version := cloned(in.VersionId)
	o, err := s.objects.Object(*in.Bucket, *in.Key, version)
	if err = missing(o, err, *in.Bucket, *in.Key, version); err != nil {
		if o.Marker {
			out.DeleteMarker = &o.Marker
		}
		return out, err
	}
	at := o.ModTime()
	out.ETag, out.ObjectSize, out.LastModified = &o.ETag, &o.Size, &at
	out.StorageClass = types.StorageClassStandard
	if o.Version != "" {
		out.VersionId = &o.Version
	}
	if c := shown(o.Checksum); o.Checksum.Value != "" {
		out.Checksum = &types.Checksum{
			ChecksumCRC32: c.crc32, ChecksumCRC32C: c.crc32c, ChecksumCRC64NVME: c.crc64,
			ChecksumSHA1: c.sha1, ChecksumSHA256: c.sha256, ChecksumType: types.ChecksumType(o.Checksum.Type),
		}
	}
	if len(o.Parts) > 0 {
		out.ObjectParts = attributeParts(&o, in)
	}
	return out, nil
}

func attributeParts(o *objects.Object, in *awss3.GetObjectAttributesInput) *s3response.ObjectParts {
	limit, marker := maxAttributeParts, 0
	if in.MaxParts != nil && int(*in.MaxParts) < limit {
		limit = int(*in.MaxParts)
	}
	if in.PartNumberMarker != nil {
		_, _ = fmt.Sscan(*in.PartNumberMarker, &marker) // "" begins at the start
	}
	parts := &s3response.ObjectParts{PartNumberMarker: marker, MaxParts: limit}
	for i, p := range o.Parts {
		if p.Number <= marker {
			continue
		}
		if len(parts.Parts) == limit {
			parts.IsTruncated = true
			break
		}
		number, c := int32(p.Number), shown(objects.Checksum{Algorithm: o.Checksum.Algorithm, Value: p.Checksum})
		parts.Parts = append(parts.Parts, types.ObjectPart{
			PartNumber: &number, Size: &o.Parts[i].Size, ChecksumCRC32: c.crc32, ChecksumCRC32C: c.crc32c,
			ChecksumCRC64NVME: c.crc64, ChecksumSHA1: c.sha1, ChecksumSHA256: c.sha256,
		})
		parts.NextPartNumberMarker = p.Number
	}
	return parts
}

// isNoKey tells whether an answer says that there is no such key.
func isNoKey(err error) bool { return errors.Is(err, s3err.GetAPIError(s3err.ErrNoSuchKey)) }

// drain reads all of r.
func drain(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// cloned is a string that may be kept.
func cloned(s *string) string {
	if s == nil {
		return ""
	}
	return strings.Clone(*s)
}

// isQuiet tells whether a DeleteObjects request asks for errors only, which
// versitygw does not hand over.
func isQuiet(ctx context.Context) bool {
	req, ok := ctx.(*fasthttp.RequestCtx)
	if !ok {
		return false
	}
	var in struct{ Quiet bool }
	return xml.Unmarshal(req.PostBody(), &in) == nil && in.Quiet
}

// closing closes r on the way out; err, an answer to the client, is kept as it is.
func closing(r io.Closer, err error) error {
	if cerr := r.Close(); cerr != nil {
		return cerr
	}
	return err
}
