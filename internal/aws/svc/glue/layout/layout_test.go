package layout

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"weir/internal/aws/svc/glue/classify"
)

// TestTables: lines `path class columns [compression]`; columns are
// name:type,… or a number of unnamed ones.
func TestTables(t *testing.T) {
	datadriven.RunTest(t, "testdata/tables.txt", func(t *testing.T, d *datadriven.TestData) string {
		var leaves []Leaf
		for line := range strings.Lines(d.Input) {
			f := strings.Fields(line)
			l := Leaf{Path: strings.TrimPrefix(f[0], "/"), Compression: "none", Objects: 1, Bytes: 10,
				Schema: classify.Schema{Classification: f[1], Records: 2, Bytes: 10}}
			var n int
			if _, err := fmt.Sscanf(f[2], "%d", &n); err == nil {
				for i := range n {
					l.Schema.Columns = append(l.Schema.Columns, classify.Column{Name: fmt.Sprintf("col%d", i), Type: "string"})
				}
			} else {
				l.Schema.Named = true
				for _, c := range strings.Split(f[2], ",") {
					name, typ, _ := strings.Cut(c, ":")
					l.Schema.Columns = append(l.Schema.Columns, classify.Column{Name: name, Type: typ})
				}
			}
			if len(f) > 3 {
				l.Compression = f[3]
			}
			leaves = append(leaves, l)
		}
		o := Options{Depth: 1, Combine: d.HasArg("combine")}
		d.MaybeScanArgs(t, "level", &o.Level)
		var b strings.Builder
		for _, tab := range Tables(leaves, o) {
			fmt.Fprintf(&b, "%s (%s) %s keys=%v", TableName("", "My-Bucket", tab.Path), "/"+tab.Path, tab.Schema.Classification, tab.Keys)
			for _, c := range tab.Schema.Columns {
				fmt.Fprintf(&b, " %s:%s", c.Name, c.Type)
			}
			b.WriteByte('\n')
			for _, p := range tab.Partitions {
				fmt.Fprintf(&b, "  %q %s\n", p.Values, p.Leaf.Path)
			}
		}
		return b.String()
	})
}

func TestSkips(t *testing.T) {
	e, err := NewExcluder([]string{"**_SUCCESS", "*.{avro,zip}", "tmp/**", "y20[0-9][!0]/*", `a\*b`})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]bool{
		"ticker=AAPL/part-0": false, "ticker=AAPL/_SUCCESS": true, "_tmp/x": true, ".hidden": true, "x.avro": true, "d/x.avro": false,
		"tmp/a/b": true, "y2011/x": true, "y2010/x": false, "a*b": true, "axb": false, "folder/": true,
	} {
		if got := e.Skips(key, 1); got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
	if !e.Skips("x", 0) {
		t.Error("an empty object is no data")
	}
}

func TestDistinct(t *testing.T) {
	if got := Distinct("t", "s3://b/t/"); len(got) != 34 || got[:2] != "t_" {
		t.Error(got)
	}
}
