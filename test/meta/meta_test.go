//go:build cgo

package meta

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"

	"weir/test/streamjob"
)

// number of cases of a plain go test.
const defaultCases = 150

func TestRandomQueries(t *testing.T) {
	db := open(t)
	cases, first := setting(t, "META_CASES", defaultCases), setting(t, "META_SEED", 1)
	for seed := first; seed < first+cases; seed++ {
		c := NewCase(uint64(seed))
		if err := check(t.Context(), db, c); err != nil {
			c, err = smaller(t.Context(), db, c, err)
			t.Fatalf("seed %d: %v\n\nMETA_SEED=%d META_CASES=1 go test ./test/meta\n\n# batch=%d par=%d\n%s", seed, err, seed, c.Batch, c.Par, c.Script())
		}
	}
}

func setting(t *testing.T, name string, otherwise int) int {
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

func open(t *testing.T) *sql.DB {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	for _, s := range []string{"SET threads = 1", "SET default_null_order = 'nulls_first_on_asc_last_on_desc'"} { // Flink's order
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// check runs a case; an error says where the answers part.
func check(ctx context.Context, db *sql.DB, c *Case) (err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	job := streamjob.New(c.Batch)
	for _, t := range c.Tables {
		job.Stream(t.Name, t.streamColumns(), 1)
		if _, err := db.ExecContext(ctx, fmt.Sprintf("CREATE OR REPLACE TABLE %s (%s)", t.Name, t.columns("ts BIGINT"))); err != nil {
			return err
		}
	}
	job.Query = c.Query
	if err := job.Start(ctx, c.Par); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	rows := map[string]int{}
	defer func() {
		if job.Running() {
			if eerr := job.End(ctx); err == nil {
				err = eerr
			}
		}
	}()
	if err := compare(ctx, db, c, job, rows, behind); err != nil {
		return fmt.Errorf("before any row: %w", err)
	}
	for i, s := range c.Steps {
		if s.Restart > 0 {
			err = job.Restart(ctx, s.Restart)
		} else {
			err = feed(ctx, db, c, job, s)
		}
		if err == nil {
			err = compare(ctx, db, c, job, rows, behind)
		}
		if err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	if err := job.End(ctx); err != nil {
		return err
	}
	return compare(ctx, db, c, job, rows, "TRUE")
}

// behind is the condition that a window ends before the watermark.
var behind = fmt.Sprintf("q.window_end - 1 <= (SELECT max(ts) FROM t0) - %d", delay)

func feed(ctx context.Context, db *sql.DB, c *Case, job *streamjob.Job, s Step) error {
	t := c.Tables[s.Table]
	for _, row := range s.Rows {
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(row)), ", ")
		if t.Timed {
			row = slices.Clone(row)
			row[len(row)-1] = epoch.UnixMilli() + row[len(row)-1].(int64)
		}
		if _, err := db.ExecContext(ctx, fmt.Sprintf("INSERT INTO %s VALUES (%s)", t.Name, marks), row...); err != nil {
			return err
		}
	}
	return job.Feed(ctx, t.Name, 0, t.records(s.Rows)...)
}

// compare applies the changes that came out to rows and compares these with
// DuckDB's answer.
func compare(ctx context.Context, db *sql.DB, c *Case, job *streamjob.Job, rows map[string]int, firing string) error {
	changes := job.Take()
	for _, l := range changes {
		n := 1
		if l[:2] == "-U" || l[:2] == "-D" {
			n = -1
		}
		row := l[3 : len(l)-1]
		if rows[row] += n; rows[row] == 0 {
			delete(rows, row)
		}
	}
	want, err := answer(ctx, db, c, firing)
	if err != nil {
		return fmt.Errorf("DuckDB: %w", err)
	}
	got := []string{}
	for row, n := range rows {
		if n < 0 {
			return fmt.Errorf("[%s] was taken back %d times more than given\n%s", row, -n, strings.Join(changes, "\n"))
		}
		for range n {
			got = append(got, row)
		}
	}
	slices.Sort(got)
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		return fmt.Errorf("the changes amount to\n%s\nDuckDB has\n%s\nlast changes\n%s", g, w, strings.Join(changes, "\n"))
	}
	return nil
}

// answer is DuckDB's answer as print writes rows, sorted.
// firing is the condition that a window has fired.
func answer(ctx context.Context, db *sql.DB, c *Case, firing string) ([]string, error) {
	query := c.Query
	if c.Duck != "" {
		query = strings.ReplaceAll(c.Duck, fired, firing)
	}
	r, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var all []string
	cells, into := make([]any, c.Cols), make([]any, c.Cols)
	for i := range cells {
		into[i] = &cells[i]
	}
	for r.Next() {
		if err := r.Scan(into...); err != nil {
			return nil, err
		}
		var row []string
		for _, v := range cells {
			if v == nil {
				v = "null"
			}
			row = append(row, fmt.Sprint(v))
		}
		all = append(all, strings.Join(row, ", "))
	}
	slices.Sort(all)
	return all, r.Err()
}

// smaller leaves out of a failing case what it can.
func smaller(ctx context.Context, db *sql.DB, c *Case, failure error) (*Case, error) {
	try := func(change func(*Case)) bool {
		next := *c
		next.Steps = nil
		for _, s := range c.Steps {
			s.Rows = slices.Clone(s.Rows)
			next.Steps = append(next.Steps, s)
		}
		change(&next)
		err := check(ctx, db, &next)
		if err != nil {
			c, failure = &next, err
		}
		return err != nil
	}
	try(func(n *Case) { n.Batch = 1 })
	try(func(n *Case) { n.Par = 1 })
	for i := len(c.Steps) - 1; i >= 0; i-- {
		if try(func(n *Case) { n.Steps = slices.Delete(n.Steps, i, i+1) }) {
			continue
		}
		for k := len(c.Steps[i].Rows) - 1; k >= 0; k-- {
			try(func(n *Case) { n.Steps[i].Rows = slices.Delete(n.Steps[i].Rows, k, k+1) })
		}
	}
	return c, failure
}
