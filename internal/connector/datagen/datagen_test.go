package datagen_test

import (
	"testing"
	"time"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/datagen"
	"weir/internal/obs"
	"weir/internal/types"
)

// TestTimesAreThoseOfTheRow: a job over made up rows has windows that fire.
func TestTimesAreThoseOfTheRow(t *testing.T) {
	begin := time.Date(2021, 6, 1, 10, 0, 0, 0, time.UTC)
	c := clock.NewManual(begin)
	table := &connector.Table{Name: "t", Options: map[string]string{"connector": "datagen", "rows-per-second": "1"},
		Fields: []types.Field{{Name: "at", Type: types.TimestampType(3)}}}
	src, err := datagen.Factory().NewSource(t.Context(), &connector.Env{Clock: c}, table)
	if err != nil {
		t.Fatal(err)
	}
	enum, err := src.Enumerator(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	splits, _, err := enum.Discover(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := src.Reader(t.Context(), 0, 1, obs.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Add(splits); err != nil {
		t.Fatal(err)
	}
	b := batch.New(table.Fields, batch.MaxRows)
	for n := range 3 {
		c.Advance(time.Second)
		if _, ok, err := r.Poll(b); !ok || err != nil {
			t.Fatalf("no row after %d s: %v", n+1, err)
		}
		if got, want := b.Cols[0].I64[n], begin.Add(time.Duration(n+1)*time.Second).UnixMilli(); got != want {
			t.Errorf("row %d is of %s, want %s", n, time.UnixMilli(got).UTC(), time.UnixMilli(want).UTC())
		}
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
