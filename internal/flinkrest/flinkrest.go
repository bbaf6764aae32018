// Package flinkrest answers Flink's REST API, as far as it tells about jobs, and
// shows a page a person can read, over running jobs of the engine.
//
// Vocabulary and shapes are Flink's (the monitoring REST API): a vertex is a
// chain of operators, a subtask one of its tasks. What Flink knows of a JVM and
// its network and Weir has not is left out or zero, never made up.
//
// The API is read-only. The package must not know AWS, SQL or applications.
package flinkrest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strings"

	"weir/internal/clock"
	"weir/internal/engine/run"
	"weir/internal/obs"
)

// Config is what the API tells about.
type Config struct {
	Jobs    func() []*run.Job
	Metrics *obs.Registry
	Clock   clock.Clock
	// Version is the Flink version that clients are told; "" is the newest.
	Version string
	Title   string            // of the page
	Options map[string]string // /jobmanager/config
	Slots   int
	Log     func() []string // the last lines of the log, for the page
	// CheckpointInterval and MinPause are in milliseconds.
	CheckpointInterval, MinPause int64
}

// newest is the Flink whose API this is when nobody asks for another.
const newest = "2.2"

// managerID is the one task manager there is.
const managerID = "weir-taskmanager-1"

type server struct{ Config }

// object is a JSON object.
type object = map[string]any

// New makes the handler.
func New(c Config) http.Handler {
	if c.Version == "" {
		c.Version = newest
	}
	if c.Log == nil {
		c.Log = func() []string { return nil }
	}
	s := &server{c}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page)
	mux.HandleFunc("GET /index.html", s.page)
	for path, f := range s.cluster() {
		mux.HandleFunc("GET "+path, answer(f))
	}
	for path, f := range s.jobs() {
		mux.HandleFunc("GET /jobs/{job}"+path, s.ofJob(f))
	}
	for path, f := range s.vertices() {
		mux.HandleFunc("GET /jobs/{job}/vertices/{vertex}"+path, s.ofVertex(f))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fail(w, http.StatusNotFound, "Not found: "+r.URL.Path) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/v1/"); ok {
			r = r.Clone(r.Context())
			r.URL.Path = "/" + rest
		}
		mux.ServeHTTP(w, r)
	})
}

// answer writes what f gives.
func answer(f func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := f(r)
		if err != nil {
			fail(w, http.StatusNotFound, err.Error())
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		_ = e.Encode(v) // a client that went away needs no answer
	}
}

// fail answers as Flink does when there is nothing to tell.
func fail(w http.ResponseWriter, status int, msg string) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"errors": []string{msg}}) // a client that went away needs no answer
}

// view is a job as it is at one moment.
type view struct {
	job    *run.Job
	status run.Status
	now    int64
}

func (s *server) view(j *run.Job) *view {
	return &view{job: j, status: j.Status(), now: s.Clock.Now().UnixMilli()}
}

// ofJob finds the job of a request.
func (s *server) ofJob(f func(*view, *http.Request) (any, error)) http.HandlerFunc {
	return answer(func(r *http.Request) (any, error) {
		id := r.PathValue("job")
		for _, j := range s.Jobs() {
			if j.ID == id {
				return f(s.view(j), r)
			}
		}
		return nil, fmt.Errorf("org.apache.flink.runtime.rest.NotFoundException: Job %s not found", id)
	})
}

// ofVertex finds the vertex of a request, by its index.
func (s *server) ofVertex(f func(*view, int, *http.Request) (any, error)) http.HandlerFunc {
	return s.ofJob(func(v *view, r *http.Request) (any, error) {
		id := r.PathValue("vertex")
		for i, x := range v.job.Graph.Vertices {
			if x.ID == id {
				return f(v, i, r)
			}
		}
		return nil, fmt.Errorf("org.apache.flink.runtime.rest.NotFoundException: No vertex with ID '%s' exists.", id)
	})
}

// cluster are the answers about no job in particular.
func (s *server) cluster() map[string]func(*http.Request) (any, error) {
	return map[string]func(*http.Request) (any, error){
		"/config": func(*http.Request) (any, error) {
			return object{"refresh-interval": 3000, "timezone-name": "Coordinated Universal Time", "timezone-offset": 0,
				"flink-version": s.Version, "flink-revision": "weir", "features": object{"web-submit": false}}, nil
		},
		"/overview":          func(*http.Request) (any, error) { return s.overview(), nil },
		"/jobs":              func(*http.Request) (any, error) { return s.list(), nil },
		"/jobs/overview":     func(*http.Request) (any, error) { return s.listOverview(), nil },
		"/jobmanager/config": func(*http.Request) (any, error) { return pairs(s.Options), nil },
		"/jobmanager/log":    func(*http.Request) (any, error) { return s.Log(), nil },
		"/taskmanagers":      func(*http.Request) (any, error) { return object{"taskmanagers": []object{s.manager()}}, nil },
		"/taskmanagers/{id}": func(r *http.Request) (any, error) {
			if id := r.PathValue("id"); id != managerID {
				return nil, fmt.Errorf("org.apache.flink.runtime.rest.NotFoundException: Could not find TaskManager with ID %s.", id)
			}
			return s.manager(), nil
		},
	}
}

// pairs is a configuration as Flink lists it.
func pairs(m map[string]string) []object {
	out := []object{}
	for k, v := range m {
		out = append(out, object{"key": k, "value": v})
	}
	sort.Slice(out, func(i, j int) bool { return out[i]["key"].(string) < out[j]["key"].(string) })
	return out
}

func (s *server) overview() object {
	counts := map[run.State]int{}
	for _, j := range s.Jobs() {
		counts[j.Status().State]++
	}
	running := counts[run.Running] + counts[run.Restarting] + counts[run.Created]
	free := s.Slots
	if running > 0 {
		free = 0
	}
	return object{"taskmanagers": 1, "slots-total": s.Slots, "slots-available": free, "jobs-running": running,
		"jobs-finished": counts[run.Finished], "jobs-cancelled": counts[run.Canceled], "jobs-failed": counts[run.Failed],
		"flink-version": s.Version, "flink-commit": "weir"}
}

func (s *server) manager() object {
	o := s.overview()
	nothing := object{"cpuCores": 0.0, "taskHeapMemory": 0, "taskOffHeapMemory": 0, "managedMemory": 0, "networkMemory": 0, "extendedResources": object{}}
	return object{"id": managerID, "path": "", "dataPort": 0, "timeSinceLastHeartbeat": s.Clock.Now().UnixMilli(),
		"slotsNumber": s.Slots, "freeSlots": o["slots-available"], "totalResource": nothing, "freeResource": nothing,
		"hardware": object{"cpuCores": s.Slots, "physicalMemory": 0, "freeMemory": 0, "managedMemory": 0}}
}

func (s *server) list() object {
	jobs := []object{}
	for _, j := range s.Jobs() {
		jobs = append(jobs, object{"id": j.ID, "status": j.Status().State})
	}
	return object{"jobs": jobs}
}

func (s *server) listOverview() object {
	jobs := []object{}
	for _, j := range s.Jobs() {
		v := s.view(j)
		tasks := object{"total": v.total()}
		for state, n := range v.counts(-1) {
			tasks[strings.ToLower(state)] = n
		}
		start, end, duration := v.times()
		jobs = append(jobs, object{"jid": j.ID, "name": j.Graph.Name, "state": v.status.State, "start-time": start, "end-time": end,
			"duration": duration, "last-modification": v.modified(), "tasks": tasks})
	}
	return object{"jobs": jobs}
}
