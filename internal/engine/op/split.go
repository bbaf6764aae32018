package op

// SplitAware is an operator in a source's chain that keeps event time by
// split. The source task calls it before the rows of each split, and with the
// clock.
type SplitAware interface {
	// AddSplit tells that a split is being read.
	AddSplit(id string)
	// BeginSplit tells that the rows of the next Process are of this split.
	BeginSplit(id string)
	// AtTip tells that the split has nothing more at the moment.
	AtTip(id string)
	// Behind tells that rows of the split are on their way.
	Behind(id string)
	// EndSplit tells that the split was read to its end.
	EndSplit(id string)
	// Tick tells the time (ms); it comes at least every 200 ms, and before the
	// first row.
	Tick(now int64) error
	// Watermarks is where each split stands.
	Watermarks() []SplitWatermark
	// Sent is the watermark sent last; MinWatermark before the first.
	Sent() int64
}

// SplitWatermark is the event time of one split, in ms.
type SplitWatermark struct {
	Split     string
	Watermark int64 // math.MinInt64: none yet
	Idle      bool
}
