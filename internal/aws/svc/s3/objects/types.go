package objects

import (
	"errors"
	"time"
)

// What can be wrong with a request to the store.
var (
	ErrNoBucket     = errors.New("no such bucket")
	ErrBucketExists = errors.New("the bucket exists")
	ErrNotEmpty     = errors.New("the bucket is not empty")
	ErrNoKey        = errors.New("no such key")
	ErrNoVersion    = errors.New("no such version")
	ErrNoUpload     = errors.New("no such upload")
	ErrDiskFull     = errors.New("the disk is full")
)

// NullVersion is the id of a version written while versioning was not enabled.
const NullVersion = "null"

// The states of a bucket's versioning; it begins with none.
const (
	VersioningEnabled   = "Enabled"
	VersioningSuspended = "Suspended"
)

// Bucket is a bucket and its configuration. Values read from the store are
// shared: replace maps and slices, do not change them.
type Bucket struct {
	ID         uint64            `json:"id"`
	Name       string            `json:"name"`
	Created    time.Time         `json:"created"`
	Versioning string            `json:"versioning,omitempty"`
	ACL        []byte            `json:"acl,omitempty"`
	Ownership  string            `json:"ownership,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	// Documents are configurations kept as they were sent, by the name of their
	// sub-resource: "policy", "cors", "lifecycle".
	Documents map[string]string `json:"documents,omitempty"`
}

// File is one plain file of an object's data.
type File struct {
	ID   uint64 `json:"i"`
	Size int64  `json:"s"`
}

// Checksum is an object's or a part's checksum as S3 shows it.
type Checksum struct {
	Algorithm string `json:"a,omitempty"` // CRC32, CRC32C, CRC64NVME, SHA1, SHA256
	Type      string `json:"t,omitempty"` // FULL_OBJECT or COMPOSITE
	Value     string `json:"v,omitempty"` // base64, for a composite with -<parts>
}

// Object is one version of an object, or a delete marker.
type Object struct {
	Key     string `json:"-"`
	Seq     uint64 `json:"-"` // its place among versions
	Version string `json:"v,omitempty"`
	Marker  bool   `json:"d,omitempty"`

	Size     int64             `json:"s"`
	ETag     string            `json:"e,omitempty"` // without quotes
	Modified int64             `json:"m"`           // Unix milliseconds
	Files    []File            `json:"f,omitempty"`
	Parts    []PartInfo        `json:"p,omitempty"` // of a multipart upload
	Headers  map[string]string `json:"h,omitempty"` // Content-Type and its kin
	Meta     map[string]string `json:"u,omitempty"` // x-amz-meta-*
	Tags     map[string]string `json:"g,omitempty"`
	Checksum Checksum          `json:"c,omitzero"`
	Upload   string            `json:"l,omitempty"` // the upload that made it
}

// VersionID is the id S3 shows: "null" when versioning was not enabled.
func (o *Object) VersionID() string {
	if o.Version == "" {
		return NullVersion
	}
	return o.Version
}

// ModTime is when the version was made.
func (o *Object) ModTime() time.Time { return time.UnixMilli(o.Modified).UTC() }

// PartInfo is what stays known of a part once its upload is complete.
type PartInfo struct {
	Number   int    `json:"n"`
	Size     int64  `json:"s"`
	Checksum string `json:"c,omitempty"`
}

// Upload is a multipart upload that is neither complete nor aborted.
type Upload struct {
	Key       string            `json:"-"`
	ID        string            `json:"id"`
	Initiated int64             `json:"t"` // Unix milliseconds
	Headers   map[string]string `json:"h,omitempty"`
	Meta      map[string]string `json:"u,omitempty"`
	Tags      map[string]string `json:"g,omitempty"`
	Checksum  Checksum          `json:"c,omitzero"` // algorithm and type asked for
}

// Part is an uploaded part.
type Part struct {
	Number   int      `json:"n"`
	Size     int64    `json:"s"`
	ETag     string   `json:"e"`
	Modified int64    `json:"m"`
	Files    []File   `json:"f,omitempty"`
	Checksum Checksum `json:"c,omitzero"` // what the client sent or asked for
	CRC64    string   `json:"x,omitempty"`
}
