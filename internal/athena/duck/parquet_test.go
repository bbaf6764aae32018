//go:build cgo && linux

package duck

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/internal/athena/serde"
	"weir/internal/athena/worker"
)

// TestParquet reads Parquet files made by DuckDB in a locked-in child: columns
// by name, those a file lacks NULL, partition values from the catalog.
func TestParquet(t *testing.T) {
	ctx := context.Background()
	h := &harness{t: t, dir: t.TempDir()}
	e, err := open(ctx, worker.Sandbox{MemoryMB: 128, Threads: 1, Scratch: h.dir})
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	tab := worker.Table{Database: "default", Name: "p", Keys: []worker.Column{{Name: "day", Type: "date"}},
		Storage:    worker.Storage{Library: serde.Parquet, Columns: []worker.Column{{Name: "price", Type: "double"}, {Name: "ticker", Type: "string"}, {Name: "extra", Type: "int"}}},
		Partitions: []worker.Partition{{Values: []string{"2021-06-01"}}, {Values: []string{"2021-06-02"}}}}
	for i, q := range []string{"SELECT 1.5::DOUBLE AS price, 'A' AS ticker", "SELECT 'B' AS Ticker, 2.5::DOUBLE AS price, 7 AS other"} {
		path := filepath.Join(h.dir, "data"+string(rune('0'+i)))
		if _, err := e.conn.ExecContext(ctx, "COPY ("+q+") TO "+quote(path)+" (FORMAT parquet)"); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		tab.Files = append(tab.Files, worker.File{Path: path, Location: "s3://b/p/" + filepath.Base(path), Size: info.Size(), Partition: i})
	}
	h.tables = []worker.Table{tab}
	for sql, want := range map[string]string{
		"SELECT * FROM p ORDER BY day": "price double, ticker varchar, extra integer, day date\n" +
			`"price","ticker","extra","day"` + "\n" + `"1.5","A",,"2021-06-01"` + "\n" + `"2.5","B",,"2021-06-02"` + "\n",
		"SELECT ticker, \"$path\" FROM p WHERE day > date '2021-06-01'": "ticker varchar, $path varchar\n" +
			`"ticker","$path"` + "\n" + `"B","s3://b/p/data1"` + "\n",
		"SELECT count(*) AS n FROM p WHERE day > date '2022-01-01'": "n bigint\n" + `"n"` + "\n" + `"0"` + "\n",
	} {
		got, err := h.query(processes{}, sql)
		if _, rows, _ := strings.Cut(got, "\n"); err != nil || rows != want {
			t.Errorf("%s: %v\n%s", sql, err, rows)
		}
	}
}

// TestScanLimit ends a query that reads more than its work group allows.
func TestScanLimit(t *testing.T) {
	h := &harness{t: t, dir: t.TempDir(), limit: 1000}
	path := filepath.Join(h.dir, "f")
	if err := os.WriteFile(path, []byte(strings.Repeat("1\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	h.tables = []worker.Table{{Database: "default", Name: "t", Storage: worker.Storage{Columns: []worker.Column{{Name: "x", Type: "int"}}},
		Files: []worker.File{{Path: path, Location: "s3://b/f", Size: 2000, Partition: -1}}}}
	if _, err := h.query(inProcess{}, "SELECT sum(x) FROM t"); err == nil || !strings.HasPrefix(err.Error(), "EXCEEDED_SCAN_LIMIT: Bytes scanned limit was exceeded") {
		t.Error(err)
	}
}
