package parser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/internal/sql/ast"
)

// FuzzParse checks that no text makes the parser fail otherwise than by an
// error, and that what it takes prints to a text of the same tree.
func FuzzParse(f *testing.F) {
	for _, sql := range statements(f) {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		all, err := ParseScript(sql)
		if err != nil && err.Error() == "" {
			t.Error("an error says nothing")
		}
		for _, s := range all {
			if diff := roundTrip(s.Statement); diff != "" {
				t.Errorf("%q %s", s.Text, diff)
			}
		}
	})
}

// statements are the inputs of testdata/print.
func statements(t testing.TB) []string {
	files, err := filepath.Glob("testdata/print/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	var all []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range strings.Split(string(text), "\n\n") {
			if in, _, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(test), "parse\n"), "\n----"); ok {
				all = append(all, in)
			}
		}
	}
	return all
}

func BenchmarkParse(b *testing.B) {
	for name, sql := range map[string]string{
		"small": "SELECT ticker, price FROM ticks WHERE price > 10 AND ticker <> 'X'",
		"window": `SELECT ticker, AVG(price) AS price, CAST(window_end AS STRING) FROM TABLE(
			TUMBLE(TABLE ticks, DESCRIPTOR(event_time), INTERVAL '1' MINUTE)) GROUP BY ticker, window_start, window_end`,
		"ddl": `CREATE TABLE ticks (ticker VARCHAR(6), price DOUBLE, event_time TIMESTAMP(3),
			WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND) PARTITIONED BY (ticker)
			WITH ('connector' = 'kinesis', 'stream' = 's', 'aws.region' = 'us-east-1', 'format' = 'json')`,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(sql)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(sql); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPrint(b *testing.B) {
	s, err := Parse("SELECT ticker, price FROM ticks WHERE price > 10 AND ticker <> 'X'")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		ast.SQL(s)
	}
}
