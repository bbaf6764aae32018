package demo

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
)

// screen writes a line a step.
type screen struct {
	out      io.Writer
	terminal bool
}

func newScreen(c Config) *screen { return &screen{c.Out, c.Terminal} }

func (s *screen) done(call, result string, took time.Duration) {
	fmt.Fprintf(s.out, "  ok  %-50s %s (%.1f s)\n", call, result, took.Seconds())
}

func (s *screen) failed(call string) { fmt.Fprintf(s.out, "FAIL  %s\n", call) }

// waiting is a wait being shown: a bar on a terminal, nothing elsewhere (the
// step's line tells its end).
type waiting struct{ bar *progressbar.ProgressBar }

func (s *screen) wait(what string, total int) waiting {
	if !s.terminal {
		fmt.Fprintf(s.out, "      waiting for %s\n", what)
		return waiting{}
	}
	return waiting{progressbar.NewOptions(total, progressbar.OptionSetDescription("      "+what), progressbar.OptionSetWriter(s.out),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false), progressbar.OptionSetWidth(30))}
}

func (w waiting) at(n int) {
	if w.bar != nil {
		_ = w.bar.Set(n) // a bar that cannot be drawn is not worth ending for
	}
}

func (w waiting) end() {
	if w.bar != nil {
		_ = w.bar.Finish() // as above
	}
}

// blocks are the heights of a sparkline.
var blocks = []rune("▁▂▃▄▅▆▇█")

// table prints the averages as Athena gave them, a line a ticker with a
// sparkline of its minutes.
func (s *screen) table(rows map[window]float64) {
	byTicker := map[string][]window{}
	for w := range rows {
		byTicker[w.ticker] = append(byTicker[w.ticker], w)
	}
	names := make([]string, 0, len(byTicker))
	for n := range byTicker {
		names = append(names, n)
	}
	sort.Strings(names)
	ends := byTicker[names[0]]
	sort.Slice(ends, func(i, j int) bool { return ends[i].end < ends[j].end })
	fmt.Fprintf(s.out, "\n  average by minute, from Athena\n\n  %-8s", "ticker")
	for _, w := range ends {
		fmt.Fprintf(s.out, " %10s", w.end[11:])
	}
	fmt.Fprintln(s.out)
	for _, n := range names {
		fmt.Fprintf(s.out, "  %-8s", n)
		var vals []float64
		for _, w := range ends {
			v := rows[window{n, w.end}]
			vals = append(vals, v)
			fmt.Fprintf(s.out, " %10.4f", v)
		}
		fmt.Fprintf(s.out, "  %s\n", sparkline(vals))
	}
	fmt.Fprintln(s.out)
}

func sparkline(vals []float64) string {
	lo, hi := vals[0], vals[0]
	for _, v := range vals {
		lo, hi = min(lo, v), max(hi, v)
	}
	var b strings.Builder
	for _, v := range vals {
		i := 0
		if hi > lo {
			i = int((v - lo) / (hi - lo) * float64(len(blocks)-1))
		}
		b.WriteRune(blocks[i])
	}
	return b.String()
}
