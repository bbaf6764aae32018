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

// TestModel compares a log with a list under random puts, reads, time seeks,
// trims and restarts.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fs, clk := vfs.NewMem(), clock.NewManual(start)
		l := open(t, fs, clk)
		model := map[ShardID][]modelRec{}
		ids := []ShardID{{1, 0}, {1, 1}, {2, 0}, {1<<64 - 2, 7}}
		serial := 0
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				clk.Advance(time.Duration(rapid.IntRange(0, 3).Draw(t, "ms")) * time.Millisecond)
				var runs []*Run
				var of []ShardID
				for _, id := range ids {
					n := rapid.IntRange(0, 3).Draw(t, "records")
					if n == 0 {
						continue
					}
					r := NewRun(shard(t, l, id), 0)
					for range n {
						serial++
						d := fmt.Sprint(serial)
						r.Add([]byte("key-"+d), []byte(d))
					}
					runs, of = append(runs, r), append(of, id)
				}
				if err := l.Append(context.Background(), runs); err != nil {
					t.Fatal(err)
				}
				at := serial
				for i := len(runs) - 1; i >= 0; i-- {
					at -= runs[i].Len()
				}
				for i, r := range runs {
					for p := range r.Len() {
						at++
						model[of[i]] = append(model[of[i]], modelRec{r.Index(uint64(p)), r.Time, fmt.Sprint(at)})
					}
				}
			},
			"read": func(t *rapid.T) {
				id := rapid.SampledFrom(ids).Draw(t, "shard")
				s, want := shard(t, l, id), model[id]
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
			},
			"seek": func(t *rapid.T) {
				id := rapid.SampledFrom(ids).Draw(t, "shard")
				s, recs := shard(t, l, id), model[id]
				ms := clk.Now().UnixMilli() - int64(rapid.IntRange(-2, 60).Draw(t, "ago"))
				i := sort.Search(len(recs), func(i int) bool { return recs[i].time >= ms })
				at, err := s.SeekTime(ms)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := fmt.Sprint(readAll(t, s, at)), fmt.Sprint(dataOf(recs[i:])); got != want {
					t.Fatalf("%v at %d: got %v, want %v", id, ms, got, want)
				}
			},
			"trim": func(t *rapid.T) {
				id := rapid.SampledFrom(ids).Draw(t, "shard")
				ms := clk.Now().UnixMilli() - int64(rapid.IntRange(-1, 60).Draw(t, "ago"))
				s := shard(t, l, id)
				if rapid.Bool().Draw(t, "expire first") {
					if err := s.Expire(ms); err != nil {
						t.Fatal(err)
					}
				}
				if err := s.Trim(ms); err != nil {
					t.Fatal(err)
				}
				recs := model[id]
				model[id] = recs[sort.Search(len(recs), func(i int) bool { return recs[i].time >= ms }):]
			},
			"restart": func(t *rapid.T) {
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
				l = open(t, fs, clk)
			},
			"": func(t *rapid.T) {
				for _, id := range ids {
					if got, want := fmt.Sprint(readAll(t, shard(t, l, id), 0)), fmt.Sprint(dataOf(model[id])); got != want {
						t.Fatalf("%v: got %v, want %v", id, got, want)
					}
				}
			},
		})
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	})
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
