package clock

import "time"

// Alarm rings a channel after a while. One goroutine sets it; only the setting
// made last rings.
type Alarm struct {
	clock Clock
	rings chan struct{}
	stop  func()
}

// NewAlarm returns an alarm that is not set.
func NewAlarm(c Clock) *Alarm { return &Alarm{clock: c, rings: make(chan struct{}, 1)} }

// In sets the alarm and returns the channel it rings.
func (a *Alarm) In(d time.Duration) <-chan struct{} {
	a.Stop()
	c, cancel := a.clock.After(d)
	done := make(chan struct{})
	a.stop = func() { cancel(); close(done) }
	go func() {
		select {
		case <-c:
			select {
			case a.rings <- struct{}{}:
			default:
			}
		case <-done:
		}
	}()
	return a.rings
}

// Stop unsets the alarm.
func (a *Alarm) Stop() {
	if a.stop != nil {
		a.stop()
		a.stop = nil
	}
}
