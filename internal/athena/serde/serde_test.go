package serde

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"weir/internal/athena/hive"
)

// TestRows runs testdata: a table's SerDe, parameters and columns, then the
// file; the answer is the rows.
func TestRows(t *testing.T) {
	libs := map[string]string{"lazy": LazySimple, "opencsv": OpenCSV, "openx": OpenX, "hivejson": HiveJSON, "regex": Regex}
	datadriven.RunTest(t, "testdata/rows.txt", func(t *testing.T, d *datadriven.TestData) string {
		s := Spec{Library: libs[d.Cmd], Params: map[string]string{}, TableProps: map[string]string{}}
		head, file, _ := strings.Cut(d.Input, "\n---\n")
		for line := range strings.Lines(head) {
			line = strings.TrimRight(line, "\n")
			if k, v, ok := strings.Cut(line, "="); ok {
				s.Params[k], s.TableProps[k] = v, v
				continue
			}
			name, typ, _ := strings.Cut(line, " ")
			ht, err := hive.Parse(typ)
			if err != nil {
				return err.Error()
			}
			s.Columns = append(s.Columns, Column{name, ht})
		}
		f, err := New(s)
		if err != nil {
			return err.Error() + "\n"
		}
		rows, err := f.Open("part-0", strings.NewReader(file))
		if err != nil {
			return err.Error() + "\n"
		}
		defer rows.Close()
		var out strings.Builder
		row := make([]any, len(s.Columns))
		for {
			ok, err := rows.Next(row, func(int) bool { return true })
			if err != nil {
				return out.String() + err.Error() + "\n"
			}
			if !ok {
				return out.String()
			}
			for i, v := range row {
				if i > 0 {
					out.WriteString(" | ")
				}
				out.WriteString(show(v))
			}
			out.WriteByte('\n')
		}
	})
}

func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return fmt.Sprintf("%q", v)
	case time.Time:
		return v.Format("2006-01-02 15:04:05.999")
	case *big.Int:
		return v.String()
	}
	return fmt.Sprintf("%v", v)
}
