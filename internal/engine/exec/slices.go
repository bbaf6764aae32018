package exec

import (
	"weir/internal/sql/plan"
)

// slicing lays slices over time, as Flink's SliceAssigners do. A slice is the
// longest stretch of time that lies in the same windows throughout: a tumbling
// window, a hop of a HOP window, a step of a CUMULATE window. It is named by
// its end. Times are milliseconds in the windows' time zone.
type slicing struct{ plan.Window }

// sliceEnd is the end of the slice that holds ts.
func (s slicing) sliceEnd(ts int64) int64 {
	return ts - floorMod(ts-s.Offset, s.Slide) + s.Slide
}

// lastWindow is the end of the last window that the slice ending at end is in.
func (s slicing) lastWindow(end int64) int64 {
	switch s.Kind {
	case plan.Hop:
		return end - s.Slide + s.Size
	case plan.Cumulate:
		return s.start(end) + s.Size
	}
	return end
}

// start is the start of the window that ends at end.
func (s slicing) start(end int64) int64 {
	if s.Kind == plan.Cumulate {
		return end - 1 - floorMod(end-1-s.Offset, s.Size)
	}
	return end - s.Size
}

// fired reports whether the windows ending at end have fired at watermark wm.
func fired(end, wm int64) bool { return wm >= end-1 }

func floorMod(a, b int64) int64 {
	if m := a % b; m < 0 {
		return m + b
	} else {
		return m
	}
}
