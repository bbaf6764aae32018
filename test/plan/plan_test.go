package plan

import (
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/all"
	"weir/internal/engine/ckpt"
	"weir/internal/obs"
	"weir/internal/session"
	"weir/internal/sql/opt"
	"weir/internal/vfs"
)

// explain is the plan that runs, of the last of the statements.
func explain(t *testing.T, script string, without func(rule string) bool) string {
	t.Helper()
	fs := vfs.NewMem()
	s := session.New(session.Config{Clock: clock.System{}, FS: fs, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		Metrics: obs.NewRegistry(clock.System{}), Env: &connector.Env{Clock: clock.System{}, FS: fs, Formats: all.Formats()},
		Connectors: all.Connectors(), Formats: all.Formats(), WithoutRule: without,
		Checkpoints: func(int) (*ckpt.Store, error) { return ckpt.OpenStore(fs, "chk") }})
	statements := strings.Split(strings.TrimSpace(script), ";")
	last := len(statements) - 1
	for _, sql := range statements[:last] {
		if _, err := s.ExecuteSQL(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	r, err := s.ExecuteSQL(t.Context(), "EXPLAIN "+statements[last])
	if err != nil && without != nil {
		return "no plan: " + err.Error() // there is none without the rule
	}
	if err != nil {
		t.Fatalf("%s: %v", statements[last], err)
	}
	_, plan, _ := strings.Cut(*r.Rows[0][0], "== Optimized Execution Plan ==\n")
	return plan
}

func TestRules(t *testing.T) {
	for _, rule := range opt.Rules(nil) {
		t.Run(rule.Name, func(t *testing.T) {
			text, err := os.ReadFile(rule.Name + ".txt")
			if err != nil {
				t.Fatalf("the rule %s has no plan: write one", rule.Name)
			}
			script, want, _ := strings.Cut(string(text), "\n----\n")
			got := explain(t, script, nil)
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if got == explain(t, script, func(name string) bool { return name == rule.Name }) {
				t.Errorf("the plan is the same without %s", rule.Name)
			}
		})
	}
}

// TestFilesHaveRules finds plans of rules that are gone.
func TestFilesHaveRules(t *testing.T) {
	names := map[string]bool{}
	for _, rule := range opt.Rules(nil) {
		names[rule.Name+".txt"] = true
	}
	files, err := filepath.Glob("*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !names[f] {
			t.Errorf("%s: there is no such rule", f)
		}
	}
}
