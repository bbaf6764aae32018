package s3

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3api/utils"
	"github.com/versity/versitygw/s3err"
	"github.com/versity/versitygw/s3response"

	"weir/internal/aws/svc/s3/objects"
)

func unixMilli(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// CreateMultipartUpload implements backend.Backend.
func (s *store) CreateMultipartUpload(_ context.Context, in s3response.CreateMultipartUploadInput) (s3response.InitiateMultipartUploadResult, error) {
	var out s3response.InitiateMultipartUploadResult
	bucket, key, err := name(in.Bucket, in.Key)
	if err != nil {
		return out, err
	}
	tags, err := objectTags(in.Tagging)
	if err != nil {
		return out, err
	}
	u, err := s.objects.CreateUpload(bucket, objects.Upload{
		Key: key, Tags: tags, Meta: clonedMap(in.Metadata),
		Headers: headers(in.ContentType, in.ContentEncoding, in.ContentDisposition, in.ContentLanguage,
			in.CacheControl, in.Expires, in.WebsiteRedirectLocation),
		Checksum: objects.Checksum{
			Algorithm: strings.Clone(string(in.ChecksumAlgorithm)), Type: strings.Clone(string(in.ChecksumType)),
		},
	})
	return s3response.InitiateMultipartUploadResult{Bucket: bucket, Key: key, UploadId: u.ID}, apiError(err, bucket, key)
}

// UploadPart implements backend.Backend.
func (s *store) UploadPart(_ context.Context, in *awss3.UploadPartInput) (out *awss3.UploadPartOutput, err error) {
	bucket, key, id := strings.Clone(*in.Bucket), strings.Clone(*in.Key), strings.Clone(*in.UploadId)
	u, err := s.objects.Upload(bucket, key, id)
	if err != nil {
		return nil, versionError(err, bucket, key, id)
	}
	data, err := newBody(in.Body, sums{
		in.ChecksumCRC32, in.ChecksumCRC32C, in.ChecksumCRC64NVME, in.ChecksumSHA1, in.ChecksumSHA256,
		[]*string{in.ChecksumSHA512, in.ChecksumMD5, in.ChecksumXXHASH64, in.ChecksumXXHASH3, in.ChecksumXXHASH128},
	}, cmpOr(string(in.ChecksumAlgorithm), u.Checksum.Algorithm), u.Checksum.Algorithm == "")
	if err != nil {
		return nil, err
	}
	if u.Checksum.Algorithm != "" && data.algorithm != u.Checksum.Algorithm {
		return nil, s3err.GetChecksumTypeMismatchErr(types.ChecksumAlgorithm(u.Checksum.Algorithm), types.ChecksumAlgorithm(data.algorithm))
	}
	p, err := s.putPart(bucket, u, int(*in.PartNumber), data, in.ContentLength)
	if err != nil {
		return nil, err
	}
	etag, c := quoted(p.ETag), shown(p.Checksum)
	return &awss3.UploadPartOutput{
		ETag: &etag, ChecksumCRC32: c.crc32, ChecksumCRC32C: c.crc32c, ChecksumCRC64NVME: c.crc64,
		ChecksumSHA1: c.sha1, ChecksumSHA256: c.sha256,
	}, nil
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// putPart stages and stores a part.
func (s *store) putPart(bucket string, u objects.Upload, number int, data *body, length *int64) (p objects.Part, err error) {
	draft, err := s.objects.Stage(data)
	if err != nil {
		return p, apiError(err, bucket, u.Key)
	}
	defer func() { draft.Finish(err) }()
	if err := complete(draft.Size(), length); err != nil {
		return p, err
	}
	p = objects.Part{Number: number, Size: draft.Size(), ETag: data.etag(), Files: draft.Files, CRC64: data.crc64nvme()}
	if data.named {
		p.Checksum = data.checksum()
	}
	p, err = s.objects.PutPart(bucket, u.Key, u.ID, p)
	return p, versionError(err, bucket, u.Key, u.ID)
}

// UploadPartCopy implements backend.Backend.
func (s *store) UploadPartCopy(_ context.Context, in *awss3.UploadPartCopyInput) (out s3response.CopyPartResult, err error) {
	bucket, key, id := strings.Clone(*in.Bucket), strings.Clone(*in.Key), strings.Clone(*in.UploadId)
	u, err := s.objects.Upload(bucket, key, id)
	if err != nil {
		return out, versionError(err, bucket, key, id)
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
	offset, length, err := backend.ParseCopySourceRange(src.Object.Size, cloned(in.CopySourceRange))
	if err != nil {
		return out, err
	}
	src.Range(offset, min(length, src.Object.Size-offset))
	data, err := newBody(src, sums{}, u.Checksum.Algorithm, u.Checksum.Algorithm == "")
	if err != nil {
		return out, err
	}
	p, err := s.putPart(bucket, u, int(*in.PartNumber), data, nil)
	if err != nil {
		return out, err
	}
	etag, c := quoted(p.ETag), shown(p.Checksum)
	return s3response.CopyPartResult{
		ETag: &etag, LastModified: unixMilli(p.Modified), CopySourceVersionId: src.Object.Version,
		ChecksumCRC32: c.crc32, ChecksumCRC32C: c.crc32c, ChecksumCRC64NVME: c.crc64, ChecksumSHA1: c.sha1, ChecksumSHA256: c.sha256,
	}, nil
}

// CompleteMultipartUpload implements backend.Backend. Completing again what made
// the current object succeeds, as clients that lost the answer try it.
func (s *store) CompleteMultipartUpload(_ context.Context, in *awss3.CompleteMultipartUploadInput) (out s3response.CompleteMultipartUploadResult, version string, err error) {
	bucket, key, id := strings.Clone(*in.Bucket), strings.Clone(*in.Key), strings.Clone(*in.UploadId)
	o, err := s.objects.Complete(bucket, key, id, putCondition(in.IfMatch, in.IfNoneMatch),
		func(u objects.Upload, have []objects.Part) (objects.Object, []objects.Part, error) {
			return assemble(in, u, have)
		})
	if errors.Is(err, objects.ErrNoUpload) {
		if now, nerr := s.objects.Object(bucket, key, ""); nerr == nil && now.Upload == id {
			o, err = now, nil
		}
	}
	if err != nil {
		return out, "", versionError(err, bucket, key, id)
	}
	etag, c := quoted(o.ETag), shown(o.Checksum)
	kind := types.ChecksumType(o.Checksum.Type)
	return s3response.CompleteMultipartUploadResult{
		Bucket: &bucket, Key: &key, ETag: &etag, ChecksumType: &kind,
		ChecksumCRC32: c.crc32, ChecksumCRC32C: c.crc32c, ChecksumCRC64NVME: c.crc64, ChecksumSHA1: c.sha1, ChecksumSHA256: c.sha256,
	}, o.Version, nil
}

// assemble checks the list of parts and makes the object of them.
func assemble(in *awss3.CompleteMultipartUploadInput, u objects.Upload, have []objects.Part) (objects.Object, []objects.Part, error) {
	o := objects.Object{Headers: u.Headers, Meta: u.Meta, Tags: u.Tags}
	if in.ChecksumType != "" && u.Checksum.Type != "" && string(in.ChecksumType) != u.Checksum.Type {
		return o, nil, s3err.GetChecksumTypeMismatchOnMpErr(types.ChecksumType(u.Checksum.Type))
	}
	wanted := in.MultipartUpload.Parts
	chosen, err := choose(u, wanted, have)
	if err != nil {
		return o, nil, err
	}
	etag, err := backend.ComputeMultipartETagFromPartETags(wanted)
	if err != nil {
		return o, nil, err
	}
	o.ETag = strings.Trim(etag, `"`)
	if o.Checksum, err = combine(u.Checksum, chosen); err != nil {
		return o, nil, err
	}
	sent := sums{in.ChecksumCRC32, in.ChecksumCRC32C, in.ChecksumCRC64NVME, in.ChecksumSHA1, in.ChecksumSHA256, nil}
	if v := sent.by(o.Checksum.Algorithm); v != nil && *v != "" && strings.Split(*v, "-")[0] != strings.Split(o.Checksum.Value, "-")[0] {
		return o, nil, s3err.GetChecksumBadDigestErr(types.ChecksumAlgorithm(o.Checksum.Algorithm))
	}
	var size int64
	for _, p := range chosen {
		size += p.Size
		info := objects.PartInfo{Number: p.Number, Size: p.Size}
		if p.Checksum.Algorithm == o.Checksum.Algorithm {
			info.Checksum = p.Checksum.Value
		}
		o.Parts = append(o.Parts, info)
	}
	if in.MpuObjectSize != nil && *in.MpuObjectSize != size {
		return o, nil, s3err.GetIncorrectMpObjectSizeErr(size, *in.MpuObjectSize)
	}
	return o, chosen, nil
}

// choose finds the listed parts and checks their order, ETags, checksums, sizes.
func choose(u objects.Upload, wanted []types.CompletedPart, have []objects.Part) ([]objects.Part, error) {
	by := map[int]objects.Part{}
	for _, p := range have {
		by[p.Number] = p
	}
	if err := ordered(wanted); err != nil {
		return nil, err
	}
	var chosen []objects.Part
	for i, w := range wanted {
		number := int(*w.PartNumber)
		p, ok := by[number]
		if !ok || !backend.AreEtagsSame(p.ETag, *w.ETag) {
			return nil, s3err.GetInvalidPartErr(u.ID, int32(number), strings.Clone(*w.ETag))
		}
		listed := sums{w.ChecksumCRC32, w.ChecksumCRC32C, w.ChecksumCRC64NVME, w.ChecksumSHA1, w.ChecksumSHA256, nil}
		if v := listed.by(p.Checksum.Algorithm); v != nil && *v != "" && *v != p.Checksum.Value {
			return nil, s3err.GetInvalidPartErr(u.ID, int32(number), strings.Clone(*w.ETag))
		}
		if i < len(wanted)-1 && p.Size < backend.MinPartSize {
			return nil, s3err.GetEntityTooSmallErr(p.Size, backend.MinPartSize)
		}
		chosen = append(chosen, p)
	}
	return chosen, nil
}

// ordered checks that a list of parts is whole and in ascending order.
func ordered(wanted []types.CompletedPart) error {
	previous := 0
	for _, w := range wanted {
		if w.PartNumber == nil || w.ETag == nil {
			return s3err.GetAPIError(s3err.ErrMalformedXML)
		}
		number := int(*w.PartNumber)
		if number < 1 {
			return s3err.GetInvalidArgumentErr(s3err.InvalidArgCompleteMpPartNumber, strconv.Itoa(number))
		}
		if number <= previous {
			return s3err.GetAPIError(s3err.ErrInvalidPartOrder)
		}
		previous = number
	}
	return nil
}

// combine makes the object's checksum of its parts': a composite one when the
// upload asked for it, else that of the whole, CRC64NVME by default.
func combine(asked objects.Checksum, parts []objects.Part) (objects.Checksum, error) {
	out := objects.Checksum{Algorithm: cmpOr(asked.Algorithm, "CRC64NVME"), Type: cmpOr(asked.Type, string(types.ChecksumTypeFullObject))}
	if out.Type == string(types.ChecksumTypeComposite) {
		c, err := utils.NewCompositeChecksumReader(utils.HashType(strings.ToLower(out.Algorithm)))
		if err != nil {
			return out, s3err.GetAPIError(s3err.ErrInvalidRequest)
		}
		for _, p := range parts {
			if err := c.Process(p.Checksum.Value); err != nil {
				return out, fmt.Errorf("combining checksums: %w", err)
			}
		}
		out.Value = c.Sum() + "-" + strconv.Itoa(len(parts))
		return out, nil
	}
	for i, p := range parts {
		sum := p.CRC64
		if asked.Algorithm != "" {
			sum = p.Checksum.Value
		}
		if i == 0 {
			out.Value = sum
			continue
		}
		var err error
		if out.Value, err = utils.AddCRCChecksum(types.ChecksumAlgorithm(out.Algorithm), out.Value, sum, p.Size); err != nil {
			return out, fmt.Errorf("combining checksums: %w", err)
		}
	}
	return out, nil
}

// AbortMultipartUpload implements backend.Backend.
func (s *store) AbortMultipartUpload(_ context.Context, in *awss3.AbortMultipartUploadInput) error {
	bucket, key, id := strings.Clone(*in.Bucket), strings.Clone(*in.Key), strings.Clone(*in.UploadId)
	err := s.objects.Abort(bucket, key, id, func(u objects.Upload) error {
		if at := in.IfMatchInitiatedTime; at != nil && at.Unix() != unixMilli(u.Initiated).Unix() {
			return s3err.GetAPIError(s3err.ErrPreconditionFailed)
		}
		return nil
	})
	return versionError(err, bucket, key, id)
}

// ListParts implements backend.Backend.
func (s *store) ListParts(_ context.Context, in *awss3.ListPartsInput) (s3response.ListPartsResult, error) {
	bucket, key, id := strings.Clone(*in.Bucket), strings.Clone(*in.Key), strings.Clone(*in.UploadId)
	marker, limit := 0, int(*in.MaxParts)
	if m := cloned(in.PartNumberMarker); m != "" {
		var err error
		if marker, err = strconv.Atoi(m); err != nil {
			return s3response.ListPartsResult{}, s3err.GetAPIError(s3err.ErrInvalidRequest)
		}
	}
	u, parts, err := s.objects.Parts(bucket, key, id, marker)
	if err != nil {
		return s3response.ListPartsResult{}, versionError(err, bucket, key, id)
	}
	owner := s3response.Owner{ID: s.deps.Account}
	out := s3response.ListPartsResult{
		Bucket: bucket, Key: key, UploadID: id, Initiator: s3response.Initiator(owner), Owner: owner,
		StorageClass: types.StorageClassStandard, PartNumberMarker: marker, MaxParts: limit,
		ChecksumAlgorithm: types.ChecksumAlgorithm(u.Checksum.Algorithm), ChecksumType: types.ChecksumType(u.Checksum.Type),
	}
	if len(parts) > limit {
		parts, out.IsTruncated = parts[:limit], limit > 0
	}
	for _, p := range parts {
		c := shown(p.Checksum)
		out.NextPartNumberMarker = p.Number
		out.Parts = append(out.Parts, s3response.Part{
			PartNumber: p.Number, Size: p.Size, ETag: quoted(p.ETag), LastModified: unixMilli(p.Modified),
			ChecksumCRC32: c.crc32, ChecksumCRC32C: c.crc32c, ChecksumCRC64NVME: c.crc64, ChecksumSHA1: c.sha1, ChecksumSHA256: c.sha256,
		})
	}
	return out, nil
}
