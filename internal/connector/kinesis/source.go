package kinesis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"weir/internal/connector"
	"weir/internal/obs"
)

// source is a stream being read.
type source struct {
	s       *settings
	t       *connector.Table
	env     *connector.Env
	client  *kinesis.Client
	records *recordsClient
	tips    *tips // of the shards that its readers read
}

func newSource(ctx context.Context, env *connector.Env, t *connector.Table) (connector.Source, error) {
	s, err := parse(t, env.Formats)
	if err != nil {
		return nil, err
	}
	c, err := s.client(ctx, env, t)
	if err != nil {
		return nil, err
	}
	src := &source{s: s, t: t, env: env, client: c, tips: newTips()}
	if src.records, err = newRecordsClient(ctx, c, env.Clock); err != nil {
		return nil, err
	}
	_, err = src.decoder() // refuse bad format options before the job starts
	return src, err
}

// Bounded implements connector.Source: a stream does not end.
func (*source) Bounded() bool { return false }

// Identity implements connector.Source.
func (s *source) Identity() string { return "kinesis:" + s.s.name + s.s.arn }

// Enumerator implements connector.Source.
func (s *source) Enumerator(_ context.Context, state []byte) (connector.Enumerator, error) {
	e := &enumerator{s: s.s, client: s.client, clock: s.env.Clock,
		state: enumState{Start: s.env.Clock.Now().Truncate(time.Millisecond), Seen: map[string]bool{}}}
	if state == nil {
		return e, nil
	}
	if err := json.Unmarshal(state, &e.state); err != nil {
		return nil, fmt.Errorf("the checkpointed state of %s is damaged: %w", s.Identity(), err)
	}
	return e, nil
}

// Reader implements connector.Source.
func (s *source) Reader(ctx context.Context, _, _ int, scope obs.Scope) (connector.Reader, error) {
	d, err := s.decoder()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &reader{source: s, ctx: ctx, cancel: cancel, decoder: d, scope: scope, tokens: make(chan struct{}, pagesAhead),
		fetched: make(chan *page, 1), wake: make(chan struct{}, 1), shards: map[string]*shard{}}
	for range pagesAhead {
		r.tokens <- struct{}{}
	}
	return r, nil
}
