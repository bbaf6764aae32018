package run

import (
	"math"
	"strings"
	"sync/atomic"
	"time"

	"weir/internal/clock"
	"weir/internal/obs"
)

// taskTime is how a task spends its time: busy, held up by tasks behind that are
// full (backpressure), or idle, which is the rest. The task alone writes it.
type taskTime struct {
	clock         clock.Clock
	busy, blocked spent
}

// spent is time of one kind; its metric has whole milliseconds.
type spent struct {
	ns  atomic.Int64
	ms  *obs.Counter
	per *obs.Meter
}

func (s *spent) add(d time.Duration) {
	now := s.ns.Add(int64(d))
	if ms := now/int64(time.Millisecond) - (now-int64(d))/int64(time.Millisecond); ms > 0 {
		s.ms.Add(ms)
	}
}

// newTaskTime registers the times under Flink's names.
func newTaskTime(scope obs.Scope, clk clock.Clock) *taskTime {
	t := &taskTime{clock: clk}
	t.busy.ms, t.blocked.ms = scope.Counter(obs.AccumulateBusyTime), scope.Counter(obs.AccumulateBackPressuredTime)
	t.busy.per, t.blocked.per = scope.Meter(obs.BusyTimeMsPerSecond, t.busy.ms), scope.Meter(obs.BackPressuredTimeMsPerSecond, t.blocked.ms)
	scope.GaugeFunc(obs.IdleTimeMsPerSecond, func() float64 { return math.Max(0, 1000-t.busy.per.Rate()-t.blocked.per.Rate()) })
	return t
}

// work notes what was done from start to now as busy, but for what of it was
// backpressure: blocked is how much of that there had been before.
func (t *taskTime) work(start time.Time, blocked int64) {
	t.busy.add(t.clock.Now().Sub(start) - time.Duration(t.blocked.ns.Load()-blocked))
}

// countOperators registers what every operator of the chain is given and gives,
// the source's part among them.
func (t *task) countOperators(v *Vertex) {
	out := func(name string) *obs.Counter { return t.scope.Operator(name).Rated(obs.NumRecordsOut) }
	name := ""
	if v.Source != nil {
		name = v.sourceName()
		t.last = out(name)
	}
	for _, l := range t.chain.links {
		if name != "" {
			l.before = out(name)
		}
		name = l.name
		l.in, t.last = t.scope.Operator(name).Rated(obs.NumRecordsIn), out(name)
	}
}

// sourceName is the name of a vertex's source: the first of its chain.
func (v *Vertex) sourceName() string {
	name, _, _ := strings.Cut(v.Name, " -> ")
	return name
}
