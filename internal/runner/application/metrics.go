package application

import (
	"math"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	"weir/internal/clock"
	"weir/internal/engine/run"
	"weir/internal/obs"
)

// MetricsPath is where on the socket the parent reads what to publish: a JSON
// list of kdametrics.Datum.
const MetricsPath = "/_weir/metrics"

// heapPerKPU is how many bytes of heap a KPU has.
const heapPerKPU = 3 << 30

// processMetrics registers what the process itself measures.
func processMetrics(r *obs.Registry, clk clock.Clock, kpus int) {
	kpus = max(kpus, 1)
	job := r.Job()
	job.GaugeFunc("KPUs", func() float64 { return float64(kpus) })
	job.GaugeFunc("threadCount", func() float64 { return float64(runtime.NumGoroutine()) })
	job.GaugeFunc("heapMemoryUtilization", func() float64 {
		return 100 * read("/memory/classes/heap/objects:bytes") / float64(kpus*heapPerKPU)
	})
	job.GaugeFunc("containerMemoryUtilization", func() float64 {
		return 100 * (read("/memory/classes/total:bytes") - read("/memory/classes/heap/released:bytes")) / float64(kpus<<32)
	})
	job.GaugeFunc("oldGenerationGCCount", func() float64 { return read("/gc/cycles/total:gc-cycles") })
	job.GaugeFunc("oldGenerationGCTime", func() float64 { return 1000 * read("/cpu/classes/gc/total:cpu-seconds") })
	u := &utilization{clock: clk, kpus: kpus, at: clk.Now(), cpu: cpuSeconds()}
	job.GaugeFunc("cpuUtilization", u.percent)
	job.GaugeFunc("containerCPUUtilization", u.percent)
}

// utilization is the processor time used of what the KPUs have.
type utilization struct {
	clock clock.Clock
	kpus  int

	mu   sync.Mutex
	at   time.Time
	cpu  float64
	last float64
}

// minSpan is the least time over which a utilization is measured.
const minSpan = 10 * time.Second

func (u *utilization) percent() float64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	now, cpu := u.clock.Now(), cpuSeconds()
	if wall := now.Sub(u.at); wall >= minSpan {
		u.last = math.Min(100, 100*(cpu-u.cpu)/wall.Seconds()/float64(u.kpus))
		u.at, u.cpu = now, cpu
	}
	return u.last
}

// read is one of the runtime's own metrics.
func read(name string) float64 {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	switch s[0].Value.Kind() {
	case metrics.KindUint64:
		return float64(s[0].Value.Uint64())
	case metrics.KindFloat64:
		return s[0].Value.Float64()
	}
	return 0
}

// jobMetrics registers what a job's status says, under Flink's names.
func jobMetrics(r *obs.Registry, clk clock.Clock, status func() run.Status) {
	job := r.Job()
	gauge := func(name string, f func(run.Status) float64) {
		job.GaugeFunc(name, func() float64 { return f(status()) })
	}
	since := func(s run.Status, state run.State) float64 {
		if s.State != state {
			return 0
		}
		return float64(clk.Now().Sub(s.Since[state]).Milliseconds())
	}
	gauge(obs.Uptime, func(s run.Status) float64 { return since(s, run.Running) })
	gauge(obs.Downtime, func(s run.Status) float64 { return since(s, run.Restarting) })
	gauge(obs.FullRestarts, func(s run.Status) float64 { return float64(s.Restarts) })
	gauge(obs.NumberOfCompletedCheckpoints, func(s run.Status) float64 { return float64(s.Checkpoints.Completed) })
	gauge(obs.NumberOfFailedCheckpoints, func(s run.Status) float64 { return float64(s.Checkpoints.Failed) })
	gauge(obs.LastCheckpointSize, func(s run.Status) float64 { return float64(lastCheckpoint(s).Size) })
	gauge(obs.LastCheckpointDuration, func(s run.Status) float64 {
		c := lastCheckpoint(s)
		return float64(c.Ended.Sub(c.Triggered).Milliseconds())
	})
}

// lastCheckpoint is the newest complete checkpoint, or the zero one.
func lastCheckpoint(s run.Status) run.CheckpointStatus {
	for _, c := range s.Checkpoints.History {
		if c.State == "COMPLETED" {
			return c
		}
	}
	return run.CheckpointStatus{}
}
