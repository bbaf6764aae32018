package filesystem

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"weir/internal/connector"
	"weir/internal/obs"
)

// committer makes parts visible and then partitions known.
type committer struct {
	s        *sink
	t        *table
	policies []string
	extract  *extractor
	state    committerState
}

// committerState is what a checkpoint keeps of the committer.
type committerState struct {
	// Pending are the partitions to commit: when each was first heard of, in
	// milliseconds.
	Pending map[string]int64
	// Writers are those of ended attempts, whose uploads are to be swept; in a
	// checkpoint also those of the attempt that made it.
	Writers []string
}

// Commit implements connector.Committer.
func (c *committer) Commit(ctx context.Context, cs []connector.Committable, wm, now int64, end bool) error {
	parts := make([]committable, len(cs))
	for i, b := range cs {
		if err := json.Unmarshal(b, &parts[i]); err != nil {
			return fmt.Errorf("a committable in the checkpoint cannot be read: %w", err)
		}
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelIO)
	for _, p := range parts {
		g.Go(func() error { return c.s.store.Complete(gctx, p.Staged) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := c.sweep(ctx); err != nil {
		return err
	}
	if len(c.policies) == 0 || len(c.t.PartitionKeys) == 0 {
		return nil
	}
	for _, p := range parts {
		if _, known := c.state.Pending[p.Partition]; !known {
			c.state.Pending[p.Partition] = now
		}
	}
	return c.partitions(ctx, wm, now, end)
}

// successFilePolicy is the Flink class whose line tells of a committed partition.
const successFilePolicy = "org.apache.flink.table.filesystem.SuccessFileCommitPolicy"

// partitions commits those whose time has come.
func (c *committer) partitions(ctx context.Context, wm, now int64, end bool) error {
	for _, p := range slices.Sorted(maps.Keys(c.state.Pending)) {
		due, err := c.due(p, wm, now)
		if err != nil {
			return err
		}
		if !due && !end {
			continue
		}
		if err := c.s.store.Put(ctx, p+c.t.opts.Success, nil); err != nil {
			return err
		}
		c.s.env.Log.Info("Committed partition {"+strings.ReplaceAll(strings.TrimSuffix(p, "/"), "/", ", ")+"} with success file",
			"table", c.t.Name, obs.AttrLogger, successFilePolicy)
		delete(c.state.Pending, p)
	}
	return nil
}

// due reports whether a partition can be committed (PartitionCommitPredicate).
func (c *committer) due(partition string, wm, now int64) (bool, error) {
	delay := c.t.opts.Delay.Milliseconds()
	if !strings.EqualFold(c.t.opts.Trigger, "partition-time") {
		return delay == 0 || now > c.state.Pending[partition]+delay, nil
	}
	values, _, _ := c.t.values(partition)
	at, err := c.extract.millis(values)
	return err == nil && wm > at+delay, err
}

// sweep aborts what the writers of ended attempts have staged and no checkpoint
// has: everything that a checkpoint has is complete by now.
func (c *committer) sweep(ctx context.Context) error {
	if len(c.state.Writers) == 0 {
		return nil
	}
	prefixes := make([]string, len(c.state.Writers))
	for i, id := range c.state.Writers {
		prefixes[i] = "part-" + id + "-"
	}
	err := c.s.store.Sweep(ctx, func(name string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
	})
	if err != nil {
		return fmt.Errorf("clearing what an earlier attempt left: %w", err)
	}
	c.state.Writers = nil
	return nil
}

// Snapshot implements connector.Committer.
func (c *committer) Snapshot() ([]byte, error) {
	s := c.state
	s.Writers = append(slices.Clip(s.Writers), c.s.started()...)
	return json.Marshal(s)
}

// Close implements connector.Committer.
func (c *committer) Close() error { return nil }
