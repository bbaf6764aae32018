package shardlog

import (
	"bytes"
	"context"
	"fmt"
	"sort"
	"testing"
	"time"

	"pgregory.net/rapid"

	"weir/internal/clock"
	"weir/internal/vfs"
	"weir/internal/vfs/spacewait"
)

var start = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func open(t require, fs vfs.FS, clk clock.Clock) *Log {
	t.Helper()
	l, err := Open(spacewait.New(fs, clk, "", 0), "log", clk)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// require is what testing.T, testing.B and rapid.T share.
type require interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func shard(t require, l *Log, id ShardID) *Shard {
	t.Helper()
	s, err := l.Shard(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(l *Log, s *Shard, data ...string) (*Run, error) {
	r := NewRun(s, 0)
	for _, d := range data {
		r.Add([]byte("key-"+d), []byte(d))
	}
	return r, l.Append(context.Background(), []*Run{r})
}

func readAll(t require, s *Shard, from uint64) (data []string) {
	t.Helper()
	for {
		p, err := s.Read(from, 7, 1<<20, func(r *Record) {
			if string(r.Key) != "key-"+string(r.Data) {
				t.Fatalf("record %d: key %q, data %q", r.Index, r.Key, r.Data)
			}
			data = append(data, string(r.Data))
		})
		if err != nil {
			t.Fatal(err)
		}
		if from = p.Next; p.AtTip {
			return data
		}
	}
}

// modelRec is a record as the model of TestModel remembers it.
type modelRec struct {
	index uint64
	time  int64
	data  string
}

// machine is a log and the list it is compared with; its methods are the
// actions rapid chooses from.
type machine struct {
	fs     vfs.FS
	clk    *clock.Manual
	log    *Log
	recs   map[ShardID][]modelRec
	ids    []ShardID
	serial int
}

// TestModel compares a log with a list under random puts, reads, time seeks,
// trims and restarts.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{
			fs: vfs.NewMem(), clk: clock.NewManual(start), recs: map[ShardID][]modelRec{},
			ids: []ShardID{{1, 0}, {1, 1}, {2, 0}, {1<<64 - 2, 7}},
		}
		m.log = open(t, m.fs, m.clk)
		t.Repeat(rapid.StateMachineActions(m))
		if err := m.log.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func (m *machine) shard(t *rapid.T) (ShardID, *Shard) {
	id := rapid.SampledFrom(m.ids).Draw(t, "shard")
	return id, shard(t, m.log, id)
}

// from is the place of the first record of a shard that arrived at ms or later.
func (m *machine) from(id ShardID, ms int64) int {
	recs := m.recs[id]
	return sort.Search(len(recs), func(i int) bool { return recs[i].time >= ms })
}

// Put puts up to three records to each shard at once.
func (m *machine) Put(t *rapid.T) {
	m.clk.Advance(time.Duration(rapid.IntRange(0, 3).Draw(t, "ms")) * time.Millisecond)
	var runs []*Run
	var of []ShardID
	var data [][]string
	for _, id := range m.ids {
		n := rapid.IntRange(0, 3).Draw(t, "records")
		if n == 0 {
			continue
		}
		r, put := NewRun(shard(t, m.log, id), 0), []string{}
		for range n {
			m.serial++
			d := fmt.Sprint(m.serial)
			r.Add([]byte("key-"+d), []byte(d))
			put = append(put, d)
		}
		runs, of, data = append(runs, r), append(of, id), append(data, put)
	}
	if err := m.log.Append(context.Background(), runs); err != nil {
		t.Fatal(err)
	}
	for i, r := range runs {
		for at, d := range data[i] {
			m.recs[of[i]] = append(m.recs[of[i]], modelRec{r.Index(uint64(at)), r.Time, d})
		}
	}
}

// Read reads a page from anywhere.
func (m *machine) Read(t *rapid.T) {
	id, s := m.shard(t)
	want := m.recs[id]
	from := rapid.Uint64Range(0, s.Tip()+1).Draw(t, "from")
	limit := rapid.IntRange(1, 5).Draw(t, "limit")
	i := sort.Search(len(want), func(i int) bool { return want[i].index >= from })
	want = want[i:min(len(want), i+limit)]
	var got []modelRec
	if _, err := s.Read(from, limit, 1<<20, func(r *Record) {
		got = append(got, modelRec{r.Index, r.Time, string(r.Data)})
	}); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%v from %d: got %v, want %v", id, from, got, want)
	}
}

// Seek looks for a time and reads on from there.
func (m *machine) Seek(t *rapid.T) {
	id, s := m.shard(t)
	ms := m.clk.Now().UnixMilli() - int64(rapid.IntRange(-2, 60).Draw(t, "ago"))
	at, err := s.SeekTime(ms)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(readAll(t, s, at)), fmt.Sprint(dataOf(m.recs[id][m.from(id, ms):])); got != want {
		t.Fatalf("%v at %d: got %v, want %v", id, ms, got, want)
	}
}

// Trim trims a shard, perhaps after its records had expired.
func (m *machine) Trim(t *rapid.T) {
	id, s := m.shard(t)
	ms := m.clk.Now().UnixMilli() - int64(rapid.IntRange(-1, 60).Draw(t, "ago"))
	if rapid.Bool().Draw(t, "expire first") {
		if err := s.Expire(ms); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Trim(ms); err != nil {
		t.Fatal(err)
	}
	m.recs[id] = m.recs[id][m.from(id, ms):]
}

// Restart closes the log and opens it again.
func (m *machine) Restart(t *rapid.T) {
	if err := m.log.Close(); err != nil {
		t.Fatal(err)
	}
	m.log = open(t, m.fs, m.clk)
}

// Check compares everything that can be read, after each action.
func (m *machine) Check(t *rapid.T) {
	for _, id := range m.ids {
		if got, want := fmt.Sprint(readAll(t, shard(t, m.log, id), 0)), fmt.Sprint(dataOf(m.recs[id])); got != want {
			t.Fatalf("%v: got %v, want %v", id, got, want)
		}
	}
}

func dataOf(recs []modelRec) (data []string) {
	for _, r := range recs {
		data = append(data, r.data)
	}
	return data
}

func TestIndexesGoOnAfterTrimAndRestart(t *testing.T) {
	fs, clk := vfs.NewMem(), clock.NewManual(start)
	l := open(t, fs, clk)
	id := ShardID{1, 0}
	if _, err := put(l, shard(t, l, id), "a", "b", "c"); err != nil {
		t.Fatal(err)
	}
	clk.Advance(time.Hour)
	if err := shard(t, l, id).Trim(clk.Now().UnixMilli()); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, fs, clk)
	defer func() { _ = l.Close() }()
	r, err := put(l, shard(t, l, id), "d")
	if err != nil {
		t.Fatal(err)
	}
	if r.First != 4 {
		t.Errorf("the record after a trim of three has index %d, want 4", r.First)
	}
	if got := readAll(t, shard(t, l, id), 0); fmt.Sprint(got) != "[d]" {
		t.Errorf("read %v", got)
	}
}

func TestPageLimits(t *testing.T) {
	clk := clock.NewManual(start)
	l := open(t, vfs.NewMem(), clk)
	defer func() { _ = l.Close() }()
	s := shard(t, l, ShardID{1, 0})
	big := bytes.Repeat([]byte("x"), 1<<20)
	for range 5 {
		r := NewRun(s, len(big))
		r.Add([]byte("k"), big)
		if err := l.Append(context.Background(), []*Run{r}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ bytes, want int }{{1, 1}, {3 << 20, 2}, {10 << 20, 5}} {
		p, err := s.Read(0, 100, c.bytes, func(*Record) {})
		if err != nil || p.Records != c.want || p.AtTip != (c.want == 5) {
			t.Errorf("%d bytes: page %+v, %v; want %d records", c.bytes, p, err, c.want)
		}
	}
}

func TestDropStream(t *testing.T) {
	clk := clock.NewManual(start)
	l := open(t, vfs.NewMem(), clk)
	defer func() { _ = l.Close() }()
	for stream := uint64(1); stream <= 3; stream++ {
		if _, err := put(l, shard(t, l, ShardID{stream, 0}), "a"); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.DropStream(2); err != nil {
		t.Fatal(err)
	}
	for stream := uint64(1); stream <= 3; stream++ {
		want := 1
		if stream == 2 {
			want = 0
		}
		if got := readAll(t, shard(t, l, ShardID{stream, 0}), 0); len(got) != want {
			t.Errorf("stream %d has %d records, want %d", stream, len(got), want)
		}
	}
}

func FuzzBlock(f *testing.F) {
	r := &Run{}
	r.Add([]byte("k"), []byte("data"))
	r.Add([]byte(""), bytes.Repeat([]byte("x"), 300))
	block, _ := appendBlock(nil, []*Run{r, r})
	f.Add(block)
	f.Add([]byte{1, 1})
	f.Fuzz(func(t *testing.T, value []byte) {
		if _, _, _, err := extent(1, value); err != nil {
			return
		}
		p := pager{records: 1 << 30, bytes: 1 << 30, f: func(*Record) {}}
		_, _ = p.block(1, value) // must not panic; what it yields of damage is its affair
	})
}
