//go:build cgo

package meta

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// A window case is an aggregate over windows of event time. Rows come out of order
// by less than the watermark's delay, so none is late, and after each feed exactly
// the windows that end before the watermark have fired: these DuckDB is asked for,
// in SQL of its own, where a stream's ts is milliseconds since epoch.

// delay is that of the watermarks, in milliseconds.
const delay = 10_000

// epoch is the first event time; window bounds are shown in seconds since then.
var epoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// fired stands in DuckDB's query for the condition that a window has fired.
const fired = "/*fired*/"

// newWindowCase makes the case of a seed.
func newWindowCase(seed uint64, r *rand.Rand) *Case {
	c := &Case{Seed: seed, Batch: []int{1, 2, 7, 1000}[r.IntN(4)], Par: 1 + r.IntN(3)}
	g := &generator{Rand: r}
	t := Table{Name: "t0", Cols: []kind{number, text}, Timed: true}
	c.Tables = []Table{t}
	c.Query, c.Duck, c.Cols = g.windows(t)
	now := int64(0)
	for range 3 + r.IntN(4) {
		s := Step{}
		for range r.IntN(14) {
			now += int64(r.IntN(6000))
			s.Rows = append(s.Rows, append(randomRow(r, t.Cols), max(0, now-int64(r.IntN(delay)))))
		}
		c.Steps = append(c.Steps, s)
		if r.IntN(3) == 0 {
			c.Steps = append(c.Steps, Step{Restart: 1 + r.IntN(3)})
		}
	}
	return c
}

// windows is a window aggregate in both dialects, and how many columns it has.
func (g *generator) windows(t Table) (flink, duck string, cols int) {
	in := relation{cols: t.Cols}
	keys, exprs := []string{"q.window_start", "q.window_end"}, []string{}
	for range g.IntN(2) {
		k := fmt.Sprintf("q.c%d", g.IntN(len(t.Cols)))
		keys, exprs = append(keys, k), append(exprs, k)
	}
	for range 1 + g.IntN(3) {
		arg := g.expr(in, "q", number, 1)
		exprs = append(exprs, g.pick("COUNT(*)", "COUNT("+arg+")", "COUNT(DISTINCT "+arg+")", "SUM("+arg+")", "MIN("+arg+")", "MAX("+arg+")",
			"MAX(q.c1)", "SUM("+arg+") FILTER (WHERE "+g.condition(in, "q", 0)+")"))
	}
	list := strings.Join(exprs, ", ")
	where := g.where(in, "q", 40)
	size, step := int64(1+g.IntN(5)), int64(1+g.IntN(4))
	var call, windows string
	switch g.IntN(3) {
	case 0:
		call = fmt.Sprintf("TUMBLE(TABLE t0, DESCRIPTOR(ts), INTERVAL '%d' SECOND)", 5*size)
		windows = hops(5*size, 5*size)
	case 1:
		call = fmt.Sprintf("HOP(TABLE t0, DESCRIPTOR(ts), INTERVAL '%d' SECOND, INTERVAL '%d' SECOND)", step, step*size)
		windows = hops(step, step*size)
	default:
		call = fmt.Sprintf("CUMULATE(TABLE t0, DESCRIPTOR(ts), INTERVAL '%d' SECOND, INTERVAL '%d' SECOND)", step, step*size)
		windows = fmt.Sprintf(`SELECT t0.*, ts // %d * %[1]d AS window_start, ts // %[1]d * %[1]d + (i + 1) * %[2]d AS window_end
FROM t0, range(%[3]d) AS n(i) WHERE ts // %[1]d * %[1]d + (i + 1) * %[2]d > ts`, 1000*step*size, 1000*step, size)
	}
	bound := "TIMESTAMPDIFF(SECOND, TIMESTAMP '2024-01-01 00:00:00', q.%s)"
	flink = fmt.Sprintf("SELECT %s, %s, %s FROM TABLE(%s) AS q%s GROUP BY %s", fmt.Sprintf(bound, "window_start"), fmt.Sprintf(bound, "window_end"),
		list, call, where, strings.Join(keys, ", "))
	second := fmt.Sprintf("(q.%%s - %d) // 1000", epoch.UnixMilli())
	duck = fmt.Sprintf("SELECT %s, %s, %s FROM (%s) AS q%s GROUP BY %s HAVING %s", fmt.Sprintf(second, "window_start"), fmt.Sprintf(second, "window_end"),
		list, windows, where, strings.Join(keys, ", "), fired)
	return flink, duck, 2 + len(exprs)
}

// hops are the rows of t0 with each of their windows of size seconds, one every
// slide seconds.
func hops(slide, size int64) string {
	return fmt.Sprintf("SELECT t0.*, (ts // %d - i) * %[1]d AS window_start, (ts // %[1]d - i) * %[1]d + %[2]d AS window_end FROM t0, range(%[3]d) AS n(i)",
		1000*slide, 1000*size, size/slide)
}
