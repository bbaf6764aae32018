package filesystem_test

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/connector/filesystem"
	"weir/internal/objstore"
	"weir/internal/obs"
	"weir/internal/types"
	"weir/internal/vfs"
)

func put(t testing.TB, fs vfs.FS, name string, data []byte) {
	t.Helper()
	if err := fs.MkdirAll(fs.PathDir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := vfs.WriteFile(fs, name, data); err != nil {
		t.Fatal(err)
	}
}

func packed(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		panic(err)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// readAll reads a bounded table, from splits if there are any.
func readAll(t testing.TB, env *connector.Env, tab *connector.Table, splits []connector.Split, each func(b *batch.Batch, r connector.Reader)) error {
	t.Helper()
	s, err := filesystem.Factory().NewSource(t.Context(), env, tab)
	if err != nil {
		return err
	}
	e, err := s.Enumerator(t.Context(), nil)
	if err != nil {
		return err
	}
	if splits == nil {
		if splits, _, err = e.Discover(t.Context()); err != nil {
			return err
		}
	}
	r, err := s.Reader(t.Context(), 0, 1, obs.Scope{})
	if err != nil {
		return err
	}
	if err := r.Add(splits); err != nil {
		return err
	}
	b := batch.New(tab.Fields, batch.MaxRows)
	for left := len(splits); left > 0; {
		b.Reset()
		f, ok, err := r.Poll(b)
		if err != nil {
			return err
		}
		if !ok {
			<-r.Wake()
			continue
		}
		if f.Done {
			left--
		}
		each(b, r)
	}
	return nil
}

func rowsOf(b *batch.Batch) []string {
	var out []string
	for i := range b.N {
		var cells []string
		for _, v := range b.Cols {
			switch {
			case v.IsNull(i):
				cells = append(cells, "NULL")
			case v.Type.Phys() == types.PhysBytes:
				cells = append(cells, string(v.Bytes(i)))
			case v.Type.Phys() == types.PhysF64:
				cells = append(cells, fmt.Sprint(v.F64[i]))
			case v.Type.Phys() == types.PhysI32:
				cells = append(cells, fmt.Sprint(v.I32[i]))
			default:
				cells = append(cells, fmt.Sprint(v.I64[i]))
			}
		}
		out = append(out, strings.Join(cells, "|"))
	}
	return out
}

func TestReadPartitionsAndMetadata(t *testing.T) {
	stores(t, func(t *testing.T, w *world, path string) {
		j := w.start(t, table(path, "sink.partition-commit.policy.kind", "success-file"), nil)
		j.write(r("A/B", 1, 0), r("C", 2, 1500), row{nil, new(3.5), 0})
		cs, _ := j.prepare()
		j.commit(cs, 0, 0, true)
		j.write(r("C", 9, 0)) // open: not to be read
		tab := table(path)
		tab.Fields = append(slices.Clone(fields), types.Field{Name: "size", Type: types.Type{Kind: types.BigInt}})
		tab.Metadata = []string{"", "", "", "file.size"}
		var got []string
		err := readAll(t, w.Env, tab, nil, func(b *batch.Batch, _ connector.Reader) { got = append(got, rowsOf(b)...) })
		slices.Sort(got)
		want := []string{"A/B|1|0|26", "C|2|1500|28", "NULL|3.5|0|26"}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("got %q %v", got, err)
		}
	})
}

func TestReadOddFiles(t *testing.T) {
	w := newWorld(vfs.NewMem())
	put(t, w.FS, "/in/a.csv", []byte("a,1\r\n\n\"b\nc\",2\nno end,3"))
	put(t, w.FS, "/in/b.csv.gz", packed("z,4\nzz,5\n"))
	put(t, w.FS, "/in/empty.csv", nil)
	put(t, w.FS, "/in/_SUCCESS", []byte("x"))
	put(t, w.FS, "/in/.hidden", []byte("x"))
	tab := &connector.Table{Name: "t", Fields: []types.Field{{Name: "s", Type: types.StringType}, {Name: "n", Type: types.IntType}},
		Options: map[string]string{"connector": "filesystem", "format": "csv", "path": "/in"}}
	want := []string{"a|1", "b\nc|2", "no end|3", "z|4", "zz|5"}
	var got []string
	err := readAll(t, w.Env, tab, nil, func(b *batch.Batch, _ connector.Reader) { got = append(got, rowsOf(b)...) })
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %q %v", got, err)
	}
	put(t, w.FS, "/in/b.csv.gz", packed("z,4\nzz,five\n"))
	err = readAll(t, w.Env, tab, nil, func(*batch.Batch, connector.Reader) {})
	if err == nil || !strings.Contains(err.Error(), `/in/b.csv.gz, line 2`) || !strings.Contains(err.Error(), `field "n"`) {
		t.Errorf("got %v", err)
	}
	tab.Options["path"] = "/nowhere"
	if err := readAll(t, w.Env, tab, nil, nil); err == nil || !strings.Contains(err.Error(), "File /nowhere does not exist") {
		t.Errorf("got %v", err)
	}
}

func TestResume(t *testing.T) {
	w := newWorld(vfs.NewMem())
	var text strings.Builder
	const n = 3*batch.MaxRows + 5
	for i := range n {
		fmt.Fprintf(&text, "%d,x\n", i)
	}
	put(t, w.FS, "/in/a.csv", []byte(text.String()))
	put(t, w.FS, "/in/b.csv.gz", packed(text.String()))
	tab := &connector.Table{Name: "t", Fields: []types.Field{{Name: "n", Type: types.IntType}, {Name: "s", Type: types.StringType}},
		Options: map[string]string{"connector": "filesystem", "format": "csv", "path": "/in"}}
	var first []string
	var points [][]connector.Split
	var counts []int
	if err := readAll(t, w.Env, tab, nil, func(b *batch.Batch, r connector.Reader) {
		first = append(first, rowsOf(b)...)
		p, err := r.Positions()
		if err != nil {
			t.Fatal(err)
		}
		points, counts = append(points, p), append(counts, len(first))
	}); err != nil {
		t.Fatal(err)
	}
	if len(first) != 2*n {
		t.Fatalf("%d rows", len(first))
	}
	for i, p := range points {
		rest := first[:counts[i]:counts[i]]
		if len(p) > 0 {
			if err := readAll(t, w.Env, tab, p, func(b *batch.Batch, _ connector.Reader) { rest = append(rest, rowsOf(b)...) }); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(rest, first) {
			t.Errorf("from point %d: %d rows", i, len(rest))
		}
	}
}

func TestMonitor(t *testing.T) {
	w := newWorld(vfs.NewMem())
	put(t, w.FS, "/in/a.csv", nil)
	put(t, w.FS, "/in/a.txt", nil)
	tab := table("/in", "source.monitor-interval", "5 s", "source.path.regex-pattern", `/in/.*\.csv`)
	tab.PartitionKeys = nil
	s, err := filesystem.Factory().NewSource(t.Context(), w.Env, tab)
	if err != nil || s.Bounded() {
		t.Fatal(err)
	}
	e, err := s.Enumerator(t.Context(), nil)
	if err != nil || e.Interval() != (5*time.Second).Milliseconds() {
		t.Fatal(err)
	}
	ids := func() string {
		t.Helper()
		found, more, err := e.Discover(t.Context())
		if err != nil || !more {
			t.Fatal(more, err)
		}
		var out []string
		for _, s := range found {
			out = append(out, s.ID)
		}
		return strings.Join(out, " ")
	}
	if got := ids(); got != "a.csv" {
		t.Errorf("got %s", got)
	}
	state, err := e.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	put(t, w.FS, "/in/b.csv", nil)
	if e, err = s.Enumerator(t.Context(), state); err != nil {
		t.Fatal(err)
	}
	if got := ids(); got != "b.csv" {
		t.Errorf("got %s", got)
	}
}

// BenchmarkRead reads lines with a decoder that does next to nothing.
func BenchmarkRead(b *testing.B) {
	w := newWorld(vfs.OS())
	name := b.TempDir() + "/in"
	put(b, w.FS, name, bytes.Repeat([]byte(`{"ticker":"AAPL","price":12.34,"event_time":"2021-06-01T10:00:00.123"}`+"\n"), 200_000))
	tab := &connector.Table{Name: "t", Fields: []types.Field{{Name: "s", Type: types.StringType}},
		Options: map[string]string{"connector": "filesystem", "format": "raw", "path": name}}
	rows := 0
	for b.Loop() {
		if err := readAll(b, w.Env, tab, nil, func(b *batch.Batch, _ connector.Reader) { rows += b.N }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/line")
}

// TestReadAheadOfS3 reads objects without ever waiting in Poll, resumes in their
// middle, and tells of one that is gone.
func TestReadAheadOfS3(t *testing.T) {
	const rows = 150_000 // of 13 bytes: several blocks
	env := &connector.Env{FS: vfs.NewMem(), Rand: rand.Reader, Clock: clock.System{}, Getenv: serveS3(t, "far"), Formats: all.Formats()}
	tab := &connector.Table{Fields: []types.Field{{Name: "n", Type: types.BigIntType}},
		Options: map[string]string{"connector": "filesystem", "path": "s3://far/in", "format": "json"}}
	store, err := objstore.Open(t.Context(), objstore.Env{FS: env.FS, Rand: env.Rand, Getenv: env.Getenv}, "s3://far/in")
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	for n := range rows {
		fmt.Fprintf(&text, "{\"n\":%7d}\n", n)
	}
	if err := store.Put(t.Context(), "a.json", text.Bytes()); err != nil {
		t.Fatal(err)
	}
	s, err := filesystem.Factory().NewSource(t.Context(), env, tab)
	if err != nil {
		t.Fatal(err)
	}
	// poll reads until n rows were seen or the file ends.
	poll := func(splits []connector.Split, n int) (seen []int64, left []connector.Split, err error) {
		r, err := s.Reader(t.Context(), 0, 1, obs.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}()
		if err := r.Add(splits); err != nil {
			t.Fatal(err)
		}
		b := batch.New(tab.Fields, batch.MaxRows)
		for done := false; !done && len(seen) < n; {
			b.Reset()
			f, ok, err := r.Poll(b)
			if err != nil {
				return seen, nil, err
			}
			if !ok {
				<-r.Wake()
			}
			seen, done = append(seen, b.Cols[0].I64[:b.N]...), f.Done
		}
		left, err = r.Positions()
		return seen, left, err
	}
	e, err := s.Enumerator(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	splits, _, err := e.Discover(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first, left, err := poll(splits, rows/3)
	if err != nil {
		t.Fatal(err)
	}
	rest, _, err := poll(left, rows)
	if err != nil {
		t.Fatal(err)
	}
	seen := append(first, rest...)
	if len(seen) != rows {
		t.Fatalf("%d rows, want %d", len(seen), rows)
	}
	for i, n := range seen {
		if n != int64(i) {
			t.Fatalf("row %d is %d", i, n)
		}
	}
	if err := store.Delete(t.Context(), "a.json"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := poll(splits, 1); err == nil || !strings.Contains(err.Error(), "opening s3://far/in/a.json") {
		t.Errorf("of an object that is gone: %v", err)
	}
}
