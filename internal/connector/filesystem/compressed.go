package filesystem

import (
	"bufio"
	"compress/bzip2"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/klauspost/compress/zstd"

	"weir/internal/errs"
	"weir/internal/objstore"
)

// decompressors by the extension of a file's name, as Flink knows them.
var decompressors = map[string]func(io.Reader) (io.Reader, error){
	".gz":      func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	".gzip":    func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	".deflate": func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) },
	".bz2":     func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil },
	".zst":     newZstd,
	".zstd":    newZstd,
	".xz": func(io.Reader) (io.Reader, error) {
		return nil, errs.New(errs.Unsupported, "file.compression", "files compressed with xz cannot be read").WithHint("use .gz or .zst")
	},
}

func newZstd(r io.Reader) (io.Reader, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// unpacked is the content of a compressed file.
type unpacked struct {
	io.Reader
	file io.Closer
}

// Close implements io.Closer.
func (u *unpacked) Close() error {
	var err error
	if c, ok := u.Reader.(io.Closer); ok {
		err = c.Close()
	}
	return errors.Join(err, u.file.Close())
}

// openFile opens a file, decompressed, at an offset of its content.
func openFile(ctx context.Context, store objstore.Store, key string, at int64) (io.ReadCloser, error) {
	unpack := decompressors[path.Ext(store.Name(key))]
	if unpack == nil {
		return store.Open(ctx, key, at)
	}
	f, err := store.Open(ctx, key, 0)
	if err != nil {
		return nil, err
	}
	r, err := unpack(bufio.NewReaderSize(f, blockSize))
	if errors.Is(err, io.EOF) { // an empty file
		return f, nil
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("it is not what its name says: %w", err), f.Close())
	}
	if _, err := io.CopyN(io.Discard, r, at); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, f.Close())
	}
	return &unpacked{r, f}, nil
}
