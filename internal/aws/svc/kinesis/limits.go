package kinesis

import (
	"sync"
	"time"
)

// The rates of a shard, per second.
const (
	inRecords = 1000
	inBytes   = 1 << 20
	outReads  = 5
	outBytes  = 2 << 20
)

// gauge counts what a shard took in and gave out.
type gauge struct {
	mu      sync.Mutex
	second  int64 // the second that the counts below are of
	records int
	bytes   int
	reads   int
	given   int       // bytes read and not yet paid for by blocked
	blocked time.Time // no reads before: a large answer used up what is to come
}

func (st *stream) gauge(shard uint32) *gauge {
	g, ok := st.gauges.Load(shard)
	if !ok {
		g, _ = st.gauges.LoadOrStore(shard, &gauge{})
	}
	return g.(*gauge)
}

// turn begins a new second when it has come; callers hold mu.
func (g *gauge) turn(now time.Time) {
	if s := now.Unix(); s != g.second {
		g.second, g.records, g.bytes, g.reads, g.given = s, 0, 0, 0, 0
	}
}

// in reports whether the shard takes a record of size bytes now, and counts it.
func (g *gauge) in(now time.Time, size int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn(now)
	// A record larger than the rate is taken when it is the second's first.
	if g.records >= inRecords || g.bytes > 0 && g.bytes+size > inBytes {
		return false
	}
	g.records++
	g.bytes += size
	return true
}

// mayRead reports whether the shard answers a read now, and counts it.
func (g *gauge) mayRead(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn(now)
	if g.reads >= outReads || now.Before(g.blocked) {
		return false
	}
	g.reads++
	return true
}

// out counts size bytes read. What goes beyond a second's share is taken from
// the seconds to come, so that 10 MiB keep the shard from answering for 5.
func (g *gauge) out(now time.Time, size int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn(now)
	g.given += size
	if over := g.given / outBytes; over > 0 {
		g.blocked = now.Add(time.Duration(over) * time.Second)
		g.given -= over * outBytes
	}
}
