package serde

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"weir/internal/athena/hive"
)

// jsonRows is one JSON object a line: the openx SerDe and Hive's own, which
// differ in what they forgive.
type jsonRows struct {
	cols   []Column
	index  map[string]int // key in the file -> column
	fold   bool           // keys are compared in lower case
	ignore bool           // ignore.malformed.json: a bad line is a row of NULLs
}

func newJSON(s Spec) (func() decoder, error) {
	p := &jsonRows{cols: s.Columns, index: map[string]int{}, fold: s.Params["case.insensitive"] != "false"}
	p.ignore = s.Params["ignore.malformed.json"] == "true"
	dots := s.Params["dots.in.keys"] == "true"
	for i, c := range s.Columns {
		key := c.Name
		if m := s.Params["mapping."+c.Name]; m != "" {
			key = m
		}
		if p.fold {
			key = strings.ToLower(key)
		}
		p.index[key] = i
		if dots && strings.Contains(key, "_") {
			p.index[strings.ReplaceAll(key, "_", ".")] = i
		}
	}
	return func() decoder { return p }, nil
}

func (d *jsonRows) decode(line []byte, row []any, want func(int) bool) (bool, error) {
	for i := range row[:len(d.cols)] {
		row[i] = nil
	}
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return d.ignore, nil
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		if d.ignore {
			return true, nil
		}
		return false, &BadData{"HIVE_CURSOR_ERROR", "Row is not a valid JSON Object - JSONException: " + err.Error() + ": " + shorten(line)}
	}
	for k, v := range raw {
		if d.fold {
			k = strings.ToLower(k)
		}
		i, ok := d.index[k]
		if !ok || !want(i) {
			continue
		}
		val, err := jsonValue(d.cols[i].Type, v)
		if err != nil {
			if d.ignore {
				continue
			}
			return false, &BadData{"HIVE_BAD_DATA", fmt.Sprintf("Error parsing field value '%s' for field %d: %v", shorten(v), i, err)}
		}
		row[i] = val
	}
	return true, nil
}

func shorten(b []byte) string {
	if len(b) > 200 {
		return string(b[:200]) + "…"
	}
	return string(b)
}

// jsonValue turns a JSON value into one of the column's type: numbers and
// booleans may be quoted, anything may become text.
func jsonValue(t hive.Type, raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch t.Kind {
	case hive.Array:
		return jsonArray(t, raw)
	case hive.Map:
		return jsonMap(t, raw)
	case hive.Struct:
		return jsonStruct(t, raw)
	}
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, err
		}
	}
	if t.Kind == hive.Timestamp {
		return jsonTime(t, text)
	}
	return scalar(t, text)
}

func jsonTime(t hive.Type, text string) (any, error) {
	for _, layout := range []string{"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", time.RFC3339Nano} {
		if ts, err := time.Parse(layout, text); err == nil {
			return ts.UTC(), nil
		}
	}
	n, err := scalar(hive.Type{Kind: hive.BigInt}, text)
	if err != nil {
		return nil, &errNot{text, t}
	}
	return time.UnixMilli(n.(int64)).UTC(), nil
}

func jsonArray(t hive.Type, raw json.RawMessage) (any, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	out := make([]any, len(parts))
	for i, p := range parts {
		v, err := jsonValue(t.Args[0], p)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func jsonMap(t hive.Type, raw json.RawMessage) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, fmt.Errorf("an object is expected")
	}
	out := []Pair{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, err := scalar(t.Args[0], tok.(string)) // a key is always text
		if err != nil {
			return nil, err
		}
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return nil, err
		}
		val, err := jsonValue(t.Args[1], v)
		if err != nil {
			return nil, err
		}
		out = append(out, Pair{key, val})
	}
	return out, nil
}

func jsonStruct(t hive.Type, raw json.RawMessage) (any, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	out := make([]any, len(t.Args))
	for k, v := range fields {
		for i, name := range t.Names {
			if !strings.EqualFold(k, name) {
				continue
			}
			val, err := jsonValue(t.Args[i], v)
			if err != nil {
				return nil, err
			}
			out[i] = val
		}
	}
	return out, nil
}
