package objstore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"

	"weir/internal/vfs"
)

// staging is in the name of every file that is being written.
const staging = ".inprogress."

// local keeps objects as files below a directory.
type local struct {
	fs   vfs.FS
	rand io.Reader
	root string
}

func newLocal(env Env, root string) *local {
	if len(root) > 1 {
		root = strings.TrimRight(root, "/")
	}
	return &local{fs: env.FS, rand: env.Rand, root: root}
}

// Name implements Store.
func (l *local) Name(key string) string {
	if key == "" {
		return l.root
	}
	return l.fs.PathJoin(l.root, key)
}

// List implements Store.
func (l *local) List(ctx context.Context, prefix string, yield func(Object) error) error {
	info, err := l.fs.Stat(l.root)
	if err != nil {
		return l.wrap(err, "")
	}
	if !info.IsDir() {
		return yield(Object{Size: info.Size(), Modified: info.ModTime()})
	}
	return l.walk(ctx, "", prefix, yield)
}

func (l *local) walk(ctx context.Context, dir, prefix string, yield func(Object) error) error {
	names, err := l.fs.List(l.Name(dir))
	if err != nil {
		return l.wrap(err, dir)
	}
	sort.Strings(names)
	for _, n := range names {
		key := n
		if dir != "" {
			key = dir + "/" + n
		}
		if !strings.HasPrefix(key, prefix) && !strings.HasPrefix(prefix, key+"/") {
			continue
		}
		info, err := l.fs.Stat(l.Name(key))
		if errors.Is(err, fs.ErrNotExist) { // gone since
			continue
		}
		if err == nil && info.IsDir() {
			err = l.walk(ctx, key, prefix, yield)
		} else if err == nil {
			err = yield(Object{Key: key, Size: info.Size(), Modified: info.ModTime()})
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (l *local) wrap(err error, key string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", l.Name(key), ErrNotFound)
	}
	return err
}

// Open implements Store.
func (l *local) Open(_ context.Context, key string, from int64) (io.ReadCloser, error) {
	f, err := l.fs.Open(l.Name(key))
	if err != nil {
		return nil, l.wrap(err, key)
	}
	return &fileReader{f, from}, nil
}

// fileReader reads on from an offset.
type fileReader struct {
	f   vfs.File
	off int64
}

// Read implements io.Reader.
func (r *fileReader) Read(p []byte) (int, error) {
	n, err := r.f.ReadAt(p, r.off)
	r.off += int64(n)
	if n > 0 {
		return n, nil
	}
	return n, err
}

// Close implements io.Closer.
func (r *fileReader) Close() error { return r.f.Close() }

// Stat implements Store.
func (l *local) Stat(_ context.Context, key string) (Object, error) {
	info, err := l.fs.Stat(l.Name(key))
	if err != nil {
		return Object{}, l.wrap(err, key)
	}
	return Object{Key: key, Size: info.Size(), Modified: info.ModTime()}, nil
}

// Put implements Store. The staging name is hidden from readers.
func (l *local) Put(ctx context.Context, key string, data []byte) error {
	u, err := l.Begin(ctx, key)
	if err != nil {
		return err
	}
	if _, err := u.Write(data); err != nil {
		return errors.Join(err, u.Abort(ctx))
	}
	s, err := u.Stage(ctx)
	if err != nil {
		return err
	}
	return l.Complete(ctx, s)
}

// Delete implements Store.
func (l *local) Delete(_ context.Context, key string) error {
	err := l.fs.Remove(l.Name(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// hiddenName is where the upload id of key is staged.
func (l *local) hiddenName(key, id string) string {
	dir := l.fs.PathDir(l.Name(key))
	return l.fs.PathJoin(dir, "."+base(key)+staging+id)
}

// Begin implements Store.
func (l *local) Begin(_ context.Context, key string) (Upload, error) {
	var id [8]byte
	if _, err := io.ReadFull(l.rand, id[:]); err != nil {
		return nil, err
	}
	u := &localUpload{l: l, staged: Staged{Key: key, ID: hex.EncodeToString(id[:])}}
	u.name = l.hiddenName(key, u.staged.ID)
	if err := l.mkdir(l.fs.PathDir(u.name)); err != nil {
		return nil, err
	}
	f, err := l.fs.Create(u.name, vfs.Category)
	u.f = f
	return u, err
}

// mkdir makes dir and makes it durable, with the parents that were missing.
func (l *local) mkdir(dir string) error {
	if _, err := l.fs.Stat(dir); err == nil {
		return nil
	}
	parent := l.fs.PathDir(dir)
	if parent != dir && parent != "." {
		if err := l.mkdir(parent); err != nil {
			return err
		}
	}
	if err := l.fs.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return vfs.SyncDir(l.fs, parent)
}

type localUpload struct {
	l      *local
	f      vfs.File // nil after the end
	name   string
	staged Staged
	buf    []byte
}

// flushAt is how much is gathered before a write to the file.
const flushAt = 64 << 10

// Write implements Upload.
func (u *localUpload) Write(p []byte) (int, error) {
	u.staged.Size += int64(len(p))
	if len(u.buf) == 0 && len(p) >= flushAt {
		return u.f.Write(p)
	}
	u.buf = append(u.buf, p...)
	if len(u.buf) < flushAt {
		return len(p), nil
	}
	return len(p), u.flush()
}

func (u *localUpload) flush() error {
	_, err := u.f.Write(u.buf)
	u.buf = u.buf[:0]
	return err
}

// Held implements Upload.
func (u *localUpload) Held() int { return len(u.buf) }

// Stage implements Upload.
func (u *localUpload) Stage(context.Context) (Staged, error) {
	err := u.flush()
	if err == nil {
		err = u.f.Sync()
	}
	if cerr := u.f.Close(); err == nil {
		err = cerr
	}
	u.f = nil
	if err == nil {
		err = vfs.SyncDir(u.l.fs, u.l.fs.PathDir(u.name))
	}
	if err != nil {
		return Staged{}, errors.Join(fmt.Errorf("writing %s: %w", u.name, err), u.l.fs.Remove(u.name))
	}
	return u.staged, nil
}

// Abort implements Upload.
func (u *localUpload) Abort(context.Context) error {
	if u.f == nil {
		return nil
	}
	err := u.f.Close()
	u.f = nil
	return errors.Join(err, u.l.fs.Remove(u.name))
}

// Complete implements Store.
func (l *local) Complete(ctx context.Context, s Staged) error {
	name := l.hiddenName(s.Key, s.ID)
	if _, err := l.fs.Stat(name); errors.Is(err, fs.ErrNotExist) {
		o, err := l.Stat(ctx, s.Key)
		switch {
		case errors.Is(err, ErrNotFound):
			return fmt.Errorf("cannot complete %s: the staged file %s is gone", l.Name(s.Key), name)
		case err == nil && o.Size != s.Size:
			return fmt.Errorf("cannot complete %s: it has %d bytes, %d were staged", l.Name(s.Key), o.Size, s.Size)
		case err != nil:
			return err
		}
	} else if err != nil {
		return err
	} else if err := l.fs.Rename(name, l.Name(s.Key)); err != nil {
		return err
	}
	return vfs.SyncDir(l.fs, l.fs.PathDir(name))
}

// Sweep implements Store.
func (l *local) Sweep(ctx context.Context, mine func(string) bool) error {
	err := l.List(ctx, "", func(o Object) error {
		name, isHidden := strings.CutPrefix(base(o.Key), ".")
		name, _, isStaged := strings.Cut(name, staging)
		if !isHidden || !isStaged || !mine(name) {
			return nil
		}
		return l.Delete(ctx, o.Key)
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
