package run

import (
	"context"
	"fmt"

	"weir/internal/connector"
	"weir/internal/engine/ckpt"
)

// sinkCommitter is the second phase of one sink.
type sinkCommitter struct {
	spec *Sink
	c    connector.Committer // nil: the sink has none
}

func newSinkCommitter(ctx context.Context, spec *Sink, from *ckpt.Checkpoint) (*sinkCommitter, error) {
	var state []byte
	if from != nil {
		if m, ok := from.Manifest.Sink(spec.Identity); ok {
			state = m.State
		}
	}
	c, err := spec.Sink.Committer(ctx, state)
	return &sinkCommitter{spec, c}, err
}

// commit makes cs visible.
func (s *sinkCommitter) commit(ctx context.Context, cs []connector.Committable, wm, now int64, end bool) error {
	if s.c == nil {
		if len(cs) > 0 {
			return fmt.Errorf("%s has something to commit and no committer", s.spec.Identity)
		}
		return nil
	}
	if err := s.c.Commit(ctx, cs, wm, now, end); err != nil {
		return fmt.Errorf("committing to %s: %w", s.spec.Identity, err)
	}
	return nil
}

// manifest is the sink's part of a checkpoint.
func (s *sinkCommitter) manifest(cs []connector.Committable, wm int64) (ckpt.Sink, error) {
	m := ckpt.Sink{Identity: s.spec.Identity, Committables: cs, Watermark: wm}
	if s.c == nil {
		return m, nil
	}
	state, err := s.c.Snapshot()
	if err != nil {
		return m, fmt.Errorf("snapshotting the committer of %s: %w", s.spec.Identity, err)
	}
	m.State = state
	return m, nil
}

func (s *sinkCommitter) close() error {
	if s.c == nil {
		return nil
	}
	return s.c.Close()
}
