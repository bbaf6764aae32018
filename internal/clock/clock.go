// Package clock is the seam for time.
//
// Everything that asks what time it is, or waits, takes a Clock; tests pass a
// Manual one and nothing in them sleeps. No package above this one may call
// time.Now, time.Sleep, time.After or time.NewTimer (internal/lint checks it).
package clock

import (
	"sync"
	"time"
)

// Clock tells the time and wakes its callers.
type Clock interface {
	// Now is the present time, in UTC.
	Now() time.Time
	// After returns a channel that receives once d has passed, and a stop
	// function that releases the timer early; after stop nothing is received.
	After(d time.Duration) (<-chan time.Time, func())
}

// System is the machine's clock.
type System struct{}

// Now implements Clock.
func (System) Now() time.Time { return time.Now().UTC() }

// After implements Clock.
func (System) After(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}

// Manual is a clock that moves only when told to. The zero value is not
// usable: make one with NewManual.
type Manual struct {
	mu      sync.Mutex
	now     time.Time
	waiters []*waiter
}

type waiter struct {
	at time.Time
	c  chan time.Time
}

// NewManual returns a Manual clock standing at t.
func NewManual(t time.Time) *Manual { return &Manual{now: t.UTC()} }

// Now implements Clock.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// After implements Clock.
func (m *Manual) After(d time.Duration) (<-chan time.Time, func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := &waiter{at: m.now.Add(d), c: make(chan time.Time, 1)}
	if d <= 0 {
		w.c <- m.now
		return w.c, func() {}
	}
	m.waiters = append(m.waiters, w)
	return w.c, func() { m.drop(w) }
}

// Advance moves the clock by d and wakes every waiter whose time has come.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	kept := m.waiters[:0]
	for _, w := range m.waiters {
		if w.at.After(m.now) {
			kept = append(kept, w)
			continue
		}
		w.c <- m.now
	}
	m.waiters = kept
}

// Waiting is the number of callers now waiting on After.
func (m *Manual) Waiting() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.waiters)
}

func (m *Manual) drop(w *waiter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, x := range m.waiters {
		if x == w {
			m.waiters = append(m.waiters[:i], m.waiters[i+1:]...)
			return
		}
	}
}
