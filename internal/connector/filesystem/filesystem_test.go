package filesystem_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/filesystem"
	"weir/internal/format"
	"weir/internal/format/csv"
	"weir/internal/format/raw"
	"weir/internal/objstore"
	"weir/internal/obs"
	"weir/internal/types"
	"weir/internal/vfs"
)

var fields = []types.Field{
	{Name: "ticker", Type: types.VarCharType(6)},
	{Name: "price", Type: types.DoubleType},
	{Name: "event_time", Type: types.TimestampType(3)},
}

// world is a file system, a clock and randomness that repeats.
type world struct {
	*connector.Env
	clock *clock.Manual
}

func newWorld(fs vfs.FS) *world {
	c := clock.NewManual(time.Date(2021, 6, 1, 12, 0, 0, 0, time.UTC))
	return &world{clock: c, Env: &connector.Env{
		Clock: c, FS: fs, Rand: random{rand.NewPCG(1, 2)}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Getenv:  func(string) string { return "" },
		Formats: map[string]*format.Format{"csv": csv.Format(), "raw": raw.Format()},
	}}
}

type random struct{ *rand.PCG }

func (r random) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r.Uint64())
	}
	return len(p), nil
}

func table(path string, options ...string) *connector.Table {
	o := map[string]string{"connector": "filesystem", "format": "csv", "path": path}
	for i := 0; i < len(options); i += 2 {
		o[options[i]] = options[i+1]
	}
	return &connector.Table{Name: "t", Fields: fields, PartitionKeys: []string{"ticker"}, Options: o}
}

// sinkJob is one attempt of a job that writes.
type sinkJob struct {
	t *testing.T
	s connector.Sink
	w connector.Writer
	c connector.Committer
}

func (w *world) start(t *testing.T, tab *connector.Table, state []byte) *sinkJob {
	t.Helper()
	s, err := filesystem.Factory().NewSink(t.Context(), w.Env, tab)
	if err != nil {
		t.Fatal(err)
	}
	return (&sinkJob{t: t, s: s}).attempt(state)
}

// attempt starts anew with the same sink.
func (j *sinkJob) attempt(state []byte) *sinkJob {
	j.t.Helper()
	c, err := j.s.Committer(j.t.Context(), state)
	if err != nil {
		j.t.Fatal(err)
	}
	w, err := j.s.Writer(j.t.Context(), 0, 1, obs.Scope{})
	if err != nil {
		j.t.Fatal(err)
	}
	return &sinkJob{j.t, j.s, w, c}
}

func (j *sinkJob) write(rows ...row) {
	j.t.Helper()
	if err := j.w.Write(toBatch(rows)); err != nil {
		j.t.Fatal(err)
	}
}

func (j *sinkJob) prepare() ([]connector.Committable, []byte) {
	j.t.Helper()
	cs, err := j.w.Prepare(false)
	if err != nil {
		j.t.Fatal(err)
	}
	state, err := j.c.Snapshot()
	if err != nil {
		j.t.Fatal(err)
	}
	return cs, state
}

func (j *sinkJob) commit(cs []connector.Committable, wm, now int64, end bool) {
	j.t.Helper()
	if err := j.c.Commit(context.Background(), cs, wm, now, end); err != nil {
		j.t.Fatal(err)
	}
}

type row struct {
	ticker *string
	price  *float64
	at     int64
}

func r(ticker string, price float64, at int64) row { return row{&ticker, &price, at} }

func toBatch(rows []row) *batch.Batch {
	b := batch.New(fields, 0)
	for _, r := range rows {
		if r.ticker == nil {
			b.Cols[0].AppendNull()
		} else {
			b.Cols[0].AppendString(*r.ticker)
		}
		if r.price == nil {
			b.Cols[1].AppendNull()
		} else {
			b.Cols[1].AppendF64(*r.price)
		}
		b.Cols[2].AppendI64(r.at)
		b.N++
	}
	return b
}

// listing is every file below dir that readers see, with its content; of a part
// its name is cut to its numbers.
func listing(t *testing.T, env *connector.Env, dir string) map[string]string {
	t.Helper()
	store, err := objstore.Open(t.Context(), objstore.Env{FS: env.FS, Rand: env.Rand, Getenv: env.Getenv}, dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	err = store.List(t.Context(), "", func(o objstore.Object) error {
		in, err := store.Open(t.Context(), o.Key, 0)
		if err != nil {
			return err
		}
		data, err := io.ReadAll(in)
		name := short(o.Key)
		for files[name] != "" { // another writer's
			name += "'"
		}
		files[name] = string(data)
		return errors.Join(err, in.Close())
	})
	if err != nil && !errors.Is(err, objstore.ErrNotFound) {
		t.Fatal(err)
	}
	return files
}

func short(key string) string {
	dir, name, _ := strings.Cut(key, "/")
	if p := strings.Split(name, "-"); len(p) == 8 {
		name = p[0] + "-" + p[6] + "-" + p[7]
	}
	return dir + "/" + name
}

// golden are the rows of the walk-through and where Flink 1.11.4 wrote them.
func golden(t *testing.T) (rows []row, want map[string]string) {
	data, err := os.ReadFile("testdata/golden.tsv")
	if err != nil {
		t.Fatal(err)
	}
	want = map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		var x row
		if err := json.Unmarshal([]byte(f[0]), &x.ticker); err != nil {
			t.Fatal(err)
		}
		if f[1] != "null" {
			p, err := strconv.ParseFloat(f[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			x.price = &p
		}
		at, err := time.Parse(time.DateTime, f[2])
		if err != nil {
			t.Fatal(err)
		}
		x.at = at.UnixMilli()
		rows = append(rows, x)
		want[f[4]] += f[5] + "\n"
	}
	return rows, want
}

func TestGoldenRows(t *testing.T) {
	rows, want := golden(t)
	if len(want) < 40 {
		t.Fatalf("only %d directories in the golden file", len(want))
	}
	stores(t, func(t *testing.T, w *world, path string) {
		j := w.start(t, table(path), nil)
		j.write(rows...)
		cs, _ := j.prepare()
		if got := visible(listing(t, w.Env, path)); len(got) > 0 {
			t.Errorf("visible before the commit: %v", got)
		}
		j.commit(cs, 0, 0, false)
		got := map[string]string{}
		for name, content := range listing(t, w.Env, path) {
			got[strings.Split(name, "/")[0]] += content
		}
		for k := range want {
			if got[k] != want[k] {
				t.Errorf("%s: got %q, want %q", k, got[k], want[k])
			}
		}
		for k := range got {
			if _, ok := want[k]; !ok {
				t.Errorf("%s should not be", k)
			}
		}
	})
}

// keys are the names of a listing.
func keys(m map[string]string) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

func TestPartNumbers(t *testing.T) {
	w := newWorld(vfs.NewMem())
	j := w.start(t, table("/out"), nil)
	j.write(r("AAPL", 1, 0), r("AMZN", 1, 0), r("MSFT", 1, 0))
	first, _ := j.prepare()
	j.write(r("AMZN", 2, 0), r("NEWT", 2, 0))
	second, _ := j.prepare()
	j.commit(append(first, second...), 0, 0, false)
	const want = "ticker=AAPL/part-0-0 ticker=AMZN/part-0-1 ticker=AMZN/part-0-2 ticker=MSFT/part-0-2 ticker=NEWT/part-0-3"
	if got := keys(listing(t, w.Env, "/out")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// stores are where the tests of crashes run.
func stores(t *testing.T, f func(t *testing.T, w *world, path string)) {
	t.Run("local", func(t *testing.T) { f(t, newWorld(vfs.NewMem()), "file:///out") })
	t.Run("s3", func(t *testing.T) {
		w := newWorld(vfs.NewMem())
		w.Getenv = serveS3(t, "bucket")
		f(t, w, "s3a://bucket/")
	})
}

func TestCrashBetweenPrepareAndCommit(t *testing.T) {
	stores(t, func(t *testing.T, w *world, path string) {
		j := w.start(t, table(path), nil)
		j.write(r("A", 1, 0))
		cs, state := j.prepare()
		// Rows after the checkpoint, staged and not: neither is in it.
		j.write(r("A", 2, 0))
		j.prepare()
		j.write(r("A", 3, 0))
		if got := visible(listing(t, w.Env, path)); len(got) > 0 {
			t.Fatalf("visible before the commit: %v", got)
		}
		// The process ends here. Another one starts from the checkpoint.
		j = w.start(t, table(path), state)
		for range 2 {
			j.commit(cs, 0, 0, false)
			got := listing(t, w.Env, path)
			if keys(got) != "ticker=A/part-0-0" || got["ticker=A/part-0-0"] != "1.0,\"1970-01-01 00:00:00\"\n" {
				// What the ended writer had open is swept as well: nothing hidden is left.
				t.Fatalf("got %v", got)
			}
		}
		j.write(r("A", 2, 0))
		cs, _ = j.prepare()
		j.commit(cs, 0, 0, false)
		if got := listing(t, w.Env, path); len(got) != 2 {
			t.Errorf("got %v", got)
		}
	})
}

func visible(files map[string]string) []string {
	var names []string
	for k := range files {
		if !objstore.Hidden(k) {
			names = append(names, k)
		}
	}
	return names
}

func TestRestartInOneProcess(t *testing.T) {
	stores(t, func(t *testing.T, w *world, path string) {
		j := w.start(t, table(path), nil)
		j.write(r("A", 1, 0))
		j.prepare() // its checkpoint never completes
		j.write(r("B", 1, 0))
		if err := j.w.Close(); err != nil {
			t.Fatal(err)
		}
		j = j.attempt(nil)
		j.write(r("A", 1, 0))
		cs, _ := j.prepare()
		j.commit(cs, 0, 0, false)
		if got := keys(listing(t, w.Env, path)); got != "ticker=A/part-0-0" {
			t.Errorf("got %s", got)
		}
	})
}

func TestLostUpload(t *testing.T) {
	stores(t, func(t *testing.T, w *world, path string) {
		j := w.start(t, table(path), nil)
		j.write(r("A", 1, 0))
		cs, _ := j.prepare()
		j.commit(cs, 0, 0, false)
		store, err := objstore.Open(t.Context(), objstore.Env{FS: w.FS, Rand: w.Rand, Getenv: w.Getenv}, path)
		if err != nil {
			t.Fatal(err)
		}
		var c struct{ Staged objstore.Staged }
		if err := json.Unmarshal(cs[0], &c); err != nil {
			t.Fatal(err)
		}
		if err := store.Put(t.Context(), c.Staged.Key, []byte("another")); err != nil {
			t.Fatal(err)
		}
		if err := j.c.Commit(t.Context(), cs, 0, 0, false); err == nil {
			t.Error("a changed object was taken for the one staged")
		}
		if err := store.Delete(t.Context(), c.Staged.Key); err != nil {
			t.Fatal(err)
		}
		if err := j.c.Commit(t.Context(), cs, 0, 0, false); err == nil || !strings.Contains(err.Error(), "gone") {
			t.Errorf("got %v", err)
		}
	})
}

func TestDiskFaults(t *testing.T) {
	// Fail the nth operation on the disk, for every n, and go on from what the
	// last complete checkpoint holds: rows are there once.
	const want = "1.0,\"1970-01-01 00:00:00\"\n"
	for n := int32(0); ; n++ {
		mem := vfs.NewMem()
		inj := errorfs.OnIndex(n)
		w := newWorld(errorfs.Wrap(mem, errorfs.ErrInjected.If(inj)))
		err := writeOnce(t, w)
		if inj.Index.Load() >= 0 { // it was not reached
			if err != nil {
				t.Fatal(err)
			}
			if n < 5 {
				t.Fatalf("only %d operations", n)
			}
			return
		}
		healthy := newWorld(mem)
		if err != nil {
			if got := visible(listing(t, healthy.Env, "/out")); len(got) > 1 {
				t.Fatalf("after fault %d: %v", n, got)
			}
			continue
		}
		if got := listing(t, healthy.Env, "/out"); got["ticker=A/part-0-0"] != want {
			t.Fatalf("after fault %d: %q", n, got)
		}
	}
}

// writeOnce writes a row and commits it, committing again when that fails.
func writeOnce(t *testing.T, w *world) error {
	s, err := filesystem.Factory().NewSink(t.Context(), w.Env, table("/out"))
	if err != nil {
		return err
	}
	c, err := s.Committer(t.Context(), nil)
	if err != nil {
		return err
	}
	wr, err := s.Writer(t.Context(), 0, 1, obs.Scope{})
	if err != nil {
		return err
	}
	if err := wr.Write(toBatch([]row{r("A", 1, 0)})); err != nil {
		return err
	}
	cs, err := wr.Prepare(false)
	if err != nil {
		return err
	}
	if err := c.Commit(t.Context(), cs, 0, 0, false); err != nil {
		return c.Commit(t.Context(), cs, 0, 0, false)
	}
	return nil
}

func TestPartitionCommit(t *testing.T) {
	w := newWorld(vfs.NewMem())
	j := w.start(t, table("/out", "sink.partition-commit.policy.kind", "success-file", "sink.partition-commit.delay", "1 min"), nil)
	success := func() bool { _, ok := listing(t, w.Env, "/out")["ticker=A/_SUCCESS"]; return ok }
	step := func(now int64, want bool, rows ...row) {
		t.Helper()
		if len(rows) > 0 {
			j.write(rows...)
		}
		cs, _ := j.prepare()
		j.commit(cs, 0, now, false)
		if success() != want {
			t.Errorf("at %d: success file %v, want %v", now, !want, want)
		}
	}
	step(0, false, r("A", 1, 0))
	step(60_000, false) // not more than a minute
	step(60_001, true)
	if err := w.FS.Remove("/out/ticker=A/_SUCCESS"); err != nil {
		t.Fatal(err)
	}
	step(70_000, false, r("A", 2, 0)) // late data opens it again
	step(130_001, true)
}

func TestPartitionTime(t *testing.T) {
	w := newWorld(vfs.NewMem())
	tab := table("/out", "sink.partition-commit.policy.kind", "success-file", "sink.partition-commit.trigger", "partition-time",
		"sink.partition-commit.delay", "1 h", "partition.time-extractor.timestamp-pattern", "$ticker:00",
		"partition.time-extractor.timestamp-formatter", "yyyyMMddHH:mm",
		"sink.partition-commit.watermark-time-zone", "Asia/Shanghai", "sink.partition-commit.success-file.name", "DONE")
	j := w.start(t, tab, nil)
	j.write(r("2021060110", 1, 0))
	cs, state := j.prepare()
	due := time.Date(2021, 6, 1, 3, 0, 0, 0, time.UTC).UnixMilli() // 10:00 in Shanghai and the hour
	j.commit(cs, due, 0, false)
	if got := keys(listing(t, w.Env, "/out")); got != "ticker=2021060110/part-0-0" {
		t.Errorf("got %s", got)
	}
	j = w.start(t, tab, state)
	j.commit(cs, due+1, 0, false)
	if got := keys(listing(t, w.Env, "/out")); got != "ticker=2021060110/DONE ticker=2021060110/part-0-0" {
		t.Errorf("got %s", got)
	}
}

func TestRolling(t *testing.T) {
	w := newWorld(vfs.NewMem())
	j := w.start(t, table("/out", "sink.rolling-policy.file-size", "60b", "sink.rolling-policy.rollover-interval", "10 min"), nil)
	for range 3 { // 26 bytes a row: the third is over
		j.write(r("A", 1, 0))
	}
	j.write(r("A", 2, 0))
	w.clock.Advance(11 * time.Minute)
	j.write(r("B", 3, 0)) // A's second part is too old
	j.write(r("A", 4, 0))
	cs, _ := j.prepare()
	j.commit(cs, 0, 0, true)
	if got := keys(listing(t, w.Env, "/out")); got != "ticker=A/part-0-0 ticker=A/part-0-1 ticker=A/part-0-2 ticker=B/part-0-2" {
		t.Errorf("got %s", got)
	}
}

func TestOptions(t *testing.T) {
	for want, o := range map[string][]string{
		"did you mean 'csv'":   {"format", "csvs"},
		"did you mean 'sink.r": {"sink.rolling-policy.filesize", "1"},
		"hive table":           {"sink.partition-commit.policy.kind", "metastore"},
		"needs a JVM":          {"sink.partition-commit.policy.kind", "custom"},
		"auto-compaction":      {"auto-compaction", "true"},
		"single character":     {"csv.field-delimiter", ",,"},
		"is not a time zone":   {"sink.partition-commit.watermark-time-zone", "Mars"},
	} {
		err := filesystem.Factory().Validate(table("/x", o...), newWorld(nil).Formats)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", o, err, want)
		}
	}
	if _, err := filesystem.Factory().NewSink(t.Context(), newWorld(nil).Env, table("hdfs://x/y")); err == nil || !strings.Contains(err.Error(), "'hdfs'") {
		t.Errorf("got %v", err)
	}
}
