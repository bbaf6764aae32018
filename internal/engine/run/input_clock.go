package run

import (
	"math"

	"weir/internal/batch"
)

// inputClock combines the watermarks of a task's channels: of those that are
// not idle the least counts (StatusWatermarkValve).
type inputClock struct {
	in   []*channel
	wms  []int64
	idle []int64 // the channel's wakes when it said it was idle; active: it has not
	last int64
}

// active is a channel that has not said it was idle since its last rows.
const active = -1

func newInputClock(in []*channel) *inputClock {
	c := &inputClock{in: in, wms: make([]int64, len(in)), idle: make([]int64, len(in)), last: math.MinInt64}
	for i := range c.wms {
		c.wms[i], c.idle[i] = math.MinInt64, active
	}
	return c
}

// isIdle reports whether channel ch does not hold the watermark back.
func (c *inputClock) isIdle(ch int) bool {
	return c.idle[ch] != active && c.idle[ch] == c.in[ch].wakes.Load()
}

// combine replaces the marks of a batch from channel ch by the moves of the
// combined watermark.
func (c *inputClock) combine(ch int, marks []batch.Mark) []batch.Mark {
	c.idle[ch] = active
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
func (c *inputClock) setIdle(ch int, wakes int64) (wm int64, moved, all bool) {
	c.idle[ch] = wakes
	all = true
	for i := range c.idle {
		all = all && c.isIdle(i)
	}
	wm, moved = c.move()
	return wm, moved, all
}

// move recomputes the combined watermark. A channel that has ended does not
// hold it back, and says nothing of the others: event time ends when all have
// ended, not when those that have not are idle. When all others are idle the
// greatest counts: in which order they went idle is chance.
func (c *inputClock) move() (int64, bool) {
	wm, furthest, any, ended := int64(math.MaxInt64), int64(math.MinInt64), false, true
	for i, w := range c.wms {
		if w == math.MaxInt64 {
			continue
		}
		ended = false
		furthest = max(furthest, w)
		if !c.isIdle(i) {
			wm, any = min(wm, w), true
		}
	}
	if !any && !ended {
		wm = furthest
	}
	if wm <= c.last {
		return c.last, false
	}
	c.last = wm
	return wm, true
}
