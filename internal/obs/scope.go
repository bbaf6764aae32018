package obs

import "strings"

// place is where in a job a metric stands; comparable, so that it is a map key.
type place struct {
	level    Level
	vertex   string // id
	task     string // the vertex's name
	subtask  int
	operator string
	group    string // "KinesisConsumer.stream.x.shardId.y"
	labels   string // key\x00value\x00 of the groups that are variables
}

// Level is how deep in a job a scope is.
type Level uint8

// The levels of a scope.
const (
	LevelJob Level = iota
	LevelTask
	LevelOperator
)

// Scope is a place in a job under which metrics are registered. The zero Scope
// gives metrics that work and are registered nowhere.
type Scope struct {
	r *Registry
	p place
}

// Job is the scope of what belongs to the job or the process as a whole.
func (r *Registry) Job() Scope { return Scope{r, place{level: LevelJob}} }

// Task is the scope of a parallel task of a vertex. Metrics that an earlier
// attempt left under it, its operators included, are dropped: as in Flink, a
// restarted task counts from zero.
func (r *Registry) Task(vertexID, vertexName string, subtask int) Scope {
	if r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		for p := range r.metrics {
			if p.level != LevelJob && p.vertex == vertexID && p.subtask == subtask {
				delete(r.metrics, p)
			}
		}
	}
	return Scope{r, place{level: LevelTask, vertex: vertexID, task: vertexName, subtask: subtask}}
}

// Operator is the scope of an operator within the task.
func (s Scope) Operator(name string) Scope {
	s.p.level, s.p.operator = LevelOperator, name
	return s
}

// Group is a named group within the scope (Flink's addGroup(name)).
func (s Scope) Group(name string) Scope {
	if s.p.group != "" {
		s.p.group += "."
	}
	s.p.group += name
	return s
}

// Label is a group with a variable (Flink's addGroup(key, value)): the sample
// carries it in Labels.
func (s Scope) Label(key, value string) Scope {
	s = s.Group(key).Group(value)
	s.p.labels += key + "\x00" + value + "\x00"
	return s
}

// Counter is the counter of that name; the same one for the same scope.
func (s Scope) Counter(name string) *Counter {
	return s.r.lookup(s.p, name,
		func(m *metric) bool { return m.counter != nil },
		func() *metric { return &metric{counter: new(Counter)} }).counter
}

// Gauge is the gauge of that name; the same one for the same scope.
func (s Scope) Gauge(name string) *Gauge {
	return s.r.lookup(s.p, name,
		func(m *metric) bool { return m.gauge != nil },
		func() *metric { return &metric{gauge: new(Gauge)} }).gauge
}

// GaugeFunc registers a gauge that is read when somebody looks, in place of
// any metric of that name. f must be safe to call from any goroutine and must
// not use the registry.
func (s Scope) GaugeFunc(name string, f func() float64) {
	s.r.lookup(s.p, name,
		func(*metric) bool { return false },
		func() *metric { return &metric{read: f} })
}

// Meter is the rate of a counter under a name of its own
// ("numRecordsInPerSecond" of numRecordsIn).
func (s Scope) Meter(name string, of *Counter) *Meter {
	return s.r.lookup(s.p, name,
		func(m *metric) bool { return m.meter != nil && m.meter.of == of },
		func() *metric { return &metric{meter: &Meter{of: of}} }).meter
}

// Rated is a counter together with its meter, named as Flink names them: name
// and name+"PerSecond".
func (s Scope) Rated(name string) *Counter {
	c := s.Counter(name)
	s.Meter(name+"PerSecond", c)
	return c
}

// labelMap is the variables of the place.
func (p place) labelMap() map[string]string {
	if p.labels == "" {
		return nil
	}
	parts := strings.Split(strings.TrimSuffix(p.labels, "\x00"), "\x00")
	labels := make(map[string]string, len(parts)/2)
	for i := 0; i+1 < len(parts); i += 2 {
		labels[parts[i]] = parts[i+1]
	}
	return labels
}
