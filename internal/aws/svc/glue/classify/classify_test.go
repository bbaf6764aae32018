package classify

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestClassify runs testdata: a file's text, then what Glue makes of it.
func TestClassify(t *testing.T) {
	datadriven.RunTest(t, "testdata/classify.txt", func(t *testing.T, d *datadriven.TestData) string {
		var custom []Classifier
		csv := CSV{}
		isCustom := false
		for _, a := range d.CmdArgs {
			v := ""
			if len(a.Vals) > 0 {
				v = a.Vals[0]
			}
			switch a.Key {
			case "header":
				csv.Header = v
			case "columns":
				csv.Columns = a.Vals
			case "serde":
				csv.Serde = v
			case "quote":
				csv.Quote = v
			case "types":
				csv.CustomConfigured, csv.CustomTypes = true, a.Vals
			case "single":
				csv.SingleColumn = true
			case "path":
				custom = append(custom, JSON{Path: v})
				continue
			}
			isCustom = true
		}
		if isCustom {
			custom = append(custom, csv)
		}
		s := Classify(custom, Sample{Name: "f", Data: []byte(d.Input + "\n"), Whole: true})
		var b strings.Builder
		fmt.Fprintf(&b, "%s, %d records\n", s.Classification, s.Records)
		for _, c := range Finish(s.Columns) {
			fmt.Fprintf(&b, "%s %s\n", c.Name, c.Type)
		}
		if s.Library != "" {
			b.WriteString(s.Library[strings.LastIndexByte(s.Library, '.')+1:])
			for _, m := range []map[string]string{s.SerdeParams, s.Params} {
				var kv []string
				for k, v := range m {
					kv = append(kv, fmt.Sprintf("%s=%q", k, v))
				}
				sort.Strings(kv)
				b.WriteString(" {" + strings.Join(kv, " ") + "}")
			}
			b.WriteByte('\n')
		}
		return b.String()
	})
}

func TestSampleCutsLastRecord(t *testing.T) {
	s := Classify(nil, Sample{Data: []byte("{\"a\":1}\n{\"a\":2}\n{\"a"), Whole: false})
	if s.Classification != "json" || s.Records != 2 {
		t.Errorf("json: %+v", s)
	}
	s = Classify(nil, Sample{Data: []byte("1,2\n3,4\n5"), Whole: false})
	if s.Classification != "csv" || s.Records != 2 {
		t.Errorf("csv: %+v", s)
	}
}
