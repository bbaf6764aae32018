package kinesis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"weir/internal/clock"
	"weir/internal/connector"
)

// position is where to read on in a shard: after a sequence number, or, before
// the first record, where the table says.
type position struct {
	After string    `json:",omitempty"` // AFTER_SEQUENCE_NUMBER
	At    time.Time `json:",omitzero"`  // AT_TIMESTAMP
	Trim  bool      `json:",omitempty"` // TRIM_HORIZON
}

func (p position) encode() []byte {
	data, err := json.Marshal(p)
	if err != nil {
		panic(err) // a struct of plain fields
	}
	return data
}

// enumerator lists the shards of a stream and hands them out in order.
type enumerator struct {
	s      *settings
	client *kinesis.Client
	clock  clock.Clock
	state  enumState
}

// enumState is what a checkpoint keeps of an enumerator.
type enumState struct {
	Start time.Time       // when the job first started: LATEST
	Seen  map[string]bool // shards handed out; true when read to the end
}

// Interval implements connector.Enumerator.
func (e *enumerator) Interval() int64 { return e.s.discover.Milliseconds() }

// Finished implements connector.Enumerator.
func (e *enumerator) Finished(id string) { e.state.Seen[id] = true }

// Snapshot implements connector.Enumerator.
func (e *enumerator) Snapshot() ([]byte, error) { return json.Marshal(e.state) }

// Discover implements connector.Enumerator. A shard is handed out when each of
// its parents has been read to its end or is not there (any more).
func (e *enumerator) Discover(ctx context.Context) ([]connector.Split, bool, error) {
	first := len(e.state.Seen) == 0
	shards, err := e.list(ctx)
	if err != nil {
		return nil, false, err
	}
	there := map[string]bool{}
	for _, sh := range shards {
		there[*sh.ShardId] = true
	}
	var found []connector.Split
	for _, sh := range shards {
		id := *sh.ShardId
		if _, seen := e.state.Seen[id]; seen || !e.ready(sh, there) {
			continue
		}
		if first && e.fromNow() && sh.SequenceNumberRange.EndingSequenceNumber != nil {
			e.state.Seen[id] = true // closed before the job began
			continue
		}
		e.state.Seen[id] = false
		found = append(found, connector.Split{ID: id, Position: e.begin(sh, first).encode()})
	}
	return found, true, nil
}

// fromNow reports whether the job begins at its own start.
func (e *enumerator) fromNow() bool { return e.s.initpos == "LATEST" }

func (e *enumerator) ready(sh types.Shard, there map[string]bool) bool {
	for _, p := range []*string{sh.ParentShardId, sh.AdjacentParentShardId} {
		if p != nil && there[*p] && !e.state.Seen[*p] {
			if _, given := e.state.Seen[*p]; given || !e.fromNow() || len(e.state.Seen) > 0 {
				return false
			}
		}
	}
	return true
}

// begin is where reading of a shard starts: a child is read from its first
// record.
func (e *enumerator) begin(sh types.Shard, first bool) position {
	if !first || sh.ParentShardId != nil && !e.fromNow() && e.s.initpos != "AT_TIMESTAMP" {
		return position{Trim: true}
	}
	switch e.s.initpos {
	case "TRIM_HORIZON":
		return position{Trim: true}
	case "AT_TIMESTAMP":
		return position{At: e.s.initTime}
	}
	return position{At: e.state.Start}
}

// list is every shard of the stream.
func (e *enumerator) list(ctx context.Context) ([]types.Shard, error) {
	var shards []types.Shard
	in := &kinesis.ListShardsInput{}
	in.StreamName, in.StreamARN = e.s.stream()
	for {
		out, err := e.client.ListShards(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("listing the shards of stream %s: %w", e.s.name+e.s.arn, err)
		}
		shards = append(shards, out.Shards...)
		if out.NextToken == nil {
			return shards, nil
		}
		in = &kinesis.ListShardsInput{NextToken: out.NextToken}
	}
}
