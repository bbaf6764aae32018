// Package kdametrics makes what Kinesis Data Analytics publishes to CloudWatch,
// namespace AWS/KinesisAnalytics, of a snapshot of an application's metrics.
//
// Vocabulary. A Datum is one value of one metric with its dimensions, to be
// published each minute. The monitoring Level decides how fine they are: each
// level has those of the levels before it too.
//
// The package takes metrics by Flink's names, wherever they come from: the
// engine's registry or, on a cluster, Flink's REST API. It knows neither
// CloudWatch's API nor how to reach it.
package kdametrics

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"weir/internal/obs"
)

// Namespace is where the metrics go.
const Namespace = "AWS/KinesisAnalytics"

// Level is the application's MetricsLevel.
type Level uint8

// The levels.
const (
	Application Level = iota
	Task
	Operator
	Parallelism
)

// ParseLevel reads MetricsLevel; ok is false for none of AWS's names.
func ParseLevel(name string) (l Level, ok bool) {
	i := slices.Index([]string{"APPLICATION", "TASK", "OPERATOR", "PARALLELISM"}, name)
	return Level(max(i, 0)), i >= 0
}

// Dimension is a name and a value.
type Dimension struct{ Name, Value string }

// Datum is a value to publish.
type Datum struct {
	Name       string
	Dimensions []Dimension
	Value      float64
	Unit       string
}

// rule says how a metric of several tasks becomes one, and its unit.
type rule struct {
	fold func(obs.Snapshot) (float64, bool)
	unit string
}

func total(s obs.Snapshot) (float64, bool) { return s.Sum(), len(s) > 0 }

// mean is for what says how a task spends its time.
func mean(s obs.Snapshot) (float64, bool) { return s.Sum() / float64(len(s)), len(s) > 0 }

// watermark is the least of the watermarks; before any record there is none.
func watermark(s obs.Snapshot) (float64, bool) {
	v, ok := s.Min()
	return v, ok && v > math.MinInt64 && v < math.MaxInt64
}

// streamRules are the metrics of tasks and operators.
func streamRules() map[string]rule {
	return map[string]rule{
		obs.NumRecordsIn:                 {total, "Count"},
		obs.NumRecordsOut:                {total, "Count"},
		obs.NumRecordsInPerSecond:        {total, "Count/Second"},
		obs.NumRecordsOutPerSecond:       {total, "Count/Second"},
		obs.NumLateRecordsDropped:        {total, "Count"},
		obs.CurrentInputWatermark:        {watermark, "Milliseconds"},
		obs.CurrentOutputWatermark:       {watermark, "Milliseconds"},
		obs.BusyTimeMsPerSecond:          {mean, "Milliseconds"},
		obs.IdleTimeMsPerSecond:          {mean, "Milliseconds"},
		obs.BackPressuredTimeMsPerSecond: {mean, "Milliseconds"},
	}
}

// jobUnits are the metrics of the application as a whole.
func jobUnits() map[string]string {
	return map[string]string{
		obs.Uptime: "Milliseconds", obs.Downtime: "Milliseconds", obs.FullRestarts: "Count",
		obs.LastCheckpointDuration: "Milliseconds", obs.LastCheckpointSize: "Bytes", obs.NumberOfFailedCheckpoints: "Count",
		"cpuUtilization": "Percent", "containerCPUUtilization": "Percent", "containerMemoryUtilization": "Percent",
		"containerDiskUtilization": "Percent", "heapMemoryUtilization": "Percent", "oldGenerationGCCount": "Count",
		"oldGenerationGCTime": "Milliseconds", "threadCount": "Count", "KPUs": "Count",
		"managedMemoryUsed": "Bytes", "managedMemoryTotal": "Bytes", "managedMemoryUtilization": "Percent",
	}
}

// Data is what an application publishes, by metric and dimensions.
func Data(s obs.Snapshot, application string, level Level) []Datum {
	app := Dimension{"Application", application}
	var data []Datum
	units := jobUnits()
	for _, x := range s {
		if unit := units[x.Name]; x.Level == obs.LevelJob && x.Group == "" && unit != "" {
			data = append(data, Datum{x.Name, []Dimension{app}, x.Float, unit})
		}
	}
	for name, r := range streamRules() {
		data = append(data, spread(s, name, r, app, level)...)
	}
	data = append(data, ofStreams(s, app)...)
	slices.SortStableFunc(data, func(a, b Datum) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), slices.CompareFunc(a.Dimensions, b.Dimensions, func(x, y Dimension) int {
			return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Value, y.Value))
		}))
	})
	return data
}

// spread is one metric of tasks and operators at every level asked for. A task
// that does not have it itself has what its operators have.
func spread(s obs.Snapshot, name string, r rule, app Dimension, level Level) []Datum {
	groups := map[string]*group{}
	put := func(x obs.Sample, dims ...Dimension) {
		key := ""
		for _, d := range dims {
			key += d.Name + "\x00" + d.Value + "\x00"
		}
		if groups[key] == nil {
			groups[key] = &group{dims: append([]Dimension{app}, dims...)}
		}
		groups[key].samples = append(groups[key].samples, x)
	}
	for _, x := range ofTasks(s, name) {
		put(x)
		task := Dimension{"Task", x.Task}
		if level >= Task {
			put(x, task)
		}
		if level >= Parallelism {
			put(x, task, Dimension{"Parallelism", strconv.Itoa(x.Subtask)})
		}
	}
	if level >= Operator {
		for _, x := range s.Named(obs.LevelOperator, name) {
			if x.Group == "" {
				put(x, Dimension{"Operator", x.Operator}, Dimension{"Task", x.Task})
			}
		}
	}
	var data []Datum
	for _, g := range groups {
		if v, ok := r.fold(g.samples); ok {
			data = append(data, Datum{name, g.dims, v, r.unit})
		}
	}
	return data
}

type group struct {
	dims    []Dimension
	samples obs.Snapshot
}

// ofTasks is a metric of the tasks, or of the operators of tasks without it.
func ofTasks(s obs.Snapshot, name string) obs.Snapshot {
	type task struct {
		vertex  string
		subtask int
	}
	has := map[task]bool{}
	found := s.Named(obs.LevelTask, name)
	for _, x := range found {
		has[task{x.VertexID, x.Subtask}] = true
	}
	return append(found, s.Where(func(x obs.Sample) bool {
		return x.Level == obs.LevelOperator && x.Name == name && x.Group == "" && !has[task{x.VertexID, x.Subtask}]
	})...)
}

// ofStreams are the metrics of the Kinesis source, stream by stream: it is as far
// behind as its slowest shard, and asks for what its shards ask for on average.
func ofStreams(s obs.Snapshot, app Dimension) []Datum {
	slowest, requested := map[string]float64{}, map[string]obs.Snapshot{}
	for _, x := range s {
		stream := x.Labels["stream"]
		switch {
		case stream == "" || x.Level != obs.LevelOperator:
		case x.Name == obs.MillisBehindLatest:
			slowest[stream] = max(slowest[stream], x.Float)
		case x.Name == obs.BytesRequestedPerFetch:
			requested[stream] = append(requested[stream], x)
		}
	}
	var data []Datum
	dims := func(stream string) []Dimension { return []Dimension{app, {"Flow", "Input"}, {"Id", stream}} }
	for stream, ms := range slowest {
		data = append(data, Datum{obs.MillisBehindLatest, dims(stream), ms, "Milliseconds"})
	}
	for stream, shards := range requested {
		if v, ok := mean(shards); ok {
			data = append(data, Datum{obs.BytesRequestedPerFetch, dims(stream), v, "Bytes"})
		}
	}
	return data
}
