package pyflink

import (
	"context"
	"strings"

	"weir/internal/session"
	"weir/internal/tableau"
)

// printer is a result being printed.
type printer struct {
	table *tableau.Table
	rows  int
}

// print is the next part of the printed result.
func (s *Server) print(ctx context.Context, r *result) (any, error) {
	if r.kind == "SUCCESS" {
		return map[string]any{"text": "OK\n", "done": true}, nil
	}
	var b strings.Builder
	rows, done, err := r.next(ctx)
	if err != nil {
		return nil, err
	}
	if r.print == nil {
		r.print = &printer{table: s.table(r, rows)}
	}
	p := r.print
	if p.rows == 0 && len(rows) > 0 {
		p.table.Header(&b)
	}
	for _, row := range rows {
		p.table.Row(&b, row.Kind.String(), row.Cells)
	}
	p.rows += len(rows)
	if done {
		p.table.Footer(&b, p.rows)
	}
	return map[string]any{"text": b.String(), "done": done}, nil
}

// table is the layout for a result of which the first rows are known, or all
// of them when it is no query.
func (s *Server) table(r *result, rows []session.Row) *tableau.Table {
	null := s.cfg.Null
	if null == "" {
		null = "<NULL>"
	}
	if r.stream != nil {
		return tableau.New(r.columns, r.streaming, null)
	}
	cells := make([][]*string, len(rows))
	for i, row := range rows {
		cells[i] = row.Cells
	}
	return tableau.Fitted(r.columns, cells, null)
}
