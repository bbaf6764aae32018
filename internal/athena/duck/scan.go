//go:build cgo

package duck

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/big"
	"sync/atomic"

	"github.com/duckdb/duckdb-go/v2"

	"weir/internal/athena/dialect"
	"weir/internal/athena/hive"
	"weir/internal/athena/serde"
	"weir/internal/athena/worker"
	"weir/internal/vfs"
)

// meter counts the bytes a query reads and stops it at its work group's limit.
type meter struct {
	read  atomic.Int64
	limit int64
}

func (m *meter) add(n int64) error {
	if got := m.read.Add(n); m.limit > 0 && got > m.limit {
		return fmt.Errorf("EXCEEDED_SCAN_LIMIT: Bytes scanned limit was exceeded: the query read %d bytes, its work group allows %d", got, m.limit)
	}
	return nil
}

// table is a table of text files as DuckDB sees it: the columns, the partition
// keys, and the hidden columns when they are asked for.
type table struct {
	fs      vfs.FS
	spec    worker.Table
	columns []serde.Column // of the files
	keys    []serde.Column
	hidden  bool
	want    []bool // columns the query mentions
	formats []*serde.Format
	types   []duckdb.TypeInfo
	meter   *meter
	threads int
}

func columnsOf(cols []worker.Column) ([]serde.Column, error) {
	out := make([]serde.Column, len(cols))
	for i, c := range cols {
		t, err := hive.Parse(c.Type)
		if err != nil {
			return nil, err
		}
		out[i] = serde.Column{Name: c.Name, Type: t}
	}
	return out, nil
}

// newTable prepares the formats of the table (the last one) and of the
// partitions that differ.
func newTable(fs vfs.FS, spec worker.Table, names map[string]bool, all, hidden bool, m *meter, threads int) (*table, error) {
	t := &table{fs: fs, spec: spec, hidden: hidden, meter: m, threads: threads}
	var err error
	if t.columns, err = columnsOf(spec.Storage.Columns); err != nil {
		return nil, err
	}
	if t.keys, err = columnsOf(spec.Keys); err != nil {
		return nil, err
	}
	for _, c := range t.columns {
		t.want = append(t.want, all || names[c.Name])
	}
	for i := 0; i <= len(spec.Partitions); i++ {
		st := &spec.Storage
		if i < len(spec.Partitions) && spec.Partitions[i].Storage != nil {
			st = spec.Partitions[i].Storage
		} else if i < len(spec.Partitions) {
			t.formats = append(t.formats, nil)
			continue
		}
		f, err := serde.New(serde.Spec{Library: st.Library, Params: st.Params, TableProps: spec.Props, Columns: t.columns})
		if err != nil {
			return nil, formatError(spec, err)
		}
		t.formats = append(t.formats, f)
	}
	for _, c := range append(append([]serde.Column{}, t.columns...), t.keys...) {
		info, err := typeInfo(c.Type)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		t.types = append(t.types, info)
	}
	return t, nil
}

func formatError(spec worker.Table, err error) error {
	var u *serde.Unsupported
	var b *serde.BadData
	switch {
	case errors.As(err, &u):
		return &worker.Failure{Code: "NOT_SUPPORTED", Msg: fmt.Sprintf("table %s.%s: %s", spec.Database, spec.Name, u.Msg)}
	case errors.As(err, &b):
		return &worker.Failure{Code: b.Code, Msg: b.Msg}
	}
	return err
}

func typeInfo(t hive.Type) (duckdb.TypeInfo, error) {
	switch t.Kind {
	case hive.Decimal:
		return duckdb.NewDecimalInfo(uint8(t.Prec), uint8(t.Scale))
	case hive.Array, hive.Map:
		var args []duckdb.TypeInfo
		for _, a := range t.Args {
			i, err := typeInfo(a)
			if err != nil {
				return nil, err
			}
			args = append(args, i)
		}
		if t.Kind == hive.Array {
			return duckdb.NewListInfo(args[0])
		}
		return duckdb.NewMapInfo(args[0], args[1])
	case hive.Struct:
		var entries []duckdb.StructEntry
		for i, a := range t.Args {
			info, err := typeInfo(a)
			if err != nil {
				return nil, err
			}
			e, err := duckdb.NewStructEntry(info, t.Names[i])
			if err != nil {
				return nil, err
			}
			entries = append(entries, e)
		}
		return duckdb.NewStructInfo(entries[0], entries[1:]...)
	}
	simple := map[hive.Kind]duckdb.Type{
		hive.Boolean: duckdb.TYPE_BOOLEAN, hive.TinyInt: duckdb.TYPE_TINYINT, hive.SmallInt: duckdb.TYPE_SMALLINT,
		hive.Int: duckdb.TYPE_INTEGER, hive.BigInt: duckdb.TYPE_BIGINT, hive.Float: duckdb.TYPE_FLOAT, hive.Double: duckdb.TYPE_DOUBLE,
		hive.String: duckdb.TYPE_VARCHAR, hive.Varchar: duckdb.TYPE_VARCHAR, hive.Char: duckdb.TYPE_VARCHAR,
		hive.Binary: duckdb.TYPE_BLOB, hive.Date: duckdb.TYPE_DATE, hive.Timestamp: duckdb.TYPE_TIMESTAMP,
	}
	return duckdb.NewTypeInfo(simple[t.Kind])
}

// register makes the table function name that scans t.
func (t *table) register(conn *sql.Conn, name string) error {
	return duckdb.RegisterTableUDF(conn, name, duckdb.ParallelChunkTableFunction{
		BindArguments: func(map[string]any, ...any) (duckdb.ParallelChunkTableSource, error) {
			return &scan{t: t}, nil
		},
	})
}

// scan is one scan of a table; threads take its files one by one.
type scan struct {
	t    *table
	next atomic.Int64
}

// ColumnInfos implements duckdb's table source.
func (s *scan) ColumnInfos() []duckdb.ColumnInfo {
	var out []duckdb.ColumnInfo
	for i, c := range append(append([]serde.Column{}, s.t.columns...), s.t.keys...) {
		out = append(out, duckdb.ColumnInfo{Name: c.Name, T: s.t.types[i]})
	}
	if s.t.hidden {
		text, _ := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR) // simple types do not fail
		size, _ := duckdb.NewTypeInfo(duckdb.TYPE_BIGINT)
		out = append(out, duckdb.ColumnInfo{Name: dialect.Hidden()[0], T: text}, duckdb.ColumnInfo{Name: dialect.Hidden()[1], T: size})
	}
	return out
}

// Cardinality implements duckdb's table source.
func (s *scan) Cardinality() *duckdb.CardinalityInfo { return nil }

// Init implements duckdb's table source.
func (s *scan) Init() duckdb.ParallelTableSourceInfo {
	s.next.Store(0)
	return duckdb.ParallelTableSourceInfo{MaxThreads: max(1, min(s.t.threads, len(s.t.spec.Files)))}
}

// NewLocalState implements duckdb's table source.
func (s *scan) NewLocalState() any {
	return &cursor{row: make([]any, len(s.t.columns))}
}

// cursor is one thread's place in a scan.
type cursor struct {
	file worker.File
	rows *serde.Rows
	in   io.Closer
	row  []any
	part []any // the file's partition values
}

// FillChunk implements duckdb's table source.
func (s *scan) FillChunk(local any, chunk duckdb.DataChunk) error {
	c := local.(*cursor)
	n := 0
	for n < duckdb.GetDataChunkCapacity() {
		if c.rows == nil {
			more, err := s.open(c)
			if err != nil {
				return err
			}
			if !more {
				break
			}
		}
		ok, err := c.rows.Next(c.row, func(i int) bool { return s.t.want[i] })
		if err != nil {
			return fmt.Errorf("%w (file %s)", err, c.file.Location)
		}
		if !ok {
			if err := s.shut(c); err != nil {
				return err
			}
			continue
		}
		if err := s.put(c, chunk, n); err != nil {
			return err
		}
		n++
	}
	return chunk.SetSize(n)
}

// open takes the next file; false when there is none.
func (s *scan) open(c *cursor) (bool, error) {
	i := int(s.next.Add(1)) - 1
	if i >= len(s.t.spec.Files) {
		return false, nil
	}
	c.file = s.t.spec.Files[i]
	f, err := s.t.fs.Open(c.file.Path)
	if err != nil {
		return false, fmt.Errorf("HIVE_CANNOT_OPEN_SPLIT: opening %s: %w", c.file.Location, err)
	}
	format := s.t.formats[len(s.t.formats)-1]
	c.part = make([]any, len(s.t.keys))
	if p := c.file.Partition; p >= 0 {
		if s.t.formats[p] != nil {
			format = s.t.formats[p]
		}
		for k, text := range s.t.spec.Partitions[p].Values {
			c.part[k] = partitionValue(s.t.keys[k].Type, text)
		}
	}
	c.in = f
	c.rows, err = format.Open(c.file.Location, &counted{f, s.t.meter})
	if err != nil {
		_ = f.Close() // the first error says why
		return false, formatError(s.t.spec, err)
	}
	return true, nil
}

// partitionValue is a partition's value in its column; Hive's word for no value is NULL.
func partitionValue(t hive.Type, text string) any {
	if text == "__HIVE_DEFAULT_PARTITION__" {
		return nil
	}
	v, ok := serde.Value(t, text)
	if !ok {
		return nil
	}
	return native(t, v)
}

func (s *scan) shut(c *cursor) error {
	c.rows.Close()
	c.rows = nil
	return c.in.Close()
}

// put writes the cursor's row at index n of the chunk.
func (s *scan) put(c *cursor, chunk duckdb.DataChunk, n int) error {
	for i, col := range s.t.columns {
		if !s.t.want[i] {
			continue // DuckDB does not ask for it either
		}
		if err := chunk.SetValue(i, n, native(col.Type, c.row[i])); err != nil {
			return err
		}
	}
	i := len(s.t.columns)
	for k := range s.t.keys {
		if err := chunk.SetValue(i, n, c.part[k]); err != nil {
			return err
		}
		i++
	}
	if !s.t.hidden {
		return nil
	}
	if err := chunk.SetValue(i, n, c.file.Location); err != nil {
		return err
	}
	return chunk.SetValue(i+1, n, c.file.Size)
}

// native is a SerDe's value as duckdb-go takes it.
func native(t hive.Type, v any) any {
	switch v := v.(type) {
	case *big.Int:
		return duckdb.Decimal{Width: uint8(t.Prec), Scale: uint8(t.Scale), Value: v}
	case []serde.Pair:
		var m duckdb.OrderedMap
		for _, p := range v {
			m.Set(native(t.Args[0], p.Key), native(t.Args[1], p.Value))
		}
		return m
	case []any:
		if t.Kind == hive.Struct {
			m := make(map[string]any, len(v))
			for i, e := range v {
				m[t.Names[i]] = native(t.Args[i], e)
			}
			return m
		}
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = native(t.Args[0], e)
		}
		return out
	}
	return v
}

// counted counts what is read of a file.
type counted struct {
	in    io.Reader
	meter *meter
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if merr := c.meter.add(int64(n)); merr != nil {
		return n, merr
	}
	return n, err
}
