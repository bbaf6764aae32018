package serde

import (
	"fmt"
	"strconv"
	"time"

	"weir/internal/athena/hive"
)

// openCSV is OpenCSVSerde: quoted fields, one line a row; every field is text,
// a timestamp is a number of milliseconds, a date a number of days.
type openCSV struct {
	cols             []Column
	sep, quote, escp byte
	fields           []string
}

func newOpenCSV(s Spec) (func() decoder, error) {
	ch := func(name string, def byte) byte {
		if v := s.Params[name]; v != "" {
			return v[0]
		}
		return def
	}
	p := openCSV{cols: s.Columns, sep: ch("separatorChar", ','), quote: ch("quoteChar", '"'), escp: ch("escapeChar", '\\')}
	for _, c := range s.Columns {
		switch c.Type.Kind {
		case hive.Array, hive.Map, hive.Struct, hive.Binary:
			return nil, &Unsupported{fmt.Sprintf("OpenCSVSerde does not support column %s of type %s", c.Name, c.Type)}
		}
	}
	return func() decoder { d := p; return &d }, nil
}

func (d *openCSV) decode(line []byte, row []any, want func(int) bool) (bool, error) {
	d.split(line)
	for i, c := range d.cols {
		row[i] = nil
		if i >= len(d.fields) || !want(i) {
			continue
		}
		v, err := d.value(c.Type, d.fields[i])
		if err != nil {
			return false, &BadData{"HIVE_BAD_DATA", fmt.Sprintf("Error parsing field value '%s' for field %d: For input string: \"%s\"",
				d.fields[i], i, d.fields[i])}
		}
		row[i] = v
	}
	return true, nil
}

func (d *openCSV) value(t hive.Type, text string) (any, error) {
	switch t.Kind {
	case hive.Timestamp:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, &errNot{text, t}
		}
		return time.UnixMilli(n).UTC(), nil
	case hive.Date:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return nil, &errNot{text, t}
		}
		return time.Unix(n*86400, 0).UTC(), nil
	}
	return scalar(t, text)
}

// split cuts the line as opencsv does: a doubled quote inside quotes is one, the
// escape character takes the next quote or itself literally.
func (d *openCSV) split(line []byte) {
	d.fields = d.fields[:0]
	var field []byte
	quoted := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		next := byte(0)
		if i+1 < len(line) {
			next = line[i+1]
		}
		switch {
		case c == d.escp && c != d.quote && quoted && (next == d.quote || next == d.escp) && i+1 < len(line):
			field = append(field, next)
			i++
		case c == d.quote && quoted && next == d.quote && i+1 < len(line):
			field = append(field, c)
			i++
		case c == d.quote:
			quoted = !quoted
		case c == d.sep && !quoted:
			d.fields = append(d.fields, string(field))
			field = field[:0]
		default:
			field = append(field, c)
		}
	}
	d.fields = append(d.fields, string(field))
}
