// Package classify tells what a sampled file is: Glue's classifiers as pure
// functions over its first bytes.
//
// Vocabulary. A Sample is the beginning of one object, decompressed. A Schema is
// what a classifier makes of it: classification, columns, SerDe. Custom
// classifiers are asked first, in the crawler's order, then the built-in ones,
// csv last, as Glue does.
//
// The package reads nothing itself and knows no catalog.
package classify

import (
	"bytes"
	"strconv"
	"strings"
)

// SampleSize is how much of a file classifiers look at.
const SampleSize = 1 << 20

// Unknown is the classification of what no classifier knows.
const Unknown = "UNKNOWN"

// Sample is the beginning of a file.
type Sample struct {
	Name  string // the object's key
	Data  []byte // at most SampleSize, decompressed
	Whole bool   // Data is all there is
	// Tail is the end of a file that says what it is there (Footer), Size its size.
	Tail []byte
	Size int64
}

// Column is a column found; its type is "" while no value was seen.
type Column struct{ Name, Type string }

// Finish gives the columns without a single value the type string.
func Finish(cols []Column) []Column {
	out := make([]Column, len(cols))
	for i, c := range cols {
		out[i] = Column{c.Name, orString(c.Type)}
	}
	return out
}

// Schema is what a classifier found.
type Schema struct {
	Classification string
	Columns        []Column
	Library        string            // SerDe
	SerdeParams    map[string]string // SerdeInfo.Parameters
	InputFormat    string
	OutputFormat   string
	Params         map[string]string // further table parameters
	Records        int               // rows in the sample
	Bytes          int               // their bytes
	Named          bool              // the columns' names come from the data
}

// Classifier knows one kind of file; ok is false when the sample is not of it.
type Classifier interface {
	Classify(s Sample) (schema Schema, ok bool)
}

// Classify asks the custom classifiers, then the built-in ones.
func Classify(custom []Classifier, s Sample) Schema {
	for _, c := range append(append([]Classifier{}, custom...), Parquet{}, JSON{}, CSV{}) {
		if schema, ok := c.Classify(s); ok {
			return schema
		}
	}
	return Schema{Classification: Unknown}
}

const (
	textInput  = "org.apache.hadoop.mapred.TextInputFormat"
	textOutput = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
	lazyLib    = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
	openCSVLib = "org.apache.hadoop.hive.serde2.OpenCSVSerde"
	openXLib   = "org.openx.data.jsonserde.JsonSerDe"
)

// lines are the sample's lines; a last one that the sample cuts is left out.
func lines(s Sample) [][]byte {
	var out [][]byte
	rest := s.Data
	for len(rest) > 0 {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			if s.Whole || len(out) == 0 {
				out = append(out, rest)
			}
			break
		}
		out = append(out, bytes.TrimSuffix(rest[:i], []byte("\r")))
		rest = rest[i+1:]
	}
	return out
}

// isText reports bytes that may be a text file.
func isText(data []byte) bool {
	head := data[:min(len(data), 4096)]
	return len(head) > 0 && bytes.IndexByte(head, 0) < 0
}

// typeOf is the type of one value's text: the ladder of the csv classifier.
func typeOf(text string) string {
	t := strings.TrimSpace(text)
	switch {
	case t == "":
		return ""
	case strings.EqualFold(t, "true") || strings.EqualFold(t, "false"):
		return "boolean"
	}
	if _, err := strconv.ParseInt(t, 10, 64); err == nil {
		return "bigint"
	}
	if c := t[len(t)-1]; t == "NaN" || t == "Infinity" || t == "-Infinity" || c >= '0' && c <= '9' || c == '.' {
		if _, err := strconv.ParseFloat(t, 64); (err == nil || strings.Contains(err.Error(), "range")) && !strings.ContainsAny(t, "xX_") {
			return "double"
		}
	}
	return "string"
}

// Widen is the type that holds values of both: one value that does not fit
// makes a column a string.
func Widen(a, b string) string {
	rank := map[string]int{"int": 1, "bigint": 2, "double": 3}
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	case rank[a] > 0 && rank[b] > 0:
		if rank[a] > rank[b] {
			return a
		}
		return b
	case strings.HasPrefix(a, "struct<") && strings.HasPrefix(b, "struct<"):
		return widenStruct(a, b)
	case strings.HasPrefix(a, "array<") && strings.HasPrefix(b, "array<"):
		return "array<" + Widen(inner(a), inner(b)) + ">"
	}
	return "string"
}

func inner(t string) string { return t[strings.IndexByte(t, '<')+1 : len(t)-1] }

// widenStruct has the fields of both, each wide enough.
func widenStruct(a, b string) string {
	fields := MergeColumns(structFields(a), structFields(b))
	return structType(fields)
}

func structType(fields []Column) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = f.Name + ":" + orString(f.Type)
	}
	return "struct<" + strings.Join(parts, ",") + ">"
}

func structFields(t string) []Column {
	var out []Column
	s := inner(t)
	depth, start := 0, 0
	for i := 0; i <= len(s); i++ {
		if i == len(s) || s[i] == ',' && depth == 0 {
			if n, ty, ok := strings.Cut(s[start:i], ":"); ok {
				out = append(out, Column{n, ty})
			}
			start = i + 1
			continue
		}
		switch s[i] {
		case '<', '(':
			depth++
		case '>', ')':
			depth--
		}
	}
	return out
}

// MergeColumns has the columns of both, a's first, each of the type that holds
// both.
func MergeColumns(a, b []Column) []Column {
	out := append([]Column{}, a...)
	at := map[string]int{}
	for i, c := range out {
		at[c.Name] = i
	}
	for _, c := range b {
		if i, ok := at[c.Name]; ok {
			out[i].Type = Widen(out[i].Type, c.Type)
			continue
		}
		at[c.Name] = len(out)
		out = append(out, c)
	}
	return out
}

func orString(t string) string {
	if t == "" {
		return "string"
	}
	return t
}
