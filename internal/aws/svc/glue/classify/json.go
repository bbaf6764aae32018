package classify

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// JSON is the json classifier: documents one after another. A custom one has a
// JsonPath of the form $, $[*], $.name or $.name[*].
type JSON struct{ Path string }

// Classify implements Classifier.
func (c JSON) Classify(s Sample) (Schema, bool) {
	head := bytes.TrimSpace(s.Data)
	if len(head) == 0 || head[0] != '{' && head[0] != '[' || !isText(s.Data) {
		return Schema{}, false
	}
	dec := json.NewDecoder(bytes.NewReader(s.Data))
	dec.UseNumber()
	var cols []Column
	n, end := 0, int64(0)
	for {
		var raw json.RawMessage
		err := dec.Decode(&raw)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if n > 0 && !s.Whole {
				break // the sample cut the last document
			}
			return Schema{}, false
		}
		for _, doc := range c.rows(raw) {
			cols = MergeColumns(cols, fields(doc))
			n++
		}
		end = dec.InputOffset()
	}
	if n == 0 || len(cols) == 0 {
		return Schema{}, false
	}
	names := make([]string, len(cols))
	for i := range cols {
		names[i] = cols[i].Name
	}
	return Schema{
		Classification: "json", Columns: cols, Records: n, Bytes: int(end), Named: true,
		Library: openXLib, SerdeParams: map[string]string{"paths": strings.Join(names, ",")},
		InputFormat: textInput, OutputFormat: textOutput, Params: map[string]string{},
	}, true
}

// rows are the documents a path selects; without a path the document itself,
// and an array is one column, as Glue has it.
func (c JSON) rows(raw json.RawMessage) []json.RawMessage {
	path := strings.TrimPrefix(c.Path, "$")
	name := strings.TrimSuffix(strings.TrimPrefix(path, "."), "[*]")
	if name != "" {
		var obj map[string]json.RawMessage
		if json.Unmarshal(raw, &obj) != nil || obj[name] == nil {
			return nil
		}
		raw = obj[name]
	}
	if strings.HasSuffix(path, "[*]") {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return nil
		}
		return list
	}
	if raw[0] == '[' {
		return []json.RawMessage{json.RawMessage(`{"array":` + string(raw) + `}`)}
	}
	return []json.RawMessage{raw}
}

// fields are an object's columns in the order of the text.
func fields(raw json.RawMessage) []Column {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil
	}
	var out []Column
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return out
		}
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return out
		}
		out = MergeColumns(out, []Column{{strings.ToLower(key.(string)), jsonType(v)}}) // an object's key is text
	}
	return out
}

func jsonType(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return ""
	case '{':
		return structType(fields(raw))
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return "string"
		}
		t := ""
		for _, e := range list {
			t = Widen(t, jsonType(e))
		}
		return "array<" + orString(t) + ">"
	}
	text := string(raw)
	if _, err := strconv.ParseInt(text, 10, 32); err == nil {
		return "int"
	}
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return "bigint"
	}
	return "double"
}
