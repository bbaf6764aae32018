package mathexpr

import (
	"fmt"
	"math"
	"strings"
)

// function computes a call from its arguments as written.
type function func(env *Env, args []node) (Value, error)

// call is a function and its arguments.
type call struct {
	name string
	f    function
	args []node
}

func (c call) eval(env *Env) (Value, error) {
	v, err := c.f(env, c.args)
	if err != nil {
		return v, fmt.Errorf("%s: %w", c.name, err)
	}
	return v, nil
}

func (c call) walk(id func(string)) { list(c.args).walk(id) }

// functions are the functions served, by name.
func functions() map[string]function {
	return map[string]function{
		"ABS": pointwise(math.Abs), "CEIL": pointwise(math.Ceil), "FLOOR": pointwise(math.Floor),
		"LOG": pointwise(math.Log), "LOG10": pointwise(math.Log10),
		"SUM": folded(func(vs []float64) float64 { return sum(vs) }),
		"AVG": folded(func(vs []float64) float64 { return sum(vs) / float64(len(vs)) }),
		"MIN": folded(func(vs []float64) float64 { return extreme(vs, math.Min) }),
		"MAX": folded(func(vs []float64) float64 { return extreme(vs, math.Max) }),
		"STDDEV": folded(func(vs []float64) float64 {
			mean, squares := sum(vs)/float64(len(vs)), 0.0
			for _, v := range vs {
				squares += (v - mean) * (v - mean)
			}
			return math.Sqrt(squares / float64(len(vs)))
		}),
		"FIRST":           ended(func(s Series, ts []int64) float64 { return s.Points[ts[0]] }),
		"LAST":            ended(func(s Series, ts []int64) float64 { return s.Points[ts[len(ts)-1]] }),
		"DATAPOINT_COUNT": ended(func(_ Series, ts []int64) float64 { return float64(len(ts)) }),
		"DIFF":            stepwise(func(dv, _ float64) float64 { return dv }),
		"DIFF_TIME":       stepwise(func(_, dt float64) float64 { return dt }),
		"RATE":            stepwise(func(dv, dt float64) float64 { return dv / dt }),
		"RUNNING_SUM":     runningSum,
		"PERIOD":          period,
		"METRICS":         metrics,
		"METRIC_COUNT":    metricCount,
		"FILL":            fill,
		"IF":              choose,
		"TIME_SERIES":     timeSeries,
	}
}

func sum(vs []float64) (s float64) {
	for _, v := range vs {
		s += v
	}
	return s
}

func extreme(vs []float64, of func(a, b float64) float64) float64 {
	e := vs[0]
	for _, v := range vs[1:] {
		e = of(e, v)
	}
	return e
}

// want evaluates exactly n arguments.
func want(env *Env, args []node, n int) ([]Value, error) {
	if len(args) != n {
		return nil, fmt.Errorf("it takes %d arguments, not %d", n, len(args))
	}
	vs := make([]Value, n)
	for i, a := range args {
		v, err := a.eval(env)
		if err != nil {
			return nil, err
		}
		vs[i] = v
	}
	return vs, nil
}

func pointwise(f func(float64) float64) function {
	return func(env *Env, args []node) (Value, error) {
		vs, err := want(env, args, 1)
		if err != nil {
			return Value{}, err
		}
		return vs[0].each(f), nil
	}
}

// folded makes a list one series, time by time, and a series one number.
func folded(f func([]float64) float64) function {
	return func(env *Env, args []node) (Value, error) {
		vs, err := want(env, args, 1)
		if err != nil {
			return Value{}, err
		}
		v := vs[0]
		if v.Kind == Number {
			return Value{}, fmt.Errorf("it takes time series, not a number")
		}
		if v.Kind == One {
			var all []float64
			for _, t := range v.Series[0].times() {
				all = append(all, v.Series[0].Points[t])
			}
			if len(all) == 0 {
				return Value{Num: math.NaN()}, nil
			}
			return Value{Num: f(all)}, nil
		}
		at := map[int64][]float64{}
		for _, s := range v.Series {
			for t, x := range s.Points {
				at[t] = append(at[t], x)
			}
		}
		out := Series{Points: map[int64]float64{}}
		for t, xs := range at {
			out.set(t, f(xs))
		}
		return OneOf(out), nil
	}
}

// mapped computes each series of the only argument anew.
func mapped(env *Env, args []node, f func(Series) Series) (Value, error) {
	vs, err := want(env, args, 1)
	if err != nil {
		return Value{}, err
	}
	if vs[0].Kind == Number {
		return Value{}, fmt.Errorf("it takes time series, not a number")
	}
	out := Value{Kind: vs[0].Kind}
	for _, s := range vs[0].Series {
		out.Series = append(out.Series, f(s))
	}
	return out, nil
}

// ended makes a series a number; a list must be named one by one.
func ended(f func(s Series, times []int64) float64) function {
	return func(env *Env, args []node) (Value, error) {
		vs, err := want(env, args, 1)
		if err != nil {
			return Value{}, err
		}
		if vs[0].Kind != One {
			return Value{}, fmt.Errorf("it takes one time series")
		}
		ts := vs[0].Series[0].times()
		if len(ts) == 0 {
			return Value{Num: math.NaN()}, nil
		}
		return Value{Num: f(vs[0].Series[0], ts)}, nil
	}
}

// stepwise computes a point from the steps in value and time that lead to it.
func stepwise(f func(dv, dt float64) float64) function {
	return func(env *Env, args []node) (Value, error) {
		return mapped(env, args, func(s Series) Series {
			out := Series{Label: s.Label, Points: map[int64]float64{}}
			ts := s.times()
			for i := 1; i < len(ts); i++ {
				out.set(ts[i], f(s.Points[ts[i]]-s.Points[ts[i-1]], float64(ts[i]-ts[i-1])))
			}
			return out
		})
	}
}

func runningSum(env *Env, args []node) (Value, error) {
	return mapped(env, args, func(s Series) Series {
		out := Series{Label: s.Label, Points: map[int64]float64{}}
		total := 0.0
		for _, t := range s.times() {
			total += s.Points[t]
			out.set(t, total)
		}
		return out
	})
}

func period(env *Env, args []node) (Value, error) {
	if len(args) == 1 {
		if id, ok := args[0].(name); ok {
			return Value{Num: float64(env.Period(string(id)))}, nil
		}
	}
	return Value{}, fmt.Errorf("it takes one id")
}

func metrics(env *Env, args []node) (Value, error) {
	v := Value{Kind: List}
	part, isText := text(""), true
	if len(args) == 1 {
		part, isText = args[0].(text)
	}
	if len(args) > 1 || !isText {
		return v, fmt.Errorf("it takes nothing, or one text in quotation marks")
	}
	for _, s := range env.Metrics() {
		if strings.Contains(s.Label, string(part)) {
			v.Series = append(v.Series, s)
		}
	}
	return v, nil
}

func metricCount(env *Env, args []node) (Value, error) {
	vs, err := want(env, args, 1)
	if err != nil {
		return Value{}, err
	}
	return Value{Num: float64(len(vs[0].Series))}, nil
}

// timeSeries is a number at every time.
func timeSeries(env *Env, args []node) (Value, error) {
	vs, err := want(env, args, 1)
	if err != nil {
		return Value{}, err
	}
	if vs[0].Kind != Number {
		return Value{}, fmt.Errorf("it takes a number")
	}
	out := Series{Points: map[int64]float64{}}
	for _, t := range env.Times {
		out.set(t, vs[0].Num)
	}
	return OneOf(out), nil
}

// fill fills gaps with a number, another series, the last value (REPEAT) or a
// straight line (LINEAR).
func fill(env *Env, args []node) (Value, error) {
	if len(args) != 2 {
		return Value{}, fmt.Errorf("it takes 2 arguments, not %d", len(args))
	}
	how, keyword := args[1].(name)
	keyword = keyword && how.keyword()
	if keyword && how != "REPEAT" && how != "LINEAR" {
		return Value{}, fmt.Errorf("gaps are filled with a number, a time series, REPEAT or LINEAR, not %s", how)
	}
	var with Value
	if !keyword {
		var err error
		if with, err = args[1].eval(env); err != nil {
			return Value{}, err
		}
		if with.Kind == List {
			return Value{}, fmt.Errorf("gaps are not filled with a list of time series: name one of them")
		}
	}
	return mapped(env, args[:1], func(s Series) Series {
		out := Series{Label: s.Label, Points: map[int64]float64{}}
		known, next := s.times(), 0
		for _, t := range env.Times {
			for next < len(known) && known[next] < t {
				next++
			}
			v, ok := s.Points[t]
			switch {
			case ok:
			case how == "REPEAT" && keyword:
				v, ok = s.between(known, next, t, 0)
			case keyword:
				v, ok = s.between(known, next, t, 1)
			default:
				v, ok = with.at(t)
			}
			if ok {
				out.set(t, v)
			}
		}
		return out
	})
}

// between is the value in the gap at t, known[next] being the first time
// behind it: on the line between its ends at slope 1, the value before at 0.
func (s Series) between(known []int64, next int, t int64, slope float64) (float64, bool) {
	if next == 0 || slope > 0 && next == len(known) {
		return 0, false
	}
	before := s.Points[known[next-1]]
	if slope == 0 {
		return before, true
	}
	share := float64(t-known[next-1]) / float64(known[next]-known[next-1])
	return before + (s.Points[known[next]]-before)*share, true
}

// choose is IF(condition, then [, else]): point by point where the condition
// is a series; without an else points are left out.
func choose(env *Env, args []node) (Value, error) {
	if len(args) != 2 && len(args) != 3 {
		return Value{}, fmt.Errorf("it takes 2 or 3 arguments, not %d", len(args))
	}
	vs, err := want(env, args, len(args))
	if err != nil {
		return Value{}, err
	}
	for _, v := range vs {
		if v.Kind == List {
			return Value{}, fmt.Errorf("it takes no lists of time series")
		}
	}
	if vs[0].Kind == Number {
		switch {
		case vs[0].Num != 0:
			return vs[1], nil
		case len(vs) == 3:
			return vs[2], nil
		}
		return OneOf(Series{Points: map[int64]float64{}}), nil
	}
	out := Series{Points: map[int64]float64{}}
	for t, c := range vs[0].Series[0].Points {
		branch := 1
		if c == 0 {
			branch = 2
		}
		if branch < len(vs) {
			if v, ok := vs[branch].at(t); ok {
				out.set(t, v)
			}
		}
	}
	return OneOf(out), nil
}

// at is the value at t of a number or a series.
func (v Value) at(t int64) (float64, bool) {
	if v.Kind == Number {
		return v.Num, true
	}
	x, ok := v.Series[0].Points[t]
	return x, ok
}
