package plan

import (
	"fmt"
	"time"
)

// WindowKind is how windows are laid over time.
type WindowKind uint8

// The kinds of window.
const (
	Tumble WindowKind = iota
	Hop
	Cumulate
	Session
)

// String is the table function's name.
func (k WindowKind) String() string { return [...]string{"TUMBLE", "HOP", "CUMULATE", "SESSION"}[k] }

// Window describes windows; lengths are milliseconds. Slide is HOP's slide,
// CUMULATE's step and SESSION's gap; it equals Size for TUMBLE.
type Window struct {
	Kind    WindowKind
	TimeCol int // the time attribute's column in the input
	Size    int64
	Slide   int64
	Offset  int64
	// Proctime: windows of processing time.
	Proctime bool
	// LTZ: the time column is TIMESTAMP_LTZ, so windows align in the session's
	// time zone.
	LTZ bool
	// Legacy: a group window (GROUP BY TUMBLE(…)), whose panes Flink merges
	// oldest first; window table functions merge newest first.
	Legacy bool
}

// Describe is the window as EXPLAIN prints it: TUMBLE(time_col=[ts], size=[1 min]).
func (w Window) Describe(timeCol string) string {
	switch w.Kind {
	case Hop:
		return fmt.Sprintf("HOP(time_col=[%s], size=[%s], slide=[%s])", timeCol, span(w.Size), span(w.Slide))
	case Cumulate:
		return fmt.Sprintf("CUMULATE(time_col=[%s], max_size=[%s], step=[%s])", timeCol, span(w.Size), span(w.Slide))
	case Session:
		return fmt.Sprintf("SESSION(time_col=[%s], gap=[%s])", timeCol, span(w.Slide))
	}
	return fmt.Sprintf("TUMBLE(time_col=[%s], size=[%s])", timeCol, span(w.Size))
}

// span prints a length as Flink's TimeUtils.formatWithHighestUnit does.
func span(ms int64) string {
	for _, u := range []struct {
		d    time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := u.d.Milliseconds(); ms != 0 && ms%n == 0 {
			return fmt.Sprintf("%d %s", ms/n, u.name)
		}
	}
	return fmt.Sprintf("%d ms", ms)
}
