package session

import (
	"strings"
	"testing"

	"weir/internal/connector/all"
)

// TestExplainLeavesNoTable: EXPLAIN CREATE TABLE … AS shows the sink, and there
// is no table afterwards, or the old one.
func TestExplainLeavesNoTable(t *testing.T) {
	s := newTestSession(t)
	s.cfg.Connectors = all.Connectors()
	plan := func(sql string) string {
		t.Helper()
		r, err := s.ExecuteSQL(t.Context(), sql)
		if err != nil {
			t.Fatal(sql, err)
		}
		return *r.Rows[0][0]
	}
	got := plan("EXPLAIN JSON_EXECUTION_PLAN CREATE TABLE t WITH ('connector' = 'blackhole') AS SELECT 1 AS a")
	for _, want := range []string{"Sink(table=[default_catalog.default_database.t], fields=[a])", "== Physical Execution Plan ==", `"nodes"`} {
		if !strings.Contains(got, want) {
			t.Errorf("the plan has no %s:\n%s", want, got)
		}
	}
	if r, err := s.ExecuteSQL(t.Context(), "SHOW TABLES"); err != nil || len(r.Rows) != 0 {
		t.Errorf("there are tables: %v, %v", r, err)
	}
	plan("CREATE TABLE t (was INT) WITH ('connector' = 'blackhole')")
	plan("EXPLAIN REPLACE TABLE t WITH ('connector' = 'blackhole') AS SELECT 1 AS a")
	if got := plan("SHOW CREATE TABLE t"); !strings.Contains(got, "`was` INT") {
		t.Errorf("EXPLAIN replaced the table:\n%s", got)
	}
}
