package cloudwatch

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	api "weir/internal/aws/api/cloudwatch"
	"weir/internal/aws/svc/cloudwatch/series"
	"weir/internal/aws/wire"
)

// The limits of PutMetricData.
const (
	maxData   = 1000
	maxValues = 150
	maxPast   = 14 * 24 * time.Hour
	maxAhead  = 2 * time.Hour
)

func (s *Service) putMetricData(c *wire.Call, in *api.PutMetricDataInput) (*api.PutMetricDataOutput, error) {
	if strings.HasPrefix(in.Namespace, "AWS/") {
		return nil, wire.Errorf(codeValue, "The value AWS/ for parameter Namespace is invalid.")
	}
	data := in.MetricData
	for _, e := range in.EntityMetricData {
		data = append(data, e.MetricData...)
	}
	if len(data) == 0 {
		return nil, wire.Errorf(codeMissing, "The parameter MetricData is required.")
	}
	return &api.PutMetricDataOutput{}, s.Publish(c.Region, in.Namespace, data)
}

// Publish puts data of any namespace, AWS's own too, into a region; they are on
// disk when it returns nil. An error is one for a client.
func (s *Service) Publish(region, namespace string, data []api.MetricDatum) error {
	if len(data) > maxData {
		return wire.Errorf(codeValue, "The collection MetricData must not have a size greater than %d.", maxData)
	}
	now := s.Clock.Now()
	samples := make([]series.Sample, len(data))
	for i, d := range data {
		x, err := sample(fmt.Sprintf("MetricData.member.%d", i+1), d, now)
		if err != nil {
			return err
		}
		x.Metric = metric(region, namespace, d.MetricName, d.Dimensions)
		samples[i] = x
	}
	err := s.series.Put(now, samples)
	if errors.Is(err, series.ErrFull) {
		return wire.Errorf(codeInternal, "%v", err)
	}
	return err
}

// sample is a datum without its metric; at is its place in the request.
func sample(at string, d api.MetricDatum, now time.Time) (x series.Sample, err error) {
	x = series.Sample{Time: now, Unit: api.StandardUnitNone}
	if d.Timestamp != nil {
		x.Time = *d.Timestamp
	}
	switch {
	case x.Time.Before(now.Add(-maxPast)):
		return x, wire.Errorf(codeValue, "The parameter %s.Timestamp must specify a time within the past two weeks.", at)
	case x.Time.After(now.Add(maxAhead)):
		return x, wire.Errorf(codeValue, "The parameter %s.Timestamp must specify a time no more than two hours in the future.", at)
	}
	if d.Unit != nil {
		x.Unit = *d.Unit
	}
	if d.StorageResolution != nil {
		if x.HighRes = *d.StorageResolution == 1; !x.HighRes && *d.StorageResolution != 60 {
			return x, wire.Errorf(codeValue, "The parameter %s.StorageResolution must be 1 or 60.", at)
		}
	}
	if err := distinctDimensions(at, d.Dimensions); err != nil {
		return x, err
	}
	x.Bucket, err = observed(at, d)
	return x, err
}

func distinctDimensions(at string, dims []api.Dimension) error {
	seen := map[string]bool{}
	for _, d := range dims {
		if seen[d.Name] {
			return wire.Errorf(codeValue, "The parameter %s.Dimensions has the dimension name %s twice.", at, d.Name)
		}
		seen[d.Name] = true
	}
	return nil
}

// observed is the values of a datum: one, several with counts, or a set.
func observed(at string, d api.MetricDatum) (b series.Bucket, err error) {
	given := 0
	for _, has := range [...]bool{d.Value != nil, d.Values != nil, d.StatisticValues != nil} {
		if has {
			given++
		}
	}
	switch {
	case given == 0:
		return b, wire.Errorf(codeMissing, "At least one of the parameters must be specified: %s.Value, %s.Values, %s.StatisticValues.", at, at, at)
	case given > 1:
		return b, wire.Errorf(codeCombination, "The parameters %s.Value, %s.Values and %s.StatisticValues are mutually exclusive and you have specified more than one of them.", at, at, at)
	case d.Value != nil:
		return b, observe(&b, at+".Value", *d.Value, 1)
	case d.StatisticValues != nil:
		v := d.StatisticValues
		for _, n := range [...]float64{v.SampleCount, v.Sum, v.Minimum, v.Maximum} {
			if !finite(n) {
				return b, badValue(at+".StatisticValues", n)
			}
		}
		if v.SampleCount <= 0 || v.Minimum > v.Maximum {
			return b, wire.Errorf(codeValue, "The parameter %s.StatisticValues must have a positive SampleCount and a Minimum not above its Maximum.", at)
		}
		b.ObserveSet(v.SampleCount, v.Sum, v.Minimum, v.Maximum)
		return b, nil
	}
	if len(d.Values) > maxValues || len(d.Values) == 0 {
		return b, wire.Errorf(codeValue, "The collection %s.Values must have a size between 1 and %d.", at, maxValues)
	}
	if d.Counts != nil && len(d.Counts) != len(d.Values) {
		return b, wire.Errorf(codeValue, "The parameters %s.Values and %s.Counts must be of the same size.", at, at)
	}
	for i, v := range d.Values {
		count := 1.0
		if d.Counts != nil {
			count = d.Counts[i]
		}
		if err := observe(&b, fmt.Sprintf("%s.Values.member.%d", at, i+1), v, count); err != nil {
			return b, err
		}
	}
	return b, nil
}

func observe(b *series.Bucket, at string, v, count float64) error {
	if !finite(v) {
		return badValue(at, v)
	}
	if !(count > 0) || math.IsInf(count, 0) {
		return wire.Errorf(codeValue, "The value %v is not a valid count for %s.", count, at)
	}
	b.Observe(v, count)
	return nil
}

// finite reports whether v is a number CloudWatch takes.
func finite(v float64) bool { return math.Abs(v) <= math.Ldexp(1, 360) }

func badValue(at string, v float64) error {
	return wire.Errorf(codeValue, "The value %v for parameter %s is invalid.", v, at)
}
