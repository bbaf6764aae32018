//go:build cgo

package meta

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Case is one query over streams, and how they are fed.
type Case struct {
	Seed   uint64
	Tables []Table
	Query  string
	Duck   string // the query in DuckDB's words, "" when they are the same
	Cols   int
	Batch  int
	Par    int
	Steps  []Step
}

// Table is a stream.
type Table struct {
	Name  string
	Cols  []kind
	Timed bool // it has an event time ts beside them
}

// Step feeds rows to a stream, or restarts the job.
type Step struct {
	Restart int // the new parallelism, when not 0
	Table   int
	Rows    [][]any // an int64, a string or nil each; an event time in ms since epoch
}

// NewCase makes the case of a seed.
func NewCase(seed uint64) *Case {
	r := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	if seed%3 == 0 {
		return newWindowCase(seed, r)
	}
	c := &Case{Seed: seed, Batch: []int{1, 2, 7, 1000}[r.IntN(4)], Par: 1 + r.IntN(3)}
	g := &generator{Rand: r}
	for i := range 2 {
		t := Table{Name: fmt.Sprintf("t%d", i), Cols: []kind{number, text}}
		for range r.IntN(3) {
			t.Cols = append(t.Cols, kind(g.pick("n", "s")[0]))
		}
		list, cols := columns(relation{cols: t.Cols}, t.Name)
		g.tables = append(g.tables, relation{fmt.Sprintf("SELECT %s FROM %s", list, t.Name), cols})
		c.Tables = append(c.Tables, t)
	}
	q := g.query(1 + r.IntN(3))
	c.Query, c.Cols = q.sql, len(q.cols)
	for range 2 + r.IntN(5) {
		s := Step{Table: r.IntN(2)}
		for range r.IntN(12) {
			s.Rows = append(s.Rows, randomRow(r, c.Tables[s.Table].Cols))
		}
		c.Steps = append(c.Steps, s)
		if r.IntN(3) == 0 {
			c.Steps = append(c.Steps, Step{Restart: 1 + r.IntN(3)})
		}
	}
	return c
}

func randomRow(r *rand.Rand, cols []kind) []any {
	var row []any
	for _, k := range cols {
		switch {
		case r.IntN(8) == 0:
			row = append(row, nil)
		case k == number:
			row = append(row, int64(r.IntN(6)-1))
		default:
			row = append(row, string(rune('a'+r.IntN(3))))
		}
	}
	return row
}

// columns are a table's columns as CREATE TABLE has them, last the event time when
// there is one.
func (t Table) columns(time ...string) string {
	var cols []string
	for i, k := range t.Cols {
		cols = append(cols, fmt.Sprintf("c%d %s", i, map[kind]string{number: "BIGINT", text: "STRING"}[k]))
	}
	if t.Timed {
		cols = append(cols, time...)
	}
	return strings.Join(cols, ", ")
}

// streamColumns are the columns of the stream.
func (t Table) streamColumns() string {
	return t.columns("ts TIMESTAMP(3)", fmt.Sprintf("WATERMARK FOR ts AS ts - INTERVAL '%d' SECOND", delay/1000))
}

func (t Table) column(i int) string {
	if i == len(t.Cols) {
		return "ts"
	}
	return fmt.Sprintf("c%d", i)
}

// records are rows as JSON.
func (t Table) records(rows [][]any) []string {
	var out []string
	for _, row := range rows {
		fields := map[string]any{}
		for i, v := range row {
			fields[t.column(i)] = v
			if i == len(t.Cols) {
				fields["ts"] = epoch.Add(time.Duration(v.(int64)) * time.Millisecond).Format("2006-01-02 15:04:05.000")
			}
		}
		b, err := json.Marshal(fields)
		if err != nil {
			panic(err) // numbers, strings and nil
		}
		out = append(out, string(b))
	}
	return out
}

// Script is the case as a script of test/stream, without the answers.
func (c *Case) Script() string {
	var b strings.Builder
	for _, t := range c.Tables {
		fmt.Fprintf(&b, "stream %s\n%s\n\n", t.Name, t.streamColumns())
	}
	fmt.Fprintf(&b, "run\n%s\n\n", c.Query)
	for _, s := range c.Steps {
		if s.Restart > 0 {
			fmt.Fprintf(&b, "restart par=%d\n\n", s.Restart)
			continue
		}
		fmt.Fprintf(&b, "feed %s\n%s\n----\n\n", c.Tables[s.Table].Name, strings.Join(c.Tables[s.Table].records(s.Rows), "\n"))
	}
	return b.String() + "end\n----\n"
}
