package lint

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// exceptions are the lines of exceptions.txt: rule and place to reason, and
// which of them a test met.
type exceptions struct {
	rule   string
	reason map[string]string
	met    map[string]bool
}

var dated = regexp.MustCompile(`^\d{4}-\d{2}-\d{2} .{20,}`)

// allowed reads the exceptions of a rule.
func allowed(t *testing.T, rule string) *exceptions {
	t.Helper()
	text, err := os.ReadFile("exceptions.txt")
	if err != nil {
		t.Fatal(err)
	}
	e := &exceptions{rule: rule, reason: map[string]string{}, met: map[string]bool{}}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		part := strings.SplitN(line, " | ", 3)
		if len(part) != 3 || !dated.MatchString(part[2]) {
			t.Fatalf("exceptions.txt: %q is not: rule | place | date and reason", line)
		}
		if part[0] == rule {
			e.reason[part[1]] = part[2]
		}
	}
	return e
}

// fail reports a break of the rule at a place, unless it is excepted.
func (e *exceptions) fail(t *testing.T, place, format string, args ...any) {
	t.Helper()
	if _, ok := e.reason[place]; ok {
		e.met[place] = true
		return
	}
	t.Errorf(format, args...)
}

// unused fails for exceptions nothing needs any more.
func (e *exceptions) unused(t *testing.T) {
	t.Helper()
	for _, place := range sorted(e.reason) {
		if !e.met[place] {
			t.Errorf("exceptions.txt: nothing breaks the rule %q at %s any more; delete the line", e.rule, place)
		}
	}
}
