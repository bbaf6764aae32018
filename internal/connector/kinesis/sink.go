package kinesis

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/obs"
)

// checkSink refuses what the service would.
func (s *settings) checkSink(t *connector.Table) error {
	for _, o := range []struct {
		name     string
		value    int64
		min, max int64
	}{
		{"sink.batch.max-size", int64(s.BatchSize), 1, 500},
		{"sink.requests.max-inflight", int64(s.InFlight), 1, 10000},
		{"sink.requests.max-buffered", int64(s.Buffered), 1, 1 << 30},
		{"sink.flush-buffer.size", s.FlushBytes, 1 << 20, 5 << 20},
	} {
		if o.value < o.min || o.value > o.max {
			return errs.New(errs.Invalid, "option.value", "Invalid value %d for option '%s': it must be %d to %d", o.value, o.name, o.min, o.max)
		}
	}
	if s.Buffered < s.BatchSize {
		return errs.New(errs.Invalid, "option.value", "The maximum number of requests that may be buffered should be strictly greater than the maximum number of requests per batch.").
			WithHint("raise 'sink.requests.max-buffered' or lower 'sink.batch.max-size'")
	}
	return s.checkPartitioner(t)
}

// sink is a stream being written to.
type sink struct {
	s      *settings
	t      *connector.Table
	env    *connector.Env
	client *kinesis.Client
}

func newSink(ctx context.Context, env *connector.Env, t *connector.Table) (connector.Sink, error) {
	s, err := parse(t, env.Formats)
	if err != nil {
		return nil, err
	}
	if s.format.NewEncoder == nil {
		return nil, errs.New(errs.Invalid, "format.write", "format '%s' can only be read", s.format.Name)
	}
	if _, err := s.format.NewEncoder(formatConfig(s, t)); err != nil {
		return nil, err
	}
	if _, err := newPartitioner(s, t, env.Rand, 0); err != nil {
		return nil, err
	}
	c, err := s.client(ctx, env, t)
	if err != nil {
		return nil, err
	}
	return &sink{s: s, t: t, env: env, client: c}, nil
}

// Identity implements connector.Sink.
func (k *sink) Identity() string { return "kinesis:" + k.s.name + k.s.arn }

// Committer implements connector.Sink: what is put is put.
func (*sink) Committer(context.Context, []byte) (connector.Committer, error) { return nil, nil }

// Writer implements connector.Sink.
func (k *sink) Writer(ctx context.Context, index, _ int, scope obs.Scope) (connector.Writer, error) {
	enc, err := k.s.format.NewEncoder(formatConfig(k.s, k.t))
	if err != nil {
		return nil, err
	}
	keys, err := newPartitioner(k.s, k.t, k.env.Rand, index)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	w := &writer{sink: k, ctx: ctx, cancel: cancel, encoder: enc, keys: keys, errors: scope.Counter("numRecordsOutErrors"),
		busy: map[string]bool{}}
	w.changed.L = &w.mu
	context.AfterFunc(ctx, func() { // wakes who waits
		w.mu.Lock()
		defer w.mu.Unlock()
		w.changed.Broadcast()
	})
	return w, nil
}
