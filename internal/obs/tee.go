package obs

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"
)

// Tee is a handler that gives every record to all of hs.
func Tee(hs ...slog.Handler) slog.Handler { return tee(hs) }

type tee []slog.Handler

// Enabled implements slog.Handler.
func (t tee) Enabled(ctx context.Context, l slog.Level) bool {
	for _, h := range t {
		if h.Enabled(ctx, l) {
			return true
		}
	}
	return false
}

// Handle implements slog.Handler.
func (t tee) Handle(ctx context.Context, r slog.Record) error {
	var errs []error
	for _, h := range t {
		if h.Enabled(ctx, r.Level) {
			errs = append(errs, h.Handle(ctx, r.Clone()))
		}
	}
	return errors.Join(errs...)
}

// WithAttrs implements slog.Handler.
func (t tee) WithAttrs(attrs []slog.Attr) slog.Handler {
	return t.each(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup implements slog.Handler.
func (t tee) WithGroup(name string) slog.Handler {
	return t.each(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (t tee) each(f func(slog.Handler) slog.Handler) slog.Handler {
	c := make(tee, len(t))
	for i, h := range t {
		c[i] = f(h)
	}
	return c
}

// ToWriter is a LineFunc that writes lines to w, one at a time. A log that
// cannot be written has nowhere to say so: such errors are dropped.
func ToWriter(w io.Writer) LineFunc {
	var mu sync.Mutex
	return func(_ time.Time, line []byte) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = w.Write(append(line, '\n'))
	}
}

// Discard is a logger that drops everything.
func Discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// Ring keeps the last lines it was given. The zero Ring keeps none: make one
// with NewRing.
type Ring struct {
	mu    sync.Mutex
	max   int // bytes
	bytes int
	lines []string
}

// NewRing keeps up to max bytes of lines.
func NewRing(max int) *Ring { return &Ring{max: max} }

// Add is a LineFunc.
func (r *Ring) Add(_ time.Time, line []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, string(line))
	r.bytes += len(line) + 1
	for r.bytes > r.max && len(r.lines) > 0 {
		r.bytes -= len(r.lines[0]) + 1
		r.lines = r.lines[1:]
	}
}

// Lines is a copy of the lines kept, oldest first.
func (r *Ring) Lines() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.lines...)
}
