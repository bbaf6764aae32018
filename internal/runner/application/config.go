package application

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"weir/internal/app"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/engine/ckpt"
	"weir/internal/engine/run"
	"weir/internal/flinkrest"
	"weir/internal/obs/kdametrics"
	"weir/internal/runner/program"
	"weir/internal/session"
	"weir/internal/vfs"
)

// options are the job configuration that the application's configuration sets.
func (p *process) options() map[string]string {
	o := map[string]string{"parallelism.default": strconv.Itoa(max(p.spec.Parallelism, 1))}
	if p.spec.CheckpointInterval > 0 {
		o["execution.checkpointing.interval"] = fmt.Sprintf("%d ms", p.spec.CheckpointInterval)
		o["execution.checkpointing.min-pause"] = fmt.Sprintf("%d ms", p.spec.MinPause)
		o["execution.checkpointing.timeout"] = "60 min"
	}
	return o
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
			Checkpoints:           func(n int) (*ckpt.Store, error) { return openStore(p.fs, &p.spec, n) },
			AllowNonRestoredState: p.spec.AllowNonRestoredState,
			Retries:               run.RestartStrategy{Attempts: -1, Delay: time.Duration(p.spec.RestartDelay) * time.Millisecond},
			OnJob:                 p.onJob},
		Options: p.options(), Python: p.spec.Python, Dir: p.work, Packages: p.spec.Packages,
		Env: os.Environ(), Stdout: out, Stderr: errOut,
	}
}

// onJob notes a job that is about to start.
func (p *process) onJob(j *run.Job) {
	p.mu.Lock()
	p.all = append(p.all, j)
	p.mu.Unlock()
	p.once.Do(func() {
		jobMetrics(p.metrics, p.clock, j.Status)
		p.jobs <- j
	})
}

func (p *process) started() []*run.Job {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*run.Job(nil), p.all...)
}

// handler serves Flink's REST API, and the parent's requests beside it.
func (p *process) handler() http.Handler {
	config := p.options()
	config["jobmanager.rpc.address"], config["state.backend"], config["execution.checkpointing.mode"] = "localhost", "hashmap", "EXACTLY_ONCE"
	version := strings.ReplaceAll(strings.TrimPrefix(p.spec.Runtime, "FLINK-"), "_", ".")
	rest := flinkrest.New(flinkrest.Config{Jobs: p.started, Metrics: p.metrics, Clock: p.clock, Version: version, Title: p.spec.Name,
		Options: config, Slots: max(p.spec.Parallelism, 1), Log: p.ring.Lines, CheckpointInterval: p.spec.CheckpointInterval, MinPause: p.spec.MinPause})
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
	var jobs []*run.Job
	for _, j := range p.started() {
		switch j.Status().State {
		case run.Finished, run.Canceled, run.Failed:
		default:
			jobs = append(jobs, j)
		}
	}
	if len(jobs) == 0 {
		return errors.New("no job is running")
	}
	if in.Dir != "" {
		if err := p.fs.MkdirAll(in.Dir, 0o755); err != nil {
			return err
		}
		if err := vfs.WriteFile(p.fs, p.fs.PathJoin(in.Dir, jobsFile), []byte(strconv.Itoa(len(jobs)))); err != nil {
			return err
		}
	}
	if in.Stop {
		p.mu.Lock()
		p.stopping = true
		p.mu.Unlock()
	}
	failures := make(chan error, len(jobs))
	for i, j := range jobs {
		dir := ""
		if in.Dir != "" {
			dir = p.fs.PathJoin(in.Dir, jobName(i))
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
