package local

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	cloudwatch "weir/internal/aws/api/cloudwatch"
	"weir/internal/obs/kdametrics"
	"weir/internal/runner/application"
)

// maxData is how many values are published at once.
const maxData = 500

// publishEvery publishes a child's metrics each minute until the function it
// returns is called.
func (r *Runner) publishEvery(spec application.Spec, c *child) (stop func()) {
	if r.Metrics == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for {
			tick, stop := r.Clock.After(time.Minute)
			select {
			case <-tick:
				if err := r.publish(ctx, spec.Region, c); err != nil && ctx.Err() == nil {
					r.Log.Warn("The metrics of an application could not be published", "application", spec.Name, "error", err)
				}
			case <-ctx.Done():
				stop()
				return
			}
		}
	}()
	return cancel
}

// publish reads the child's metrics and publishes them, as the service itself
// does on AWS: the role needs no right for it.
func (r *Runner) publish(ctx context.Context, region string, c *child) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	rq, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://application"+application.MetricsPath, nil)
	if err != nil {
		return err
	}
	res, err := c.transport.RoundTrip(rq)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // decoded to its end
	var data []kdametrics.Datum
	if err := json.NewDecoder(res.Body).Decode(&data); err != nil {
		return err
	}
	now := r.Clock.Now()
	var out []cloudwatch.MetricDatum
	for _, d := range data {
		m := cloudwatch.MetricDatum{MetricName: d.Name, Value: &d.Value, Unit: &d.Unit, Timestamp: &now}
		for _, dim := range d.Dimensions {
			m.Dimensions = append(m.Dimensions, cloudwatch.Dimension{Name: dim.Name, Value: dim.Value})
		}
		out = append(out, m)
	}
	for len(out) > 0 {
		n := min(len(out), maxData)
		if err := r.Metrics.Publish(region, kdametrics.Namespace, out[:n]); err != nil {
			return err
		}
		out = out[n:]
	}
	return nil
}
