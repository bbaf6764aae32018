package session

import (
	"context"
	"os"
	"strings"
	"testing"
)

// TestNestedValues computes the expressions of testdata/nested.txt; an ERROR
// has the text in it.
func TestNestedValues(t *testing.T) {
	data, err := os.ReadFile("testdata/nested.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := newTestSession(t)
	for n, line := range strings.Split(string(data), "\n") {
		switch {
		case line == "" || line[0] == '#':
			continue
		case strings.HasPrefix(line, "SET "):
			if _, err := s.ExecuteSQL(context.Background(), line); err != nil {
				t.Fatal(err)
			}
			continue
		}
		expr, want, ok := strings.Cut(line, "  =>  ")
		if !ok {
			t.Fatalf("line %d: no =>", n+1)
		}
		got := rows(t, s, "SELECT CAST("+expr+" AS STRING) FROM (VALUES (1)) AS v(x)")
		text, failing := strings.CutPrefix(want, "ERROR ")
		switch {
		case failing && strings.HasPrefix(got, "ERROR ") && strings.Contains(got, text):
		case !failing && got == "+I "+want+"\n":
		default:
			t.Errorf("line %d: %s: got %q, want %q", n+1, expr, got, want)
		}
	}
}
