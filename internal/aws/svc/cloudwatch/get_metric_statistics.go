package cloudwatch

import (
	"time"

	api "weir/internal/aws/api/cloudwatch"
	"weir/internal/aws/svc/cloudwatch/series"
	"weir/internal/aws/wire"
)

// maxDatapoints is how many GetMetricStatistics returns at most.
const maxDatapoints = 1440

func (s *Service) getMetricStatistics(c *wire.Call, in *api.GetMetricStatisticsInput) (*api.GetMetricStatisticsOutput, error) {
	if len(in.Statistics) == 0 && len(in.ExtendedStatistics) == 0 {
		return nil, wire.Errorf(codeCombination, "Must specify either Statistics or ExtendedStatistics")
	}
	asked, err := newSpan(s.Clock.Now(), in.StartTime, in.EndTime, in.Period)
	if err != nil {
		return nil, err
	}
	if n := asked.count(); n > maxDatapoints {
		return nil, wire.Errorf(codeCombination, "You have requested up to %d datapoints, which exceeds the limit of %d. You may reduce the datapoints requested by increasing Period, or decreasing the time range.", n, maxDatapoints)
	}
	extended := map[string]statistic{}
	for _, name := range in.ExtendedStatistics {
		if extended[name], err = parseStatistic(name); err != nil {
			return nil, err
		}
	}
	unit := ""
	if in.Unit != nil {
		unit = *in.Unit
	}
	points, err := s.points(metric(c.Region, in.Namespace, in.MetricName, in.Dimensions), asked, unit)
	if err != nil {
		return nil, err
	}
	out := &api.GetMetricStatisticsOutput{Label: new(in.MetricName), Datapoints: []api.Datapoint{}}
	for _, p := range points {
		if d, any := datapoint(p, in.Statistics, extended); any {
			out.Datapoints = append(out.Datapoints, d)
		}
	}
	return out, nil
}

// datapoint is a point's statistics; any is false when none could be known.
func datapoint(p series.Point, statistics []string, extended map[string]statistic) (d api.Datapoint, any bool) {
	d = api.Datapoint{Timestamp: new(time.Unix(p.Time, 0).UTC()), Unit: new(p.Unit)}
	for _, name := range statistics {
		any = true
		switch name {
		case api.StatisticSampleCount:
			d.SampleCount = new(p.Count)
		case api.StatisticAverage:
			d.Average = new(p.Average())
		case api.StatisticSum:
			d.Sum = new(p.Sum)
		case api.StatisticMinimum:
			d.Minimum = new(p.Min)
		case api.StatisticMaximum:
			d.Maximum = new(p.Max)
		}
	}
	for name, f := range extended {
		if v, ok := f(p.Bucket); ok {
			if d.ExtendedStatistics == nil {
				d.ExtendedStatistics = map[string]float64{}
			}
			d.ExtendedStatistics[name], any = v, true
		}
	}
	return d, any
}
