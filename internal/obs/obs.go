// Package obs is the seam for logs and metrics of our own processes: both are
// arguments, never globals.
//
// Metrics. A Registry holds counters, gauges and meters under scopes: a Scope
// is a place in a job (the job, a task, an operator of a task, a named group
// such as a shard). Names are Flink's (names.go). What the hot path touches is
// one atomic add a batch; everything else happens when somebody looks: a
// Snapshot is a copy for Flink's REST API, `weir run --report` and CloudWatch.
// The zero Scope and the nil Registry work: their metrics count, and nobody
// sees them.
//
// Logs. Code logs through *slog.Logger. The handlers here render Kinesis Data
// Analytics' JSON lines (Lines) and Flink's log file lines (Text), keep the
// last lines for a page (Ring) and join handlers (Tee). Attributes with a
// meaning are named by the Attr constants; any other attribute ends up in the
// message.
//
// The package must not know services, files or sockets: a sink of lines is a
// function or a writer.
package obs

import (
	"sync"
	"sync/atomic"
	"time"

	"weir/internal/clock"
)

// Kind is what a metric is.
type Kind uint8

// The kinds of metric.
const (
	KindCounter Kind = iota
	KindGauge
	KindMeter
)

// Counter is a sum that only grows; safe for concurrent use. It fills a cache
// line so that tasks on different cores do not slow each other.
type Counter struct {
	n atomic.Int64
	_ [56]byte
}

// Add adds n.
func (c *Counter) Add(n int64) { c.n.Add(n) }

// Inc adds one.
func (c *Counter) Inc() { c.n.Add(1) }

// Value is the sum so far.
func (c *Counter) Value() int64 { return c.n.Load() }

// Gauge is a value that is set; safe for concurrent use.
type Gauge struct {
	n atomic.Int64
	_ [56]byte
}

// Set sets the value.
func (g *Gauge) Set(n int64) { g.n.Store(n) }

// Value is the value last set.
func (g *Gauge) Value() int64 { return g.n.Load() }

// Meter is the rate of a counter in events a second over the last minute (or
// since the meter was made, when that is less), as of the last update.
type Meter struct {
	of *Counter

	mu   sync.Mutex
	ring [meterSpan/meterEvery + 1]tick
	used int // ticks in ring, oldest first
}

const (
	meterEvery = 5 // seconds between updates, as Flink's MeterView
	meterSpan  = 60
)

type tick struct {
	at time.Time
	n  int64
}

// Counter is the counter whose rate this is.
func (m *Meter) Counter() *Counter { return m.of }

// Rate is the rate in events a second.
func (m *Meter) Rate() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used < 2 {
		return 0
	}
	first, last := m.ring[0], m.ring[m.used-1]
	seconds := last.at.Sub(first.at).Seconds()
	if seconds <= 0 {
		return 0
	}
	return float64(last.n-first.n) / seconds
}

func (m *Meter) update(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used == len(m.ring) {
		copy(m.ring[:], m.ring[1:])
		m.used--
	}
	m.ring[m.used] = tick{now, m.of.Value()}
	m.used++
}

// Registry is the metrics of a process. Make one with NewRegistry.
type Registry struct {
	clock clock.Clock

	mu      sync.Mutex
	metrics map[place]map[string]*metric
}

// metric is one registered metric; the field of its kind is set.
type metric struct {
	counter *Counter
	gauge   *Gauge
	read    func() float64
	meter   *Meter
}

// NewRegistry returns an empty registry. Its meters move while Run runs.
func NewRegistry(clk clock.Clock) *Registry {
	return &Registry{clock: clk, metrics: map[place]map[string]*metric{}}
}

// Run updates the meters every five seconds until done is closed.
func (r *Registry) Run(done <-chan struct{}) {
	for {
		tick, stop := r.clock.After(meterEvery * time.Second)
		select {
		case <-done:
			stop()
			return
		case <-tick:
			r.Update()
		}
	}
}

// Update moves every meter to the present time.
func (r *Registry) Update() {
	now := r.clock.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, named := range r.metrics {
		for _, m := range named {
			if m.meter != nil {
				m.meter.update(now)
			}
		}
	}
}

// lookup finds the metric of a name at a place, or keeps the one made; made
// replaces one of another kind.
func (r *Registry) lookup(p place, name string, same func(*metric) bool, made func() *metric) *metric {
	if r == nil {
		return made()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	named := r.metrics[p]
	if named == nil {
		named = map[string]*metric{}
		r.metrics[p] = named
	}
	if m := named[name]; m != nil && same(m) {
		return m
	}
	m := made()
	if m.meter != nil {
		m.meter.update(r.clock.Now())
	}
	named[name] = m
	return m
}
