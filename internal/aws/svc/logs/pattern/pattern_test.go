package pattern

import (
	"os"
	"strings"
	"testing"
)

func TestPatterns(t *testing.T) {
	data, err := os.ReadFile("testdata/patterns.txt")
	if err != nil {
		t.Fatal(err)
	}
	var p *Pattern
	var text string
	var perr error
	checked := 0
	for i, line := range strings.Split(string(data), "\n") {
		switch {
		case line == "" || line[0] == '#':
			continue
		case strings.HasPrefix(line, "pattern"):
			text = strings.TrimPrefix(line, "pattern")
			p, perr = Parse(text[min(1, len(text)):])
			continue
		case strings.HasPrefix(line, "error "):
			if want := "Invalid filter pattern: " + line[len("error "):]; perr == nil || perr.Error() != want {
				t.Errorf("line %d: pattern%s: error is %v, want %s", i+1, text, perr, want)
			}
		case perr != nil:
			t.Errorf("line %d: pattern%s: %v", i+1, text, perr)
		default:
			if got, want := p.Match(line[2:]), line[0] == '+'; got != want {
				t.Errorf("line %d: pattern%s: event %s: selected is %v", i+1, text, line[2:], got)
			}
		}
		checked++
	}
	if checked < 100 {
		t.Errorf("only %d cases were checked", checked)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{ ($.a[0]['b'] = "x*" || $.c IS NULL) && $.d NOT EXISTS }`, `{"a":[{"b":"xy"}]}`)
	f.Add(`[ip, ..., s = 4* && s != 403, %x%]`, `1 "2 3" [4 5] 6`)
	f.Add(`?a -"b c" %d+%`, "a b c d")
	f.Fuzz(func(t *testing.T, text, message string) {
		if p, err := Parse(text); err == nil {
			p.Match(message)
		}
	})
}
