package pyflink

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"weir/internal/engine/run"
	"weir/internal/errs"
	"weir/internal/session"
	"weir/internal/sql/ast"
	"weir/internal/types"
)

// result is a statement's result while the program reads it.
type result struct {
	columns   []types.Field
	kind      string
	job       *session.Job
	streaming bool // rows are changes, and may never end

	stream *session.Stream
	pump   sync.Once
	cancel context.CancelFunc
	rows   chan session.Row // of the stream, or all there are
	first  chan struct{}    // closed at the first row or the end
	err    error            // what ended the rows; set before rows is closed
	print  *printer
}

// page is the most rows in one answer, queue how many wait for being asked for.
const (
	page  = 1000
	queue = 2 * page
)

func (s *Server) executeSQL(ctx context.Context, e *environment, text string) (any, error) {
	res, err := e.ExecuteSQL(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.keep(e, res, nil)
}

func (s *Server) run(ctx context.Context, e *environment, stmt ast.Statement) (any, error) {
	res, err := e.Execute(ctx, stmt)
	if err != nil {
		return nil, err
	}
	return s.keep(e, res, stmt)
}

// keep notes a result and describes it to the program.
func (s *Server) keep(e *environment, res *session.Result, stmt ast.Statement) (any, error) {
	r := &result{columns: res.Columns, kind: "SUCCESS_WITH_CONTENT", job: res.Job, stream: res.Stream,
		streaming: e.streaming && res.Stream != nil, first: make(chan struct{})}
	if isOK(res) {
		r.kind = "SUCCESS"
	}
	rows := res.Rows
	if res.Job != nil && res.Stream == nil {
		r.columns, rows = affected(res.Job)
	}
	if r.stream == nil {
		r.rows = make(chan session.Row, len(rows))
		for _, cells := range rows {
			r.rows <- session.Row{Cells: cells}
		}
		close(r.rows)
		close(r.first)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.results = append(s.results, r)
	answer := map[string]any{"result": len(s.results) - 1, "kind": r.kind, "columns": columns(r.columns)}
	if r.job != nil {
		s.jobs[r.job.ID] = r.job
		s.started = append(s.started, r.job)
		answer["job"] = r.job.ID
	}
	return answer, nil
}

func isOK(res *session.Result) bool {
	return res.Job == nil && len(res.Rows) == 1 && len(res.Columns) == 1 && res.Columns[0].Name == "result" && res.Rows[0][0] != nil && *res.Rows[0][0] == "OK"
}

// affected is what Flink gives for a started insert: -1 rows for each table.
func affected(j *session.Job) ([]types.Field, [][]*string) {
	names := strings.TrimPrefix(j.Graph.Name, "insert-into_")
	var fs []types.Field
	var cells []*string
	for name := range strings.SplitSeq(names, ",") {
		fs = append(fs, types.Field{Name: name, Type: types.BigIntType})
		cells = append(cells, new("-1"))
	}
	return fs, [][]*string{cells}
}

// start begins to read the rows of a stream.
func (r *result) start(ctx context.Context) {
	if r.stream == nil {
		return
	}
	r.pump.Do(func() {
		ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		r.cancel, r.rows = cancel, make(chan session.Row, queue)
		go func() {
			defer close(r.rows)
			var told sync.Once
			defer told.Do(func() { close(r.first) })
			for {
				row, err := r.stream.Next(ctx)
				if err != nil {
					if !errors.Is(err, io.EOF) {
						r.err = err
					}
					return
				}
				told.Do(func() { close(r.first) })
				select {
				case r.rows <- row:
				case <-ctx.Done():
					return
				}
			}
		}()
	})
}

func (s *Server) onResult(ctx context.Context, q *request) (any, error) {
	s.mu.Lock()
	if q.Result < 0 || q.Result >= len(s.results) {
		s.mu.Unlock()
		return nil, errs.New(errs.Bug, "pyflink.result", "there is no result %d", q.Result)
	}
	r := s.results[q.Result]
	s.mu.Unlock()
	switch q.Op {
	case "result_wait":
		return s.wait(ctx, r, q.TimeoutMs)
	case "result_close":
		r.close()
		return nil, nil
	}
	r.start(ctx)
	if q.Op == "result_print" {
		return s.print(ctx, r)
	}
	rows, done, err := r.next(ctx)
	if err != nil {
		return nil, err
	}
	out := make([][2]any, len(rows))
	for i, row := range rows {
		out[i] = [2]any{int(row.Kind), cells(row)}
	}
	return map[string]any{"rows": out, "done": done}, nil
}

// cells are a row's values as the program reads them: text, and JSON of those
// that hold others.
func cells(row session.Row) []any {
	out := make([]any, len(row.Cells))
	for i, c := range row.Cells {
		switch {
		case c == nil:
		case row.Parts != nil && row.Parts[i] != "":
			out[i] = json.RawMessage(row.Parts[i])
		default:
			out[i] = *c
		}
	}
	return out
}

// next are the rows there are, at least one unless the rows have ended.
func (r *result) next(ctx context.Context) (rows []session.Row, done bool, err error) {
	select {
	case row, ok := <-r.rows:
		if !ok {
			return nil, true, jobError(r.err)
		}
		rows = append(rows, row)
	case <-ctx.Done():
		return nil, true, ctx.Err()
	}
	for len(rows) < page {
		select {
		case row, ok := <-r.rows:
			if !ok {
				return rows, r.err == nil, nil
			}
			rows = append(rows, row)
		default:
			return rows, false, nil
		}
	}
	return rows, false, nil
}

// close ends a query whose rows nobody wants any more.
func (r *result) close() {
	if r.stream == nil {
		return
	}
	if r.cancel != nil {
		r.cancel()
	}
	r.stream.Close()
}

// wait waits for a job's end, or a query's first row.
func (s *Server) wait(ctx context.Context, r *result, timeout *int64) (any, error) {
	ctx, stop := s.deadline(ctx, timeout)
	defer stop()
	if r.stream != nil {
		r.start(ctx)
		select {
		case <-r.first:
			return map[string]bool{"done": true}, r.failedBefore()
		case <-ctx.Done():
			return map[string]bool{"done": false}, nil
		}
	}
	if r.job == nil {
		return map[string]bool{"done": true}, nil
	}
	return s.waitJob(ctx, r.job)
}

// failedBefore is what ended a query before its first row.
func (r *result) failedBefore() error {
	if len(r.rows) > 0 {
		return nil
	}
	select {
	case <-r.job.Done():
		return jobError(r.job.Wait(context.Background()))
	default:
		return nil
	}
}

func (s *Server) waitJob(ctx context.Context, j *session.Job) (any, error) {
	err := j.Wait(ctx)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return map[string]any{"done": false}, nil
	}
	if err != nil {
		return nil, jobError(err)
	}
	st := j.Status()
	return map[string]any{"done": true, "runtime_ms": st.Ended.Sub(st.Started).Milliseconds()}, nil
}

// deadline bounds ctx by a number of milliseconds, nil for none.
func (s *Server) deadline(ctx context.Context, ms *int64) (context.Context, func()) {
	if ms == nil {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	due, stop := s.cfg.Clock.After(time.Duration(*ms) * time.Millisecond)
	go func() {
		select {
		case <-due:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() { stop(); cancel() }
}

// jobError says that a job failed.
func jobError(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, run.ErrCanceled) {
		return errs.New(errs.Failed, "pyflink.job", "The job was cancelled")
	}
	return errs.New(errs.Failed, "pyflink.job", "The job failed").Because(err)
}
