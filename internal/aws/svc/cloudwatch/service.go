// Package cloudwatch is CloudWatch's metrics: putting, reading and listing
// them, with metric math.
//
// Vocabulary is AWS's: a metric is a namespace, a name and dimensions; a datum
// is what is put, a datapoint what is read, one a period; a statistic makes one
// number of a datapoint. Datapoints live in series, expressions in mathexpr.
//
// Invariants.
//   - PutMetricData is answered when its data are on disk.
//   - Periods begin at the (rounded) start time that was asked for, as on AWS.
//
// The package must not read requests, check permissions or the model's
// constraints, nor know another service: whoever publishes into an AWS
// namespace (Kinesis Analytics) calls Publish.
package cloudwatch

import (
	"log/slog"
	"time"

	"weir/internal/aws/svc/cloudwatch/series"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/vfs"

	api "weir/internal/aws/api/cloudwatch"
)

// Deps is what the service works with.
type Deps struct {
	Clock clock.Clock
	// FS holds the metrics in Dir. When it can tell that the disk is full
	// (*spacewait.FS), puts are refused then.
	FS  vfs.FS
	Dir string
	Log *slog.Logger // of what goes wrong in the background
}

// ageEvery is how often datapoints that are too old are removed.
const ageEvery = time.Hour

// The error codes of CloudWatch that the service gives out.
const (
	codeValue       = "InvalidParameterValueException"
	codeCombination = "InvalidParameterCombinationException"
	codeMissing     = "MissingRequiredParameterException"
	codeToken       = "InvalidNextToken"
	codeInternal    = "InternalServiceFault"
	codeValidation  = "ValidationError"
)

// Service is CloudWatch. Make one with New; Close it.
type Service struct {
	Deps
	series        *series.Store
	stop, stopped chan struct{}
}

// New opens the service and its metrics.
func New(d Deps) (*Service, error) {
	var full func() error
	if f, ok := d.FS.(interface{ Full() error }); ok {
		full = f.Full
	}
	store, err := series.Open(d.FS, d.Dir, full)
	if err != nil {
		return nil, err
	}
	s := &Service{Deps: d, series: store, stop: make(chan struct{}), stopped: make(chan struct{})}
	go s.ageLoop()
	return s, nil
}

// Close stops the background work and closes the metrics.
func (s *Service) Close() error {
	close(s.stop)
	<-s.stopped
	return s.series.Close()
}

func (s *Service) ageLoop() {
	defer close(s.stopped)
	for {
		tick, stop := s.Clock.After(ageEvery)
		select {
		case <-tick:
			if err := s.series.Age(s.Clock.Now()); err != nil {
				s.Log.Error("Removing old metrics failed; it is tried again", "retryAfter", ageEvery, "error", err)
			}
		case <-s.stop:
			stop()
			return
		}
	}
}

// Name implements wire.Service.
func (s *Service) Name() string { return "cloudwatch" }

// Ops implements wire.Service.
func (s *Service) Ops() wire.Ops {
	return wire.Ops{
		"GetMetricData":       wire.Handle(s.getMetricData),
		"GetMetricStatistics": wire.Handle(s.getMetricStatistics),
		"ListMetrics":         wire.Handle(s.listMetrics),
		"PutMetricData":       wire.Handle(s.putMetricData),
	}
}

// Resources implements wire.Service: CloudWatch's metrics have no ARNs.
func (s *Service) Resources(*wire.Call, string, any) []string { return nil }

// metric is the series of a metric in the call's region.
func metric(region string, namespace, name string, dims []api.Dimension) series.Metric {
	m := series.Metric{Region: region, Namespace: namespace, Name: name}
	for _, d := range dims {
		m.Dimensions = append(m.Dimensions, series.Dimension{Name: d.Name, Value: d.Value})
	}
	return m
}
