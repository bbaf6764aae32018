package cloudwatch

import (
	"strconv"
	"strings"
	"time"

	api "weir/internal/aws/api/cloudwatch"
	"weir/internal/aws/svc/cloudwatch/series"
	"weir/internal/aws/wire"
)

// statistic makes one number of a datapoint; ok is false when it cannot be
// known (a percentile of statistic sets).
type statistic func(b series.Bucket) (v float64, ok bool)

// parseStatistic reads a statistic's name.
func parseStatistic(name string) (statistic, error) {
	sure := func(f func(b series.Bucket) float64) (statistic, error) {
		return func(b series.Bucket) (float64, bool) { return f(b), true }, nil
	}
	switch name {
	case api.StatisticSampleCount:
		return sure(func(b series.Bucket) float64 { return b.Count })
	case api.StatisticAverage:
		return sure(series.Bucket.Average)
	case api.StatisticSum:
		return sure(func(b series.Bucket) float64 { return b.Sum })
	case api.StatisticMinimum:
		return sure(func(b series.Bucket) float64 { return b.Min })
	case api.StatisticMaximum:
		return sure(func(b series.Bucket) float64 { return b.Max })
	}
	if rest, ok := strings.CutPrefix(name, "p"); ok {
		if p, err := strconv.ParseFloat(rest, 64); err == nil && p >= 0 && p <= 100 {
			return func(b series.Bucket) (float64, bool) { return b.Percentile(p) }, nil
		}
	}
	return nil, wire.Errorf(codeValidation, "The statistic %s is not served by Weir, which serves SampleCount, Average, Sum, Minimum, Maximum and percentiles from p0 to p100.", name)
}

// span is a range of time cut into periods: [start, end) in seconds.
type span struct{ start, end, period int64 }

// newSpan rounds the start down as AWS does by its age: to the minute, after 15
// days to 5 minutes, after 63 days to the hour; below the minute, for
// high-resolution metrics, to the period.
func newSpan(now, start, end time.Time, period int32) (span, error) {
	if !start.Before(end) {
		return span{}, wire.Errorf(codeValue, "The parameter StartTime must be less than the parameter EndTime.")
	}
	if period%60 != 0 && period != 1 && period != 5 && period != 10 && period != 20 && period != 30 {
		return span{}, wire.Errorf(codeValue, "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
	}
	to := series.Minute
	for _, coarser := range []series.Resolution{series.FiveMinutes, series.Hour} {
		finer := to
		if start.Before(now.Add(-finer.Keep())) {
			to = coarser
		}
	}
	step := int64(to)
	if period < 60 && to == series.Minute {
		step = int64(period)
	}
	sec := max(start.Unix(), 0)
	return span{sec - sec%step, end.Unix(), int64(period)}, nil
}

// count is how many periods begin in the span.
func (s span) count() int64 { return (s.end - s.start + s.period - 1) / s.period }

// times are the begins of the periods.
func (s span) times() []int64 {
	ts := make([]int64, 0, s.count())
	for t := s.start; t < s.end; t += s.period {
		ts = append(ts, t)
	}
	return ts
}

// resolution is the coarsest whose buckets fit the periods.
func (s span) resolution() series.Resolution {
	for _, r := range []series.Resolution{series.Hour, series.FiveMinutes, series.Minute} {
		if s.period%int64(r) == 0 && s.start%int64(r) == 0 {
			return r
		}
	}
	return series.Second
}

// points reads a metric's datapoints of a span, one a period and unit.
func (s *Service) points(m series.Metric, in span, unit string) ([]series.Point, error) {
	r := in.resolution()
	read, err := s.series.Read(m, r, in.start, in.end, unit)
	if err == nil && r == series.Second && len(read) == 0 {
		// Not of high resolution: a minute's data stand at its begin.
		read, err = s.series.Read(m, series.Minute, in.start, in.end, unit)
	}
	if err != nil {
		return nil, err
	}
	var out []series.Point
	type place struct {
		time int64
		unit string
	}
	at := map[place]int{}
	for _, p := range read {
		p.Time = in.start + (p.Time-in.start)/in.period*in.period
		here := place{p.Time, p.Unit}
		i, ok := at[here]
		if !ok {
			at[here] = len(out)
			out = append(out, p)
			continue
		}
		out[i].Merge(p.Bucket)
	}
	return out, nil
}
