package flinkrest

import (
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"

	"weir/internal/engine/run"
	"weir/internal/obs"
)

// millis is a time as the API has it; none is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// times are a job's start, end (-1: none yet) and duration.
func (v *view) times() (start, end, duration int64) {
	start, end = millis(v.status.Since[run.Created]), -1
	until := v.now
	if !v.status.Ended.IsZero() {
		end = millis(v.status.Ended)
		until = end
	}
	return start, end, until - start
}

// modified is when the job last changed its state.
func (v *view) modified() int64 {
	var last int64
	for _, t := range v.status.Since {
		last = max(last, millis(t))
	}
	return last
}

func (v *view) total() int {
	n := 0
	for _, x := range v.job.Graph.Vertices {
		n += x.Parallelism
	}
	return n
}

// taskStates are the states of a task that Flink 1.11 counts.
var taskStates = []string{"SCHEDULED", "FINISHED", "CREATED", "RECONCILING", "DEPLOYING", "CANCELING", "FAILED", "RUNNING", "CANCELED"}

// taskState is the state of a task; the engine knows the job's and whether the
// task is done.
func (v *view) taskState(t *run.TaskStatus) string {
	switch {
	case v.status.State == run.Finished, t != nil && t.Done:
		return "FINISHED"
	case v.status.State == run.Running && t != nil:
		return "RUNNING"
	case v.status.State == run.Failed:
		return "FAILED"
	case v.status.State == run.Canceled:
		return "CANCELED"
	}
	return "CREATED"
}

// counts is how many tasks of a vertex (-1: of all) are in each state.
func (v *view) counts(vertex int) map[string]int {
	c := map[string]int{}
	for _, s := range taskStates {
		c[s] = 0
	}
	for i, x := range v.job.Graph.Vertices {
		if vertex >= 0 && i != vertex {
			continue
		}
		for n := range x.Parallelism {
			c[v.taskState(v.task(i, n))]++
		}
	}
	return c
}

func (v *view) task(vertex, index int) *run.TaskStatus {
	for i := range v.status.Tasks {
		if t := &v.status.Tasks[i]; t.Vertex == vertex && t.Index == index {
			return t
		}
	}
	return nil
}

// vertexState is the state that Flink gives a vertex of tasks in these states.
func vertexState(counts map[string]int) string {
	for _, s := range []string{"FAILED", "CANCELED", "RUNNING", "CREATED"} {
		if counts[s] > 0 {
			return s
		}
	}
	return "FINISHED"
}

// jobs are the answers about a job.
func (s *server) jobs() map[string]func(*view, *http.Request) (any, error) {
	return map[string]func(*view, *http.Request) (any, error){
		"":        func(v *view, _ *http.Request) (any, error) { return s.detail(v), nil },
		"/plan":   func(v *view, _ *http.Request) (any, error) { return object{"plan": v.plan()}, nil },
		"/status": func(v *view, _ *http.Request) (any, error) { return object{"status": v.status.State}, nil },
		"/config": func(v *view, _ *http.Request) (any, error) { return s.config(v), nil },
		"/accumulators": func(*view, *http.Request) (any, error) {
			return object{"job-accumulators": []any{}, "user-task-accumulators": []any{}, "serialized-user-task-accumulators": object{}}, nil
		},
		"/exceptions":               func(v *view, r *http.Request) (any, error) { return v.exceptions(r), nil },
		"/metrics":                  func(_ *view, r *http.Request) (any, error) { return s.jobMetrics(r), nil },
		"/checkpoints":              func(v *view, _ *http.Request) (any, error) { return v.checkpoints(), nil },
		"/checkpoints/config":       func(*view, *http.Request) (any, error) { return s.checkpointConfig(), nil },
		"/checkpoints/details/{id}": func(v *view, r *http.Request) (any, error) { return v.checkpointDetails(r.PathValue("id")) },
		"/checkpoints/details/{id}/subtasks/{vertex}": func(v *view, r *http.Request) (any, error) {
			return v.checkpointOfVertex(r.PathValue("id"), r.PathValue("vertex"))
		},
	}
}

func (s *server) detail(v *view) object {
	start, end, duration := v.times()
	stamps := object{}
	for _, st := range []string{"CREATED", "FAILED", "FAILING", "FINISHED", "RECONCILING", "CANCELLING", "RESTARTING", "RUNNING", "SUSPENDED", "CANCELED"} {
		stamps[st] = millis(v.status.Since[run.State(st)])
	}
	vertices := []object{}
	for i, x := range v.job.Graph.Vertices {
		counts := v.counts(i)
		vertices = append(vertices, object{"id": x.ID, "name": x.Name, "parallelism": x.Parallelism, "maxParallelism": 128, "status": vertexState(counts),
			"start-time": start, "end-time": end, "duration": duration, "tasks": counts, "metrics": v.io(i, -1)})
	}
	return object{"jid": v.job.ID, "name": v.job.Graph.Name, "isStoppable": false, "state": v.status.State,
		"start-time": start, "end-time": end, "duration": duration, "now": v.now, "timestamps": stamps,
		"vertices": vertices, "status-counts": v.vertexCounts(), "plan": v.plan()}
}

// vertexCounts is how many vertices are in each state.
func (v *view) vertexCounts() map[string]int {
	c := map[string]int{}
	for _, s := range taskStates {
		c[s] = 0
	}
	for i := range v.job.Graph.Vertices {
		c[vertexState(v.counts(i))]++
	}
	return c
}

// io is what a vertex's tasks (index -1: all) have read and written. As in
// Flink, a source has read nothing: nobody sent it anything.
func (v *view) io(vertex, index int) object {
	var in, out, bytesIn, bytesOut int64
	for _, t := range v.status.Tasks {
		if t.Vertex == vertex && (index < 0 || t.Index == index) {
			in, out, bytesIn, bytesOut = in+t.RecordsIn, out+t.RecordsOut, bytesIn+t.BytesIn, bytesOut+t.BytesOut
		}
	}
	if v.job.Graph.Vertices[vertex].Source != nil {
		in, bytesIn = 0, 0
	}
	return object{"read-bytes": bytesIn, "read-bytes-complete": true, "write-bytes": bytesOut, "write-bytes-complete": true,
		"read-records": in, "read-records-complete": true, "write-records": out, "write-records-complete": true}
}

// escape writes text as Flink puts it into plans: escaped for HTML, except the
// apostrophe.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// plan is the job's graph, sinks first.
func (v *view) plan() object {
	g := v.job.Graph
	nodes := []object{}
	for i := len(g.Vertices) - 1; i >= 0; i-- {
		x := g.Vertices[i]
		n := object{"id": x.ID, "parallelism": x.Parallelism, "operator": "", "operator_strategy": "", "description": escape(x.Name), "optimizer_properties": object{}}
		if len(x.Inputs) > 0 {
			inputs := []object{}
			for num, e := range x.Inputs {
				inputs = append(inputs, object{"num": num, "id": g.Vertices[e.From].ID, "ship_strategy": strategy(g, x, e), "exchange": "pipelined_bounded"})
			}
			n["inputs"] = inputs
		}
		nodes = append(nodes, n)
	}
	return object{"jid": v.job.ID, "name": g.Name, "nodes": nodes}
}

func strategy(g *run.Graph, to *run.Vertex, e run.Edge) string {
	switch {
	case e.Keys != nil:
		return "HASH"
	case g.Vertices[e.From].Parallelism == to.Parallelism:
		return "FORWARD"
	}
	return "REBALANCE"
}

func (s *server) config(v *view) object {
	par := 0
	for _, x := range v.job.Graph.Vertices {
		par = max(par, x.Parallelism)
	}
	return object{"jid": v.job.ID, "name": v.job.Graph.Name, "execution-config": object{"execution-mode": "PIPELINED",
		"restart-strategy": "Cluster level default restart strategy", "job-parallelism": par, "object-reuse-mode": false, "user-config": object{}}}
}

// exceptions lists the failures, newest first; the newest is the root exception.
func (v *view) exceptions(r *http.Request) object {
	all := []object{}
	most, err := strconv.Atoi(r.URL.Query().Get("maxExceptions"))
	if err != nil || most <= 0 {
		most = 20
	}
	out := object{"root-exception": nil, "timestamp": nil, "all-exceptions": all, "truncated": false}
	entries := []object{}
	for i, e := range v.status.Exceptions {
		text, at := e.Err.Error(), e.At.UnixMilli()
		if i == 0 {
			out["root-exception"], out["timestamp"] = text, at
		}
		if i == most {
			out["truncated"] = true
			break
		}
		task := e.Task
		if task == "" {
			task = "Job " + v.job.Graph.Name
		}
		all = append(all, object{"exception": text, "task": task, "location": "localhost:0", "timestamp": at, "taskManagerId": managerID})
		entries = append(entries, object{"exceptionName": firstLine(text), "stacktrace": text, "timestamp": at, "taskName": task, "endpoint": "localhost:0",
			"taskManagerId": managerID, "failureLabels": object{}, "concurrentExceptions": []any{}})
	}
	out["all-exceptions"] = all
	out["exceptionHistory"] = object{"entries": entries, "truncated": out["truncated"]}
	return out
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// jobMetrics lists the names of the job's metrics, or with get their values.
func (s *server) jobMetrics(r *http.Request) any {
	return chosen(s.Metrics.Snapshot().Where(func(x obs.Sample) bool { return x.Level == obs.LevelJob }), r, obs.Sample.ID)
}

// chosen lists the ids of samples, or the values of those that get names.
func chosen(samples obs.Snapshot, r *http.Request, id func(obs.Sample) string) []object {
	out := []object{}
	get := r.URL.Query().Get("get")
	want := map[string]bool{}
	for n := range strings.SplitSeq(get, ",") {
		want[n] = true
	}
	for _, x := range samples {
		switch name := id(x); {
		case get == "":
			out = append(out, object{"id": name})
		case want[name]:
			out = append(out, object{"id": name, "value": x.Text()})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i]["id"].(string) < out[j]["id"].(string) })
	return out
}
