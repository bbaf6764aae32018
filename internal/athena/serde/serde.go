// Package serde reads the rows of a table's text files the way Athena's SerDes
// do: LazySimpleSerDe, OpenCSVSerde, the openx and Hive JSON SerDes, RegexSerDe.
//
// Vocabulary. A Spec is what the catalog says of a table: SerDe, its
// parameters, the columns. A Format is a Spec made ready; its Rows are those of
// one file. Values are Go values by Hive type: bool, int8…int64, float32,
// float64, string, []byte, time.Time, *big.Int (a decimal, unscaled), []any
// (array, struct fields in order), []Pair (map); nil is NULL.
//
// What a bad field becomes is the SerDe's own rule: LazySimpleSerDe and
// RegexSerDe give NULL, OpenCSVSerde and the JSON SerDes fail the query with
// HIVE_BAD_DATA. LazySimpleSerDe keeps quotes: they are part of a string.
// The package opens no files and knows no SQL.
package serde

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"

	"weir/internal/athena/hive"
)

// The SerDe libraries this package reads.
const (
	LazySimple = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
	OpenCSV    = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
	OpenX      = "org.openx.data.jsonserde.JsonSerDe"
	HiveJSON   = "org.apache.hive.hcatalog.data.JsonSerDe"
	HiveJSON2  = "org.apache.hadoop.hive.serde2.JsonSerDe"
	Regex      = "org.apache.hadoop.hive.serde2.RegexSerDe"
	Parquet    = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
)

// Column is a table's column.
type Column struct {
	Name string
	Type hive.Type
}

// Spec is what the catalog says about the rows of a table.
type Spec struct {
	Library    string            // SerializationLibrary
	Params     map[string]string // the SerDe's parameters
	TableProps map[string]string // skip.header.line.count
	Columns    []Column
}

// Pair is one entry of a map value.
type Pair struct{ Key, Value any }

// BadData is a row that the SerDe does not accept; its text is Athena's.
type BadData struct{ Code, Msg string }

// Error is "HIVE_BAD_DATA: …".
func (e *BadData) Error() string { return e.Code + ": " + e.Msg }

// Unsupported says that a table's format cannot be read here.
type Unsupported struct{ Msg string }

// Error is the message.
func (e *Unsupported) Error() string { return e.Msg }

// decoder fills row from one line; want tells which columns matter. ok is
// false for a line that is no row.
type decoder interface {
	decode(line []byte, row []any, want func(int) bool) (ok bool, err error)
}

// Format reads files of one table.
type Format struct {
	make func() decoder
	skip int
	cols int
}

// New prepares a Spec; the error is *Unsupported when the SerDe or one of its
// parameters is not read here.
func New(s Spec) (*Format, error) {
	f := &Format{cols: len(s.Columns)}
	if text := s.TableProps["skip.header.line.count"]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, &Unsupported{fmt.Sprintf("skip.header.line.count %q is not a number of lines", text)}
		}
		f.skip = n
	}
	var err error
	switch s.Library {
	case LazySimple, "":
		f.make, err = newLazy(s)
	case OpenCSV:
		f.make, err = newOpenCSV(s)
	case OpenX, HiveJSON, HiveJSON2:
		f.make, err = newJSON(s)
	case Regex:
		f.make, err = newRegex(s)
	default:
		err = &Unsupported{fmt.Sprintf("SerDe %s is not supported; tables of LazySimpleSerDe, OpenCSVSerde, "+
			"the openx and hcatalog JsonSerDe, RegexSerDe and Parquet can be queried", s.Library)}
	}
	return f, err
}

// Rows are the rows of one file. Not safe for concurrent use.
type Rows struct {
	dec   decoder
	in    *bufio.Reader
	long  []byte
	skip  int
	close func()
}

// Open reads the file called name (its extension tells the compression) from r.
func (f *Format) Open(name string, r io.Reader) (*Rows, error) {
	plain, closer, err := decompress(name, r)
	if err != nil {
		return nil, err
	}
	return &Rows{dec: f.make(), in: bufio.NewReaderSize(plain, 256<<10), skip: f.skip, close: closer}, nil
}

// Close frees the decompressor.
func (r *Rows) Close() { r.close() }

// Next fills row with the next row's columns for which want is true; false at the end.
func (r *Rows) Next(row []any, want func(int) bool) (bool, error) {
	for {
		line, err := r.line()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return false, nil
			}
			return false, err
		}
		if r.skip > 0 {
			r.skip--
			continue
		}
		ok, err := r.dec.decode(line, row, want)
		if ok || err != nil {
			return ok, err
		}
	}
}

// line is the next line without its end; it is valid until the next call.
func (r *Rows) line() ([]byte, error) {
	line, err := r.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		r.long = append(r.long[:0], line...)
		for errors.Is(err, bufio.ErrBufferFull) {
			line, err = r.in.ReadSlice('\n')
			r.long = append(r.long, line...)
		}
		line = r.long
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return nil, err
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

func decompress(name string, r io.Reader) (io.Reader, func(), error) {
	none := func() {}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".gz", ".gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, nil, &BadData{"HIVE_CURSOR_ERROR", fmt.Sprintf("Failed to read file at %s: %v", name, err)}
		}
		return z, none, nil
	case ".bz2":
		return bzip2.NewReader(r), none, nil
	case ".zst":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, nil, fmt.Errorf("reading %s: %w", name, err)
		}
		return z, z.Close, nil
	case ".snappy", ".lz4", ".lzo", ".deflate":
		return nil, nil, &Unsupported{fmt.Sprintf("file %s: compression %s is not supported; gzip, bzip2 and zstd are", name, ext)}
	}
	return r, none, nil
}
