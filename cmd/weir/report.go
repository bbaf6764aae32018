package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"syscall"
	"time"

	"weir/internal/engine/run"
	"weir/internal/obs"
	"weir/internal/session"
)

// report is what `weir run --report` writes.
type report struct {
	WallSeconds     float64     `json:"wall_seconds"`
	CPUSeconds      float64     `json:"cpu_seconds"` // user and system, of this process
	PeakMemoryBytes int64       `json:"peak_memory_bytes"`
	Jobs            []jobReport `json:"jobs"`
}

type jobReport struct {
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	State      string           `json:"state"`
	Restarts   int              `json:"restarts"`
	RecordsIn  int64            `json:"records_in"`
	RecordsOut int64            `json:"records_out"`
	Late       int64            `json:"late_records"`
	Operators  []operatorReport `json:"operators"`
	Tasks      []taskReport     `json:"tasks"`
}

// operatorReport is one operator in all its tasks. Who writes to a sink gives
// nothing to operators behind: what left the job is its written.
type operatorReport struct {
	Name       string `json:"name"`
	RecordsIn  int64  `json:"records_in"`
	RecordsOut int64  `json:"records_out"`
	Written    int64  `json:"written"`
	Late       int64  `json:"late_records"`
}

// taskReport is one task of a vertex (a chain of operators).
type taskReport struct {
	Name        string  `json:"name"`
	RecordsIn   int64   `json:"records_in"`
	RecordsOut  int64   `json:"records_out"`
	BytesIn     int64   `json:"bytes_in"`
	BytesOut    int64   `json:"bytes_out"`
	BusySeconds float64 `json:"busy_seconds"`
	Blocked     float64 `json:"backpressured_seconds"`
}

// writeReport measures the process and its jobs. Records in are those of the
// sources, records out those given to the sinks.
func writeReport(path string, jobs []*session.Job, metrics *obs.Registry, started time.Time) error {
	r := report{WallSeconds: time.Since(started).Seconds(), Jobs: []jobReport{}}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return err
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	r.CPUSeconds = seconds(u.Utime) + seconds(u.Stime)
	r.PeakMemoryBytes = u.Maxrss * 1024
	snap := metrics.Snapshot()
	for i, j := range jobs {
		jr := jobOf(j)
		jr.Operators = operatorsOf(j.Graph, snap)
		if i == 0 {
			jr.Late = int64(snap.Named(obs.LevelOperator, obs.NumLateRecordsDropped).Sum())
			jr.RecordsOut = int64(snap.Named(obs.LevelOperator, obs.NumRecordsSend).Sum())
		}
		r.Jobs = append(r.Jobs, jr)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // names have arrows
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}

func jobOf(j *session.Job) jobReport {
	st := j.Status()
	jr := jobReport{ID: j.ID, Name: j.Graph.Name, State: string(st.State), Restarts: st.Restarts}
	for _, t := range st.Tasks {
		jr.Tasks = append(jr.Tasks, taskReport{Name: t.Name, RecordsIn: t.RecordsIn, RecordsOut: t.RecordsOut,
			BytesIn: t.BytesIn, BytesOut: t.BytesOut, BusySeconds: t.Busy.Seconds(), Blocked: t.Blocked.Seconds()})
		if isSource(j.Graph, t.Vertex) {
			jr.RecordsIn += t.RecordsIn
		}
	}
	return jr
}

// operatorsOf are the operators of a job in the order rows go through them.
func operatorsOf(g *run.Graph, snap obs.Snapshot) []operatorReport {
	all := []operatorReport{}
	for _, x := range g.Vertices {
		for name := range strings.SplitSeq(x.Name, " -> ") {
			sum := func(metric string) int64 {
				return int64(snap.Where(func(m obs.Sample) bool {
					return m.Level == obs.LevelOperator && m.VertexID == x.ID && m.Operator == name && m.Group == "" && m.Name == metric
				}).Sum())
			}
			all = append(all, operatorReport{Name: name, RecordsIn: sum(obs.NumRecordsIn), RecordsOut: sum(obs.NumRecordsOut),
				Written: sum(obs.NumRecordsSend), Late: sum(obs.NumLateRecordsDropped)})
		}
	}
	return all
}

func isSource(g *run.Graph, vertex int) bool { return g.Vertices[vertex].Source != nil }
