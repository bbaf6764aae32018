package kinesis

import (
	"testing"
	"time"
)

// TestTips: rows wait for exactly the shards that may be idle.
func TestTips(t *testing.T) {
	now := time.Unix(1000, 0)
	x, r := newTips(), &reader{}
	kicks := map[string]chan struct{}{}
	for _, id := range []string{"a", "silent", "lively", "backlog"} {
		kicks[id] = x.add(id, r)
	}
	x.tell(r, told{shard: "silent", at: true}, now)
	x.tell(r, told{shard: "lively", rows: true, at: true}, now)
	x.tell(r, told{shard: "backlog", rows: true}, now)
	kicked := func(id string) bool {
		select {
		case <-kicks[id]:
			return true
		default:
			return false
		}
	}
	n := x.ask("a", now)
	if !kicked("silent") || kicked("lively") || kicked("backlog") || kicked("a") {
		t.Error("only the shard that never had rows may be idle, and is asked")
	}
	x.tell(r, told{shard: "silent", answer: n - 1, at: true}, now)
	if x.settled("a", n, now) {
		t.Error("an answer begun before the rows came does not settle it")
	}
	if kicked("silent") {
		t.Error("asked twice for one thing")
	}
	x.tell(r, told{shard: "silent", answer: n, at: true}, now)
	if !x.settled("a", n, now) {
		t.Error("the answer settles it")
	}
	now = now.Add(maybeIdle)
	n = x.ask("a", now)
	if !kicked("silent") || !kicked("lively") {
		t.Error("a shard without rows for a while may be idle too")
	}
	x.tell(r, told{shard: "lively", answer: n - 1}, now) // rows are on their way
	x.remove("silent", r)
	if !x.settled("a", n, now) {
		t.Error("a shard with rows on their way holds event time by itself, one that is gone does not count")
	}
}
