package javanum

import (
	"bufio"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestAgainstJDK17 compares with testdata/jdk17.txt: the bits of a number in
// hex, and what OpenJDK 17's Double.toString or (8 digits) Float.toString says.
func TestAgainstJDK17(t *testing.T) {
	f, err := os.Open("testdata/jdk17.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); n++ {
		hex, want, _ := strings.Cut(s.Text(), " ")
		bits, err := strconv.ParseUint(hex, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		got := string(AppendDouble(nil, math.Float64frombits(bits)))
		if len(hex) == 8 {
			got = string(AppendFloat(nil, math.Float32frombits(uint32(bits))))
		}
		if got != want {
			t.Errorf("%s: got %s, Java prints %s", hex, got, want)
		}
	}
	if n < 1000 {
		t.Fatalf("only %d numbers compared", n)
	}
}

func BenchmarkAppendDouble(b *testing.B) {
	var buf [32]byte
	for i := range b.N {
		AppendDouble(buf[:0], float64(i%10000)/100*1.1)
	}
}
