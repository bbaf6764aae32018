package flinkrest

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"

	"weir/internal/engine/run"
	"weir/internal/obs"
)

// vertices are the answers about a vertex.
func (s *server) vertices() map[string]func(*view, int, *http.Request) (any, error) {
	return map[string]func(*view, int, *http.Request) (any, error){
		"":                  func(v *view, i int, _ *http.Request) (any, error) { return s.vertex(v, i), nil },
		"/accumulators":     func(v *view, i int, _ *http.Request) (any, error) { return v.accumulators(i), nil },
		"/backpressure":     func(v *view, i int, _ *http.Request) (any, error) { return s.backpressure(v, i), nil },
		"/metrics":          func(v *view, i int, r *http.Request) (any, error) { return s.vertexMetrics(v, i, r), nil },
		"/watermarks":       func(v *view, i int, _ *http.Request) (any, error) { return v.watermarks(i), nil },
		"/subtasktimes":     func(v *view, i int, _ *http.Request) (any, error) { return v.subtaskTimes(i), nil },
		"/taskmanagers":     func(v *view, i int, _ *http.Request) (any, error) { return s.vertexManagers(v, i), nil },
		"/subtasks/metrics": func(v *view, i int, r *http.Request) (any, error) { return s.aggregated(v, i, r), nil },
		"/subtasks/{index}": func(v *view, i int, r *http.Request) (any, error) { return s.oneSubtask(v, i, r) },
		"/subtasks/accumulators": func(v *view, i int, _ *http.Request) (any, error) {
			x := v.job.Graph.Vertices[i]
			return object{"id": x.ID, "parallelism": x.Parallelism, "subtasks": []any{}}, nil
		},
		"/subtasks/{index}/metrics": func(v *view, i int, r *http.Request) (any, error) {
			return chosen(s.ofTask(v, i).Where(func(x obs.Sample) bool { return strconv.Itoa(x.Subtask) == r.PathValue("index") }), r, obs.Sample.ID), nil
		},
	}
}

func (s *server) vertex(v *view, i int) object {
	x := v.job.Graph.Vertices[i]
	subtasks := []object{}
	for n := range x.Parallelism {
		subtasks = append(subtasks, v.subtask(i, n))
	}
	return object{"id": x.ID, "name": x.Name, "parallelism": x.Parallelism, "maxParallelism": 128, "now": v.now, "subtasks": subtasks}
}

func (v *view) subtask(vertex, index int) object {
	start, end, duration := v.times()
	return object{"subtask": index, "status": v.taskState(v.task(vertex, index)), "attempt": v.status.Restarts, "host": "localhost",
		"endpoint": "localhost:0", "start-time": start, "end-time": end, "duration": duration, "metrics": v.io(vertex, index),
		"taskmanager-id": managerID, "start_time": start}
}

func (s *server) oneSubtask(v *view, vertex int, r *http.Request) (any, error) {
	n, err := strconv.Atoi(r.PathValue("index"))
	if err != nil || n < 0 || n >= v.job.Graph.Vertices[vertex].Parallelism {
		return nil, fmt.Errorf("org.apache.flink.runtime.rest.NotFoundException: Invalid subtask index %s for vertex %s.", r.PathValue("index"), v.job.Graph.Vertices[vertex].ID)
	}
	return v.subtask(vertex, n), nil
}

func (v *view) accumulators(i int) object {
	return object{"id": v.job.Graph.Vertices[i].ID, "user-accumulators": []any{}}
}

// backpressure tells what the tasks measure of it; Flink's "deprecated" says that
// there is no sample.
func (s *server) backpressure(v *view, i int) object {
	samples := s.Metrics.Snapshot().Where(func(m obs.Sample) bool {
		return m.Level == obs.LevelTask && m.VertexID == v.job.Graph.Vertices[i].ID && m.Name == obs.BackPressuredTimeMsPerSecond
	})
	if len(samples) == 0 {
		return object{"status": "deprecated"}
	}
	worst, subtasks := 0.0, []object{}
	for _, m := range samples {
		ratio := m.Float / 1000
		worst = math.Max(worst, ratio)
		subtasks = append(subtasks, object{"subtask": m.Subtask, "backpressure-level": pressure(ratio), "ratio": ratio})
	}
	return object{"status": "ok", "backpressure-level": pressure(worst), "end-timestamp": v.now, "subtasks": subtasks}
}

// worstPressure is the greatest ratio of backpressure among a vertex's tasks.
func (s *server) worstPressure(snap obs.Snapshot, vertexID string) float64 {
	worst, _ := snap.Where(func(m obs.Sample) bool {
		return m.Level == obs.LevelTask && m.VertexID == vertexID && m.Name == obs.BackPressuredTimeMsPerSecond
	}).Max()
	return worst / 1000
}

// pressure is Flink's name of a ratio.
func pressure(ratio float64) string {
	switch {
	case ratio <= 0.10:
		return "ok"
	case ratio <= 0.5:
		return "low"
	}
	return "high"
}

// ofTask are the metrics of a vertex's tasks, what the status knows of them added.
func (s *server) ofTask(v *view, i int) obs.Snapshot {
	x := v.job.Graph.Vertices[i]
	all := s.Metrics.Snapshot().Vertex(x.ID)
	for n := range x.Parallelism {
		t := v.task(i, n)
		if t == nil || slices.ContainsFunc(all, func(m obs.Sample) bool {
			return m.Level == obs.LevelTask && m.Subtask == n && m.Name == obs.CurrentInputWatermark
		}) {
			continue
		}
		all = append(all, obs.Sample{Name: obs.CurrentInputWatermark, Kind: obs.KindGauge, Level: obs.LevelTask, VertexID: x.ID, Task: x.Name,
			Subtask: n, Int: t.Watermark, Float: float64(t.Watermark)})
	}
	return all
}

func (s *server) vertexMetrics(v *view, i int, r *http.Request) any {
	return chosen(s.ofTask(v, i), r, func(x obs.Sample) string { return strconv.Itoa(x.Subtask) + "." + x.ID() })
}

// aggregated folds a metric over a vertex's subtasks.
func (s *server) aggregated(v *view, i int, r *http.Request) any {
	byID := map[string][]float64{}
	for _, x := range s.ofTask(v, i) {
		byID[x.ID()] = append(byID[x.ID()], x.Float)
	}
	get := r.URL.Query().Get("get")
	out := []object{}
	for id, xs := range byID {
		o := object{"id": id}
		if get != "" {
			if !slices.Contains(strings.Split(get, ","), id) {
				continue
			}
			sum := 0.0
			for _, x := range xs {
				sum += x
			}
			o["min"], o["max"], o["sum"], o["avg"] = slices.Min(xs), slices.Max(xs), sum, sum/float64(len(xs))
		}
		out = append(out, o)
	}
	sort.Slice(out, func(i, j int) bool { return out[i]["id"].(string) < out[j]["id"].(string) })
	return out
}

// watermarks are those of the subtasks that are sent any; a source is not.
func (v *view) watermarks(i int) []object {
	out := []object{}
	if v.job.Graph.Vertices[i].Source != nil {
		return out
	}
	for _, t := range v.status.Tasks {
		if t.Vertex == i {
			out = append(out, object{"id": strconv.Itoa(t.Index) + "." + obs.CurrentInputWatermark, "value": strconv.FormatInt(t.Watermark, 10)})
		}
	}
	return out
}

func (v *view) subtaskTimes(i int) object {
	x := v.job.Graph.Vertices[i]
	_, _, duration := v.times()
	subtasks := []object{}
	for n := range x.Parallelism {
		stamps := object{}
		for _, s := range taskStates {
			stamps[s] = 0
		}
		stamps["CREATED"], stamps["RUNNING"] = millis(v.status.Since[run.Created]), millis(v.status.Since[run.Running])
		if state := v.taskState(v.task(i, n)); state != "RUNNING" && state != "CREATED" {
			stamps[state] = millis(v.status.Ended)
		}
		subtasks = append(subtasks, object{"subtask": n, "host": "localhost", "duration": duration, "timestamps": stamps})
	}
	return object{"id": x.ID, "name": x.Name, "now": v.now, "subtasks": subtasks}
}

func (s *server) vertexManagers(v *view, i int) object {
	x := v.job.Graph.Vertices[i]
	start, end, duration := v.times()
	counts := v.counts(i)
	return object{"id": x.ID, "name": x.Name, "now": v.now, "taskmanagers": []object{{"host": "localhost:0", "status": vertexState(counts),
		"start-time": start, "end-time": end, "duration": duration, "metrics": v.io(i, -1), "status-counts": counts, "taskmanager-id": managerID}}}
}
