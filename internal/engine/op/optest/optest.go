// Package optest runs an operator under everything a job may do to it, and
// compares what it emits with what it should.
//
// Vocabulary. A Case is an operator and a script, a line an event:
//
//	+I a 1 5000       # a row: its kind and its values, by column; NULL is NULL
//	2> -D a 1 5000    # a row of the second input
//	watermark 9999    # over all inputs
//	clock 10000       # the wall clock, in ms since 1970
//
// What comes out is text of the same form: rows as they are emitted, each
// watermark after the rows it has fired. Times are numbers in their type's unit.
//
// Check runs the script in every way that must not be visible: all rows between
// two events in one batch, each row alone, by threes, with deselected rows
// between them, and with a snapshot restored into a new operator after every
// event. It also ends the job after every event, as a cancel does.
//
// It drives the operator as package op's contract says and as engine/run does;
// it knows no operator.
package optest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/engine/op"
	"weir/internal/types"
)

// Case is an operator and what it should make of a script.
type Case struct {
	New    func() (op.Operator, error)
	Inputs [][]types.Field // the columns of each input
	Script string
	Want   string
}

// way is one way to run a script.
type way struct {
	name     string
	rows     int  // the most rows in a batch
	decoys   bool // deselected rows stand between the others
	restored bool // a new operator goes on after every event
}

var ways = []way{
	{name: "whole batches", rows: batch.MaxRows},
	{name: "single rows", rows: 1},
	{name: "batches of three", rows: 3},
	{name: "selected rows", rows: batch.MaxRows, decoys: true},
	{name: "restored after every event", rows: 2, restored: true},
}

// comparable is what an operator emitted, to be compared. State comes back by
// key group, so the order of keys is not the same after a restore.
func (w way) comparable(out []string) string {
	if w.restored {
		out = slices.Clone(out)
		for from := 0; from < len(out); from++ {
			to := from
			for to < len(out) && !strings.HasPrefix(out[to], "watermark ") {
				to++
			}
			slices.Sort(out[from:to])
			from = to
		}
	}
	return strings.Join(out, "\n")
}

// Check runs c in every way.
func Check(t *testing.T, c Case) {
	t.Helper()
	events := lines(c.Script)
	want := lines(c.Want)
	for _, way := range ways {
		got, err := run(c, way, events, true)
		if err != nil {
			t.Errorf("%s: %v", way.name, err)
			continue
		}
		if g, w := way.comparable(lines(got)), way.comparable(want); g != w {
			t.Errorf("%s:\n%s\nwant:\n%s", way.name, g, w)
		}
	}
	for n := range events {
		if _, err := run(c, ways[0], events[:n], false); err != nil {
			t.Errorf("closed after %d events: %v", n, err)
		}
	}
}

// Output runs c in whole batches and returns what comes out, or the error it
// fails with.
func Output(c Case) (string, error) { return run(c, ways[0], lines(c.Script), true) }

// lines are the lines of a script, without comments and blank ones.
func lines(text string) []string {
	var ls []string
	for l := range strings.Lines(text) {
		l, _, _ = strings.Cut(l, "#")
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			ls = append(ls, l)
		}
	}
	return ls
}

// driver is one run.
type driver struct {
	c     Case
	w     way
	op    op.Operator
	clock *clock.Manual
	input int // of the rows collected
	rows  []string
	out   strings.Builder
}

func run(c Case, w way, events []string, finish bool) (out string, err error) {
	d := &driver{c: c, w: w, clock: clock.NewManual(time.UnixMilli(0))}
	if err := d.open(nil); err != nil {
		return "", err
	}
	defer func() {
		if cerr := d.op.Close(); err == nil {
			err = cerr
		}
	}()
	for _, e := range events {
		if err := d.event(e); err != nil {
			return "", fmt.Errorf("%s: %w", e, err)
		}
	}
	if !finish {
		return "", nil
	}
	if err := d.watermark(op.MaxWatermark); err != nil {
		return "", err
	}
	return d.out.String(), d.op.Finish()
}

// open makes the operator, with state when there is some.
func (d *driver) open(s *memory) error {
	o, err := d.c.New()
	if err != nil {
		return err
	}
	d.op = o
	if s != nil {
		if err := o.Restore(s); err != nil {
			return err
		}
	}
	return o.Open(&op.Context{Ctx: context.Background(), Out: d, Clock: d.clock, Log: slog.New(slog.DiscardHandler), Parallelism: 1})
}

func (d *driver) event(e string) error {
	kind, rest, _ := strings.Cut(e, " ")
	switch kind {
	case "watermark", "clock":
		n, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			return err
		}
		if err := d.flush(); err != nil {
			return err
		}
		if kind == "clock" {
			err = d.tick(n)
		} else if err = d.watermark(n); err == nil {
			fmt.Fprintf(&d.out, "watermark %d\n", n)
		}
		if err != nil {
			return err
		}
	default:
		if err := d.row(e); err != nil {
			return err
		}
	}
	if !d.w.restored {
		return nil
	}
	if err := d.flush(); err != nil {
		return err
	}
	return d.restart()
}

// row collects a row, and hands over what was collected when the batch is full
// or for another input.
func (d *driver) row(e string) error {
	input := 0
	if n, rest, ok := strings.Cut(e, "> "); ok {
		i, err := strconv.Atoi(n)
		if err != nil {
			return err
		}
		input, e = i-1, rest
	}
	if input != d.input {
		if err := d.flush(); err != nil {
			return err
		}
		d.input = input
	}
	d.rows = append(d.rows, e)
	if len(d.rows) == d.w.rows {
		return d.flush()
	}
	return nil
}

func (d *driver) flush() error {
	if len(d.rows) == 0 {
		return nil
	}
	b, err := read(d.c.Inputs[d.input], d.rows, d.w.decoys)
	d.rows = d.rows[:0]
	if err != nil {
		return err
	}
	return d.op.Process(d.input, b)
}

func (d *driver) watermark(wm int64) error {
	if err := d.flush(); err != nil || wm < d.op.NextTimer() {
		return err
	}
	return d.op.Advance(wm)
}

func (d *driver) tick(ms int64) error {
	d.clock.Advance(time.UnixMilli(ms).Sub(d.clock.Now()))
	if p, ok := d.op.(op.ProcTimer); ok && p.NextProcTimer() <= ms {
		return p.ProcAdvance(ms)
	}
	return nil
}

// restart goes on with a new operator from a snapshot of this one.
func (d *driver) restart() error {
	write, err := d.op.Snapshot()
	if err != nil {
		return err
	}
	s := &memory{}
	if write != nil {
		if err := write(s); err != nil {
			return err
		}
	}
	if err := d.op.Close(); err != nil {
		return err
	}
	return d.open(s)
}

// Emit implements op.Output.
func (d *driver) Emit(b *batch.Batch) error {
	d.out.WriteString(write(b))
	return nil
}
