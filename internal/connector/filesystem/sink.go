package filesystem

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/google/uuid"

	"weir/internal/connector"
	"weir/internal/errs"
	"weir/internal/objstore"
	"weir/internal/obs"
)

// sink is a table being written. It remembers the writers it has made, so that
// a committer can tell what ended ones have left behind.
type sink struct {
	t     *table
	env   *connector.Env
	store objstore.Store

	mu      sync.Mutex
	writers map[string]bool // by id: whether it is open
}

func newSink(ctx context.Context, env *connector.Env, ct *connector.Table) (connector.Sink, error) {
	t, err := parse(ct, env.Formats)
	if err != nil {
		return nil, err
	}
	if t.format.NewEncoder == nil {
		return nil, errs.New(errs.Unsupported, "format.write", "format '%s' can only be read", t.format.Name)
	}
	for k, c := range t.keys {
		if c < 0 {
			return nil, errs.New(errs.Invalid, "partition.column", "partition column '%s' is no column of the table", t.PartitionKeys[k])
		}
	}
	store, err := t.open(ctx, env)
	if err != nil {
		return nil, err
	}
	return &sink{t: t, env: env, store: store, writers: map[string]bool{}}, nil
}

// Identity implements connector.Sink.
func (s *sink) Identity() string { return s.t.identity() }

// Writer implements connector.Sink.
func (s *sink) Writer(ctx context.Context, index, _ int, _ obs.Scope) (connector.Writer, error) {
	enc, err := s.t.format.NewEncoder(s.t.config)
	if err != nil {
		return nil, err
	}
	random, err := uuid.NewRandomFromReader(s.env.Rand)
	if err != nil {
		return nil, err
	}
	id := random.String()
	s.mu.Lock()
	s.writers[id] = true
	s.mu.Unlock()
	return &writer{ctx: ctx, s: s, t: s.t, id: id, index: index, enc: enc,
		buckets: map[string]*bucket{}, groups: map[string]*bucket{}}, nil
}

// closed notes that a writer has ended.
func (s *sink) closed(id string) {
	s.mu.Lock()
	s.writers[id] = false
	s.mu.Unlock()
}

// Committer implements connector.Sink. It is made when the tasks of earlier
// attempts have ended and those of the new one have not.
func (s *sink) Committer(_ context.Context, state []byte) (connector.Committer, error) {
	c := &committer{s: s, t: s.t, policies: s.t.opts.policies()}
	if len(state) > 0 {
		if err := json.Unmarshal(state, &c.state); err != nil {
			return nil, fmt.Errorf("the committer's state in the checkpoint cannot be read: %w", err)
		}
	}
	if c.state.Pending == nil {
		c.state.Pending = map[string]int64{}
	}
	var err error
	if c.extract, err = newExtractor(s.t); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(s.writers)) {
		if !s.writers[id] {
			c.state.Writers = append(c.state.Writers, id)
			delete(s.writers, id)
		}
	}
	return c, nil
}

// started are the ids of the writers of this attempt.
func (s *sink) started() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.writers))
}
