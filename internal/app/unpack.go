package app

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"

	"weir/internal/errs"
	"weir/internal/vfs"
)

// The limits of a zip, unpacked: the code of the managed service is at most
// 512 MiB packed.
const (
	maxFiles = 100_000
	maxBytes = 4 << 30
)

// unpack writes the files of a zip below dir and returns their names, sorted.
func unpack(fsys vfs.FS, r io.ReaderAt, size int64, dir string) ([]string, error) {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // safePath judges paths
		return nil, errs.New(errs.Invalid, "app.zip", "the application's code is not a zip file").Because(err)
	}
	if err := fsys.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("unpacking the application: %w", err)
	}
	if len(z.File) > maxFiles {
		return nil, errs.New(errs.Invalid, "app.zip", "the zip has %d files, more than %d", len(z.File), maxFiles)
	}
	names, left := map[string]bool{}, int64(maxBytes)
	for _, f := range z.File {
		name, err := safePath(f.Name)
		if err != nil {
			return nil, err
		}
		path := fsys.PathJoin(dir, name)
		if strings.HasSuffix(f.Name, "/") {
			if err := fsys.MkdirAll(path, 0o755); err != nil {
				return nil, fmt.Errorf("unpacking %s: %w", name, err)
			}
			continue
		}
		if f.Mode()&^fs.ModePerm != 0 {
			return nil, errs.New(errs.Invalid, "app.zip", "'%s' in the zip is not a regular file", name)
		}
		n, err := unpackFile(fsys, f, path, left)
		if err != nil {
			return nil, err
		}
		left -= n
		names[name] = true
	}
	sorted := make([]string, 0, len(names))
	for n := range names {
		sorted = append(sorted, n)
	}
	sort.Strings(sorted)
	return sorted, nil
}

// unpackFile writes one file of at most limit bytes and returns its size.
func unpackFile(fsys vfs.FS, f *zip.File, path string, limit int64) (int64, error) {
	tooLarge := errs.New(errs.Invalid, "app.zip", "the zip unpacks to more than %d bytes", int64(maxBytes))
	if f.UncompressedSize64 > uint64(limit) {
		return 0, tooLarge
	}
	in, err := f.Open()
	if err != nil {
		return 0, errs.New(errs.Invalid, "app.zip", "'%s' in the zip cannot be read", f.Name).Because(err)
	}
	defer func() { _ = in.Close() }() // read to its end, whose checksum was compared there
	if err := fsys.MkdirAll(fsys.PathDir(path), 0o755); err != nil {
		return 0, fmt.Errorf("unpacking %s: %w", f.Name, err)
	}
	out, err := fsys.Create(path, vfs.Category)
	if err != nil {
		return 0, fmt.Errorf("unpacking %s: %w", f.Name, err)
	}
	n, err := io.Copy(out, io.LimitReader(in, limit+1))
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err == nil && n > limit { // the size in the directory of the zip was a lie
		err = tooLarge
	}
	if err != nil {
		return n, fmt.Errorf("unpacking %s: %w", f.Name, err)
	}
	return n, nil
}

// safePath is a zip's name as a relative path that stays below its root.
func safePath(name string) (string, error) {
	clean := strings.TrimSuffix(strings.ReplaceAll(name, `\`, "/"), "/")
	for strings.HasPrefix(clean, "./") {
		clean = clean[2:]
	}
	if !fs.ValidPath(clean) || strings.ContainsAny(clean, ":\x00") {
		return "", errs.New(errs.Invalid, "app.zip", "the zip has a file named '%s', which does not lie below its root", name)
	}
	return clean, nil
}
