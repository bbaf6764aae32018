//go:build cgo

package duck

import (
	"context"
	"fmt"
	"strings"

	"weir/internal/athena/worker"
)

// parquet is the query behind a table of Parquet files: the catalog's columns
// by name, those a file lacks NULL, partition values by file. The bytes counted
// are the files' sizes.
func (e *engine) parquet(ctx context.Context, t worker.Table, hidden bool, m *meter) (string, error) {
	cols, err := columnsOf(t.Storage.Columns)
	if err != nil {
		return "", err
	}
	keys, err := columnsOf(t.Keys)
	if err != nil {
		return "", err
	}
	have := map[string]bool{}
	source := ""
	if len(t.Files) > 0 {
		paths := make([]string, len(t.Files))
		for i, f := range t.Files {
			paths[i] = quote(f.Path)
			if err := m.add(f.Size); err != nil {
				return "", err
			}
		}
		source = fmt.Sprintf("read_parquet([%s], union_by_name=true, hive_partitioning=false, filename='weir_file')", strings.Join(paths, ", "))
		if have, err = e.columns(ctx, source); err != nil {
			return "", &worker.Failure{Code: "HIVE_CANNOT_OPEN_SPLIT", Msg: fmt.Sprintf("table %s.%s: %v", t.Database, t.Name, err)}
		}
	}
	var sel []string
	for _, c := range cols {
		expr := "NULL"
		if have[c.Name] {
			expr = "d." + ident(c.Name)
		}
		sel = append(sel, fmt.Sprintf("CAST(%s AS %s) AS %s", expr, c.Type.DuckDB(), ident(c.Name)))
	}
	for i, k := range keys {
		sel = append(sel, fmt.Sprintf("TRY_CAST(f.k%d AS %s) AS %s", i, k.Type.DuckDB(), ident(k.Name)))
	}
	if hidden {
		sel = append(sel, `f.location AS "$path"`, `f.size AS "$file_size"`)
	}
	if source == "" { // no file: no rows, the columns all the same
		source = "(SELECT '' AS weir_file WHERE false)"
		t.Files = []worker.File{{Partition: -1}}
	}
	return fmt.Sprintf("SELECT %s FROM %s AS d JOIN (%s) AS f ON d.weir_file = f.file", strings.Join(sel, ", "), source, files(t)), nil
}

// files is a VALUES list of the files with their partitions' values.
func files(t worker.Table) string {
	names := []string{"file", "location", "size"}
	for i := range t.Keys {
		names = append(names, fmt.Sprintf("k%d", i))
	}
	rows := make([]string, len(t.Files))
	for i, f := range t.Files {
		vals := []string{quote(f.Path), quote(f.Location), fmt.Sprint(f.Size)}
		for k := range t.Keys {
			v := "NULL"
			if f.Partition >= 0 && t.Partitions[f.Partition].Values[k] != "__HIVE_DEFAULT_PARTITION__" {
				v = quote(t.Partitions[f.Partition].Values[k])
			}
			vals = append(vals, v)
		}
		rows[i] = "(" + strings.Join(vals, ", ") + ")"
	}
	return fmt.Sprintf("SELECT * FROM (VALUES %s) AS v(%s)", strings.Join(rows, ", "), strings.Join(names, ", "))
}

// columns are the lower-case names of a source's columns.
func (e *engine) columns(ctx context.Context, source string) (map[string]bool, error) {
	rows, err := e.conn.QueryContext(ctx, "SELECT * FROM "+source+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // nothing was read of it
	names, err := rows.Columns()
	out := map[string]bool{}
	for _, n := range names {
		out[strings.ToLower(n)] = true
	}
	return out, err
}
