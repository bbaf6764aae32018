package session

import (
	"os"
	"strings"
	"testing"
)

// TestAnswers holds the session to testdata/answers.txt: what Weir says of
// statements that it does not execute as Flink does.
func TestAnswers(t *testing.T) {
	text, err := os.ReadFile("testdata/answers.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := newTestSession(t)
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		sql, want, _ := strings.Cut(block, "\n")
		sql, asked := strings.CutPrefix(sql, "> ")
		if !asked {
			continue
		}
		r, err := s.ExecuteSQL(t.Context(), sql)
		msg, fails := strings.CutPrefix(want, "! ")
		switch first, has := strings.CutPrefix(want, "= "); {
		case fails && (err == nil || !strings.Contains(err.Error(), msg)):
			t.Errorf("%s: %v, want %s", sql, err, msg)
		case fails:
		case err != nil:
			t.Errorf("%s: %v", sql, err)
		case !has && len(r.Rows) > 0, has && (len(r.Rows) == 0 || !strings.HasPrefix(*r.Rows[0][0], first)):
			t.Errorf("%s: %v, want %q", sql, r.Rows, first)
		}
	}
}
