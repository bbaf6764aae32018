package session

import (
	"testing"

	"weir/internal/sql/fn"
)

// TestFunctionExamples runs the examples of every function's documentation.
func TestFunctionExamples(t *testing.T) {
	for _, d := range fn.BuiltIn().All() {
		for _, ex := range d.Examples {
			got := rows(t, newTestSession(t), "SELECT CAST("+ex.SQL+" AS STRING) FROM (VALUES (1)) AS v(x)")
			if want := "+I " + ex.Want + "\n"; got != want {
				t.Errorf("%s: got %q, want %q", ex.SQL, got, want)
			}
		}
	}
}
