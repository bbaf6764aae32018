package op

// Windowed is an operator that keeps rows until windows of event time end; who
// waits for its rows can be told what for.
type Windowed interface {
	// NextWindow is when, in event time (ms), the next window with rows ends, and
	// how far apart windows end; ok is false when none has rows.
	NextWindow() (end, every int64, ok bool)
}
