package nexmark

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/obs"
	"weir/internal/types"
)

// table has all columns of the generator.
func table(options map[string]string) *connector.Table {
	options["connector"] = "nexmark"
	t := &connector.Table{Name: "t", Options: options, Fields: []types.Field{{Name: "event_type", Type: types.IntType}}}
	for k, n := range names {
		t.Fields = append(t.Fields, types.Field{Name: n, Type: types.RowType(members[k]...)})
	}
	return t
}

// line is an event as the published generator's JSON has it.
func line(w *bufio.Writer, b *batch.Batch, i int) {
	kind := b.Cols[0].I32[i]
	fmt.Fprintf(w, `{"event_type":%d,"%s":{`, kind, names[kind])
	for k, f := range members[kind] {
		if k > 0 {
			w.WriteByte(',')
		}
		v := b.Cols[1+kind].Kids[k]
		switch f.Type.Kind {
		case types.BigInt:
			fmt.Fprintf(w, `"%s":%d`, f.Name, v.I64[i])
		case types.Timestamp:
			fmt.Fprintf(w, `"%s":"%s"`, f.Name, time.UnixMilli(v.I64[i]).UTC().Format("2006-01-02 15:04:05.000"))
		default:
			fmt.Fprintf(w, `"%s":%q`, f.Name, v.Bytes(i))
		}
	}
	w.WriteString("}}\n")
}

// The stream has the bytes of the published generator, seeded: the digest is of
// what that program, in Java, wrote.
func TestStreamIsThePublishedOne(t *testing.T) {
	tab := table(map[string]string{"events.num": "100000"})
	o, base, err := parse(tab)
	if err != nil {
		t.Fatal(err)
	}
	g, sum := newGenerator(o, base.UnixMilli()), sha256.New()
	w := bufio.NewWriter(sum)
	b := batch.New(tab.Fields, batch.MaxRows)
	cols := newColumns(tab.Fields, b)
	for g.count < 100_000 {
		b.Reset()
		for range 1000 {
			g.event(cols, b)
		}
		for i := range b.N {
			line(w, b, i)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != "9e334f0c7916b5e5c942dcff0224ae03eba262a0abc00641a4622515dc80a52d" {
		t.Errorf("the first 100,000 events have sha256 %s", got)
	}
}

// A reader that goes on from a position makes the events that are left.
func TestPositionGoesOn(t *testing.T) {
	tab := table(map[string]string{"events.num": "9000"})
	all := read(t, tab, nil)
	var from []connector.Split
	parts := ""
	for from == nil || len(from) > 0 {
		r := open(t, tab, from)
		b := batch.New(tab.Fields, 0)
		if _, ok, err := r.Poll(b); !ok || err != nil {
			t.Fatal(ok, err)
		}
		parts += text(b)
		var err error
		if from, err = r.Positions(); err != nil {
			t.Fatal(err)
		}
		if from == nil {
			break
		}
	}
	if parts != all {
		t.Error("the events differ after a restart")
	}
}

func open(t *testing.T, tab *connector.Table, from []connector.Split) connector.Reader {
	t.Helper()
	src, err := Factory().NewSource(t.Context(), &connector.Env{Clock: clock.NewManual(time.UnixMilli(0))}, tab)
	if err != nil {
		t.Fatal(err)
	}
	r, err := src.Reader(t.Context(), 0, 1, obs.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if from == nil {
		from = []connector.Split{{ID: splitID}}
	}
	if err := r.Add(from); err != nil {
		t.Fatal(err)
	}
	return r
}

func read(t *testing.T, tab *connector.Table, from []connector.Split) string {
	r, out := open(t, tab, from), ""
	for {
		b := batch.New(tab.Fields, 0)
		f, ok, err := r.Poll(b)
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		if out += text(b); f.Done {
			return out
		}
	}
}

func text(b *batch.Batch) string {
	var s strings.Builder
	w := bufio.NewWriter(&s)
	for i := range b.N {
		line(w, b, i)
	}
	w.Flush()
	return s.String()
}

func TestWrongTables(t *testing.T) {
	for _, c := range []struct{ column, key, value, want string }{
		{"", "events.nun", "1", "events.num"},
		{"", "person.proportion", "0", "'person.proportion' must be from 1"},
		{"", "base-time", "yesterday", "Could not parse value 'yesterday' for key 'base-time'"},
		{"bids", "seed", "1", "nexmark has no column 'bids'"},
	} {
		tab := table(map[string]string{c.key: c.value})
		if c.column != "" {
			tab.Fields = append(tab.Fields, types.Field{Name: c.column, Type: types.IntType})
		}
		if err := Factory().Validate(tab, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.want, err, c.want)
		}
	}
}

func BenchmarkEvents(b *testing.B) {
	tab := table(map[string]string{})
	o, base, err := parse(tab)
	if err != nil {
		b.Fatal(err)
	}
	g, out := newGenerator(o, base.UnixMilli()), batch.New(tab.Fields, batch.MaxRows)
	cols := newColumns(tab.Fields, out)
	for b.Loop() {
		out.Reset()
		for range batch.MaxRows {
			g.event(cols, out)
		}
	}
	b.ReportMetric(float64(b.N)*batch.MaxRows/b.Elapsed().Seconds()/1e6, "Mevents/s")
}
