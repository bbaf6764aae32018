// Package mathexpr is CloudWatch's metric math: expressions over the time
// series of a GetMetricData call.
//
// Vocabulary. A Value is a number, one time series, or a list of them. An
// operator between series works on the times both have; a series and a number
// work point by point; a list and anything else series by series. A comparison
// gives 1 and 0. A point whose result is no number (a division by zero) is left
// out, as CloudWatch does.
//
// What CloudWatch has and this package has not (SEARCH, SELECT, anomaly bands)
// is an error that names it.
package mathexpr

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

// Series is one time series.
type Series struct {
	Label  string
	Points map[int64]float64 // by time, seconds of the epoch
}

// Kind is what a Value is.
type Kind uint8

// The kinds of Value.
const (
	Number Kind = iota
	One         // one series
	List
)

// Value is a number, a series, or a list of series.
type Value struct {
	Kind   Kind
	Num    float64
	Series []Series // exactly one for One
}

// OneOf is the Value of one series.
func OneOf(s Series) Value { return Value{Kind: One, Series: []Series{s}} }

// Env is what an expression may refer to.
type Env struct {
	// Lookup is the value of an id; an error when there is none.
	Lookup func(id string) (Value, error)
	// Metrics are the series of METRICS(): those not made by expressions.
	Metrics func() []Series
	// Period is the period in seconds of an id's series.
	Period func(id string) int64
	// Times are the begins of all periods asked for, in order.
	Times []int64
}

// Expr is a parsed expression.
type Expr struct{ root node }

// Eval computes the expression.
func (e *Expr) Eval(env *Env) (Value, error) { return e.root.eval(env) }

// IDs are the ids the expression names, each once.
func (e *Expr) IDs() []string {
	seen := map[string]bool{}
	var ids []string
	e.root.walk(func(id string) {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	})
	return ids
}

// node is a part of an expression.
type node interface {
	eval(env *Env) (Value, error)
	walk(id func(string))
}

type number float64

func (n number) eval(*Env) (Value, error) { return Value{Num: float64(n)}, nil }
func (n number) walk(func(string))        {}

// name is an id, or, in capitals, a keyword of a function.
type name string

func (n name) eval(env *Env) (Value, error) { return env.Lookup(string(n)) }
func (n name) walk(id func(string)) {
	if !n.keyword() {
		id(string(n))
	}
}

func (n name) keyword() bool { return strings.ToUpper(string(n)) == string(n) }

// text is a quoted argument.
type text string

func (t text) eval(*Env) (Value, error) {
	return Value{}, fmt.Errorf("the text %q is no value", string(t))
}
func (t text) walk(func(string)) {}

// list is [a, b].
type list []node

func (l list) eval(env *Env) (Value, error) {
	v := Value{Kind: List}
	for _, n := range l {
		x, err := n.eval(env)
		if err != nil {
			return v, err
		}
		if x.Kind == Number {
			return v, fmt.Errorf("a list has time series only")
		}
		v.Series = append(v.Series, x.Series...)
	}
	return v, nil
}

func (l list) walk(id func(string)) {
	for _, n := range l {
		n.walk(id)
	}
}

// binary is an operator between two values.
type binary struct {
	op   string
	a, b node
}

func (b binary) walk(id func(string)) { b.a.walk(id); b.b.walk(id) }

func (b binary) eval(env *Env) (Value, error) {
	x, err := b.a.eval(env)
	if err != nil {
		return x, err
	}
	y, err := b.b.eval(env)
	if err != nil {
		return y, err
	}
	f := operator(b.op)
	switch {
	case x.Kind == List && y.Kind == List:
		return x, fmt.Errorf("%s between two lists of time series: name one of them, or sum it up", b.op)
	case x.Kind == Number && y.Kind == Number:
		return Value{Num: f(x.Num, y.Num)}, nil
	case y.Kind == Number:
		return x.each(func(v float64) float64 { return f(v, y.Num) }), nil
	case x.Kind == Number:
		return y.each(func(v float64) float64 { return f(x.Num, v) }), nil
	case x.Kind == List:
		return zip(x, y.Series[0], f), nil
	}
	return zip(y, x.Series[0], func(v, w float64) float64 { return f(w, v) }), nil
}

// each is v with f of every point.
func (v Value) each(f func(float64) float64) Value {
	if v.Kind == Number {
		return Value{Num: f(v.Num)}
	}
	out := Value{Kind: v.Kind}
	for _, s := range v.Series {
		r := Series{Label: s.Label, Points: map[int64]float64{}}
		for t, x := range s.Points {
			r.set(t, f(x))
		}
		out.Series = append(out.Series, r)
	}
	return out
}

// zip is f of every series of v and w at the times both have.
func zip(v Value, w Series, f func(a, b float64) float64) Value {
	out := Value{Kind: v.Kind}
	for _, s := range v.Series {
		r := Series{Label: s.Label, Points: map[int64]float64{}}
		for t, x := range s.Points {
			if y, ok := w.Points[t]; ok {
				r.set(t, f(x, y))
			}
		}
		out.Series = append(out.Series, r)
	}
	return out
}

// set sets a point that is a number.
func (s Series) set(t int64, v float64) {
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		s.Points[t] = v
	}
}

// times are the times of the series, in order.
func (s Series) times() []int64 {
	ts := make([]int64, 0, len(s.Points))
	for t := range s.Points {
		ts = append(ts, t)
	}
	sort.Slice(ts, func(i, j int) bool { return ts[i] < ts[j] })
	return ts
}

func operator(op string) func(a, b float64) float64 {
	truth := func(f func(a, b float64) bool) func(a, b float64) float64 {
		return func(a, b float64) float64 {
			if f(a, b) {
				return 1
			}
			return 0
		}
	}
	switch op {
	case "+":
		return func(a, b float64) float64 { return a + b }
	case "-":
		return func(a, b float64) float64 { return a - b }
	case "*":
		return func(a, b float64) float64 { return a * b }
	case "/":
		return func(a, b float64) float64 { return a / b }
	case "^":
		return math.Pow
	case "<":
		return truth(func(a, b float64) bool { return a < b })
	case "<=":
		return truth(func(a, b float64) bool { return a <= b })
	case ">":
		return truth(func(a, b float64) bool { return a > b })
	case ">=":
		return truth(func(a, b float64) bool { return a >= b })
	case "==":
		return truth(func(a, b float64) bool { return a == b })
	case "!=":
		return truth(func(a, b float64) bool { return a != b })
	case "&&", "AND":
		return truth(func(a, b float64) bool { return a != 0 && b != 0 })
	}
	return truth(func(a, b float64) bool { return a != 0 || b != 0 })
}
