package athena

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"weir/internal/athena/worker"
	glue "weir/internal/aws/api/glue"
	"weir/internal/vfs"
)

// most is how many folders a query lists and how many objects it looks at, at once.
const most = 16

// place is a folder to list.
type place struct {
	src       *source
	location  string
	partition int
	files     []worker.File
}

// files lists what is left of the tables with the caller's rights, looks at each
// object (which asks whether the caller may read it) and takes its file. release
// lets the files go; it is never nil.
func (r *run) files(p *planned) (release func(), err error) {
	var mu sync.Mutex
	var held []func() error
	release = func() {
		for _, f := range held {
			_ = f() // a file that cannot be let go stays until the next start
		}
	}
	var places []*place
	for _, src := range p.tables {
		if len(src.spec.Keys) == 0 {
			places = append(places, &place{src: src, location: deref(deref(src.table.StorageDescriptor).Location), partition: -1})
		}
		for i, part := range src.parts {
			places = append(places, &place{src: src, location: partitionLocation(src.table, part), partition: i})
		}
	}
	r.looks = make(chan struct{}, most)
	g, ctx := errgroup.WithContext(r.ctx)
	g.SetLimit(most)
	for _, pl := range places {
		g.Go(func() error {
			return r.list(ctx, pl, func(f func() error) {
				mu.Lock()
				held = append(held, f)
				mu.Unlock()
			})
		})
	}
	if err := g.Wait(); err != nil {
		return release, err
	}
	for _, pl := range places {
		pl.src.spec.Files = append(pl.src.spec.Files, pl.files...)
	}
	return release, nil
}

// partitionLocation is a partition's folder: its own, or the one its values name.
func partitionLocation(t glue.Table, p glue.Partition) string {
	if loc := deref(deref(p.StorageDescriptor).Location); loc != "" {
		return loc
	}
	loc := strings.TrimSuffix(deref(deref(t.StorageDescriptor).Location), "/")
	for i, v := range p.Values {
		loc += "/" + t.PartitionKeys[i].Name + "=" + v
	}
	return loc
}

func (r *run) list(ctx context.Context, pl *place, hold func(func() error)) error {
	bucket, prefix := splitPath(pl.location)
	if !strings.HasPrefix(pl.location, "s3://") || bucket == "" {
		return &worker.Failure{Code: "HIVE_METASTORE_ERROR", Msg: fmt.Sprintf("table %s.%s: location %q is not of the form s3://bucket/folder/",
			pl.src.spec.Database, pl.src.spec.Name, pl.location)}
	}
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	var objects []Object
	err := r.s.Objects.List(ctx, r.cred, bucket, prefix, func(o Object) error {
		if !hiddenKey(o.Key[len(prefix):]) && o.Size > 0 {
			objects = append(objects, o)
		}
		return nil
	})
	if err != nil {
		return &worker.Failure{Code: "PERMISSION_DENIED", Msg: fmt.Sprintf("Failed to list directory: %s: %v", pl.location, err)}
	}
	pl.files = make([]worker.File, len(objects))
	g, ctx := errgroup.WithContext(ctx)
	for i, o := range objects {
		g.Go(func() error {
			select {
			case r.looks <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			defer func() { <-r.looks }()
			return r.take(ctx, pl, i, bucket, o, hold)
		})
	}
	return g.Wait()
}

func (r *run) take(ctx context.Context, pl *place, i int, bucket string, o Object, hold func(func() error)) error {
	location := "s3://" + bucket + "/" + o.Key
	if _, err := r.s.Objects.Head(ctx, r.cred, bucket, o.Key); err != nil {
		return &worker.Failure{Code: "PERMISSION_DENIED", Msg: fmt.Sprintf("Error opening Hive split %s (offset=0, length=%d): %v", location, o.Size, err)}
	}
	path, release, err := r.s.Files.File(ctx, bucket, o.Key)
	if err != nil {
		return &worker.Failure{Code: "HIVE_CANNOT_OPEN_SPLIT", Msg: fmt.Sprintf("Error opening Hive split %s (offset=0, length=%d): %v", location, o.Size, err)}
	}
	hold(release)
	pl.files[i] = worker.File{Path: path, Location: location, Size: o.Size, Partition: pl.partition}
	return nil
}

// hiddenKey reports names Athena does not see: any part that begins with _ or a dot.
func hiddenKey(rel string) bool {
	for part := range strings.SplitSeq(rel, "/") {
		if strings.HasPrefix(part, "_") || strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}

// seeker reads a file from the start again when an upload is tried again.
type seeker struct {
	f    vfs.File
	at   int64
	size int64
}

// Read implements io.Reader.
func (s *seeker) Read(p []byte) (int, error) {
	if s.at >= s.size {
		return 0, io.EOF
	}
	n, err := s.f.ReadAt(p[:min(int64(len(p)), s.size-s.at)], s.at)
	s.at += int64(n)
	return n, err
}

// Seek implements io.Seeker.
func (s *seeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seeking to %d", offset)
	}
	s.at = offset
	return offset, nil
}
