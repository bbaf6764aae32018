package athena

import (
	"encoding/hex"
	"testing"
	"time"

	"weir/internal/athena/worker"
)

// TestMetadata compares with bytes of real .metadata files.
func TestMetadata(t *testing.T) {
	got := hex.EncodeToString(metadata("20190423_125128_00001_ehtur", []worker.ResultColumn{{Name: "ary", Type: "array"}}))
	want := "0a1b" + hex.EncodeToString([]byte("20190423_125128_00001_ehtur")) + "22190a04686976652203617279" + "2a03617279" + "32056172726179" + "4803"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	got = hex.EncodeToString(metadata("", []worker.ResultColumn{{Name: "i", Type: "integer", Precision: 10}}))
	want = "0a00" + "221d" + "0a0468697665" + "220169" + "2a0169" + "3207" + hex.EncodeToString([]byte("integer")) + "380a" + "4000" + "4803" + "5000"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if id := engineID(time.Unix(0, 0), "0f1e2d3c-0000-4000-8000-000000000000"); id != "19700101_000000_00001_gfhei" {
		t.Error(id)
	}
}

func TestCells(t *testing.T) {
	got := cells([]byte(`"a ""b"", c",,"",1`))
	want := []string{`a "b", c`, "NULL", "", "NULL"}
	for i, d := range got {
		v := "NULL"
		if d.VarCharValue != nil {
			v = *d.VarCharValue
		}
		if i < 3 && v != want[i] {
			t.Errorf("cell %d: %q", i, v)
		}
	}
	if len(got) != 4 {
		t.Errorf("%d cells", len(got))
	}
}
