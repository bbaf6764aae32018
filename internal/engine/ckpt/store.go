package ckpt

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/zeebo/xxh3"

	"weir/internal/vfs"
)

const manifestName = "MANIFEST"

// Store keeps the checkpoints of one job in a directory.
type Store struct {
	fs  vfs.FS
	dir string
}

// OpenStore opens the checkpoint directory, creating it when it is not there,
// and removes what a crash left half-written.
func OpenStore(fsys vfs.FS, dir string) (*Store, error) {
	s := &Store{fsys, dir}
	if err := fsys.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("creating the checkpoint directory: %w", err)
	}
	ids, err := s.list()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if !s.complete(s.path(id)) {
			if err := fsys.RemoveAll(s.path(id)); err != nil {
				return nil, fmt.Errorf("removing an incomplete checkpoint: %w", err)
			}
		}
	}
	return s, nil
}

func (s *Store) path(id int64) string { return s.fs.PathJoin(s.dir, fmt.Sprintf("chk-%d", id)) }

func (s *Store) complete(dir string) bool {
	_, err := s.fs.Stat(s.fs.PathJoin(dir, manifestName))
	return err == nil
}

// list is the ids of the directories, ascending.
func (s *Store) list() ([]int64, error) {
	names, err := s.fs.List(s.dir)
	if err != nil {
		return nil, fmt.Errorf("listing checkpoints: %w", err)
	}
	var ids []int64
	for _, n := range names {
		if rest, ok := strings.CutPrefix(n, "chk-"); ok {
			if id, err := strconv.ParseInt(rest, 10, 64); err == nil {
				ids = append(ids, id)
			}
		}
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids, nil
}

// Latest opens the newest complete checkpoint that is not damaged; nil when
// there is none at all. When all are damaged it fails with what is wrong.
func (s *Store) Latest() (*Checkpoint, error) {
	ids, err := s.list()
	if err != nil {
		return nil, err
	}
	var damaged []error
	for _, id := range slices.Backward(ids) {
		if !s.complete(s.path(id)) {
			continue
		}
		c, err := Open(s.fs, s.path(id))
		if err == nil {
			err = c.Verify()
		}
		if err == nil {
			c.Damaged = damaged
			return c, nil
		}
		damaged = append(damaged, err)
	}
	return nil, errors.Join(damaged...)
}

// LastID is the greatest id of a checkpoint, damaged ones included; 0 when there
// is none.
func (s *Store) LastID() (int64, error) {
	ids, err := s.list()
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[len(ids)-1], nil
}

// Begin starts writing checkpoint id.
func (s *Store) Begin(id int64) (*Writing, error) { return Begin(s.fs, s.path(id)) }

// Retain removes all complete checkpoints but the newest n.
func (s *Store) Retain(n int) error {
	ids, err := s.list()
	if err != nil {
		return err
	}
	for i := 0; i < len(ids)-n; i++ {
		// The manifest goes first: a half-removed checkpoint is none.
		m := s.fs.PathJoin(s.path(ids[i]), manifestName)
		if err := s.fs.Remove(m); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing an old checkpoint: %w", err)
		}
		if err := s.fs.RemoveAll(s.path(ids[i])); err != nil {
			return fmt.Errorf("removing an old checkpoint: %w", err)
		}
	}
	return nil
}

// Checkpoint is a complete checkpoint, open for reading.
type Checkpoint struct {
	Manifest *Manifest
	Dir      string
	// Damaged tells of newer checkpoints that could not be used.
	Damaged []error
	fs      vfs.FS
}

// Open opens the checkpoint or savepoint in dir.
func Open(fsys vfs.FS, dir string) (*Checkpoint, error) {
	data, err := vfs.ReadFile(fsys, fsys.PathJoin(dir, manifestName))
	if err != nil {
		return nil, fmt.Errorf("no complete checkpoint in %s: %w", dir, err)
	}
	m, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return &Checkpoint{Manifest: m, Dir: dir, fs: fsys}, nil
}

// Verify reads all state and fails where it is not what was written.
func (c *Checkpoint) Verify() error {
	all := func(int) bool { return true }
	for _, o := range c.Manifest.Operators {
		seen := map[string]bool{}
		for _, p := range o.Pieces {
			if seen[p.Name] {
				continue
			}
			seen[p.Name] = true
			if err := c.Read(o, p.Name, all, func(int, int, []byte) error { return nil }); err != nil {
				return err
			}
		}
	}
	return nil
}

// Read gives every piece of operator o called name whose group want accepts.
func (c *Checkpoint) Read(o Operator, name string, want func(group int) bool, f func(group, version int, data []byte) error) error {
	files := map[string]vfs.File{}
	defer func() {
		for _, file := range files {
			_ = file.Close() // opened for reading: nothing is lost
		}
	}()
	for _, p := range o.Pieces {
		if p.Name != name || !want(p.Group) {
			continue
		}
		file := files[p.File]
		if file == nil {
			var err error
			if file, err = c.fs.Open(c.fs.PathJoin(c.Dir, p.File)); err != nil {
				return fmt.Errorf("opening state of %s: %w", o.Name, err)
			}
			files[p.File] = file
		}
		data, err := c.piece(file, p)
		if err != nil {
			return fmt.Errorf("reading state of %s: %s at byte %d: %w", o.Name, c.fs.PathJoin(c.Dir, p.File), p.Offset, err)
		}
		if err := f(p.Group, p.Version, data); err != nil {
			return err
		}
	}
	return nil
}

// piece reads one piece and checks it.
func (c *Checkpoint) piece(file vfs.File, p Piece) ([]byte, error) {
	data := make([]byte, p.Length)
	if _, err := file.ReadAt(data, p.Offset); err != nil && !(errors.Is(err, io.EOF) && p.Length == 0) {
		if errors.Is(err, io.EOF) {
			err = errors.New("the file is damaged: it is cut short")
		}
		return nil, err
	}
	if c.Manifest.Version > 1 && xxh3.Hash(data) != p.Sum {
		return nil, errors.New("the file is damaged: a checksum does not fit")
	}
	return data, nil
}

// Writing is a checkpoint being written. Its files may be written by several
// goroutines.
type Writing struct {
	fs  vfs.FS
	dir string
	mu  sync.Mutex
	ops map[string]*Operator
}

// Begin starts a checkpoint or savepoint in dir, which must not hold one.
func Begin(fsys vfs.FS, dir string) (*Writing, error) {
	w := &Writing{fs: fsys, dir: dir, ops: map[string]*Operator{}}
	if _, err := fsys.Stat(fsys.PathJoin(dir, manifestName)); err == nil {
		return nil, fmt.Errorf("%s already holds a checkpoint", dir)
	}
	if err := fsys.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("creating a checkpoint: %w", err)
	}
	return w, nil
}

// Task opens the state file of one task.
func (w *Writing) Task(name string) (*TaskFile, error) {
	f, err := w.fs.Create(w.fs.PathJoin(w.dir, name), vfs.Category)
	if err != nil {
		return nil, fmt.Errorf("writing a checkpoint: %w", err)
	}
	return &TaskFile{w: w, name: name, file: f}, nil
}

// Commit writes the manifest: m with the operators' pieces filled in.
func (w *Writing) Commit(m *Manifest) error {
	m.Version = FormatVersion
	m.Operators = m.Operators[:0]
	for _, o := range w.ops {
		m.Operators = append(m.Operators, *o)
	}
	sort.Slice(m.Operators, func(i, j int) bool { return m.Operators[i].Identity < m.Operators[j].Identity })
	data, err := encode(m)
	if err != nil {
		return err
	}
	if err := vfs.WriteFile(w.fs, w.fs.PathJoin(w.dir, manifestName), data); err != nil {
		return fmt.Errorf("completing a checkpoint: %w", err)
	}
	return vfs.SyncDir(w.fs, w.fs.PathDir(w.dir))
}

// Abort removes what was written.
func (w *Writing) Abort() error { return w.fs.RemoveAll(w.dir) }

// TaskFile takes the state of the operators of one task, one after the other.
type TaskFile struct {
	w        *Writing
	name     string
	file     vfs.File
	offset   int64
	identity string
	opName   string
	err      error
}

// Size is how many bytes were written.
func (t *TaskFile) Size() int64 { return t.offset }

// Operator says whose pieces follow.
func (t *TaskFile) Operator(identity, name string) { t.identity, t.opName = identity, name }

// Write implements op.StateWriter.
func (t *TaskFile) Write(name string, group, version int, data []byte) error {
	sum := xxh3.Hash(data) // before the write, which may use data as scratch (vfs.File)
	if _, err := t.file.Write(data); err != nil {
		t.err = err
		return fmt.Errorf("writing state of %s: %w", t.opName, err)
	}
	p := Piece{Name: name, Group: group, Version: version, File: t.name, Offset: t.offset, Length: int64(len(data)),
		Sum: sum}
	t.offset += p.Length
	t.w.mu.Lock()
	defer t.w.mu.Unlock()
	o := t.w.ops[t.identity]
	if o == nil {
		o = &Operator{Identity: t.identity, Name: t.opName}
		t.w.ops[t.identity] = o
	}
	o.Pieces = append(o.Pieces, p)
	return nil
}

// Close makes the file durable.
func (t *TaskFile) Close() error {
	err := t.err
	if err == nil {
		err = t.file.Sync()
	}
	if cerr := t.file.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("writing a checkpoint: %w", err)
	}
	return nil
}
