package walkthrough

import (
	"io"
	"strings"
	"testing"

	"weir/internal/clock"
	"weir/internal/vfs"
)

// TestFailureNamesTheRecord: whatever a record breaks, the message says where it
// stands and what it is.
func TestFailureNamesTheRecord(t *testing.T) {
	const records = `{"ts": "2021-06-01 10:00:01", "s": "7"}
no json

{"ts": "2021-06-01 10:00:02", "s": "8"}
BAD
{"ts": "2021-06-01 10:00:03", "s": "9"}
`
	for name, c := range map[string]struct{ bad, watermark, query, want string }{
		"no event time": {`{"s": "1"}`, ", WATERMARK FOR ts AS ts", "SELECT s FROM t", "RowTime field should not be null"},
		"NOT NULL": {`{"ts": "2021-06-01 10:00:09"}`, ", WATERMARK FOR ts AS ts", "SELECT s FROM t",
			"Column 's' is NOT NULL, however, a null value is being written into it"},
		"a cast":   {`{"ts": "2021-06-01 10:00:09", "s": "many"}`, "", "SELECT CAST(CAST(s AS INT) AS STRING) FROM t WHERE s <> '9'", "many"},
		"in WHERE": {`{"ts": "2021-06-01 10:00:09", "s": "few"}`, "", "SELECT s FROM t WHERE CAST(s AS INT) > 7", "few"},
	} {
		t.Run(name, func(t *testing.T) {
			fs := vfs.NewMem()
			if err := vfs.WriteFile(fs, "/in.ndjson", []byte(strings.Replace(records, "BAD", c.bad, 1))); err != nil {
				t.Fatal(err)
			}
			err := execute(t, newSession(fs, clock.System{}, io.Discard), `CREATE TABLE t (s STRING, ts TIMESTAMP(3)`+c.watermark+`) WITH ('connector' = 'filesystem',
				'path' = '/in.ndjson', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
				CREATE TABLE o (s STRING NOT NULL) WITH ('connector' = 'blackhole');
				INSERT INTO o `+c.query+`;
				`)
			if err == nil {
				t.Fatal("the job did not fail")
			}
			for _, want := range []string{"/in.ndjson, line 5: " + c.bad, c.want} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q in it", err, want)
				}
			}
		})
	}
}
