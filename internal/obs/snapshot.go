package obs

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Sample is one metric as it was when the Snapshot was taken.
type Sample struct {
	Name     string
	Kind     Kind
	Level    Level
	VertexID string // of tasks and operators
	Task     string // the vertex's name
	Subtask  int
	Operator string            // of operators
	Group    string            // "KinesisConsumer.stream.x.shardId.y", or ""
	Labels   map[string]string // the groups that are variables

	Int     int64   // the value of counters and set gauges
	Float   float64 // the value of every metric
	IsFloat bool    // Float is the exact one, not Int
}

// Text is the value as Flink's REST API writes it.
func (s Sample) Text() string {
	if !s.IsFloat {
		return strconv.FormatInt(s.Int, 10)
	}
	if s.Float == math.Trunc(s.Float) && math.Abs(s.Float) < 1e7 {
		return strconv.FormatFloat(s.Float, 'f', 1, 64)
	}
	return strconv.FormatFloat(s.Float, 'g', -1, 64)
}

// ID is the metric's identifier below its task in Flink's REST API
// ("Source__ticks.numRecordsOut"): operator, groups and name, with what is no
// letter, digit, dash or dot of the operator's name replaced by an underscore.
func (s Sample) ID() string {
	var parts []string
	if s.Operator != "" {
		parts = append(parts, filterName(s.Operator))
	}
	if s.Group != "" {
		parts = append(parts, s.Group)
	}
	return strings.Join(append(parts, s.Name), ".")
}

// filterName makes a name fit for a metric identifier, as Flink's metric query
// service does.
func filterName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .:;,\"'<>[](){}|&%$#@!?*/\\^~`=+", r) {
			return '_'
		}
		return r
	}, name)
}

// Snapshot is the samples of one moment, by level, vertex, subtask, operator,
// group and name.
type Snapshot []Sample

// Snapshot reads every metric.
func (r *Registry) Snapshot() Snapshot {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var all Snapshot
	for p, named := range r.metrics {
		for name, m := range named {
			all = append(all, sample(p, name, m))
		}
	}
	slices.SortFunc(all, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.VertexID, b.VertexID), cmp.Compare(a.Subtask, b.Subtask),
			cmp.Compare(a.Operator, b.Operator), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Name, b.Name))
	})
	return all
}

func sample(p place, name string, m *metric) Sample {
	s := Sample{
		Name: name, Level: p.level, VertexID: p.vertex, Task: p.task, Subtask: p.subtask,
		Operator: p.operator, Group: p.group, Labels: p.labelMap(),
	}
	switch {
	case m.counter != nil:
		s.Kind, s.Int = KindCounter, m.counter.Value()
	case m.gauge != nil:
		s.Kind, s.Int = KindGauge, m.gauge.Value()
	case m.meter != nil:
		s.Kind, s.Float, s.IsFloat = KindMeter, m.meter.Rate(), true
	default:
		s.Kind, s.Float, s.IsFloat = KindGauge, m.read(), true
	}
	if !s.IsFloat {
		s.Float = float64(s.Int)
	}
	return s
}

// Where is the samples that f keeps.
func (s Snapshot) Where(f func(Sample) bool) Snapshot {
	var kept Snapshot
	for _, x := range s {
		if f(x) {
			kept = append(kept, x)
		}
	}
	return kept
}

// Named is the samples of one metric at one level.
func (s Snapshot) Named(level Level, name string) Snapshot {
	return s.Where(func(x Sample) bool { return x.Level == level && x.Name == name })
}

// Vertex is the samples of one vertex.
func (s Snapshot) Vertex(id string) Snapshot {
	return s.Where(func(x Sample) bool { return x.Level != LevelJob && x.VertexID == id })
}

// Sum is the sum of the samples, zero when there is none.
func (s Snapshot) Sum() float64 {
	var sum float64
	for _, x := range s {
		sum += x.Float
	}
	return sum
}

// Max is the greatest of the samples; ok is false when there is none.
func (s Snapshot) Max() (v float64, ok bool) {
	for _, x := range s {
		if !ok || x.Float > v {
			v, ok = x.Float, true
		}
	}
	return v, ok
}

// Min is the least of the samples; ok is false when there is none.
func (s Snapshot) Min() (v float64, ok bool) {
	for _, x := range s {
		if !ok || x.Float < v {
			v, ok = x.Float, true
		}
	}
	return v, ok
}
