package run

import (
	"fmt"
	"math"
	"time"

	"weir/internal/engine/op"
)

// silence finds out why no window fires: rows are read, and nothing comes out
// for two of the windows' intervals (a minute at least). It is the question asked
// most about event time, and its answer is here: where the watermark stands, which
// shard holds it, and when the next window ends.
type silence struct {
	fired int64     // how many windows had fired at the last look
	since time.Time // when one last had, or the first rows had come; zero: none waits
	read  int64     // the rows that had been read then
	told  bool
}

// shortestSilence is the least silence that is told of.
const shortestSilence = time.Minute

// windowWait is what a task's windows wait for.
type windowWait struct{ end, every int64 }

// look compares the tasks with the last look, and tells why no window fires, when
// it has been so for long enough ("" otherwise); news says that it was not told.
func (s *silence) look(now time.Time, tasks []*taskInfo) (why string, news bool) {
	var fired, read int64
	var next *windowWait
	wm := int64(math.MaxInt64)
	for _, t := range tasks {
		fired += t.fired.Load()
		if t.source {
			read += t.recordsIn.Value()
		}
		if w := t.window.Load(); w != nil {
			if next == nil || w.end < next.end {
				next = w
			}
			wm = min(wm, t.watermark.Load())
		}
	}
	if next == nil || fired != s.fired || s.since.IsZero() || read < s.read {
		*s = silence{fired: fired, read: read}
		if next != nil {
			s.since = now
		}
		return "", false
	}
	quiet := now.Sub(s.since)
	if quiet < max(2*time.Duration(next.every)*time.Millisecond, shortestSilence) {
		return "", false
	}
	news, s.told = !s.told, true
	return fmt.Sprintf("No window has fired for %s. %d rows were read meanwhile. The watermark is %s, the next window with rows ends at %s. %s",
		quiet.Round(time.Second), read-s.read, eventTime(wm), eventTime(next.end), holder(tasks)), news
}

// holder says what holds the watermark back.
func holder(tasks []*taskInfo) string {
	var least *op.SplitWatermark
	var of string
	splits := 0
	for _, t := range tasks {
		ws := t.splits.Load()
		if ws == nil {
			continue
		}
		splits += len(*ws)
		for i := range *ws {
			if w := &(*ws)[i]; !w.Idle && (least == nil || w.Watermark < least.Watermark) {
				least, of = w, t.name
			}
		}
	}
	switch {
	case splits == 0:
		return "Nothing is being read at the moment: it moves when a record with a later event time comes."
	case least == nil:
		return "Every shard or file is idle: the watermark moves when a record with a later event time comes."
	case least.Watermark == math.MinInt64:
		return fmt.Sprintf("It is held by %s of %s, which has had no record yet and is not idle: its backlog is being read, or it does not answer.", least.Split, of)
	}
	return fmt.Sprintf("It is held by %s of %s, which stands at %s: it moves when a record with a later event time comes there, or when that shard or file is idle.",
		least.Split, of, eventTime(least.Watermark))
}

// eventTime is a watermark for people.
func eventTime(ms int64) string {
	switch ms {
	case math.MinInt64:
		return "not there yet"
	case math.MaxInt64:
		return "at its end"
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05.000")
}

// watchEvery is the time between two looks.
const watchEvery = 10 * time.Second

// watch looks for silence until the attempt ends.
func (a *attempt) watch(tasks []*taskInfo) {
	var s silence
	cfg := a.job.cfg
	for {
		c, stop := cfg.Clock.After(watchEvery)
		select {
		case now := <-c:
			why, news := s.look(now, tasks)
			if news {
				cfg.Log.Warn(why, "job", a.job.ID)
			}
			a.job.setSilence(why)
		case <-a.ctx.Done():
			stop()
			a.job.setSilence("")
			return
		}
		stop()
	}
}

// setSilence keeps why no window fires for Status.
func (j *Job) setSilence(why string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.status.Silence = why
}

// noteWindows keeps for the outside what the chain's windows wait for.
func (t *task) noteWindows() {
	var next windowWait
	waits := false
	for _, w := range t.chain.windowed {
		if end, every, ok := w.NextWindow(); ok && (!waits || end < next.end) {
			next, waits = windowWait{end, every}, true
		}
	}
	last := t.window.Load()
	switch {
	case last == nil && !waits, last != nil && waits && *last == next:
		return
	case last != nil && (!waits || next.end > last.end):
		t.fired.Add(1)
	}
	t.window.Store(nil)
	if waits {
		t.window.Store(&windowWait{next.end, next.every})
	}
}
