//go:build cgo

package duck

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"weir/internal/athena/dialect"
	"weir/internal/athena/hive"
	"weir/internal/athena/worker"
)

// engine is one DuckDB in memory, on one connection.
type engine struct {
	db   *sql.DB
	conn *sql.Conn
}

// open starts DuckDB: no extension is fetched, Trino's functions are there.
// External access goes off in run, which must first say which files are fine.
func open(ctx context.Context, box worker.Sandbox) (*engine, error) {
	connector, err := duckdb.NewConnector("", nil)
	if err != nil {
		return nil, fmt.Errorf("opening DuckDB: %w", err)
	}
	e := &engine{db: sql.OpenDB(connector)}
	if e.conn, err = e.db.Conn(ctx); err != nil {
		return nil, fmt.Errorf("opening DuckDB: %w", err)
	}
	settings := []string{
		"SET autoinstall_known_extensions=false", "SET autoload_known_extensions=false",
		fmt.Sprintf("SET memory_limit='%dMB'", max(box.MemoryMB, 64)),
		fmt.Sprintf("SET threads=%d", max(box.Threads, 1)),
		"SET temp_directory=" + quote(box.Scratch),
		"SET TimeZone='UTC'", "SET integer_division=true", "SET preserve_insertion_order=true",
		dialect.Macros(),
	}
	for _, s := range settings {
		if _, err := e.conn.ExecContext(ctx, s); err != nil {
			return nil, fmt.Errorf("setting up DuckDB: %w", err)
		}
	}
	return e, nil
}

func (e *engine) close() {
	_ = e.conn.Close() // the process ends with it
	_ = e.db.Close()
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func ident(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// text runs a query of one value.
func (e *engine) text(ctx context.Context, query string, args ...any) (string, error) {
	var out string
	err := e.conn.QueryRowContext(ctx, query, args...).Scan(&out)
	return out, err
}

// analyze parses a query with DuckDB and puts it in its terms.
func (e *engine) analyze(ctx context.Context, a worker.Analyze) (*worker.Analysis, error) {
	source := a.SQL
	if len(a.Params) > 0 {
		var err error
		if source, err = dialect.Bind(a.SQL, a.Params); err != nil {
			return nil, err
		}
	}
	t, err := dialect.Translate(source)
	if err != nil {
		return nil, err
	}
	raw, err := e.text(ctx, "SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR)", t.SQL)
	if err != nil {
		return nil, fmt.Errorf("parsing the query: %w", err)
	}
	tree, err := decodeTree([]byte(raw))
	if err != nil {
		return nil, err
	}
	if err := dialect.ParseError(t, tree); err != nil {
		return nil, err
	}
	r, err := dialect.Rewrite(t, tree, a.Database)
	if err != nil {
		return nil, err
	}
	out := &worker.Analysis{Source: source, Hidden: r.Hidden, Explain: t.Explain}
	for _, ref := range r.Tables {
		out.Tables = append(out.Tables, worker.Ref{Database: ref.Database, Name: ref.Name, Where: ref.Where})
	}
	out.Tree, err = json.Marshal(tree)
	return out, err
}

// unparse turns a tree back into SQL.
func (e *engine) unparse(ctx context.Context, tree []byte) (string, error) {
	s, err := e.text(ctx, "SELECT json_deserialize_sql(CAST(CAST(? AS VARCHAR) AS JSON))", string(tree))
	if err != nil {
		return "", fmt.Errorf("reading the syntax tree: %w", err)
	}
	return s, nil
}

// prune evaluates what the query's WHERE clauses say about partitions alone.
// What cannot be evaluated prunes nothing: the query itself will complain.
func (e *engine) prune(ctx context.Context, p worker.Prune) (*worker.Pruned, error) {
	keys := make([]dialect.Keys, len(p.Tables))
	need := make([][]map[int]bool, len(p.Tables)) // by table and use: partitions kept, nil = all
	for i, t := range p.Tables {
		keys[i] = dialect.Keys{Database: t.Database, Table: t.Name}
		for _, k := range t.Keys {
			keys[i].Columns = append(keys[i].Columns, k.Name)
		}
		if err := e.fillPartitions(ctx, i, t); err != nil {
			return nil, err
		}
	}
	for _, raw := range p.Trees {
		tree, err := decodeTree(raw)
		if err != nil {
			return nil, err
		}
		conds, uses := dialect.Conditions(tree, keys)
		kept := make([][]map[int]bool, len(keys))
		for i, n := range uses {
			kept[i] = make([]map[int]bool, n)
		}
		for _, c := range conds {
			got, err := e.evaluate(ctx, c)
			if err != nil {
				continue
			}
			kept[c.Table][c.Use] = intersect(kept[c.Table][c.Use], got)
		}
		for i := range kept {
			need[i] = append(need[i], kept[i]...)
		}
	}
	out := &worker.Pruned{Kept: make([][]int, len(keys))}
	for i, t := range p.Tables {
		out.Kept[i] = union(need[i], len(t.Partitions))
	}
	return out, nil
}

func intersect(have, got map[int]bool) map[int]bool {
	if have == nil {
		return got
	}
	for i := range have {
		if !got[i] {
			delete(have, i)
		}
	}
	return have
}

func union(uses []map[int]bool, n int) []int {
	out := []int{}
	for i := range n {
		for _, u := range uses {
			if u == nil || u[i] {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

// fillPartitions makes a table of a table's partition values, typed.
func (e *engine) fillPartitions(ctx context.Context, i int, t worker.PruneTable) error {
	cols, sel := []string{"weir_i INTEGER"}, []string{"weir_i"}
	for _, k := range t.Keys {
		typ, err := hive.Parse(k.Type)
		if err != nil {
			return err
		}
		cols = append(cols, ident(k.Name)+" VARCHAR")
		sel = append(sel, fmt.Sprintf("TRY_CAST(%s AS %s) AS %s", ident(k.Name), typ.DuckDB(), ident(k.Name)))
	}
	raw, name := fmt.Sprintf("weir_raw_%d", i), fmt.Sprintf("weir_prune_%d", i)
	if _, err := e.conn.ExecContext(ctx, fmt.Sprintf("CREATE TABLE %s (%s)", raw, strings.Join(cols, ", "))); err != nil {
		return fmt.Errorf("loading partitions: %w", err)
	}
	err := e.conn.Raw(func(dc any) error {
		app, err := duckdb.NewAppenderFromConn(dc.(*duckdb.Conn), "", raw)
		if err != nil {
			return err
		}
		for n, values := range t.Partitions {
			row := make([]driver.Value, 0, len(values)+1)
			row = append(row, int32(n))
			for _, v := range values {
				if v == "__HIVE_DEFAULT_PARTITION__" {
					row = append(row, nil)
				} else {
					row = append(row, v)
				}
			}
			if err := app.AppendRow(row...); err != nil {
				return errors.Join(err, app.Close())
			}
		}
		return app.Close()
	})
	if err != nil {
		return fmt.Errorf("loading partitions: %w", err)
	}
	_, err = e.conn.ExecContext(ctx, fmt.Sprintf("CREATE TABLE %s AS SELECT %s FROM %s", name, strings.Join(sel, ", "), raw))
	return err
}

// evaluate is the partitions for which a condition holds.
func (e *engine) evaluate(ctx context.Context, c dialect.Condition) (map[int]bool, error) {
	raw, err := e.text(ctx, "SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR)", fmt.Sprintf("SELECT weir_i FROM weir_prune_%d", c.Table))
	if err != nil {
		return nil, err
	}
	tree, err := decodeTree([]byte(raw))
	if err != nil {
		return nil, err
	}
	dialect.SetWhere(tree, c.Expr)
	data, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	query, err := e.unparse(ctx, data)
	if err != nil {
		return nil, err
	}
	rows, err := e.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // its error is rows.Err, below
	out := map[int]bool{}
	for rows.Next() {
		var i int
		if err := rows.Scan(&i); err != nil {
			return nil, err
		}
		out[i] = true
	}
	return out, rows.Err()
}
