// Package op is the contract between an operator and the task that runs it.
//
// # Order of calls
//
// An Operator is made by engine/build, then: Restore (when there is state),
// Open, and after that Process, Advance and Snapshot in any order, all from one
// goroutine; Finish once when every input has ended; Close always and last,
// also after an error. After an error only Close is called. Cancelling a job
// is Close without Finish.
//
// # Rows
//
// Process reads its batch and must not keep or change it (see package batch).
// Results go to Context.Out, in order; Emit returns when the whole chain
// behind has taken the batch, so memory of an emitted batch may be reused then.
//
// # Event time
//
// What a row meets does not depend on batching: a batch carries marks, and the
// task cuts it at the marks the operator cares for. NextTimer is the least
// watermark at which the operator behaves otherwise than now: at which it
// fires, or from which rows it now takes would be late. The task calls Advance
// for a watermark >= NextTimer, between exactly the rows it stood between, and
// forwards the watermark downstream after that. Watermarks below NextTimer
// pass the operator by.
//
// A Transparent operator (filter, projection) keeps physical rows as they are;
// it passes batches on with their marks and is never asked for timers.
//
// # State
//
// State is found by meaning: under the operator's identity, by name, in key
// groups (KeyGroups of them; see KeyGroup). Snapshot freezes what the state is
// now and returns a function that writes it, called later on another
// goroutine while Process goes on.
package op

import (
	"context"
	"log/slog"
	"math"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/obs"
)

// NoTimer is the NextTimer of an operator that waits for no watermark.
const NoTimer = math.MaxInt64

// MaxWatermark ends event time: no more rows will come.
const MaxWatermark = math.MaxInt64

// MinWatermark is before all event time.
const MinWatermark = math.MinInt64

// Operator is one step of a job.
type Operator interface {
	Open(ctx *Context) error
	// Process takes rows of an input (0 for the first).
	Process(input int, b *batch.Batch) error
	// NextTimer is the least watermark at which Advance must be called.
	NextTimer() int64
	// Advance tells that the watermark, over all inputs, has reached wm.
	Advance(wm int64) error
	// Snapshot freezes the state; a nil function means there is none.
	Snapshot() (WriteFunc, error)
	// Restore takes the state of this operator's key groups.
	Restore(r StateReader) error
	// Finish tells that all inputs have ended (Advance(MaxWatermark) came
	// before).
	Finish() error
	Close() error
}

// Transparent marks operators that pass physical rows and marks through.
type Transparent interface{ Transparent() }

// ProcTimer is an operator that also waits for the wall clock.
type ProcTimer interface {
	// NextProcTimer is the wall-clock time (ms) of the next ProcAdvance.
	NextProcTimer() int64
	// ProcAdvance tells that the wall clock has reached now (ms).
	ProcAdvance(now int64) error
}

// Output takes what an operator emits.
type Output interface {
	Emit(b *batch.Batch) error
}

// Context is what an operator may use.
type Context struct {
	Ctx         context.Context
	Out         Output
	Clock       clock.Clock
	Log         *slog.Logger
	Scope       obs.Scope
	Index       int // of this parallel instance
	Parallelism int
}

// WriteFunc writes frozen state.
type WriteFunc func(w StateWriter) error

// StateWriter takes the pieces of an operator's state.
type StateWriter interface {
	// Write adds a piece: name is the operator's own ("windows"), group the key
	// group it belongs to, or AllGroups for state that is not keyed. version
	// is the version of the encoding. data is copied.
	Write(name string, group int, version int, data []byte) error
}

// StateReader gives back the pieces of an operator's state.
type StateReader interface {
	// Read calls f for every piece of name whose key group is this instance's,
	// and, for pieces under AllGroups, for every piece of every instance that
	// wrote one.
	Read(name string, f func(group, version int, data []byte) error) error
}

// AllGroups is the group of state that is not keyed.
const AllGroups = -1
