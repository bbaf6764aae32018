package csv_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"weir/internal/batch"
	"weir/internal/format"
	"weir/internal/format/csv"
	"weir/internal/types"
)

var kinds = map[string]types.Type{
	"STRING": types.StringType, "BOOLEAN": types.BooleanType, "TINYINT": types.TinyIntType, "SMALLINT": types.SmallIntType,
	"INT": types.IntType, "BIGINT": types.BigIntType, "FLOAT": types.FloatType, "DOUBLE": types.DoubleType,
	"DECIMAL(38,25)": types.DecimalType(38, 25), "DECIMAL(10,2)": types.DecimalType(10, 2), "DATE": types.DateType,
	"TIME(0)": types.TimeType(0), "TIME(1)": types.TimeType(1), "TIME(2)": types.TimeType(2), "TIME(3)": types.TimeType(3),
	"TIMESTAMP(3)": types.TimestampType(3), "TIMESTAMP(9)": types.TimestampType(9), "TIMESTAMP_LTZ(3)": types.TimestampLTZType(3),
	"BYTES": types.BytesType, "ARRAY<STRING>": types.ArrayType(types.StringType), "ARRAY<TINYINT>": types.ArrayType(types.TinyIntType),
	"ROW<STRING,INT,BOOLEAN>": types.RowType(types.Field{Name: "a", Type: types.StringType}, types.Field{Name: "b", Type: types.IntType}, types.Field{Name: "c", Type: types.BooleanType}),
}

// TestRoundTrips reads each line of testdata/fields.txt between two texts and
// writes what was read; see there.
func TestRoundTrips(t *testing.T) {
	f, err := os.Open("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	options := map[string]string{}
	n := 0
	for in := bufio.NewScanner(f); in.Scan(); {
		line := in.Text()
		if strings.HasPrefix(line, "//") || line == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(line, "options"); ok {
			options = map[string]string{}
			for _, o := range strings.Fields(rest) {
				k, v, _ := strings.Cut(o, "=")
				options[k] = v
			}
			continue
		}
		n++
		part := strings.Split(line, "\t")
		want := part[1]
		if len(part) > 2 {
			want = part[2]
		}
		if got := roundTrip(kinds[part[0]], options, part[1]); got != want {
			t.Errorf("%s %v %q: got %q, want %q", part[0], options, part[1], got, want)
		}
	}
	if n < 40 {
		t.Errorf("only %d cases", n)
	}
}

func roundTrip(typ types.Type, options map[string]string, text string) string {
	sep := options["field-delimiter"]
	if sep == "" {
		sep = ","
	}
	c := format.Config{Options: options, Fields: []types.Field{{Name: "f0", Type: types.StringType}, {Name: "f1", Type: typ}, {Name: "f2", Type: types.StringType}}}
	d, err := csv.NewDecoder(c)
	if err != nil {
		return "error: " + err.Error()
	}
	e, err := csv.NewEncoder(c)
	if err != nil {
		return "error: " + err.Error()
	}
	b := batch.New(c.Fields, 0)
	if err := d.Decode([]byte("BEGIN"+sep+text+sep+"END"), b); err != nil {
		if b.N != 0 || b.Cols[0].Len != 0 {
			return "appended in spite of an error"
		}
		return "error"
	}
	if b.N == 0 {
		return "skipped"
	}
	out, err := e.Encode(nil, b)
	if err != nil {
		return "error: " + err.Error()
	}
	got := strings.NewReplacer(`"BEGIN"`, "BEGIN", `"END"`, "END").Replace(string(out)) // quoted with '|'
	got = strings.TrimSuffix(strings.TrimPrefix(got, "BEGIN"+sep), sep+"END\n")
	if b.Cols[1].IsNull(0) {
		return got + " NULL"
	}
	return got
}

func TestRowLengths(t *testing.T) {
	fields := []types.Field{{Name: "a", Type: types.StringType}, {Name: "b", Type: types.IntType}, {Name: "c", Type: types.StringType}}
	for _, c := range []struct {
		line, options, want string
	}{
		{"Test,12,Hello", "", "Test,12,Hello"},
		{"Test", "", "error"},
		{"Test", "ignore-parse-errors", "Test,,"},
		{"Test,12,Test,Test", "", "error"},
		{"Test,12,Test,Test", "ignore-parse-errors", ""},
		{"Test,12,Test,Test", "ignore-trailing-unmappable", "Test,12,Test"},
		{"Test,12,Test,", "", "Test,12,Test"},
		{"Test,null,Test", "", "error"},
		{"Test,null,Test", "ignore-parse-errors", "Test,,Test"},
		{"#Test,12,Test", "", `"#Test",12,Test`},
		{"#Test,12,Test", "allow-comments", ""},
		{"", "", ""},
		{`"open,12,Test`, "", "error"},
		{`"Test"x,12,Test`, "", "error"},
	} {
		o := map[string]string{}
		if c.options != "" {
			o[c.options] = "true"
		}
		if got := all(format.Config{Fields: fields, Options: o}, c.line); got != c.want {
			t.Errorf("%q %s: got %q, want %q", c.line, c.options, got, c.want)
		}
	}
}

func all(c format.Config, line string) string {
	d, err := csv.NewDecoder(c)
	if err != nil {
		return err.Error()
	}
	b := batch.New(c.Fields, 0)
	if d.Decode([]byte(line), b) != nil {
		return "error"
	}
	e, err := csv.NewEncoder(c)
	if err != nil {
		return err.Error()
	}
	out, err := e.Encode(nil, b)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(string(out), "\n")
}

func bench() (format.Config, *batch.Batch) {
	c := format.Config{Fields: []types.Field{{Name: "s", Type: types.StringType}, {Name: "d", Type: types.DoubleType}, {Name: "t", Type: types.TimestampType(3)}}}
	b := batch.New(c.Fields, 0)
	for i := range batch.MaxRows {
		b.Cols[0].AppendString(fmt.Sprintf("T%03d", i%500))
		b.Cols[1].AppendF64(float64(i) + 0.37)
		b.Cols[2].AppendI64(1622541660000 + int64(i)*7)
		b.N++
	}
	return c, b
}

func BenchmarkEncode(b *testing.B) {
	c, rows := bench()
	e, err := csv.NewEncoder(c)
	if err != nil {
		b.Fatal(err)
	}
	var buf []byte
	n := 0
	for b.Loop() {
		if buf, err = e.Encode(buf[:0], rows); err != nil {
			b.Fatal(err)
		}
		n += rows.N
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/row")
}

func BenchmarkDecode(b *testing.B) {
	c, rows := bench()
	d, err := csv.NewDecoder(c)
	if err != nil {
		b.Fatal(err)
	}
	line := []byte(`AAPL,50.504999999999995,"2021-06-01 10:02:00"`)
	n := 0
	for b.Loop() {
		rows.Reset()
		for range batch.MaxRows {
			if err := d.Decode(line, rows); err != nil {
				b.Fatal(err)
			}
		}
		n += rows.N
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/row")
}
