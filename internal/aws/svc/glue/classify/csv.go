package classify

import (
	"fmt"
	"strings"
)

// CSV is the csv classifier: the built-in one when empty, else a custom one.
type CSV struct {
	Delimiter        string
	Quote            string
	Header           string // UNKNOWN (or ""), PRESENT, ABSENT
	Columns          []string
	NoTrim           bool
	SingleColumn     bool
	CustomTypes      []string // CustomDatatypes in use, upper case; nil: the usual ladder
	CustomConfigured bool
	Serde            string // OpenCSVSerDe, LazySimpleSerDe, None or ""
}

// Classify implements Classifier.
func (c CSV) Classify(s Sample) (Schema, bool) {
	if !isText(s.Data) {
		return Schema{}, false
	}
	all := lines(s)
	delims := []string{",", "|", "\t", ";", "\x01"}
	if c.Delimiter != "" {
		delims = []string{c.Delimiter}
	}
	quote := byte('"')
	if c.Quote != "" {
		quote = c.Quote[0]
	}
	var best [][]string
	delim := ""
	for _, d := range delims {
		if rows := split(all, d[0], quote); len(rows) > 0 && (best == nil || len(rows[0]) > len(best[0])) {
			best, delim = rows, d
		}
	}
	if best == nil || len(best[0]) < 2 && !c.SingleColumn {
		return Schema{}, false
	}
	return c.schema(s, best, delim)
}

// split cuts lines into cells; nil when the rows differ in length, which no
// CSV file's do.
func split(all [][]byte, delim, quote byte) [][]string {
	var rows [][]string
	for _, l := range all {
		if len(strings.TrimSpace(string(l))) == 0 {
			continue
		}
		row := cells(string(l), delim, quote)
		if len(rows) > 0 && len(row) != len(rows[0]) {
			return nil
		}
		rows = append(rows, row)
	}
	return rows
}

func cells(line string, delim, quote byte) []string {
	var out []string
	var b strings.Builder
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == quote && quoted && i+1 < len(line) && line[i+1] == quote:
			b.WriteByte(c)
			i++
		case c == quote:
			quoted = !quoted
		case c == delim && !quoted:
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(out, b.String())
}

func (c CSV) schema(s Sample, rows [][]string, delim string) (Schema, bool) {
	header := c.hasHeader(rows)
	data := rows
	if header {
		data = rows[1:]
	}
	out := Schema{
		Classification: "csv", Records: len(data), Bytes: len(s.Data), Named: header || len(c.Columns) > 0,
		Library: lazyLib, SerdeParams: map[string]string{"field.delim": delim}, InputFormat: textInput, OutputFormat: textOutput,
		Params: map[string]string{"delimiter": delim, "areColumnsQuoted": "false", "columnsOrdered": "true"},
	}
	types := c.types(data, len(rows[0]))
	seen := map[string]bool{}
	for i, t := range types {
		name := fmt.Sprintf("col%d", i)
		switch {
		case i < len(c.Columns):
			name = c.Columns[i]
		case header && strings.TrimSpace(rows[0][i]) != "":
			name = strings.TrimSpace(rows[0][i])
		}
		name = strings.ToLower(name)
		if seen[name] {
			name = fmt.Sprintf("%s_%d", name, i)
		}
		seen[name] = true
		out.Columns = append(out.Columns, Column{name, t})
	}
	if header {
		out.Params["skip.header.line.count"] = "1"
	}
	c.serde(&out, delim, types)
	return out, true
}

// serde is what the classifier's Serde setting asks for: OpenCSVSerde reads
// text only, so its columns are strings.
func (c CSV) serde(out *Schema, delim string, types []string) {
	if c.Quote != "" && c.Serde != "OpenCSVSerDe" {
		out.SerdeParams["quoteChar"] = c.Quote
	}
	if c.Serde != "OpenCSVSerDe" {
		return
	}
	quote := c.Quote
	if quote == "" {
		quote = `"`
	}
	out.Library = openCSVLib
	out.SerdeParams = map[string]string{"separatorChar": delim, "quoteChar": quote}
	for i := range types {
		out.Columns[i].Type = "string"
	}
}

// hasHeader is Glue's rule: every cell of the first row is text, short and not
// empty (the last may be), and some later row has a cell that is no text.
func (c CSV) hasHeader(rows [][]string) bool {
	switch c.Header {
	case "PRESENT":
		return true
	case "ABSENT":
		return false
	}
	first := rows[0]
	for i, cell := range first {
		t := typeOf(cell)
		if t == "" && i == len(first)-1 && i > 0 {
			continue
		}
		if t != "string" || len(cell) >= 150 {
			return false
		}
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if t := typeOf(cell); t != "" && t != "string" {
				return true
			}
		}
	}
	return false
}

func (c CSV) types(rows [][]string, n int) []string {
	out := make([]string, n)
	for _, row := range rows {
		for i, cell := range row {
			if out[i] == "string" {
				continue
			}
			if c.NoTrim && cell != strings.TrimSpace(cell) {
				out[i] = "string"
				continue
			}
			out[i] = Widen(out[i], c.cellType(cell))
		}
	}
	return out
}

// cellType is a cell's type; with custom datatypes only those on the list.
func (c CSV) cellType(cell string) string {
	t := typeOf(cell)
	if !c.CustomConfigured {
		return t
	}
	has := func(names ...string) bool {
		for _, n := range names {
			for _, have := range c.CustomTypes {
				if have == n {
					return true
				}
			}
		}
		return false
	}
	text := strings.TrimSpace(cell)
	switch {
	case t == "boolean" && has("BOOLEAN"), t == "" || t == "bigint" && has("LONG"), t == "double" && has("DOUBLE"):
		return t
	case t == "bigint" && has("INT"):
		return "int"
	case t == "double" && has("FLOAT"):
		return "float"
	case t == "string" && has("DATE") && isDate(text):
		return "date"
	case t == "string" && has("TIMESTAMP") && isTimestamp(text):
		return "timestamp"
	}
	return "string"
}

func isDate(s string) bool { return matches(s, "dddd-dd-dd") }

func isTimestamp(s string) bool {
	return len(s) >= 19 && matches(s[:19], "dddd-dd-dd dd:dd:dd")
}

// matches compares a text with a shape in which d is a digit.
func matches(s, shape string) bool {
	if len(s) != len(shape) {
		return false
	}
	for i := range len(s) {
		digit := s[i] >= '0' && s[i] <= '9'
		if shape[i] == 'd' && !digit || shape[i] != 'd' && s[i] != shape[i] {
			return false
		}
	}
	return true
}
