//go:build cgo

package duck

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"strings"

	"weir/internal/athena/dialect"
	"weir/internal/athena/serde"
	"weir/internal/athena/worker"
	"weir/internal/vfs"
)

// run makes the tables, shuts every door and runs the query.
func (c *child) run(ctx context.Context, r worker.Run) (*worker.Result, error) {
	m := &meter{limit: r.Limit}
	trees := [][]byte{r.Tree}
	for _, v := range r.Views {
		trees = append(trees, v.Tree)
	}
	names, all := map[string]bool{}, false
	for _, raw := range trees {
		tree, err := decodeTree(raw)
		if err != nil {
			return nil, err
		}
		n, a := dialect.Columns(tree)
		for k := range n {
			names[k] = true
		}
		all = all || a
	}
	for i, t := range r.Tables {
		if err := c.table(ctx, i, t, names, all, r.Hidden, m); err != nil {
			return nil, err
		}
	}
	if err := c.db.shut(ctx, r.Tables); err != nil {
		return nil, err
	}
	for _, v := range r.Views {
		query, err := c.db.unparse(ctx, v.Tree)
		if err != nil {
			return nil, err
		}
		if err := c.db.view(ctx, v.Database, v.Name, query); err != nil {
			return nil, dialect.RunError("", fmt.Sprintf("view %s.%s: %v", v.Database, v.Name, err))
		}
	}
	query, err := c.db.unparse(ctx, r.Tree)
	if err != nil {
		return nil, err
	}
	if r.Explain {
		query = "EXPLAIN " + query
	}
	res, err := c.write(ctx, query, r.Explain)
	if err != nil {
		return nil, dialect.RunError(r.Source, err.Error())
	}
	res.BytesScanned = m.read.Load()
	return res, nil
}

func (e *engine) view(ctx context.Context, db, name, query string) error {
	if _, err := e.conn.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+ident(db)); err != nil {
		return err
	}
	_, err := e.conn.ExecContext(ctx, fmt.Sprintf("CREATE VIEW %s.%s AS %s", ident(db), ident(name), query))
	return err
}

// shut closes DuckDB to the outside, but for the Parquet files it opens itself.
func (e *engine) shut(ctx context.Context, tables []worker.Table) error {
	var paths []string
	for _, t := range tables {
		if t.Storage.Library == serde.Parquet {
			for _, f := range t.Files {
				paths = append(paths, quote(f.Path))
			}
		}
	}
	for _, s := range []string{
		"SET allowed_paths=[" + strings.Join(paths, ", ") + "]",
		"SET enable_external_access=false", "SET lock_configuration=true",
	} {
		if _, err := e.conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("closing DuckDB's configuration: %w", err)
		}
	}
	return nil
}

// table makes the view that a table of the catalog is.
func (c *child) table(ctx context.Context, i int, t worker.Table, names map[string]bool, all, hidden bool, m *meter) error {
	query, err := "", error(nil)
	if t.Storage.Library == serde.Parquet {
		query, err = c.db.parquet(ctx, t, hidden, m)
	} else {
		var tab *table
		if tab, err = newTable(c.fs, t, names, all, hidden, m, c.box.Threads); err == nil {
			scan := fmt.Sprintf("weir_scan_%d", i)
			query, err = "SELECT * FROM "+scan+"()", tab.register(c.db.conn, scan)
		}
	}
	if err != nil {
		return err
	}
	if err := c.db.view(ctx, t.Database, t.Name, query); err != nil {
		return fmt.Errorf("table %s.%s: %w", t.Database, t.Name, err)
	}
	return nil
}

// write runs the query and writes its rows to the scratch folder.
func (c *child) write(ctx context.Context, query string, explain bool) (res *worker.Result, err error) {
	rows, err := c.db.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is rows.Err, below
	f, err := c.fs.Create(c.fs.PathJoin(c.box.Scratch, worker.ResultFile), vfs.Category)
	if err != nil {
		return nil, err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	w := bufio.NewWriterSize(f, 256<<10)
	if explain {
		res, err = writePlan(rows, w)
	} else {
		res, err = writeRows(rows, w)
	}
	if err != nil {
		return nil, err
	}
	return res, w.Flush()
}

// writePlan gives EXPLAIN its one column; the plan is DuckDB's.
func writePlan(rows *sql.Rows, w *bufio.Writer) (*worker.Result, error) {
	res := &worker.Result{Columns: []worker.ResultColumn{{Name: "Query Plan", Type: "varchar", Precision: maxVarchar, CaseSensitive: true}}}
	writeHeader(w, res.Columns)
	for rows.Next() {
		var key, plan string
		if err := rows.Scan(&key, &plan); err != nil {
			return nil, err
		}
		for line := range strings.Lines(plan) {
			writeField(w, strings.TrimRight(line, "\n"))
			w.WriteByte('\n')
			res.Rows++
		}
	}
	return res, rows.Err()
}

func writeRows(rows *sql.Rows, w *bufio.Writer) (*worker.Result, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	res := &worker.Result{}
	kinds := make([]kind, len(types))
	for i, t := range types {
		col, k, err := resultColumn(t.DatabaseTypeName())
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", t.Name(), err)
		}
		col.Name = dialect.ColumnName(t.Name(), i)
		kinds[i] = k
		res.Columns = append(res.Columns, col)
	}
	writeHeader(w, res.Columns)
	vals, ptrs := make([]any, len(types)), make([]any, len(types))
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	for rows.Next() {
		if err := rows.Scan(ptrs...); err != nil {
			return nil, err
		}
		for i, v := range vals {
			if i > 0 {
				w.WriteByte(',')
			}
			if v != nil {
				writeField(w, kinds[i].text(v))
			}
		}
		w.WriteByte('\n')
		res.Rows++
	}
	return res, rows.Err()
}

func writeHeader(w *bufio.Writer, cols []worker.ResultColumn) {
	for i, c := range cols {
		if i > 0 {
			w.WriteByte(',')
		}
		writeField(w, c.Name)
	}
	w.WriteByte('\n')
}

// writeField quotes every value; NULL, which is not written at all, stays
// different from "". The writer keeps its first error for Flush.
func writeField(w *bufio.Writer, s string) {
	w.WriteByte('"')
	w.WriteString(strings.ReplaceAll(s, `"`, `""`))
	w.WriteByte('"')
}
