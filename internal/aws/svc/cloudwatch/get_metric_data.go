package cloudwatch

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"time"

	api "weir/internal/aws/api/cloudwatch"
	"weir/internal/aws/svc/cloudwatch/mathexpr"
	"weir/internal/aws/svc/cloudwatch/series"
	"weir/internal/aws/wire"
)

const (
	maxQueries  = 500
	maxReturned = 100_800 // datapoints of one answer
	// expressionPeriod is that of an expression without any metric.
	expressionPeriod = 60
)

func (s *Service) getMetricData(c *wire.Call, in *api.GetMetricDataInput) (*api.GetMetricDataOutput, error) {
	q, err := s.newQueries(c, in)
	if err != nil {
		return nil, err
	}
	skip, err := offset(in.NextToken)
	if err != nil {
		return nil, err
	}
	limit := maxReturned
	if in.MaxDatapoints != nil {
		if limit = int(*in.MaxDatapoints); limit < 1 || limit > maxReturned {
			return nil, wire.Errorf(codeValue, "The parameter MaxDatapoints must be between 1 and %d.", maxReturned)
		}
	}
	var all []api.MetricDataResult
	for _, query := range in.MetricDataQueries {
		if query.ReturnData != nil && !*query.ReturnData {
			continue
		}
		v, err := q.value(query.Id)
		if err != nil {
			return nil, err
		}
		if v.Kind == mathexpr.Number {
			return nil, wire.Errorf(codeValidation, "Error in expression '%s': the result is a number, not a time series; TIME_SERIES() makes one of it, or set ReturnData to false.", query.Id)
		}
		for _, one := range v.Series {
			all = append(all, result(query, one, in.ScanBy == nil || *in.ScanBy != api.ScanByTimestampAscending))
		}
	}
	return paged(all, skip, limit), nil
}

// result is a series as an answer has it.
func result(query api.MetricDataQuery, one mathexpr.Series, descending bool) api.MetricDataResult {
	r := api.MetricDataResult{
		Id: new(query.Id), Label: new(one.Label), StatusCode: new(api.StatusCodeComplete),
		Timestamps: []time.Time{}, Values: []float64{},
	}
	if one.Label == "" {
		r.Label = new(query.Id)
	}
	times := slices.Sorted(maps.Keys(one.Points))
	if descending {
		slices.Reverse(times)
	}
	for _, t := range times {
		r.Timestamps = append(r.Timestamps, time.Unix(t, 0).UTC())
		r.Values = append(r.Values, one.Points[t])
	}
	return r
}

// paged is the answer after skip datapoints, with at most limit of them. A
// series that is cut says so, and goes on in the next page under its id.
func paged(all []api.MetricDataResult, skip, limit int) *api.GetMetricDataOutput {
	out := &api.GetMetricDataOutput{MetricDataResults: []api.MetricDataResult{}, Messages: []api.MessageData{}}
	first, room := skip, limit
	for _, r := range all {
		n := len(r.Values)
		if skip > 0 && skip >= n {
			skip -= n
			continue
		}
		if room == 0 && n > 0 {
			out.NextToken = new(offsetToken(first + limit))
			break
		}
		take := min(n-skip, room)
		r.Timestamps, r.Values = r.Timestamps[skip:skip+take], r.Values[skip:skip+take]
		cut := skip+take < n
		skip, room = 0, room-take
		if cut {
			r.StatusCode = new(api.StatusCodePartialData)
			out.NextToken = new(offsetToken(first + limit))
		}
		out.MetricDataResults = append(out.MetricDataResults, r)
		if cut {
			break
		}
	}
	return out
}

// queries computes the queries of one call, each once.
type queries struct {
	s     *Service
	call  *wire.Call
	in    *api.GetMetricDataInput
	byID  map[string]*query
	order []*query
	span  span // of the finest period, for the times of expressions
}

// query is one query on the way.
type query struct {
	api.MetricDataQuery
	expr   *mathexpr.Expr // nil: a metric
	span   span
	value  mathexpr.Value
	done   bool
	inside bool // being computed
}

func (s *Service) newQueries(c *wire.Call, in *api.GetMetricDataInput) (*queries, error) {
	if n := len(in.MetricDataQueries); n > maxQueries {
		return nil, wire.Errorf(codeValidation, "The collection MetricDataQueries must not have a size greater than %d.", maxQueries)
	}
	q := &queries{s: s, call: c, in: in, byID: map[string]*query{}}
	valid := regexp.MustCompile(`^[a-z][A-Za-z0-9_]*$`)
	for _, one := range in.MetricDataQueries {
		switch {
		case !valid.MatchString(one.Id):
			return nil, wire.Errorf(codeValidation, "The value %s for parameter MetricDataQueries.Id is invalid: it must begin with a small letter and have only letters, digits and underscores.", one.Id)
		case q.byID[one.Id] != nil:
			return nil, wire.Errorf(codeValidation, "The id %s is used by two queries.", one.Id)
		case (one.MetricStat == nil) == (one.Expression == nil):
			return nil, wire.Errorf(codeValidation, "The query %s must have either MetricStat or Expression.", one.Id)
		}
		x := &query{MetricDataQuery: one}
		q.byID[one.Id], q.order = x, append(q.order, x)
		if err := q.prepare(x); err != nil {
			return nil, err
		}
	}
	if q.span.period == 0 {
		var err error
		if q.span, err = newSpan(s.Clock.Now(), in.StartTime, in.EndTime, expressionPeriod); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// prepare reads an expression, or the span of a metric.
func (q *queries) prepare(x *query) (err error) {
	if x.Expression != nil {
		if x.expr, err = mathexpr.Parse(*x.Expression); err != nil {
			return expressionError(*x.Expression, err)
		}
		return nil
	}
	if m := x.MetricStat.Metric; m == nil || m.Namespace == nil || m.MetricName == nil {
		return wire.Errorf(codeValidation, "The query %s must have MetricStat.Metric with Namespace and MetricName.", x.Id)
	}
	if x.span, err = newSpan(q.s.Clock.Now(), q.in.StartTime, q.in.EndTime, x.MetricStat.Period); err != nil {
		return err
	}
	if n := x.span.count(); n > maxReturned {
		return wire.Errorf(codeValidation, "The query %s asks for %d datapoints, more than %d: make its period longer or the time shorter.", x.Id, n, maxReturned)
	}
	if q.span.period == 0 || x.span.period < q.span.period {
		q.span = x.span
	}
	return nil
}

func expressionError(expression string, err error) error {
	if refused := (*wire.Error)(nil); errors.As(err, &refused) {
		return refused
	}
	return wire.Errorf(codeValidation, "Error in expression '%s': %v", expression, err)
}

// value computes a query by its id.
func (q *queries) value(id string) (mathexpr.Value, error) {
	x := q.byID[id]
	switch {
	case x == nil:
		return mathexpr.Value{}, wire.Errorf(codeValidation, "There is no query with the id %s, which an expression names.", id)
	case x.done:
		return x.value, nil
	case x.inside:
		return mathexpr.Value{}, wire.Errorf(codeValidation, "The expression of query %s refers to itself.", id)
	}
	x.inside = true
	var err error
	if x.expr != nil {
		x.value, err = q.evaluate(x)
	} else {
		x.value, err = q.read(x)
	}
	x.inside, x.done = false, err == nil
	return x.value, err
}

func (q *queries) evaluate(x *query) (mathexpr.Value, error) {
	var failed error
	v, err := x.expr.Eval(&mathexpr.Env{
		Lookup: q.value,
		Metrics: func() []mathexpr.Series {
			var all []mathexpr.Series
			for _, o := range q.order {
				if o.expr == nil {
					v, err := q.value(o.Id)
					if err != nil {
						failed = err
						return nil
					}
					all = append(all, v.Series...)
				}
			}
			return all
		},
		Period: func(id string) int64 {
			if o := q.byID[id]; o != nil && o.expr == nil {
				return o.span.period
			}
			return q.span.period
		},
		Times: q.span.times(),
	})
	if failed != nil {
		err = failed
	}
	if err != nil {
		return v, expressionError(*x.Expression, err)
	}
	if v.Kind == mathexpr.One {
		v.Series = []mathexpr.Series{{Points: v.Series[0].Points}}
	}
	if x.Label != nil {
		v.Series = slices.Clone(v.Series)
		for i := range v.Series {
			v.Series[i].Label = *x.Label
		}
	}
	return v, nil
}

// read is the series of a metric.
func (q *queries) read(x *query) (mathexpr.Value, error) {
	stat, err := parseStatistic(x.MetricStat.Stat)
	if err != nil {
		return mathexpr.Value{}, err
	}
	m, unit := x.MetricStat.Metric, ""
	if x.MetricStat.Unit != nil {
		unit = *x.MetricStat.Unit
	}
	points, err := q.s.points(metric(q.call.Region, *m.Namespace, *m.MetricName, m.Dimensions), x.span, unit)
	if err != nil {
		return mathexpr.Value{}, err
	}
	at := map[int64]*series.Bucket{} // all units of a period together
	for _, p := range points {
		if at[p.Time] == nil {
			at[p.Time] = &series.Bucket{}
		}
		at[p.Time].Merge(p.Bucket)
	}
	out := mathexpr.Series{Label: *m.MetricName, Points: map[int64]float64{}}
	if x.Label != nil {
		out.Label = *x.Label
	}
	for t, b := range at {
		if v, ok := stat(*b); ok {
			out.Points[t] = v
		}
	}
	return mathexpr.OneOf(out), nil
}
