// Package objstore is the seam for objects: a directory of files on this
// machine, or a prefix of an S3 bucket, as the file connector and others that
// read and write whole objects see them.
//
// Vocabulary. A Store is rooted at a path; keys are relative to it, with
// slashes. An object is visible, whole and durable, or it is not there. Big
// objects are staged: Begin starts an Upload, Stage makes what was written
// durable and returns a Staged, which can be stored anywhere; Complete makes
// it visible, as often as it is called, by whichever process.
//
// Locally an upload is a hidden file next to its place (.NAME.inprogress.ID)
// that Complete renames; in S3 it is a multipart upload. Names that begin with
// '.' or '_' are hidden from readers (Hidden), as Hive, Athena and Flink have
// it.
//
// The package knows nothing of tables, formats or partitions.
package objstore

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"weir/internal/errs"
	"weir/internal/vfs"
)

// ErrNotFound is returned, wrapped, for an object that is not there.
var ErrNotFound = errors.New("no such object")

// Object is what a listing tells of an object.
type Object struct {
	Key      string // relative to the store; "" when the store's path is itself an object
	Size     int64
	Modified time.Time
	ETag     string // "" locally
}

// Part is an uploaded part of a Staged.
type Part struct {
	Number int32
	ETag   string
}

// Staged is an object that is durable and not visible yet.
type Staged struct {
	Key   string
	ID    string // of the upload
	Size  int64
	Parts []Part `json:",omitempty"`
	ETag  string `json:",omitempty"` // the object's when it is complete, as far as it can be known
}

// Upload is an object being written, by one goroutine.
type Upload interface {
	// Write appends p, which is not kept.
	Write(p []byte) (int, error)
	// Held is the number of bytes in memory.
	Held() int
	// Stage ends the upload and makes it durable.
	Stage(ctx context.Context) (Staged, error)
	// Abort gives the upload up; after Stage it does nothing.
	Abort(ctx context.Context) error
}

// Store is a place for objects.
type Store interface {
	// Name is the whole path of an object, as the user wrote it.
	Name(key string) string
	// List yields every object below prefix, in the order of keys.
	List(ctx context.Context, prefix string, yield func(Object) error) error
	// Open reads an object from an offset on.
	Open(ctx context.Context, key string, from int64) (io.ReadCloser, error)
	// Stat tells of one object.
	Stat(ctx context.Context, key string) (Object, error)
	// Put writes a small object, replacing what is there.
	Put(ctx context.Context, key string, data []byte) error
	// Delete removes an object; that it is not there is no error.
	Delete(ctx context.Context, key string) error
	// Begin starts an upload.
	Begin(ctx context.Context, key string) (Upload, error)
	// Complete makes a staged object visible. One that is visible already, by
	// its size and ETag, is left.
	Complete(ctx context.Context, s Staged) error
	// Sweep aborts the uploads below prefix whose object's name mine accepts.
	Sweep(ctx context.Context, mine func(name string) bool) error
}

// Env is what stores need of the world.
type Env struct {
	FS     vfs.FS
	Rand   io.Reader
	Getenv func(string) string
	// Config are settings in Flink's names: s3.access-key, s3.secret-key,
	// s3.endpoint, s3.path.style.access.
	Config map[string]string
}

// Open opens the store at path: "/dir", "dir", "file:///dir", or "s3://bucket/prefix" with
// s3a and s3n as other names.
func Open(ctx context.Context, env Env, path string) (Store, error) {
	scheme, rest, ok := strings.Cut(path, ":")
	if !ok || strings.ContainsAny(scheme, "/.") {
		return newLocal(env, path), nil
	}
	switch scheme {
	case "file":
		if after, ok := strings.CutPrefix(rest, "//"); ok {
			host, dir, _ := strings.Cut(after, "/")
			if host != "" && host != "localhost" {
				return nil, errs.New(errs.Invalid, "path.host", "path '%s' names the host %s", path, host).
					WithHint("write file:///%s", after)
			}
			rest = "/" + dir
		}
		return newLocal(env, rest), nil
	case "s3", "s3a", "s3n":
		return openS3(ctx, env, scheme, strings.TrimLeft(rest, "/"))
	}
	return nil, errs.New(errs.Unsupported, "path.scheme", "Could not find a file system implementation for scheme '%s'", scheme).
		WithHint("paths may begin with file://, s3://, s3a:// or s3n://")
}

// Hidden reports whether readers pass over an object: a part of its key begins
// with '.' or '_'.
func Hidden(key string) bool {
	for _, part := range strings.Split(key, "/") {
		if strings.HasPrefix(part, ".") || strings.HasPrefix(part, "_") {
			return true
		}
	}
	return false
}

func base(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }
