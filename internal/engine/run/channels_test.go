package run

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"weir/internal/clock"
)

// TestByPositionToMore: tasks without an input would wait for ever.
func TestByPositionToMore(t *testing.T) {
	for _, c := range []struct {
		from, to int
		refused  bool
	}{{1, 1, false}, {3, 3, false}, {3, 2, false}, {1, 3, true}, {2, 3, true}} {
		g := &Graph{Vertices: []*Vertex{{Name: "a", Parallelism: c.from}, {Name: "b", Parallelism: c.to, Inputs: []Edge{{From: 0}}}}}
		if err := g.check(); (err != nil) != c.refused {
			t.Errorf("from %d to %d: got %v", c.from, c.to, err)
		}
	}
	g := &Graph{Vertices: []*Vertex{{Name: "few", Parallelism: 1}, {Name: "many", Parallelism: 3, Inputs: []Edge{{From: 0}}}}}
	err := New("job", g, Config{Clock: clock.NewManual(time.Unix(0, 0)), Log: slog.New(slog.DiscardHandler)}).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "many has parallelism 3 and is fed by position from few, which has 1") {
		t.Errorf("got %v", err)
	}
}

// channels are n of them, open.
func channels(n int) []*channel {
	in := make([]*channel, n)
	for i := range in {
		in[i] = newChannel(0)
	}
	return in
}

// TestWakeIsAtOnce: what another channel brings before the rows of one that has
// become active again does not pass it.
func TestWakeIsAtOnce(t *testing.T) {
	in := channels(2)
	c := newInputClock(in)
	c.wms[0], c.wms[1] = 10, 20
	if wm, moved, all := c.setIdle(0, in[0].wakes.Load()); wm != 20 || !moved || all {
		t.Fatalf("got %d %v %v, want the other channel's 20", wm, moved, all)
	}
	in[0].wakes.Add(1)
	c.wms[1] = 30
	if wm, moved := c.move(); moved {
		t.Errorf("the watermark went to %d past a channel that is active again", wm)
	}
	if _, _, all := c.setIdle(1, in[1].wakes.Load()); all {
		t.Error("all count as idle, though one is active again")
	}
}

// TestAllChannelsIdle: in whichever order channels go idle, the watermark gets to
// the one furthest ahead.
func TestAllChannelsIdle(t *testing.T) {
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		c := newInputClock(channels(2))
		c.wms[0], c.wms[1] = 10, 20
		for _, ch := range order {
			c.setIdle(ch, 0)
		}
		if c.last != 20 {
			t.Errorf("order %v: got %d, want 20", order, c.last)
		}
	}
}
