package exec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"weir/internal/engine/op/optest"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// long is a script of n rows, as row gives them, with a watermark after every
// hundred, and what comes out of it, in order within the key.
func long(t *testing.T, c optest.Case, n int, row func(i int) (line string, watermark int64), want []string) {
	t.Helper()
	var script strings.Builder
	for i := range n {
		line, wm := row(i)
		script.WriteString(line + "\n")
		if i%100 == 99 {
			fmt.Fprintf(&script, "watermark %d\n", wm)
		}
	}
	c.Script = script.String()
	text, err := optest.Output(c)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); !strings.HasPrefix(l, "watermark") {
			got = append(got, l)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d lines, want %d; the first that differs: %q", len(got), len(want), firstOther(got, want))
	}
}

func firstOther(got, want []string) string {
	for i, l := range got {
		if i >= len(want) || l != want[i] {
			return l
		}
	}
	return ""
}

// Operators that let go of most of what they kept make their tables anew: no
// result changes by it.
func TestTablesMadeAnew(t *testing.T) {
	const n = 10_000
	var want []string
	t.Run("rows of a frame", func(t *testing.T) { // ten keys, each row sees itself and two before
		want = want[:0]
		for i := range n {
			sum, from := 0, max(0, i/10-2)
			for j := from; j <= i/10; j++ {
				sum += 10*j + i%10
			}
			want = append(want, fmt.Sprintf("+I k%d %d %d %d %d %d", i%10, i, i+1, i/10-from+1, sum, 10*from+i%10))
		}
		c := overCase(plan.Frame{Rows: true, Preceding: 2}, types.Rowtime, frameAggs...)
		long(t, c, n, func(i int) (string, int64) { return fmt.Sprintf("+I k%d %d %d", i%10, i, i+1), int64(i - 50) }, want)
	})
	t.Run("partitions of a frame", func(t *testing.T) { // two rows of a key, a thousand rows apart: one sees the other
		want = want[:0]
		for i := range n {
			seen := 1 + i%2000/1000
			want = append(want, fmt.Sprintf("+I k%d %d %d %d %d %d", i-i%2000/1000*1000, 1, i+1, seen, seen, 1))
		}
		c := overCase(plan.Frame{Preceding: 1000}, types.Rowtime, frameAggs...)
		long(t, c, n, func(i int) (string, int64) { return fmt.Sprintf("+I k%d 1 %d", i-i%2000/1000*1000, i+1), int64(i - 50) }, want)
	})
	t.Run("last rows", func(t *testing.T) {
		want = want[:0]
		for i := range n {
			if i < 10 {
				want = append(want, fmt.Sprintf("+I k%d %d %d", i%10, i, i))
			} else {
				want = append(want, fmt.Sprintf("+U k%d %d %d", i%10, i, i))
			}
		}
		long(t, dedupCase(types.Rowtime, true, true), n, func(i int) (string, int64) { return fmt.Sprintf("+I k%d %d %d", i%10, i, i), int64(i) }, want)
	})
	t.Run("first rows", func(t *testing.T) { // each of a hundred keys comes ever earlier, until the watermark
		want = want[:0]
		for k := range 100 {
			want = append(want, fmt.Sprintf("+I k%d %d %d", k, n-100+k, 2*n-(n-100+k)))
		}
		long(t, dedupCase(types.Rowtime, false, false), n, func(i int) (string, int64) { return fmt.Sprintf("+I k%d %d %d", i%100, i, 2*n-i), 0 }, want)
	})
	t.Run("sorted rows", func(t *testing.T) {
		want = want[:0]
		for i := range n {
			want = append(want, fmt.Sprintf("+I k %d %d", i, i))
		}
		long(t, sortCase(types.Rowtime, false), n, func(i int) (string, int64) { return fmt.Sprintf("+I k %d %d", i, i), int64(i - 150) }, want)
	})
	t.Run("windows", func(t *testing.T) { // of ten rows; the greatest is the last
		want = want[:0]
		for i := 9; i < n; i += 10 {
			want = append(want, fmt.Sprintf("+I k %d %d %d 1", i, i-9, i+1))
		}
		c := windowRankCase(plan.WindowRank{Order: []plan.SortKey{{Col: 1, Desc: true}}, From: 1, To: 1, Number: "rn"}, nil)
		long(t, c, n, func(i int) (string, int64) {
			return fmt.Sprintf("+I k %d %d %d", i, i-i%10, i-i%10+10), int64(i - 35)
		}, want)
	})
}
