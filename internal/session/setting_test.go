package session

import (
	"testing"
)

// TestReset: RESET goes back to what the session began with, not to nothing.
func TestReset(t *testing.T) {
	s := New(Config{Defaults: map[string]string{"parallelism.default": "2"}})
	value := func() string { v, _ := s.Option("parallelism.default"); return v }
	for _, sql := range []string{"RESET", "RESET 'parallelism.default'"} {
		if _, err := s.ExecuteSQL(t.Context(), "SET 'parallelism.default' = '4'"); err != nil || value() != "4" {
			t.Fatal(value(), err)
		}
		if _, err := s.ExecuteSQL(t.Context(), sql); err != nil || value() != "2" {
			t.Errorf("after %s it is %q, %v", sql, value(), err)
		}
	}
	s.SetOption("my.key", "x")
	if _, err := s.ExecuteSQL(t.Context(), "RESET"); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Option("my.key"); ok {
		t.Error("RESET kept an option")
	}
}
