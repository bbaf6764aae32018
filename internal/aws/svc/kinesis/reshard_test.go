package kinesis

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	api "weir/internal/aws/api/kinesis"
)

// TestReshardUnderPuts splits and merges while others put: every acknowledged
// record is read once, parents before children.
func TestReshardUnderPuts(t *testing.T) {
	r := newRig(t, Options{})
	r.create("s", 2)
	var stop atomic.Bool
	var wg sync.WaitGroup
	acked := make([]int, 4)
	for w := range acked {
		wg.Go(func() {
			for !stop.Load() {
				_, err := r.s.putRecord(r.call(), &api.PutRecordInput{
					StreamName: new("s"), PartitionKey: fmt.Sprint(w, "/", acked[w]), Data: fmt.Appendf(nil, "%d/%d", w, acked[w]),
				})
				if err != nil {
					t.Error(err)
					return
				}
				acked[w]++
			}
		})
	}
	for _, target := range []int32{4, 3, 5, 3, 6, 12, 6, 3, 2, 1} {
		do(r, r.s.updateShardCount, &api.UpdateShardCountInput{StreamName: new("s"), TargetShardCount: target})
	}
	stop.Store(true)
	wg.Wait()
	seen := map[string]int{}
	for i := range do(r, r.s.listShards, &api.ListShardsInput{StreamName: new("s")}).Shards {
		data, _ := r.drain(r.iterator("s", i, "TRIM_HORIZON"))
		for _, d := range data {
			seen[d]++
		}
	}
	for w, n := range acked {
		for i := range n {
			if d := fmt.Sprintf("%d/%d", w, i); seen[d] != 1 {
				t.Errorf("record %s was read %d times", d, seen[d])
			}
		}
	}
}
