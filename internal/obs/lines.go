package obs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// The attributes of a log record that have a place of their own in a line;
// all others are written after the message.
const (
	AttrLogger   = "logger"     // the Flink class: "org.apache.flink.runtime.checkpoint.CheckpointCoordinator"
	AttrThread   = "threadName" // the task, as a rule: "Source: ticks (1/2)#0"
	AttrLocation = "locationInformation"
	AttrError    = "error"     // an error, or a traceback as text
	AttrCode     = "errorCode" // makes it a line of the service: "CodeError.InvalidApplicationCode"
)

// LineFunc takes a finished log line, without newline, and its time. It must
// not block for long nor log.
type LineFunc func(at time.Time, line []byte)

// Application names the application whose lines they are.
type Application struct {
	ARN       string
	VersionID int64
}

// Lines is a slog.Handler that renders each record as Kinesis Data Analytics
// does: one JSON object with the service's keys, the time left to the event.
func Lines(app Application, level slog.Leveler, emit LineFunc) slog.Handler {
	return &handler{level: level, emit: func(r slog.Record, p parts) {
		emit(r.Time, app.line(r, p))
	}}
}

// Text is a slog.Handler that renders each record as a line of Flink's log
// file.
func Text(level slog.Leveler, emit LineFunc) slog.Handler {
	return &handler{level: level, emit: func(r slog.Record, p parts) {
		emit(r.Time, textLine(r, p))
	}}
}

// parts is what a record's attributes say.
type parts struct {
	logger, thread, location, err, code string
	rest                                []string
}

// handler collects attributes; what a record looks like is emit's business.
type handler struct {
	level  slog.Leveler
	emit   func(slog.Record, parts)
	parts  parts
	prefix string
}

// Enabled implements slog.Handler.
func (h *handler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level.Level() }

// Handle implements slog.Handler.
func (h *handler) Handle(_ context.Context, r slog.Record) error {
	p := h.parts
	p.rest = p.rest[:len(p.rest):len(p.rest)]
	r.Attrs(func(a slog.Attr) bool {
		p.add(h.prefix, a)
		return true
	})
	if p.location == "" && r.PC != 0 {
		p.location = location(r.PC)
	}
	h.emit(r, p)
	return nil
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	c.parts.rest = c.parts.rest[:len(c.parts.rest):len(c.parts.rest)]
	for _, a := range attrs {
		c.parts.add(c.prefix, a)
	}
	return &c
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	c := *h
	c.prefix += name + "."
	return &c
}

func (p *parts) add(prefix string, a slog.Attr) {
	v := a.Value.Resolve()
	switch {
	case a.Equal(slog.Attr{}):
	case v.Kind() == slog.KindGroup:
		for _, g := range v.Group() {
			p.add(prefix+a.Key+".", g)
		}
	case prefix == "" && a.Key == AttrLogger:
		p.logger = v.String()
	case prefix == "" && a.Key == AttrThread:
		p.thread = v.String()
	case prefix == "" && a.Key == AttrLocation:
		p.location = v.String()
	case prefix == "" && a.Key == AttrError:
		p.err = v.String()
	case prefix == "" && a.Key == AttrCode:
		p.code = v.String()
	default:
		p.rest = append(p.rest, prefix+a.Key+"="+v.String())
	}
}

// message is the record's message with the attributes that have no place.
func (p parts) message(msg string) string {
	if len(p.rest) == 0 {
		return msg
	}
	return msg + " (" + strings.Join(p.rest, ", ") + ")"
}

// location is "package.function(file.go:12)", the shape of a Java frame.
func location(pc uintptr) string {
	f, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	fn := strings.ReplaceAll(f.Function[strings.LastIndexByte(f.Function, '/')+1:], "(*", "(")
	fn = strings.NewReplacer("(", "", ")", "").Replace(fn)
	return fmt.Sprintf("%s(%s:%d)", fn, f.File[strings.LastIndexByte(f.File, '/')+1:], f.Line)
}

// applicationLine is a line an application's own code wrote.
type applicationLine struct {
	Location  string `json:"locationInformation"`
	Logger    string `json:"logger"`
	Message   string `json:"message"`
	Throwable string `json:"throwableInformation,omitempty"`
	Thread    string `json:"threadName"`
	ARN       string `json:"applicationARN"`
	Version   string `json:"applicationVersionId"`
	Schema    string `json:"messageSchemaVersion"`
	Type      string `json:"messageType"`
}

// serviceLine is a line the service wrote about the application.
type serviceLine struct {
	Message string `json:"message"`
	ARN     string `json:"applicationARN"`
	Version int64  `json:"applicationVersionId"`
	Type    string `json:"messageType"`
	Schema  string `json:"messageSchemaVersion"`
	Code    string `json:"errorCode"`
}

func (app Application) line(r slog.Record, p parts) []byte {
	msg := p.message(r.Message)
	if p.code != "" {
		if p.err != "" {
			msg += "\n" + p.err
		}
		return jsonLine(serviceLine{msg, app.ARN, app.VersionID, levelName(r.Level), "1", p.code})
	}
	if p.logger == "" { // as in Flink, what the line comes from
		p.logger, _, _ = strings.Cut(p.location, "(")
		p.logger = p.logger[:max(0, strings.LastIndexByte(p.logger, '.'))]
	}
	return jsonLine(applicationLine{
		Location: p.location, Logger: p.logger, Message: msg, Throwable: p.err, Thread: p.thread,
		ARN: app.ARN, Version: strconv.FormatInt(app.VersionID, 10), Schema: "1", Type: levelName(r.Level),
	})
}

// jsonLine encodes structs of strings and numbers, which cannot fail.
func jsonLine(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("encoding a log line: %v", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func textLine(r slog.Record, p parts) []byte {
	line := fmt.Appendf(nil, "%s %-5s %-60s [] - %s", strings.Replace(r.Time.UTC().Format("2006-01-02 15:04:05.000"), ".", ",", 1),
		levelName(r.Level), p.logger, p.message(r.Message))
	if p.code != "" {
		line = fmt.Appendf(line, " [%s]", p.code)
	}
	if p.err != "" {
		line = append(append(line, '\n'), p.err...)
	}
	return line
}

// levelName is log4j's name of the level, as messageType has it.
func levelName(l slog.Level) string {
	switch {
	case l < slog.LevelInfo:
		return "DEBUG"
	case l < slog.LevelWarn:
		return "INFO"
	case l < slog.LevelError:
		return "WARN"
	}
	return "ERROR"
}
