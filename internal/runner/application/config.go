package application

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"weir/internal/app"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/engine/ckpt"
	"weir/internal/engine/run"
	"weir/internal/flinkrest"
	"weir/internal/obs"
	"weir/internal/obs/kdametrics"
	"weir/internal/runner/program"
	"weir/internal/session"
	"weir/internal/vfs"
)

// options are the job configuration that the application's configuration sets.
func (p *process) options() map[string]string {
	o := p.checkpointing()
	o["parallelism.default"] = strconv.Itoa(max(p.spec.Parallelism, 1))
	return o
}

// checkpointing are the options of checkpoints, which the program cannot change:
// the service's configuration goes before its code's.
func (p *process) checkpointing() map[string]string {
	o := map[string]string{"execution.checkpointing.interval": fmt.Sprintf("%d ms", p.spec.CheckpointInterval),
		"execution.checkpointing.min-pause": fmt.Sprintf("%d ms", p.spec.MinPause)}
	if p.spec.CheckpointInterval > 0 {
		o["execution.checkpointing.timeout"] = "60 min"
	}
	return o
}

// flinkConfiguration is what Flink's REST API and log tell of the cluster's
// configuration.
func (p *process) flinkConfiguration() map[string]string {
	o := p.options()
	o["jobmanager.rpc.address"], o["state.backend"], o["execution.checkpointing.mode"] = "localhost", "hashmap", "EXACTLY_ONCE"
	return o
}

// logConfiguration writes the lines with which a Flink cluster begins its log.
func (p *process) logConfiguration() {
	o := p.flinkConfiguration()
	for _, k := range slices.Sorted(maps.Keys(o)) {
		p.log.Info("Loading configuration property: "+k+", "+o[k], obs.AttrLogger, "org.apache.flink.configuration.GlobalConfiguration")
	}
}

// config is what the program runs with.
func (p *process) config(out, errOut *lines) program.Config {
	profile, err := app.Profile(p.spec.Runtime)
	if err != nil {
		profile = "" // the service refused it long ago; the newest it is
	}
	formats := all.Formats()
	env := &connector.Env{Clock: p.clock, FS: p.fs, Rand: rand.Reader, Log: p.log, Stdout: out, Stderr: errOut, Getenv: os.Getenv, Formats: formats}
	return program.Config{
		Session: session.Config{Clock: p.clock, FS: p.fs, Rand: rand.Reader, Log: p.log, Metrics: p.metrics,
			Connectors: all.Connectors(), Formats: formats, Env: env, Profile: profile,
			Checkpoints:           p.openStore,
			AllowNonRestoredState: p.spec.AllowNonRestoredState,
			Retries:               run.RestartStrategy{Attempts: -1, Delay: time.Duration(p.spec.RestartDelay) * time.Millisecond},
			Overrides:             p.checkpointing(),
			OnJob:                 p.onJob},
		Options: p.options(), Python: p.spec.Python, Dir: p.work, Packages: p.spec.Packages,
		Env: os.Environ(), Stdout: out, Stderr: errOut,
	}
}

// openStore opens the checkpoints of the next job: jobs are told apart by the
// order in which the program starts them, over all its sessions.
func (p *process) openStore(int) (*ckpt.Store, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	store, fresh, err := openStore(p.fs, &p.spec, p.stores)
	p.stores++
	p.fresh = fresh
	return store, err
}

// onJob notes a job that is about to start, right after its store was opened.
func (p *process) onJob(j *run.Job) {
	p.mu.Lock()
	s := started{Job: j, index: p.stores - 1, pinned: make(chan struct{})}
	fresh := p.fresh && p.spec.CheckpointInterval > 0
	p.all = append(p.all, s)
	p.mu.Unlock()
	go func() {
		defer close(s.pinned)
		if fresh {
			p.pin(j)
		}
	}()
	p.once.Do(func() {
		jobMetrics(p.metrics, p.clock, j.Status)
		p.jobs <- s
	})
}

// started is a job of the program.
type started struct {
	*run.Job
	index  int           // in the order of starts
	pinned chan struct{} // closed when where it began is kept
}

// pin takes a first checkpoint at once: where a job began (LATEST) must not be
// decided anew when the process dies before the first interval is over.
func (p *process) pin(j *run.Job) {
	ctx, cancel := context.WithTimeout(context.Background(), pinPatience)
	defer cancel()
	if _, err := j.Savepoint(ctx, "", false); err != nil {
		p.own.Info("No first checkpoint was taken at once", "job", j.ID, "error", err)
	}
}

// pinPatience is how long a start waits for the first checkpoint.
const pinPatience = 5 * time.Second

func (p *process) startedJobs() []started {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]started(nil), p.all...)
}

func (p *process) runJobs() []*run.Job {
	var jobs []*run.Job
	for _, s := range p.startedJobs() {
		jobs = append(jobs, s.Job)
	}
	return jobs
}

// handler serves Flink's REST API, and the parent's requests beside it.
func (p *process) handler() http.Handler {
	version := strings.ReplaceAll(strings.TrimPrefix(p.spec.Runtime, "FLINK-"), "_", ".")
	rest := flinkrest.New(flinkrest.Config{Jobs: p.runJobs, Metrics: p.metrics, Clock: p.clock, Version: version, Title: p.spec.Name,
		Options: p.flinkConfiguration(), Slots: max(p.spec.Parallelism, 1), Log: p.ring.Lines, CheckpointInterval: p.spec.CheckpointInterval, MinPause: p.spec.MinPause})
	mux := http.NewServeMux()
	mux.Handle("/", rest)
	mux.HandleFunc("POST "+SnapshotPath, p.serveSnapshot)
	mux.HandleFunc("GET "+MetricsPath, func(w http.ResponseWriter, _ *http.Request) {
		level, _ := kdametrics.ParseLevel(p.spec.MetricsLevel)                                   // checked by the service
		_ = json.NewEncoder(w).Encode(kdametrics.Data(p.metrics.Snapshot(), p.spec.Name, level)) // the parent asks again
	})
	return mux
}

func (p *process) serveSnapshot(w http.ResponseWriter, r *http.Request) {
	var in SnapshotRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := p.snapshot(r.Context(), in); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// snapshot takes a savepoint of every job, side by side.
func (p *process) snapshot(ctx context.Context, in SnapshotRequest) error {
	var jobs []started
	indices := []int{}
	for _, j := range p.startedJobs() {
		switch j.Status().State {
		case run.Finished, run.Canceled, run.Failed:
		default:
			jobs, indices = append(jobs, j), append(indices, j.index)
		}
	}
	if len(jobs) == 0 {
		return errors.New("no job is running")
	}
	if in.Dir != "" {
		if err := p.fs.MkdirAll(in.Dir, 0o755); err != nil {
			return err
		}
		list, err := json.Marshal(indices)
		if err != nil {
			return err
		}
		if err := vfs.WriteFile(p.fs, p.fs.PathJoin(in.Dir, jobsFile), list); err != nil {
			return err
		}
	}
	if in.Stop {
		p.mu.Lock()
		p.stopping = true
		p.mu.Unlock()
	}
	failures := make(chan error, len(jobs))
	for _, j := range jobs {
		dir := ""
		if in.Dir != "" {
			dir = p.fs.PathJoin(in.Dir, jobName(j.index))
		}
		go func() {
			_, err := j.Savepoint(ctx, dir, in.Stop)
			failures <- err
		}()
	}
	var all []error
	for range jobs {
		all = append(all, <-failures)
	}
	err := errors.Join(all...)
	if err != nil && in.Stop {
		p.mu.Lock()
		p.stopping = false
		p.mu.Unlock()
	}
	return err
}
