package objects

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	pvfs "github.com/cockroachdb/pebble/v2/vfs"

	"weir/internal/clock"
	"weir/internal/vfs"
)

// chance gives the randomness of ids from a seeded source.
type chance struct{ r *rand.Rand }

func (c chance) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c.r.Uint32())
	}
	return len(p), nil
}

func open(t testing.TB, fs vfs.FS, seed uint64) *Store {
	t.Helper()
	s, err := Open(Options{FS: fs, Dir: "s3", Clock: clock.System{}, Rand: chance{rand.New(rand.NewPCG(seed, 1))}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t testing.TB, s *Store, key, data string) Object {
	t.Helper()
	d, err := s.Stage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Put("b", Object{Key: key, Size: d.Size(), Files: d.Files}, nil)
	d.Finish(err)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func get(t testing.TB, s *Store, key, version string) (string, error) {
	t.Helper()
	r, err := s.Open("b", key, version)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(r)
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Fatalf("reading %q: %v", key, err)
	}
	return string(data), nil
}

// files are the names of all data files there are.
func files(t testing.TB, fs vfs.FS) []string {
	t.Helper()
	var all []string
	blocks, err := fs.List("s3/objects")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks {
		if block == "empty" {
			continue
		}
		names, err := fs.List(fs.PathJoin("s3/objects", block))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, names...)
	}
	sort.Strings(all)
	return all
}

// named are the files the index names.
func named(t testing.TB, s *Store) []string {
	t.Helper()
	set := map[string]bool{}
	note := func(fs []File) error {
		for _, f := range fs {
			set[fmt.Sprintf("%09x", f.ID)] = true
		}
		return nil
	}
	err := errors.Join(
		scan(s.db, []byte{nsObject}, func(_ []byte, o Object) error { return note(o.Files) }),
		scan(s.db, []byte{nsPart}, func(_ []byte, p Part) error { return note(p.Files) }))
	if err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for name := range set {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}

// TestCrash does random work from several goroutines, pulls the plug at a random
// moment, and looks at what a new start finds: every acknowledged write, no part
// of an object, no file that nobody names.
func TestCrash(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { crash(t, seed) })
	}
}

func crash(t *testing.T, seed uint64) {
	mem := pvfs.NewCrashableMem()
	s := open(t, mem, seed)
	if err := s.CreateBucket(Bucket{Name: "b", Versioning: []string{"", VersioningEnabled, VersioningSuspended}[seed%3]}); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	acked := map[string]string{}   // what was acknowledged, by key; each key has one writer
	pending := map[string]string{} // what was being written when the plug was pulled
	dead, done := false, 0
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			for i := 0; ; i++ {
				key := fmt.Sprintf("w%d/%d", w, r.IntN(5))
				data := strings.Repeat(fmt.Sprintf("%s-%d;", key, i), r.IntN(40))
				mu.Lock()
				if dead {
					mu.Unlock()
					return
				}
				if r.IntN(4) == 0 {
					data = "deleted"
				}
				pending[key] = data
				mu.Unlock()
				work(t, s, r, key, data)
				mu.Lock()
				if dead {
					mu.Unlock()
					return
				}
				acked[key] = data
				done++
				delete(pending, key)
				mu.Unlock()
			}
		})
	}
	r := rand.New(rand.NewPCG(seed, 99))
	for want := r.IntN(200) + 1; ; runtime.Gosched() {
		mu.Lock()
		if done >= want {
			break // with mu held
		}
		mu.Unlock()
	}
	dead = true
	after := mem.CrashClone(pvfs.CrashCloneCfg{UnsyncedDataPercent: int(seed % 3 * 50), RNG: r})
	mu.Unlock()
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, after, seed+1000)
	for key, want := range acked {
		got, err := get(t, again, key, "")
		if errors.Is(err, ErrNoKey) {
			got, err = "deleted", nil
		}
		if err != nil {
			t.Fatal(err)
		}
		if other, was := pending[key]; got != want && !(was && got == other) {
			t.Errorf("seed %d: %s is %q, acknowledged was %q", seed, key, got, want)
		}
	}
	if have, want := files(t, after), named(t, again); !slices.Equal(have, want) {
		t.Errorf("seed %d: files %v, the index names %v", seed, have, want)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

// work writes data at key in one of the ways there are.
func work(t *testing.T, s *Store, r *rand.Rand, key, data string) {
	switch {
	case data == "deleted":
		if _, err := s.Delete("b", []Target{{Key: key}}); err != nil {
			t.Error(err)
		}
	case r.IntN(3) > 0:
		put(t, s, key, data)
	default:
		upload(t, s, key, data)
	}
}

func upload(t testing.TB, s *Store, key, data string) Object {
	t.Helper()
	u, err := s.CreateUpload("b", Upload{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	for i, piece := range []string{data[:len(data)/2], data[len(data)/2:]} {
		d, err := s.Stage(strings.NewReader(piece))
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.PutPart("b", key, u.ID, Part{Number: i + 1, Size: d.Size(), Files: d.Files})
		d.Finish(err)
		if err != nil {
			t.Fatal(err)
		}
	}
	o, err := s.Complete("b", key, u.ID, nil, func(_ Upload, parts []Part) (Object, []Part, error) {
		return Object{}, parts, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestFilesGoWithTheirLastName follows a file through copies, readers and
// deletes.
func TestFilesGoWithTheirLastName(t *testing.T) {
	fs := vfs.NewMem()
	s := open(t, fs, 1)
	if err := s.CreateBucket(Bucket{Name: "b"}); err != nil {
		t.Fatal(err)
	}
	expect := func(what string, n int) {
		t.Helper()
		if got := files(t, fs); len(got) != n {
			t.Errorf("%s: %d files, want %d", what, len(got), n)
		}
	}
	put(t, s, "empty", "")
	expect("an empty object", 0)
	o := put(t, s, "k", "data")
	expect("an object", 1)
	o.Key = "copy"
	if _, err := s.Put("b", o, nil); err != nil {
		t.Fatal(err)
	}
	expect("a copy", 1)
	r, err := s.Open("b", "copy", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Delete("b", []Target{{Key: "k"}, {Key: "copy"}, {Key: "copy"}, {Key: "copy", Version: "null"}}); err != nil {
		t.Fatal(err)
	}
	expect("deleted while being read", 1)
	if data, err := io.ReadAll(r); err != nil || string(data) != "data" {
		t.Errorf("read %q, %v", data, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	expect("read to the end", 0)
	upload(t, s, "m", "first half second half")
	expect("a multipart object", 2)
	l, err := s.Local("b", "m")
	if err != nil {
		t.Fatal(err)
	}
	expect("made one file", 1)
	put(t, s, "m", "other")
	if data, err := vfs.ReadFile(fs, l.Path); err != nil || string(data) != "first half second half" {
		t.Errorf("the local file has %q, %v", data, err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	expect("released", 1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFailedPutLeavesNothing stages data for writes that are refused.
func TestFailedPutLeavesNothing(t *testing.T) {
	fs := vfs.NewMem()
	s := open(t, fs, 1)
	if err := s.CreateBucket(Bucket{Name: "b"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stage(io.MultiReader(strings.NewReader("some"), broken{})); !errors.Is(err, errBroken) {
		t.Errorf("a broken body gives %v", err)
	}
	d, err := s.Stage(bytes.NewReader(make([]byte, 3*copySize+5)))
	if err != nil {
		t.Fatal(err)
	}
	if d.Size() != 3*copySize+5 {
		t.Errorf("staged %d bytes", d.Size())
	}
	_, err = s.Put("b", Object{Key: "k", Files: d.Files}, func(*Object) error { return errBroken })
	d.Finish(err)
	if !errors.Is(err, errBroken) {
		t.Errorf("a refused put gives %v", err)
	}
	if left := files(t, fs); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }
