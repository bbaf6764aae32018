package classify

import (
	"bytes"
	"testing"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// written is a Parquet file of a schema, with no rows.
func written(t *testing.T, fields ...schema.Node) []byte {
	t.Helper()
	root, err := schema.NewGroupNode("root", parquet.Repetitions.Required, fields, -1)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := file.NewParquetWriter(&b, root)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func primitive(t *testing.T, name string, l schema.LogicalType, p parquet.Type, length int) schema.Node {
	t.Helper()
	n, err := schema.NewPrimitiveNodeLogical(name, parquet.Repetitions.Optional, l, p, length, -1)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestParquet reads the types that writers use, nested ones among them.
func TestParquet(t *testing.T) {
	text := func(name string) schema.Node {
		return primitive(t, name, schema.StringLogicalType{}, parquet.Types.ByteArray, -1)
	}
	list, err := schema.ListOf(primitive(t, "element", nil, parquet.Types.Int64, -1), parquet.Repetitions.Optional, -1)
	if err != nil {
		t.Fatal(err)
	}
	dict, err := schema.MapOf("attrs", schema.NewByteArrayNode("key", parquet.Repetitions.Required, -1), text("value"), parquet.Repetitions.Optional, -1)
	if err != nil {
		t.Fatal(err)
	}
	group, err := schema.NewGroupNode("Place", parquet.Repetitions.Optional, schema.FieldList{text("City"), primitive(t, "lat", nil, parquet.Types.Double, -1)}, -1)
	if err != nil {
		t.Fatal(err)
	}
	data := written(t, text("Ticker"), primitive(t, "n", nil, parquet.Types.Int32, -1), primitive(t, "ok", nil, parquet.Types.Boolean, -1),
		primitive(t, "small", schema.NewIntLogicalType(16, true), parquet.Types.Int32, -1),
		primitive(t, "at", schema.NewTimestampLogicalType(true, schema.TimeUnitMicros), parquet.Types.Int64, -1),
		primitive(t, "nano", schema.NewTimestampLogicalType(true, schema.TimeUnitNanos), parquet.Types.Int64, -1),
		primitive(t, "day", schema.DateLogicalType{}, parquet.Types.Int32, -1),
		primitive(t, "price", schema.NewDecimalLogicalType(10, 2), parquet.Types.FixedLenByteArray, 5),
		primitive(t, "raw", nil, parquet.Types.ByteArray, -1), primitive(t, "f", nil, parquet.Types.Float, -1), list, dict, group)
	want := []Column{{"ticker", "string"}, {"n", "int"}, {"ok", "boolean"}, {"small", "smallint"}, {"at", "timestamp"}, {"nano", "timestamp"}, {"day", "date"},
		{"price", "decimal(10,2)"}, {"raw", "binary"}, {"f", "float"}, {list.Name(), "array<bigint>"}, {"attrs", "map<binary,string>"},
		{"place", "struct<city:string,lat:double>"}}
	s := Classify(nil, Sample{Name: "f", Data: data, Whole: true, Size: int64(len(data)), Tail: data})
	if s.Classification != "parquet" || len(s.Columns) != len(want) {
		t.Fatalf("%+v", s)
	}
	for i, c := range s.Columns {
		if c != want[i] {
			t.Errorf("%v, want %v", c, want[i])
		}
	}
}

// TestFooter asks for as much of a long file's end as its schema takes, and for
// nothing of a file that only begins like one.
func TestFooter(t *testing.T) {
	var fields []schema.Node
	for i := range 6000 {
		fields = append(fields, primitive(t, "a_column_with_a_name_"+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676)), nil, parquet.Types.Int64, -1))
	}
	data := written(t, fields...)
	size := int64(len(data))
	s := Sample{Name: "f", Data: data[:1000], Size: size}
	s.Tail = s.Data
	reads := 0
	for n := Footer(s); n > 0; n = Footer(s) {
		s.Tail = data[size-n:]
		if reads++; reads > 2 {
			t.Fatalf("asks again for %d bytes of %d", n, size)
		}
	}
	if got := Classify(nil, s); got.Classification != "parquet" || len(got.Columns) != 6000 || reads != 2 {
		t.Errorf("%s with %d columns after %d reads", got.Classification, len(got.Columns), reads)
	}
	fake := Sample{Name: "f", Data: []byte("PAR1 and other text, long enough\n"), Size: 1 << 20}
	fake.Tail = fake.Data
	if n := Footer(fake); n != firstFooter {
		t.Fatalf("asks for %d bytes", n)
	}
	fake.Tail = bytes.Repeat([]byte("x"), firstFooter)
	if n := Footer(fake); n != 0 {
		t.Errorf("asks again, for %d bytes", n)
	}
	if got := Classify(nil, fake); got.Classification == "parquet" {
		t.Error("it is no Parquet file")
	}
}

// TestDamagedFooter: whatever a footer has been cut to or turned into is no schema,
// and no reason to fail.
func TestDamagedFooter(t *testing.T) {
	data := written(t, primitive(t, "a", nil, parquet.Types.Int64, -1), primitive(t, "b", schema.StringLogicalType{}, parquet.Types.ByteArray, -1))
	footer := data[4 : len(data)-8]
	if _, root, err := parquetSchema(footer); err != nil || len(root.fields) != 2 {
		t.Fatalf("%+v, %v", root, err)
	}
	for n := range footer {
		if _, _, err := parquetSchema(footer[:n]); err == nil {
			t.Errorf("cut to %d bytes of %d it is read", n, len(footer))
		}
		for _, bit := range []byte{1, 16, 128} {
			bad := bytes.Clone(footer)
			bad[n] ^= bit
			_, _, _ = parquetSchema(bad) // must not panic
		}
	}
}
