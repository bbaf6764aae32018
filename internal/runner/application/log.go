package application

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"weir/internal/obs"
)

const (
	pythonDriver = "org.apache.flink.client.python.PythonDriver"
	codeInvalid  = "CodeError.InvalidApplicationCode"
	maxOwnLog    = 16 << 20
)

// level is a LogLevel.
func level(name string) slog.Level {
	switch name {
	case "DEBUG":
		return slog.LevelDebug
	case "WARN":
		return slog.LevelWarn
	case "ERROR":
		return slog.LevelError
	}
	return slog.LevelInfo
}

// ownLog is the process's log file beside the run; it begins anew, with the old
// one kept, when it has grown.
func ownLog(dir string) (*os.File, error) {
	path := filepath.Join(dir, "application.log")
	if info, err := os.Stat(path); err == nil && info.Size() > maxOwnLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// lines is a writer that logs what a program prints, line by line.
type lines struct {
	log   *slog.Logger
	level slog.Level

	mu   sync.Mutex
	rest []byte
}

func newLines(log *slog.Logger, l slog.Level) *lines {
	return &lines{log: log.With(obs.AttrLogger, pythonDriver, obs.AttrLocation, pythonDriver+".main(PythonDriver.java)"), level: l}
}

// Write implements io.Writer.
func (w *lines) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, p...)
	for {
		i := bytes.IndexByte(w.rest, '\n')
		if i < 0 {
			return len(p), nil
		}
		w.log.Log(nil, w.level, string(bytes.TrimSuffix(w.rest[:i], []byte("\r")))) //nolint:staticcheck // there is no context
		w.rest = w.rest[i+1:]
	}
}

// flush logs a last line without an end.
func (w *lines) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.rest) > 0 {
		w.log.Log(nil, w.level, string(w.rest)) //nolint:staticcheck // there is no context
		w.rest = nil
	}
}

// ring keeps the last lines for the page.
func ring() *obs.Ring { return obs.NewRing(256 << 10) }

// both gives a line to two.
func both(a, b obs.LineFunc) obs.LineFunc {
	return func(at time.Time, line []byte) {
		a(at, line)
		b(at, line)
	}
}
