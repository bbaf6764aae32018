package serde

import (
	"bytes"
	"strconv"

	"weir/internal/athena/hive"
)

// lazy is LazySimpleSerDe: fields split at one character, no quoting; a field
// that is missing or not of its type is NULL.
type lazy struct {
	cols   []Column
	seps   []byte // by nesting level: field.delim, collection.delim, mapkey.delim, …
	escape byte
	esc    bool
	null   []byte
	last   bool // serialization.last.column.takes.rest
	fields [][]byte
}

func newLazy(s Spec) (func() decoder, error) {
	sep := func(def byte, names ...string) byte {
		for _, n := range names {
			if v := s.Params[n]; v != "" {
				return delimiter(v)
			}
		}
		return def
	}
	p := lazy{cols: s.Columns, null: []byte(`\N`)}
	p.seps = []byte{
		sep(1, "field.delim", "serialization.format"),
		sep(2, "collection.delim", "colelction.delim"),
		sep(3, "mapkey.delim"),
		4, 5, 6, 7, 8,
	}
	if v, ok := s.Params["serialization.null.format"]; ok {
		p.null = []byte(v)
	}
	if v := s.Params["escape.delim"]; v != "" {
		p.escape, p.esc = v[0], true
	}
	p.last = s.Params["serialization.last.column.takes.rest"] == "true"
	return func() decoder { l := p; return &l }, nil
}

// delimiter is the byte a parameter names: a number is a code, as in Hive.
func delimiter(v string) byte {
	if n, err := strconv.ParseInt(v, 10, 16); err == nil && len(v) > 0 && (len(v) > 1 || n == 1) {
		return byte(n)
	}
	return v[0]
}

func (l *lazy) decode(line []byte, row []any, want func(int) bool) (bool, error) {
	l.fields = l.split(l.fields[:0], line, l.seps[0], len(l.cols))
	for i, c := range l.cols {
		row[i] = nil
		if i < len(l.fields) && want(i) {
			row[i] = l.value(c.Type, l.fields[i], 1)
		}
	}
	return true, nil
}

// split cuts text at sep, honouring the escape character, into at most most
// fields; further ones are dropped unless the last column takes the rest.
func (l *lazy) split(out [][]byte, text []byte, sep byte, most int) [][]byte {
	if l.last && len(out)+1 == most {
		return append(out, text)
	}
	for start, i := 0, 0; ; i++ {
		switch {
		case i < len(text) && l.esc && text[i] == l.escape:
			i++
		case i >= len(text):
			return append(out, text[start:])
		case text[i] == sep:
			out = append(out, text[start:i])
			start = i + 1
			if len(out) == most {
				return out
			}
			if l.last && len(out)+1 == most {
				return append(out, text[start:])
			}
		}
	}
}

func (l *lazy) value(t hive.Type, text []byte, level int) any {
	if bytes.Equal(text, l.null) {
		return nil
	}
	switch t.Kind {
	case hive.Array:
		out := []any{}
		if len(text) > 0 {
			for _, e := range l.split(nil, text, l.seps[level], len(text)+1) {
				out = append(out, l.value(t.Args[0], e, level+1))
			}
		}
		return out
	case hive.Struct:
		out := make([]any, len(t.Args))
		for i, e := range l.split(nil, text, l.seps[level], len(t.Args)) {
			out[i] = l.value(t.Args[i], e, level+1)
		}
		return out
	case hive.Map:
		out := []Pair{}
		if len(text) == 0 {
			return out
		}
		for _, e := range l.split(nil, text, l.seps[level], len(text)+1) {
			kv := l.split(nil, e, l.seps[level+1], 2)
			p := Pair{Key: l.value(t.Args[0], kv[0], level+2)}
			if len(kv) > 1 {
				p.Value = l.value(t.Args[1], kv[1], level+2)
			}
			if p.Key != nil {
				out = append(out, p)
			}
		}
		return out
	}
	v, err := scalar(t, l.unescape(text))
	if err != nil {
		return nil // LazySimpleSerDe's rule: not of the type is NULL
	}
	return v
}

func (l *lazy) unescape(text []byte) string {
	if !l.esc || bytes.IndexByte(text, l.escape) < 0 {
		return string(text)
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == l.escape && i+1 < len(text) {
			i++
		}
		out = append(out, text[i])
	}
	return string(out)
}
