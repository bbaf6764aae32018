// Package nexmark is the 'nexmark' connector of the public Nexmark benchmark:
// people, auctions and bids made up by rule.
//
// The stream is the published generator's with its random numbers seeded and its
// base time fixed, so that it has the same bytes in every run: as published it
// differs from run to run, and no answer could be checked. It is one split; its
// position is the number of the next event and the random number's state.
package nexmark

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/obs"
	"weir/internal/option"
)

// Options are the connector's options (NexmarkSourceOptions), and two of our
// own, seed and base-time.
type Options struct {
	Connector   string        `option:"connector" doc:"'nexmark'."`
	Events      int64         `option:"events.num" default:"0" doc:"Events in all; 0 does not end."`
	FirstRate   int64         `option:"first-event.rate" default:"10000" doc:"Events a second of event time."`
	NextRate    int64         `option:"next-event.rate" default:"10000" doc:"Accepted for Flink; the published generator does not use it either."`
	RateShape   string        `option:"rate.shape" default:"SQUARE" enum:"SQUARE,SINE" doc:"Accepted for Flink; the published generator does not use it either."`
	RatePeriod  time.Duration `option:"rate.period" default:"600 s" doc:"Accepted for Flink; the published generator does not use it either."`
	RateLimited bool          `option:"rate.limited" default:"false" doc:"Makes an event only when its time has come, counted from the start."`
	MaxSpeed    bool          `option:"max-emit-speed" default:"true" doc:"false is rate.limited = true."`
	KeepAlive   bool          `option:"keep-alive" default:"false" doc:"The source does not end after the last event."`
	StopAt      int64         `option:"stop-at" default:"-1" doc:"Ends after so many events, whatever events.num says."`
	Persons     int64         `option:"person.proportion" default:"1" doc:"People among the events."`
	Auctions    int64         `option:"auction.proportion" default:"3" doc:"Auctions among the events."`
	Bids        int64         `option:"bid.proportion" default:"46" doc:"Bids among the events."`
	PersonSize  option.Size   `option:"person.avg-size" default:"200b" doc:"Average size of a person."`
	AuctionSize option.Size   `option:"auction.avg-size" default:"500b" doc:"Average size of an auction."`
	BidSize     option.Size   `option:"bid.avg-size" default:"100b" doc:"Average size of a bid."`
	HotAuctions int64         `option:"bid.hot-ratio.auctions" default:"2" doc:"One bid in so many is not for the hot auction."`
	HotBidders  int64         `option:"bid.hot-ratio.bidders" default:"4" doc:"One bid in so many is not by the hot bidder."`
	HotSellers  int64         `option:"auction.hot-ratio.sellers" default:"4" doc:"One auction in so many is not by the hot seller."`
	Seed        int64         `option:"seed" default:"42" doc:"Weir's own: of the random numbers."`
	BaseTime    string        `option:"base-time" default:"2021-09-01T12:00:00Z" doc:"Weir's own: the time of the first event."`
}

func (o *Options) total() int64 { return o.Persons + o.Auctions + o.Bids }

// Factory describes the connector.
func Factory() *connector.Factory {
	return &connector.Factory{
		Name: "nexmark", Doc: "Makes up the events of the Nexmark benchmark.", Options: &Options{},
		Validate: func(t *connector.Table, _ map[string]*format.Format) error {
			_, _, err := parse(t)
			return err
		},
		NewSource: func(_ context.Context, env *connector.Env, t *connector.Table) (connector.Source, error) {
			o, base, err := parse(t)
			return &source{t: t, env: env, opts: o, base: base}, err
		},
	}
}

// parse reads the options, and checks them and the columns.
func parse(t *connector.Table) (*Options, time.Time, error) {
	o := &Options{}
	if err := option.Decode(t.Options, o); err != nil {
		return nil, time.Time{}, err
	}
	base, err := time.Parse(time.RFC3339Nano, o.BaseTime)
	if err != nil {
		return nil, base, errs.New(errs.Invalid, "option.value", "Could not parse value '%s' for key 'base-time': a time such as 2021-09-01T12:00:00Z is expected", o.BaseTime)
	}
	least := map[string]int64{"first-event.rate": o.FirstRate, "person.proportion": o.Persons, "auction.proportion": o.Auctions,
		"bid.hot-ratio.auctions": o.HotAuctions, "bid.hot-ratio.bidders": o.HotBidders, "auction.hot-ratio.sellers": o.HotSellers}
	for key, n := range least {
		if n < 1 || n > math.MaxInt32 {
			return nil, base, errs.New(errs.Invalid, "option.value", "'%s' must be from 1 to %d", key, math.MaxInt32)
		}
	}
	return o, base, check(t.Name, t.Fields)
}

type source struct {
	t    *connector.Table
	env  *connector.Env
	opts *Options
	base time.Time
}

// splitID is the id of the one split.
const splitID = "nexmark"

// end is the number of events in all; MaxInt64 without end.
func (s *source) end() int64 {
	n := int64(math.MaxInt64)
	if s.opts.Events > 0 {
		n = s.opts.Events
	}
	if s.opts.StopAt >= 0 {
		n = min(n, s.opts.StopAt)
	}
	return n
}

// Bounded implements connector.Source.
func (s *source) Bounded() bool { return s.end() < math.MaxInt64 && !s.opts.KeepAlive }

// Identity implements connector.Source.
func (s *source) Identity() string { return "nexmark:" + s.t.Name }

// Enumerator implements connector.Source.
func (*source) Enumerator(_ context.Context, state []byte) (connector.Enumerator, error) {
	return connector.OneSplit(connector.Split{ID: splitID}, state), nil
}

// Reader implements connector.Source.
func (s *source) Reader(context.Context, int, int, obs.Scope) (connector.Reader, error) {
	return &reader{source: s, gen: newGenerator(s.opts, s.base.UnixMilli()), alarm: clock.NewAlarm(s.env.Clock)}, nil
}

// reader makes the events, as many as are due when the rate is limited.
type reader struct {
	*source
	gen     *generator
	active  bool
	first   int64 // the number of the first event here
	started time.Time
	alarm   *clock.Alarm
}

// Add implements connector.Reader.
func (r *reader) Add(splits []connector.Split) error {
	for _, s := range splits {
		if len(s.Position) > 0 {
			if len(s.Position) != 16 {
				return fmt.Errorf("position of nexmark is damaged")
			}
			r.gen.count = int64(binary.LittleEndian.Uint64(s.Position))
			r.gen.rand.seed = binary.LittleEndian.Uint64(s.Position[8:])
		}
		r.active, r.first, r.started = true, r.gen.count, r.env.Clock.Now()
	}
	return nil
}

// Poll implements connector.Reader.
func (r *reader) Poll(dst *batch.Batch) (connector.Fetch, bool, error) {
	if !r.active {
		return connector.Fetch{}, false, nil
	}
	due := r.end()
	if r.opts.RateLimited || !r.opts.MaxSpeed {
		due = min(due, r.first+int64(r.env.Clock.Now().Sub(r.started).Seconds()*float64(r.opts.FirstRate)))
	}
	n := min(due-r.gen.count, batch.MaxRows)
	if n <= 0 && (r.gen.count < r.end() || r.opts.KeepAlive) {
		return connector.Fetch{}, false, nil
	}
	cols := newColumns(r.t.Fields, dst)
	for range n {
		r.gen.event(cols, dst)
	}
	f := connector.Fetch{Split: splitID}
	if r.gen.count >= r.end() && !r.opts.KeepAlive {
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
	le := binary.LittleEndian
	return []connector.Split{{ID: splitID, Position: le.AppendUint64(le.AppendUint64(nil, uint64(r.gen.count)), r.gen.rand.seed)}}, nil
}

// Close implements connector.Reader.
func (r *reader) Close() error { r.alarm.Stop(); return nil }
