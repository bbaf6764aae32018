package seqno

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// The numbers are from the recorded walk-through (doc of the recording:
// kinesis-calls-base.txt and kinesis-calls-trim.txt of its golden files).
func TestRecordedNumbers(t *testing.T) {
	for _, s := range []string{
		"49680477568027172828087365405147038034671817216743178242", // StartingSequenceNumber
		"49680477568027172828087365405147038034671817422901608450", // first record
		"49680477568027172828087365405149455886311047574604218370",
		"49680477568027172828087365405150664812130662203778924546",
	} {
		n, err := Parse(s)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		if n.Version != 2 || n.Shard != 0 {
			t.Errorf("%s parsed as %+v", s, n)
		}
		if got := n.String(); got != s {
			t.Errorf("%s came back as %s", s, got)
		}
	}
}

func TestRecordedFields(t *testing.T) {
	n, err := Parse("49680477568027172828087365405149455886311047574604218370")
	if err != nil {
		t.Fatal(err)
	}
	// The record's ApproximateArrivalTimestamp was 1795400390613; the third
	// record of the stream has index 2.
	if n.Time != 1795400390 || n.Index != 2 {
		t.Errorf("got %+v", n)
	}
}

func TestRejected(t *testing.T) {
	for _, s := range []string{"", "x", "-1", "12e3", "99999999999999999999999999999999999999999999999999999999999999999"} {
		if n, err := Parse(s); err == nil {
			t.Errorf("%q parsed as %+v", s, n)
		}
	}
}

// TestDecimal compares the fast decimal conversion with math/big.
func TestDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := Number{
			Version: 2,
			Created: rapid.Int64Range(0, maxSecs-1).Draw(t, "created"),
			Index:   rapid.Uint64Range(0, EndIndex).Draw(t, "index"),
			Time:    rapid.Int64Range(0, secsMask).Draw(t, "time"),
			Shard:   rapid.Int64Range(0, 1<<31-1).Draw(t, "shard"),
		}
		want := new(big.Int).SetUint64(2)
		for _, f := range []struct {
			v    uint64
			bits uint
		}{{uint64(n.Created), 36}, {uint64(n.Shard & 15), 4}, {n.Index, 64}, {0, 8}, {uint64(n.Time), 36}, {uint64(n.Shard), 32}, {2, 4}} {
			want.Lsh(want, f.bits)
			want.Or(want, new(big.Int).SetUint64(f.v))
		}
		if n.String() != want.String() {
			t.Fatalf("%+v: got %s, want %s", n, n.String(), want)
		}
		back, err := Parse(n.String())
		if err != nil || back != n {
			t.Fatalf("%+v came back as %+v, %v", n, back, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("49680477568027172828087365405147038034671817216743178242")
	f.Add("0")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		if err == nil && n.Version == 2 && n.Shard >= 0 {
			if back, err := Parse(n.String()); err != nil || back != n {
				t.Fatalf("%q: %+v came back as %+v, %v", s, n, back, err)
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	var buf [64]byte
	n := Number{Version: 2, Created: 1795400377, Time: 1795400390, Shard: 3}
	for b.Loop() {
		n.Index++
		n.Append(buf[:0])
	}
}
