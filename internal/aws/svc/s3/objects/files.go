package objects

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"weir/internal/vfs"
)

// blockSize is the number of files in one directory.
const blockSize = 4096

// copySize is the size of the buffers data goes through.
const copySize = 256 << 10

// counter hands out numbers that are never handed out twice, also after a
// crash: it writes down in steps how far it may have come.
type counter struct {
	db    *pebble.DB
	key   string
	step  uint64
	mu    sync.Mutex
	next  uint64
	limit uint64
}

func openCounter(db *pebble.DB, key string, step uint64) (*counter, error) {
	n, err := readUint(db, []byte(key))
	if err != nil {
		return nil, err
	}
	if n == 0 {
		n = step // so that 0 is never a number in use
	}
	return &counter{db: db, key: key, step: step, next: n, limit: n}, nil
}

func (c *counter) take() (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == c.limit {
		if err := c.db.Set([]byte(c.key), putUint(nil, c.limit+c.step), pebble.Sync); err != nil {
			return 0, fmt.Errorf("reserving numbers: %w", err)
		}
		c.limit += c.step
	}
	c.next++
	return c.next - 1, nil
}

// readUint reads a number of the index; 0 when it is not there.
func readUint(db *pebble.DB, key []byte) (uint64, error) {
	v, closer, err := db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the object index: %w", err)
	}
	n, err := getUint(v)
	return n, errors.Join(err, closer.Close())
}

// fileSet is the plain files of a store.
type fileSet struct {
	db   *pebble.DB
	fs   vfs.FS
	dir  string // …/objects
	ids  *counter
	bufs sync.Pool
	sync dirSyncer
	room diskRoom

	mu     sync.Mutex
	made   map[uint64]bool // blocks whose directory is there
	drafts map[uint64]int  // drafts open, by block
	low    uint64          // no draft was left in a block before this one
	pins   map[uint64]int  // readers, by file
	doomed map[uint64]bool // files to remove when their last reader is done
	dying  map[uint64]bool // files being removed
}

// openFiles opens the set and removes garbage and abandoned drafts.
func openFiles(db *pebble.DB, fs vfs.FS, dir string) (*fileSet, error) {
	ids, err := openCounter(db, keyFileLimit, blockSize)
	if err != nil {
		return nil, err
	}
	f := &fileSet{
		db: db, fs: fs, dir: fs.PathJoin(dir, "objects"), ids: ids,
		made: map[uint64]bool{}, drafts: map[uint64]int{}, pins: map[uint64]int{},
		doomed: map[uint64]bool{}, dying: map[uint64]bool{},
	}
	f.bufs.New = func() any { b := make([]byte, copySize); return &b }
	f.sync.fs = fs
	f.room = diskRoom{fs: fs, dir: dir}
	if err := f.sweep(); err != nil {
		return nil, fmt.Errorf("sweeping %s: %w", f.dir, err)
	}
	return f, nil
}

func (f *fileSet) blockDir(block uint64) string {
	return f.fs.PathJoin(f.dir, fmt.Sprintf("%06x", block))
}

func (f *fileSet) path(id uint64) string {
	return f.fs.PathJoin(f.blockDir(id/blockSize), fmt.Sprintf("%09x", id))
}

// sweep removes the files written down as garbage and, in the blocks where a
// draft may have been open, those that nobody names.
func (f *fileSet) sweep() error {
	garbage, err := f.garbage()
	if err != nil {
		return err
	}
	if err := f.discard(garbage); err != nil {
		return err
	}
	low, err := readUint(f.db, []byte(keyLowBlock))
	if err != nil {
		return err
	}
	end := f.ids.limit / blockSize
	for block := low; block < end; block++ {
		if err := f.sweepBlock(block); err != nil {
			return err
		}
	}
	f.low = end
	if low == end {
		return nil
	}
	return f.db.Set([]byte(keyLowBlock), putUint(nil, end), pebble.NoSync)
}

func (f *fileSet) garbage() ([]uint64, error) {
	it, err := f.db.NewIter(&pebble.IterOptions{LowerBound: []byte{nsGarbage}, UpperBound: []byte{nsGarbage + 1}})
	if err != nil {
		return nil, err
	}
	var ids []uint64
	for ok := it.First(); ok; ok = it.Next() {
		id, err := getUint(it.Key()[1:])
		if err != nil {
			return nil, errors.Join(err, it.Close())
		}
		ids = append(ids, id)
	}
	return ids, errors.Join(it.Error(), it.Close())
}

func (f *fileSet) sweepBlock(block uint64) error {
	names, err := f.fs.List(f.blockDir(block))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		id, err := strconv.ParseUint(name, 16, 64)
		if err != nil {
			continue // not ours
		}
		n, err := f.refs(id)
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if err := f.fs.Remove(f.path(id)); err != nil {
			return err
		}
	}
	return nil
}

// refs is the number of names of a file.
func (f *fileSet) refs(id uint64) (int, error) {
	n, err := readUint(f.db, refKey(id))
	return int(n), err
}

// Draft is data that is on disk and that no Object names yet. Finish it.
type Draft struct {
	Files []File // none for no data
	set   *fileSet
}

// Size is the number of bytes staged.
func (d *Draft) Size() int64 {
	var n int64
	for _, f := range d.Files {
		n += f.Size
	}
	return n
}

// Finish ends the draft: after a change that succeeded (err nil) its files
// belong to the object; after one that did not they are removed.
func (d *Draft) Finish(err error) {
	for _, file := range d.Files {
		if err != nil && !errors.Is(err, ErrUncertain) {
			_ = d.set.fs.Remove(d.set.path(file.ID)) // the next Open removes it otherwise
		}
		d.set.settle(file.ID)
	}
	d.Files = nil
}

// Stage writes what r gives to a new file and makes it durable.
func (s *Store) Stage(r io.Reader) (*Draft, error) {
	f := s.files
	buf := f.bufs.Get().(*[]byte)
	defer f.bufs.Put(buf)
	n, err := readFull(r, *buf)
	if err != nil {
		return nil, err
	}
	d := &Draft{set: f}
	if n == 0 {
		return d, nil
	}
	id, err := f.begin()
	if err != nil {
		return nil, err
	}
	d.Files = []File{{ID: id}}
	size, err := f.write(id, r, *buf, n)
	if err != nil {
		d.Finish(err)
		return nil, fullDisk(err)
	}
	d.Files[0].Size = size
	return d, nil
}

// begin numbers a new file and makes its directory.
func (f *fileSet) begin() (uint64, error) {
	if err := f.room.check(); err != nil {
		return 0, err
	}
	f.mu.Lock() // over the number too: raiseLow must not pass it
	defer f.mu.Unlock()
	id, err := f.ids.take()
	if err != nil {
		return 0, fullDisk(err)
	}
	block := id / blockSize
	if !f.made[block] {
		if err := f.fs.MkdirAll(f.blockDir(block), 0o755); err != nil {
			return 0, fullDisk(fmt.Errorf("making room for objects: %w", err))
		}
		if err := vfs.SyncDir(f.fs, f.dir); err != nil {
			return 0, fmt.Errorf("making room for objects: %w", err)
		}
		f.made[block] = true
		if err := f.raiseLow(block); err != nil {
			return 0, err
		}
	}
	f.drafts[block]++
	return id, nil
}

// raiseLow writes down the first block that may hold a draft, so that the next
// Open need not look further back. f.mu is held.
func (f *fileSet) raiseLow(newest uint64) error {
	low := newest
	for block := range f.drafts {
		low = min(low, block)
	}
	if low <= f.low {
		return nil
	}
	f.low = low
	return f.db.Set([]byte(keyLowBlock), putUint(nil, low), pebble.NoSync)
}

// settle ends the account of a draft.
func (f *fileSet) settle(id uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	block := id / blockSize
	if f.drafts[block]--; f.drafts[block] <= 0 {
		delete(f.drafts, block)
	}
}

// write puts buf[:n] and the rest of r into a new file, synced with its directory.
func (f *fileSet) write(id uint64, r io.Reader, buf []byte, n int) (int64, error) {
	file, err := f.fs.Create(f.path(id), vfs.Category)
	if err != nil {
		return 0, fmt.Errorf("creating an object's file: %w", err)
	}
	size, err := copyRest(file, r, buf, n)
	if err == nil {
		err = file.Sync()
	}
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return 0, err
	}
	return size, f.sync.sync(f.blockDir(id / blockSize))
}

func copyRest(w io.Writer, r io.Reader, buf []byte, n int) (int64, error) {
	var size int64
	for n > 0 {
		if _, err := w.Write(buf[:n]); err != nil {
			return 0, fmt.Errorf("writing an object's file: %w", err)
		}
		size += int64(n)
		if n < len(buf) {
			break
		}
		var err error
		if n, err = readFull(r, buf); err != nil {
			return 0, err
		}
	}
	return size, nil
}

// readFull fills buf as far as r has data; an error of r is returned as it is,
// because it may carry an answer to the client (a wrong checksum).
func readFull(r io.Reader, buf []byte) (int, error) {
	n := 0
	for n < len(buf) {
		m, err := r.Read(buf[n:])
		n += m
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}
