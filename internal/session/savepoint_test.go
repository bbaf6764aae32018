package session

import (
	"testing"

	"weir/internal/connector/all"
)

// TestStopWithSavepoint: STOP JOB … WITH SAVEPOINT ends the job and gives the
// folder, from which a job begins that execution.state-recovery.path names.
func TestStopWithSavepoint(t *testing.T) {
	s := newTestSession(t)
	s.cfg.Connectors = all.Connectors()
	run := func(sql string) *Result {
		t.Helper()
		r, err := s.ExecuteSQL(t.Context(), sql)
		if err != nil {
			t.Fatal(sql, err)
		}
		return r
	}
	run("CREATE TABLE src (a BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000', 'fields.a.kind' = 'sequence', 'fields.a.start' = '1', 'fields.a.end' = '1000000000')")
	run("CREATE TABLE o (a BIGINT, n BIGINT) WITH ('connector' = 'blackhole')")
	const insert = "INSERT INTO o SELECT a, COUNT(*) FROM src GROUP BY a"
	job := run(insert).Job
	if _, err := s.ExecuteSQL(t.Context(), "STOP JOB '"+job.ID+"' WITH SAVEPOINT"); err == nil {
		t.Error("stopped with a savepoint though no folder was set")
	}
	run("SET 'execution.checkpointing.savepoint-dir' = 'file:///savepoints'")
	path := *run("STOP JOB '" + job.ID + "' WITH SAVEPOINT").Rows[0][0]
	if err := job.Wait(t.Context()); err != nil {
		t.Errorf("the job ended with %v", err)
	}
	run("SET 'execution.state-recovery.path' = '" + path + "'")
	again := run(insert).Job
	run("RESET 'execution.state-recovery.path'")
	if p := *run("STOP JOB '" + again.ID + "' WITH SAVEPOINT").Rows[0][0]; p == path {
		t.Errorf("both savepoints are in %s", p)
	}
	if got := again.Status().Checkpoints.LastRestored; got == 0 {
		t.Error("the second job did not begin from the savepoint")
	}
	run("SET 'execution.state-recovery.path' = '/nowhere'")
	if _, err := s.ExecuteSQL(t.Context(), insert); err == nil {
		t.Error("a job began from a savepoint that is not there")
	}
}
