// Package datagen is Flink's 'datagen' connector: rows made up by rule, random
// or in sequence, at a rate.
//
// A split is a share of the rows: with number-of-rows or a sequence the rows
// are numbered, a split is every parallelism-th of them, and the source is
// bounded. Random values come from a generator seeded by the row's number, so
// that a restarted job makes the same rows again.
package datagen

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/obs"
	"weir/internal/option"
)

// Options are the connector's options (DataGenConnectorOptions).
type Options struct {
	Connector   string            `option:"connector" doc:"'datagen'."`
	Rate        int64             `option:"rows-per-second" default:"10000" doc:"Rows a second."`
	Rows        *int64            `option:"number-of-rows" doc:"Rows in all; without it the source does not end."`
	Parallelism *int              `option:"scan.parallelism" doc:"Accepted for Flink; one task makes the rows."`
	Fields      map[string]string `option:"fields.*" doc:"fields.<column>.kind = random or sequence; min, max, length, start, end, null-rate, max-past, var-len."`
}

// Factory describes the connector.
func Factory() *connector.Factory {
	return &connector.Factory{
		Name: "datagen", Doc: "Makes up rows.", Options: &Options{},
		Validate: func(t *connector.Table, _ map[string]*format.Format) error {
			_, err := newGenerator(t)
			return err
		},
		NewSource: func(_ context.Context, env *connector.Env, t *connector.Table) (connector.Source, error) {
			g, err := newGenerator(t)
			return &source{t: t, env: env, end: g.end}, err
		},
	}
}

type source struct {
	t   *connector.Table
	env *connector.Env
	end int64 // rows in all; -1 without end
}

// splitID is the id of the one split.
const splitID = "datagen"

// Bounded implements connector.Source.
func (s *source) Bounded() bool { return s.end >= 0 }

// Identity implements connector.Source.
func (s *source) Identity() string { return "datagen:" + s.t.Name }

// Enumerator implements connector.Source.
func (s *source) Enumerator(_ context.Context, state []byte) (connector.Enumerator, error) {
	return connector.OneSplit(connector.Split{ID: splitID, Position: binary.AppendVarint(nil, 0)}, state), nil
}

// Reader implements connector.Source.
func (s *source) Reader(context.Context, int, int, obs.Scope) (connector.Reader, error) {
	g, err := newGenerator(s.t)
	return &reader{source: s, gen: g, alarm: clock.NewAlarm(s.env.Clock)}, err
}

// reader makes rows, as many as the rate allows by now.
type reader struct {
	*source
	gen     *generator
	active  bool
	next    int64     // the number of the next row
	started time.Time // when row first was due
	first   int64
	alarm   *clock.Alarm
}

// Add implements connector.Reader.
func (r *reader) Add(splits []connector.Split) error {
	for _, s := range splits {
		n, w := binary.Varint(s.Position)
		if w <= 0 {
			return fmt.Errorf("position of datagen is damaged")
		}
		r.active, r.next, r.first, r.started = true, n, n, r.env.Clock.Now()
	}
	return nil
}

// Poll implements connector.Reader.
func (r *reader) Poll(dst *batch.Batch) (connector.Fetch, bool, error) {
	if !r.active {
		return connector.Fetch{}, false, nil
	}
	now := r.env.Clock.Now()
	due := r.first + int64(now.Sub(r.started).Seconds()*float64(r.gen.opts.Rate))
	if r.end >= 0 {
		due = min(due, r.end)
	}
	n := min(due-r.next, batch.MaxRows)
	if n <= 0 && (r.end < 0 || r.next < r.end) {
		return connector.Fetch{}, false, nil
	}
	for range n {
		r.gen.row(r.next, now, dst)
		r.next++
	}
	f := connector.Fetch{Split: splitID}
	if r.end >= 0 && r.next >= r.end {
		f.Done, r.active = true, false
	}
	return f, true, nil
}

// Wake implements connector.Reader.
func (r *reader) Wake() <-chan struct{} { return r.alarm.In(10 * time.Millisecond) }

// Positions implements connector.Reader.
func (r *reader) Positions() ([]connector.Split, error) {
	if !r.active {
		return nil, nil
	}
	return []connector.Split{{ID: splitID, Position: binary.AppendVarint(nil, r.next)}}, nil
}

// Close implements connector.Reader.
func (r *reader) Close() error { r.alarm.Stop(); return nil }

// newGenerator reads the options.
func newGenerator(t *connector.Table) (*generator, error) {
	g := &generator{end: -1}
	if err := option.Decode(t.Options, &g.opts); err != nil {
		return nil, err
	}
	if g.opts.Rows != nil {
		g.end = *g.opts.Rows
	}
	known := map[string]bool{}
	for _, f := range t.Fields {
		known[f.Name] = true
		c, err := newColumn(f, g.opts.Fields)
		if err != nil {
			return nil, err
		}
		if c.sequence {
			if n := c.last - c.first + 1; g.end < 0 || n < g.end {
				g.end = n
			}
		}
		g.cols = append(g.cols, c)
	}
	for k := range g.opts.Fields {
		at := strings.LastIndexByte(k, '.')
		if at < 0 || !columnOptions[k[at+1:]] {
			return nil, errs.New(errs.Invalid, "option.unknown", "Unsupported option 'fields.%s': a column has kind, min, max, max-past, length, var-len, start, end and null-rate", k)
		}
	}
	return g, nil
}

// number reads a numeric option of a column.
func number(opts map[string]string, key string, otherwise float64) (float64, error) {
	v, ok := opts[key]
	if !ok {
		return otherwise, nil
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return 0, errs.New(errs.Invalid, "option.value", "Could not parse value '%s' for key 'fields.%s': it must be a number", v, key)
	}
	return f, nil
}
