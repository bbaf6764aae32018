package session

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/engine/ckpt"
	"weir/internal/obs"
	"weir/internal/vfs"
)

func newTestSession(t *testing.T) *Session {
	t.Helper()
	fs := vfs.NewMem()
	return New(Config{Clock: clock.System{}, FS: fs, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		Metrics: obs.NewRegistry(clock.System{}), Env: &connector.Env{Clock: clock.System{}, FS: fs},
		Checkpoints: func(int) (*ckpt.Store, error) { return ckpt.OpenStore(fs, "chk") }})
}

func rows(t *testing.T, s *Session, sql string) string {
	t.Helper()
	r, err := s.ExecuteSQL(context.Background(), sql)
	if err != nil {
		return "ERROR " + err.Error()
	}
	var b strings.Builder
	for {
		row, err := r.Stream.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			return "ERROR " + err.Error()
		}
		b.WriteString(row.Kind.String())
		for _, c := range row.Cells {
			if c == nil {
				b.WriteString(" NULL")
			} else {
				b.WriteString(" " + *c)
			}
		}
		b.WriteString("\n")
	}
}

func TestSelectFromValues(t *testing.T) {
	s := newTestSession(t)
	got := rows(t, s, "SELECT a + 1 AS x, b, CASE WHEN a > 1 THEN 'big' ELSE 'small' END FROM (VALUES (1, 'p'), (2, 'q'), (3, CAST(NULL AS STRING))) AS v(a, b) WHERE a <> 2")
	want := "+I 2 p small\n+I 4 NULL big\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
