package serde

import (
	"fmt"
	"regexp"
)

// regex is RegexSerDe: one group a column; a line that does not match is a row
// of NULLs.
type regex struct {
	cols []Column
	re   *regexp.Regexp
}

func newRegex(s Spec) (func() decoder, error) {
	pattern := s.Params["input.regex"]
	if s.Params["input.regex.case.insensitive"] == "true" {
		pattern = "(?i)" + pattern
	}
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	if err != nil {
		return nil, &Unsupported{fmt.Sprintf("RegexSerDe: input.regex %q: %v (look-around and back references are not supported)", pattern, err)}
	}
	if re.NumSubexp() != len(s.Columns) {
		return nil, &BadData{"HIVE_CURSOR_ERROR", fmt.Sprintf("Number of matching groups doesn't match the number of columns: %d groups, %d columns",
			re.NumSubexp(), len(s.Columns))}
	}
	return func() decoder { return &regex{s.Columns, re} }, nil
}

func (d *regex) decode(line []byte, row []any, want func(int) bool) (bool, error) {
	m := d.re.FindSubmatchIndex(line)
	for i, c := range d.cols {
		row[i] = nil
		if m == nil || m[2*i+2] < 0 || !want(i) {
			continue
		}
		if v, err := scalar(c.Type, string(line[m[2*i+2]:m[2*i+3]])); err == nil {
			row[i] = v
		}
	}
	return true, nil
}
