package classify

import (
	"bytes"
	"encoding/binary"
	"strings"
)

const (
	parquetMagic  = "PAR1"
	parquetInput  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
	parquetOutput = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
	parquetLib    = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
	// firstFooter is how much of a file's end is looked at before its length is known.
	firstFooter = 64 << 10
	maxFooter   = 64 << 20
)

// Footer is how many bytes of the end of a file are still wanted in its sample's
// Tail: 0 when they are there, or the file has nothing at its end.
func Footer(s Sample) int64 {
	if !bytes.HasPrefix(s.Data, []byte(parquetMagic)) || s.Size < 12 {
		return 0
	}
	if len(s.Tail) < 8 || !bytes.HasSuffix(s.Tail, []byte(parquetMagic)) {
		if int64(len(s.Tail)) >= min(s.Size, firstFooter) && !s.Whole && !bytes.Equal(s.Tail, s.Data) {
			return 0 // the end was read, and is no Parquet's
		}
		return min(s.Size, firstFooter)
	}
	n := footerLength(s.Tail) + 8
	if n > min(s.Size, maxFooter) || n <= int64(len(s.Tail)) {
		return 0
	}
	return n
}

func footerLength(tail []byte) int64 {
	return int64(binary.LittleEndian.Uint32(tail[len(tail)-8:]))
}

// Parquet is the parquet classifier; the schema is in the file's footer.
type Parquet struct{}

// Classify implements Classifier.
func (Parquet) Classify(s Sample) (Schema, bool) {
	tail := s.Tail
	if s.Whole {
		tail = s.Data
	}
	if !bytes.HasPrefix(s.Data, []byte(parquetMagic)) || len(tail) < 8 || !bytes.HasSuffix(tail, []byte(parquetMagic)) {
		return Schema{}, false
	}
	n := footerLength(tail)
	if n+8 > int64(len(tail)) {
		return Schema{}, false
	}
	rows, root, err := parquetSchema(tail[int64(len(tail))-8-n : len(tail)-8])
	if err != nil {
		return Schema{}, false
	}
	var cols []Column
	for _, f := range root.fields {
		cols = append(cols, Column{strings.ToLower(f.name), f.hive()})
	}
	return Schema{
		Classification: "parquet", Columns: cols, Records: int(rows), Bytes: int(s.Size), Named: true,
		Library: parquetLib, SerdeParams: map[string]string{"serialization.format": "1"},
		InputFormat: parquetInput, OutputFormat: parquetOutput, Params: map[string]string{},
	}, len(cols) > 0
}
