package s3

import (
	"crypto/md5"
	"encoding/hex"
	"hash"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/s3api/middlewares"
	"github.com/versity/versitygw/s3api/utils"
	"github.com/versity/versitygw/s3err"

	"weir/internal/aws/svc/s3/objects"
)

// sums are the checksum values of a request by algorithm; versitygw's inputs
// and outputs have a field for each.
type sums struct {
	crc32, crc32c, crc64, sha1, sha256 *string
	// other are the algorithms that Weir does not know.
	other []*string
}

func (s sums) by(algorithm string) *string {
	switch types.ChecksumAlgorithm(algorithm) {
	case types.ChecksumAlgorithmCrc32:
		return s.crc32
	case types.ChecksumAlgorithmCrc32c:
		return s.crc32c
	case types.ChecksumAlgorithmCrc64nvme:
		return s.crc64
	case types.ChecksumAlgorithmSha1:
		return s.sha1
	case types.ChecksumAlgorithmSha256:
		return s.sha256
	}
	return nil
}

// algorithms are those Weir computes.
func algorithms() []string { return []string{"CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"} }

// sent is the algorithm and value that came with a request.
func (s sums) sent() (algorithm, value string) {
	for _, a := range algorithms() {
		if v := s.by(a); v != nil && *v != "" {
			return a, strings.Clone(*v)
		}
	}
	return "", ""
}

// shown puts a checksum into the field of its algorithm.
func shown(c objects.Checksum) sums {
	if c.Value == "" {
		return sums{}
	}
	v := &c.Value
	switch types.ChecksumAlgorithm(c.Algorithm) {
	case types.ChecksumAlgorithmCrc32:
		return sums{crc32: v}
	case types.ChecksumAlgorithmCrc32c:
		return sums{crc32c: v}
	case types.ChecksumAlgorithmCrc64nvme:
		return sums{crc64: v}
	case types.ChecksumAlgorithmSha1:
		return sums{sha1: v}
	case types.ChecksumAlgorithmSha256:
		return sums{sha256: v}
	}
	return sums{}
}

// body reads a request's data and computes, on the way, its MD5 and a checksum,
// comparing with what the client sent.
type body struct {
	r         io.Reader
	md5       hash.Hash
	algorithm string // of the checksum
	named     bool   // the client named the algorithm
	trailer   middlewares.ChecksumReader
	hashed    *utils.HashReader
	crc64     *utils.HashReader // when asked for besides
}

// newBody prepares to read r. The algorithm is that of a trailer, of a header's
// value, the one asked for, or else CRC64NVME. withCRC64 computes that too.
func newBody(r io.Reader, sent sums, asked string, withCRC64 bool) (*body, error) {
	b := &body{md5: md5.New(), named: true}
	expected := ""
	if t, ok := r.(middlewares.ChecksumReader); ok && t.Algorithm() != "" {
		b.trailer, b.algorithm = t, strings.ToUpper(t.Algorithm())
	} else if b.algorithm, expected = sent.sent(); b.algorithm == "" {
		if b.algorithm = strings.ToUpper(strings.Clone(asked)); b.algorithm == "" {
			b.algorithm, b.named = "CRC64NVME", false
		}
	}
	for _, v := range sent.other {
		if v != nil && *v != "" {
			return nil, s3err.GetAPIError(s3err.ErrInvalidRequest)
		}
	}
	b.r = io.TeeReader(r, b.md5)
	var err error
	if b.trailer == nil {
		if b.hashed, err = hashing(b.r, expected, b.algorithm); err != nil {
			return nil, s3err.GetAPIError(s3err.ErrInvalidRequest)
		}
		b.r = b.hashed
	}
	if withCRC64 && b.algorithm != "CRC64NVME" {
		if b.crc64, err = hashing(b.r, "", "CRC64NVME"); err != nil {
			return nil, err
		}
		b.r = b.crc64
	}
	return b, nil
}

func hashing(r io.Reader, expected, algorithm string) (*utils.HashReader, error) {
	return utils.NewHashReader(r, expected, utils.HashType(strings.ToLower(algorithm)))
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) { return b.r.Read(p) }

// etag is the MD5 of what was read, in hex.
func (b *body) etag() string { return hex.EncodeToString(b.md5.Sum(nil)) }

// checksum is that of what was read.
func (b *body) checksum() objects.Checksum {
	c := objects.Checksum{Algorithm: b.algorithm, Type: string(types.ChecksumTypeFullObject)}
	if b.trailer != nil {
		c.Value = strings.Clone(b.trailer.Checksum())
	} else {
		c.Value = b.hashed.Sum()
	}
	return c
}

// crc64nvme is that checksum of what was read, "" when it was not computed.
func (b *body) crc64nvme() string {
	if b.crc64 != nil {
		return b.crc64.Sum()
	}
	if b.algorithm == "CRC64NVME" {
		return b.checksum().Value
	}
	return ""
}

// quoted is an ETag as it is sent.
func quoted(etag string) string { return `"` + etag + `"` }

// dechunked is a Content-Encoding without aws-chunked, which is of the transfer.
func dechunked(encoding string) string {
	var kept []string
	for part := range strings.SplitSeq(encoding, ",") {
		if part = strings.TrimSpace(part); part != "" && !strings.EqualFold(part, "aws-chunked") {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ",")
}

// The names of the headers kept with an object.
const (
	hContentType  = "Content-Type"
	hEncoding     = "Content-Encoding"
	hDisposition  = "Content-Disposition"
	hLanguage     = "Content-Language"
	hCacheControl = "Cache-Control"
	hExpires      = "Expires"
	hRedirect     = "x-amz-website-redirect-location"
)

// headers keeps those that were sent.
func headers(contentType, encoding, disposition, language, cacheControl, expires, redirect *string) map[string]string {
	kept := map[string]string{}
	for name, v := range map[string]*string{
		hContentType: contentType, hEncoding: encoding, hDisposition: disposition, hLanguage: language,
		hCacheControl: cacheControl, hExpires: expires, hRedirect: redirect,
	} {
		if v == nil {
			continue
		}
		value := strings.Clone(*v)
		if name == hEncoding {
			value = dechunked(value)
		}
		if value != "" {
			kept[name] = value
		}
	}
	return kept
}

// header is a kept header, nil when there is none.
func header(h map[string]string, name string) *string {
	if v, ok := h[name]; ok {
		return &v
	}
	return nil
}
