package run

import (
	"math"

	"weir/internal/batch"
)

// inputClock combines the watermarks of a task's channels: of those that are
// not idle the least counts (StatusWatermarkValve).
type inputClock struct {
	wms  []int64
	idle []bool
	last int64
}

func newInputClock(n int) *inputClock {
	c := &inputClock{wms: make([]int64, n), idle: make([]bool, n), last: math.MinInt64}
	for i := range c.wms {
		c.wms[i] = math.MinInt64
	}
	return c
}

// combine replaces the marks of a batch from channel ch by the moves of the
// combined watermark.
func (c *inputClock) combine(ch int, marks []batch.Mark) []batch.Mark {
	c.idle[ch] = false
	kept := marks[:0]
	for _, m := range marks {
		c.wms[ch] = max(c.wms[ch], m.Watermark)
		if wm, moved := c.move(); moved {
			kept = append(kept, batch.Mark{Row: m.Row, Watermark: wm})
		}
	}
	return kept
}

// setIdle takes channel ch out of the reckoning, and reports the combined
// watermark if that moves it, and whether all channels are idle now.
func (c *inputClock) setIdle(ch int) (wm int64, moved, all bool) {
	c.idle[ch] = true
	wm, moved = c.move()
	all = true
	for _, idle := range c.idle {
		all = all && idle
	}
	return wm, moved && !all, all
}

// move recomputes the combined watermark. A channel that has ended does not
// hold it back, and says nothing of the others: event time ends when all have
// ended, not when those that have not are idle.
func (c *inputClock) move() (int64, bool) {
	wm, any, ended := int64(math.MaxInt64), false, true
	for i, w := range c.wms {
		ended = ended && w == math.MaxInt64
		if !c.idle[i] && w != math.MaxInt64 {
			wm, any = min(wm, w), true
		}
	}
	any = any || ended
	if !any || wm <= c.last {
		return c.last, false
	}
	c.last = wm
	return wm, true
}
