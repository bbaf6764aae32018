// Package errs has the kinds of error a person can meet and where each points.
//
// An Error says what is wrong in one sentence, where (a position in SQL, a
// record, a file), and what to do about it. Kind decides who is told and what
// the process does: wrong input ends `weir run` with exit code 2, a failed job
// with 1. AWS-facing errors are wire.Error, not this.
package errs

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is the audience and the consequence of an Error.
type Kind uint8

// The kinds of Error.
const (
	// Invalid input: the user's SQL, program, option or property is wrong.
	Invalid Kind = iota
	// Unsupported is valid for Flink or AWS, and Weir does not do it (yet).
	Unsupported
	// Failed is a job, record or remote call that went wrong while running.
	Failed
	// Bug is a broken promise inside Weir.
	Bug
	// Lost is a Failed that trying again in this process cannot mend: something
	// the process began with is gone.
	Lost
)

// Pos is a place in a text; lines and columns count from 1 (columns in
// characters). The zero Pos means no place is known.
type Pos struct{ Line, Col int }

// IsZero reports whether no place is known.
func (p Pos) IsZero() bool { return p.Line == 0 }

// String is "line 3:14".
func (p Pos) String() string { return fmt.Sprintf("line %d:%d", p.Line, p.Col) }

// Error is an error with a code, a place and a remedy.
type Error struct {
	Kind Kind
	Code string // stable, e.g. "sql.syntax", "option.unknown", "json.parse"
	Msg  string // one sentence, no trailing full stop
	Pos  Pos    // in the SQL text, when there is one
	Hint string // what to do, when we know
	Err  error  // the cause, when there is one
}

// New returns an Error of a kind with a code and a formatted message.
func New(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Msg: fmt.Sprintf(format, args...)}
}

// At sets the place and returns e.
func (e *Error) At(p Pos) *Error { e.Pos = p; return e }

// WithHint sets the remedy and returns e.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// Because sets the cause and returns e.
func (e *Error) Because(err error) *Error { e.Err = err; return e }

// Error is "line 3:14: message: cause (hint)".
func (e *Error) Error() string {
	var b strings.Builder
	if !e.Pos.IsZero() {
		b.WriteString(e.Pos.String())
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	if e.Hint != "" {
		b.WriteString(" (")
		b.WriteString(e.Hint)
		b.WriteString(")")
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the first Error in err's chain; Failed when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Failed
}

// CodeOf is the code of the first Error in err's chain, or "".
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// Nearest is the candidate most like name (edit distance at most a third of
// its length, at least 1), or "": the "did you mean" of every error text.
func Nearest(name string, candidates []string) string {
	best, bestD := "", max(1, len(name)/3)+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(c)); d < bestD {
			best, bestD = c, d
		}
	}
	return best
}

// distance is the Levenshtein distance of a and b, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		prev := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := prev
			if a[i-1] != b[j-1] {
				cost = 1 + min(prev, row[j], row[j-1])
			}
			prev, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}
