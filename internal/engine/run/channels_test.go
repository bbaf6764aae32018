package run

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"weir/internal/clock"
	"weir/internal/connector"
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

// successor is an enumerator that has a child when the parent is finished.
type successor struct {
	connector.Enumerator
	ready []connector.Split
}

func (s *successor) Finished(id string) { s.ready = []connector.Split{{ID: "child of " + id}} }

func (s *successor) Discover(context.Context) ([]connector.Split, bool, error) {
	found := s.ready
	s.ready = nil
	return found, true, nil
}

// TestChildrenHoldBeforeTheParentLetsGo: between a shard's end and its children
// no other shard may move event time past them, whichever task reads them.
func TestChildrenHoldBeforeTheParentLetsGo(t *testing.T) {
	for _, load := range [][]int{{1, 0}, {0, 1}} {
		a := &attempt{ctx: t.Context()}
		s := &sourceCoordinator{a: a, enum: &successor{}, more: true, load: load}
		var in []*channel
		for range 2 {
			ch := newChannel(0)
			in = append(in, ch)
			s.tasks = append(s.tasks, &sourceTask{commands: make(chan command, 8),
				task: task{out: outputs{newExchange(t.Context(), nil, nil, []*channel{ch})}}})
		}
		if err := s.succeed(finished{s.tasks[0], "parent"}); err != nil {
			t.Fatal(err)
		}
		child := len(s.tasks[1].commands) // of the two tasks it has the one with less to read
		if in[child].wakes.Load() != 1 {
			t.Errorf("the task of the child is not awake before the parent lets go")
		}
		if c := <-s.tasks[child].commands; len(c.splits) != 1 || c.splits[0].ID != "child of parent" {
			t.Errorf("the child's task is told %+v", c)
		}
		if c := <-s.tasks[0].commands; c.succeeded != "parent" {
			t.Errorf("the parent's task is told %+v", c)
		}
	}
}
