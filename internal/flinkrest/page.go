package flinkrest

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"weir/internal/engine/run"
	"weir/internal/obs"
)

//go:embed page.html
var pageText string

// pageData is what the page shows.
type pageData struct {
	Title, Version, Now string
	Jobs                []pageJob
	Log                 []string
}

type pageJob struct {
	ID, Name, State, Since, Started string
	Restarts                        int
	Silence                         string // why no window fires
	Columns                         [][]pageVertex
	Splits                          []pageSplit
	Checkpoints                     []pageCheckpoint
	Counts                          string
	Exceptions                      []pageException
}

type pageVertex struct {
	ID, Name, State, Fed           string
	Parallelism                    int
	In, Out, InRate, OutRate, Busy string
	Pressure                       string // backpressure
	Watermark                      string
	Operators                      []pageOperator
}

type pageOperator struct{ Name, In, Out, Late string }

type pageSplit struct {
	Vertex, Split, Watermark string
	Idle                     bool
}

type pageCheckpoint struct {
	ID                                          int64
	Kind, State, Triggered, Duration, Size, Why string
}

type pageException struct{ At, Task, Text string }

// page shows everything on one page, for people.
func (s *server) page(w http.ResponseWriter, _ *http.Request) {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	now := s.Clock.Now()
	d := pageData{Title: s.Title, Version: s.Version, Now: now.UTC().Format(time.DateTime) + " UTC"}
	snap := s.Metrics.Snapshot()
	for _, j := range s.Jobs() {
		d.Jobs = append(d.Jobs, s.pageJob(s.view(j), snap))
	}
	lines := s.Log()
	d.Log = lines[max(0, len(lines)-60):]
	var buf bytes.Buffer
	if err := t.Execute(&buf, d); err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = w.Write(buf.Bytes()) // a client that went away needs no answer
}

func (s *server) pageJob(v *view, snap obs.Snapshot) pageJob {
	st := v.status
	p := pageJob{ID: v.job.ID, Name: v.job.Graph.Name, State: string(st.State), Since: clockTime(st.Since[st.State]), Started: clockTime(st.Started), Restarts: st.Restarts, Silence: st.Silence}
	p.Counts = fmt.Sprintf("%d completed, %d failed, %d in progress, %d restored", st.Checkpoints.Completed, st.Checkpoints.Failed, st.Checkpoints.InProgress, st.Checkpoints.Restored)
	p.Columns = s.columns(v, snap)
	for _, t := range st.Tasks {
		for _, sp := range t.Splits {
			p.Splits = append(p.Splits, pageSplit{Vertex: t.Name, Split: sp.Split, Watermark: eventTime(sp.Watermark), Idle: sp.Idle})
		}
	}
	slices.SortStableFunc(p.Splits, func(a, b pageSplit) int { return bytes.Compare([]byte(a.Split), []byte(b.Split)) })
	for _, c := range st.Checkpoints.History {
		k := pageCheckpoint{ID: c.ID, Kind: "checkpoint", State: c.State, Triggered: clockTime(c.Triggered), Why: c.Failure}
		if c.Savepoint {
			k.Kind = "savepoint"
		}
		if !c.Ended.IsZero() {
			k.Duration, k.Size = c.Ended.Sub(c.Triggered).Round(time.Millisecond).String(), size(c.Size)
		}
		p.Checkpoints = append(p.Checkpoints, k)
	}
	for _, e := range st.Exceptions {
		p.Exceptions = append(p.Exceptions, pageException{At: clockTime(e.At), Task: e.Task, Text: e.Err.Error()})
	}
	return p
}

// columns are the vertices by how far they are from the sources.
func (s *server) columns(v *view, snap obs.Snapshot) [][]pageVertex {
	g := v.job.Graph
	depth := make([]int, len(g.Vertices))
	var cols [][]pageVertex
	for i, x := range g.Vertices { // every vertex comes after those that feed it
		for _, e := range x.Inputs {
			depth[i] = max(depth[i], depth[e.From]+1)
		}
		for len(cols) <= depth[i] {
			cols = append(cols, nil)
		}
		cols[depth[i]] = append(cols[depth[i]], s.pageVertex(v, snap, i))
	}
	return cols
}

func (s *server) pageVertex(v *view, snap obs.Snapshot, i int) pageVertex {
	x := v.job.Graph.Vertices[i]
	p := pageVertex{ID: x.ID, Name: x.Name, State: vertexState(v.counts(i)), Parallelism: x.Parallelism}
	var in, out int64
	var busy time.Duration
	mark, any := int64(math.MaxInt64), false
	for _, t := range v.status.Tasks {
		if t.Vertex == i {
			in, out, busy = in+t.RecordsIn, out+t.RecordsOut, busy+t.Busy
			mark, any = min(mark, t.Watermark), true
		}
	}
	rate := func(name string) string {
		return fmt.Sprintf("%.1f/s", snap.Where(func(m obs.Sample) bool { return m.Level == obs.LevelTask && m.VertexID == x.ID && m.Name == name }).Sum())
	}
	p.In, p.Out, p.InRate, p.OutRate = fmt.Sprint(in), fmt.Sprint(out), rate(obs.NumRecordsInPerSecond), rate(obs.NumRecordsOutPerSecond)
	p.Busy = busy.Round(time.Millisecond).String()
	p.Pressure = pressure(s.worstPressure(snap, x.ID))
	p.Operators = operators(snap, x)
	if any {
		p.Watermark = eventTime(mark)
	}
	for n, e := range x.Inputs {
		if n > 0 {
			p.Fed += ", "
		}
		p.Fed += strategy(v.job.Graph, x, e)
	}
	return p
}

// operators are the operators of a vertex in order, the source first, with what
// they were given and gave in all its subtasks.
func operators(snap obs.Snapshot, x *run.Vertex) []pageOperator {
	var out []pageOperator
	for name := range strings.SplitSeq(x.Name, " -> ") {
		count := func(metric string) string {
			s := snap.Where(func(m obs.Sample) bool {
				return m.Level == obs.LevelOperator && m.VertexID == x.ID && m.Operator == name && m.Group == "" && m.Name == metric
			})
			if len(s) == 0 {
				return ""
			}
			return fmt.Sprint(int64(s.Sum()))
		}
		out = append(out, pageOperator{name, count(obs.NumRecordsIn), count(obs.NumRecordsOut), count(obs.NumLateRecordsDropped)})
	}
	return out
}

func clockTime(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04:05.000")
}

// eventTime is a watermark for people.
func eventTime(ms int64) string {
	switch ms {
	case math.MinInt64:
		return "none yet"
	case math.MaxInt64:
		return "the end"
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05.000")
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}
