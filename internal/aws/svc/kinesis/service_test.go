package kinesis

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	api "weir/internal/aws/api/kinesis"
	"weir/internal/aws/store"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/vfs"
)

var start = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// rig is a service on files in memory, with a clock of its own.
type rig struct {
	*testing.T
	fs  vfs.FS
	clk *clock.Manual
	db  *store.DB
	s   *Service
	opt Options
}

func newRig(t *testing.T, opt Options) *rig {
	r := &rig{T: t, fs: vfs.NewMem(), clk: clock.NewManual(start), opt: opt}
	r.open()
	t.Cleanup(r.close)
	return r
}

func (r *rig) open() {
	r.Helper()
	var err error
	if r.db, err = store.Open(r.fs, "meta"); err != nil {
		r.Fatal(err)
	}
	if r.s, err = New(Deps{DB: r.db, Clock: r.clk, FS: r.fs, Dir: "records", Rand: rand.Reader, Options: r.opt}); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) close() {
	r.Helper()
	if err := r.s.Close(); err != nil {
		r.Error(err)
	}
	if err := r.db.Close(); err != nil {
		r.Error(err)
	}
}

func (r *rig) call() *wire.Call {
	return &wire.Call{Context: context.Background(), Service: "kinesis", Account: "012345678901", Region: "us-east-1", Partition: "aws", Now: r.clk.Now()}
}

// do runs a handler that must succeed, fails one that must not.
func do[In, Out any](r *rig, f func(*wire.Call, *In) (*Out, error), in *In) *Out {
	r.Helper()
	out, err := f(r.call(), in)
	if err != nil {
		r.Fatal(err)
	}
	return out
}

func fails[In, Out any](r *rig, f func(*wire.Call, *In) (*Out, error), in *In, want string) {
	r.Helper()
	if _, err := f(r.call(), in); err == nil || err.Error() != want {
		r.Errorf("got  %v\nwant %s", err, want)
	}
}

func (r *rig) create(name string, shards int) {
	r.Helper()
	do(r, r.s.createStream, &api.CreateStreamInput{StreamName: name, ShardCount: new(int32(shards))})
}

func (r *rig) put(name, key, data string) *api.PutRecordOutput {
	r.Helper()
	return do(r, r.s.putRecord, &api.PutRecordInput{StreamName: &name, PartitionKey: key, Data: []byte(data)})
}

func (r *rig) iterator(name string, shard int, typ string) string {
	r.Helper()
	return *do(r, r.s.getShardIterator, &api.GetShardIteratorInput{StreamName: &name, ShardId: shardName(uint32(shard)), ShardIteratorType: typ}).ShardIterator
}

// drain reads a shard until its end or tip.
func (r *rig) drain(it string) (data []string, last *api.GetRecordsOutput) {
	r.Helper()
	for {
		out := do(r, r.s.getRecords, &api.GetRecordsInput{ShardIterator: it, Limit: new(int32(3))})
		for _, rec := range out.Records {
			data = append(data, string(rec.Data))
		}
		if out.NextShardIterator == nil || *out.MillisBehindLatest == 0 {
			return data, out
		}
		it = *out.NextShardIterator
	}
}

func TestPutAndGet(t *testing.T) {
	r := newRig(t, Options{})
	r.create("s", 1)
	a := r.put("s", "k", "a")
	r.clk.Advance(1500 * time.Millisecond)
	in := &api.PutRecordsInput{StreamARN: new("arn:aws:kinesis:us-east-1:012345678901:stream/s")}
	for i := range 5 {
		in.Records = append(in.Records, api.PutRecordsRequestEntry{PartitionKey: fmt.Sprint("é", i), Data: []byte{byte('b' + i)}})
	}
	puts := do(r, r.s.putRecords, in)
	r.clk.Advance(time.Second)
	first := do(r, r.s.getRecords, &api.GetRecordsInput{ShardIterator: r.iterator("s", 0, "TRIM_HORIZON"), Limit: new(int32(2))})
	if *first.MillisBehindLatest != 1000 || len(first.Records) != 2 {
		t.Errorf("behind %d with %d records", *first.MillisBehindLatest, len(first.Records))
	}
	if rec := first.Records[0]; rec.SequenceNumber != a.SequenceNumber || !rec.ApproximateArrivalTimestamp.Equal(start) || rec.PartitionKey != "k" {
		t.Errorf("first record %+v, put as %+v", rec, a)
	}
	if rec := first.Records[1]; rec.SequenceNumber != *puts.Records[0].SequenceNumber || rec.PartitionKey != "é0" {
		t.Errorf("second record %+v, put as %v", rec, *puts.Records[0].SequenceNumber)
	}
	data, last := r.drain(*first.NextShardIterator)
	if fmt.Sprint(data) != "[c d e f]" || *last.MillisBehindLatest != 0 || last.NextShardIterator == nil {
		t.Errorf("rest %v, then %+v", data, last)
	}
	for i := 1; i < len(puts.Records); i++ {
		a, b := *puts.Records[i-1].SequenceNumber, *puts.Records[i].SequenceNumber
		if len(a) != 56 || b <= a {
			t.Errorf("sequence numbers %s, %s", a, b)
		}
	}
}

func TestIteratorTypes(t *testing.T) {
	r := newRig(t, Options{})
	r.create("s", 1)
	var numbers []string
	for i := range 6 {
		numbers = append(numbers, r.put("s", "k", fmt.Sprint(i)).SequenceNumber)
		r.clk.Advance(10 * time.Second)
	}
	get := func(typ string, number *string, at *time.Time) string {
		t.Helper()
		out := do(r, r.s.getShardIterator, &api.GetShardIteratorInput{
			StreamName: new("s"), ShardId: "0", ShardIteratorType: typ, StartingSequenceNumber: number, Timestamp: at,
		})
		data, _ := r.drain(*out.ShardIterator)
		return strings.Join(data, "")
	}
	desc := do(r, r.s.describeStream, &api.DescribeStreamInput{StreamName: new("s")}).StreamDescription
	begin := desc.Shards[0].SequenceNumberRange.StartingSequenceNumber
	for _, c := range []struct{ got, want string }{
		{get("TRIM_HORIZON", nil, nil), "012345"},
		{get("LATEST", nil, nil), ""},
		{get("AT_SEQUENCE_NUMBER", &numbers[2], nil), "2345"},
		{get("AFTER_SEQUENCE_NUMBER", &numbers[2], nil), "345"},
		{get("AFTER_SEQUENCE_NUMBER", &numbers[5], nil), ""},
		{get("AT_SEQUENCE_NUMBER", &begin, nil), "012345"},
		{get("AFTER_SEQUENCE_NUMBER", &begin, nil), "012345"},
		{get("AT_TIMESTAMP", nil, new(start.Add(20*time.Second))), "2345"},
		{get("AT_TIMESTAMP", nil, new(start.Add(21*time.Second))), "345"},
		{get("AT_TIMESTAMP", nil, new(start.Add(-time.Hour))), "012345"},
		{get("AT_TIMESTAMP", nil, new(r.clk.Now())), ""}, // after the last record: the tip
	} {
		if c.got != c.want {
			t.Errorf("read %q, want %q", c.got, c.want)
		}
	}
}

func TestIteratorErrors(t *testing.T) {
	r := newRig(t, Options{})
	r.create("other", 1)
	r.clk.Advance(time.Second)
	r.create("s", 2)
	number := r.put("other", "k", "x").SequenceNumber
	it := func(typ, shard string, number *string, at *time.Time, want string) {
		t.Helper()
		fails(r, r.s.getShardIterator, &api.GetShardIteratorInput{StreamName: new("s"), ShardId: shard, ShardIteratorType: typ, StartingSequenceNumber: number, Timestamp: at}, want)
	}
	it("LATEST", "x", nil, nil, "ResourceNotFoundException: Could not find shard x in stream s under account 012345678901.")
	it("LATEST", "shardId-000000000002", nil, nil, "ResourceNotFoundException: Shard shardId-000000000002 in stream s under account 012345678901 does not exist")
	it("LATEST", "0", &number, nil, "InvalidArgumentException: Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified LATEST and also a StartingSequenceNumber.")
	it("AT_SEQUENCE_NUMBER", "0", nil, nil, "InvalidArgumentException: Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber.")
	it("AT_SEQUENCE_NUMBER", "1", &number, nil, "InvalidArgumentException: Invalid StartingSequenceNumber. It encodes shardId-000000000000, while it was used in a call to a shard with shardId-000000000001")
	it("AT_SEQUENCE_NUMBER", "0", &number, nil, "InvalidArgumentException: StartingSequenceNumber "+number+" used in GetShardIterator on shard shardId-000000000000 in stream s under account 012345678901 is invalid because it did not come from this stream.")
	it("AT_SEQUENCE_NUMBER", "0", new("5"), nil, "InvalidArgumentException: Invalid StartingSequenceNumber. It encodes shardId-000000000005, while it was used in a call to a shard with shardId-000000000000")
	it("AT_SEQUENCE_NUMBER", "0", new("99999999999999999999999999999999999999999999999999999999999"), nil, "InvalidArgumentException: StartingSequenceNumber 99999999999999999999999999999999999999999999999999999999999 used in GetShardIterator on shard shardId-000000000000 in stream s under account 012345678901 is invalid.")
	it("AT_TIMESTAMP", "0", nil, nil, "InvalidArgumentException: Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.")
	it("AT_TIMESTAMP", "0", nil, new(start.Add(time.Hour)), "InvalidArgumentException: The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: 1795402800000, currentTimestampInMillis: 1795399201000")

	live := r.iterator("s", 0, "LATEST")
	for _, bad := range []string{"", "AAAA", "AAAAAAAAAAE=", live[:len(live)-4], live[:20] + "A" + live[21:], live + "AAAA"} {
		if bad != live {
			fails(r, r.s.getRecords, &api.GetRecordsInput{ShardIterator: bad}, "InvalidArgumentException: Invalid ShardIterator.")
		}
	}
	r.clk.Advance(5 * time.Minute)
	do(r, r.s.getRecords, &api.GetRecordsInput{ShardIterator: live})
	r.clk.Advance(time.Second)
	fails(r, r.s.getRecords, &api.GetRecordsInput{ShardIterator: live}, "ExpiredIteratorException: Iterator expired. The iterator was created at time Mon Nov 23 02:00:01 UTC 2026 while right now it is Mon Nov 23 02:05:02 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.")
}

// TestReshard splits, merges and reads parents, then children.
func TestReshard(t *testing.T) {
	r := newRig(t, Options{})
	r.create("s", 1)
	r.put("s", "k", "parent")
	do(r, r.s.splitShard, &api.SplitShardInput{StreamName: new("s"), ShardToSplit: "shardId-000000000000", NewStartingHashKey: "170141183460469231731687303715884105728"})
	in := func(hash, data string) string {
		return do(r, r.s.putRecord, &api.PutRecordInput{StreamName: new("s"), PartitionKey: "k", ExplicitHashKey: &hash, Data: []byte(data)}).ShardId
	}
	if got := in("170141183460469231731687303715884105727", "low"); got != "shardId-000000000001" {
		t.Errorf("low went to %s", got)
	}
	if got := in("170141183460469231731687303715884105728", "high"); got != "shardId-000000000002" {
		t.Errorf("high went to %s", got)
	}
	r.clk.Advance(2 * time.Second)
	do(r, r.s.mergeShards, &api.MergeShardsInput{StreamName: new("s"), ShardToMerge: "shardId-000000000001", AdjacentShardToMerge: "shardId-000000000002"})
	in("5", "merged")
	shards := do(r, r.s.listShards, &api.ListShardsInput{StreamName: new("s")}).Shards
	for i, want := range []string{"parent", "low", "high", "merged"} {
		data, last := r.drain(r.iterator("s", i, "TRIM_HORIZON"))
		if fmt.Sprint(data) != "["+want+"]" {
			t.Errorf("shard %d has %v", i, data)
		}
		if open := i == 3; open != (last.NextShardIterator != nil) || open != (shards[i].SequenceNumberRange.EndingSequenceNumber == nil) || open != (len(last.ChildShards) == 0) {
			t.Errorf("shard %d: %+v, last page %+v", i, shards[i], last)
		}
	}
	_, last := r.drain(r.iterator("s", 0, "LATEST"))
	if len(last.ChildShards) != 2 || last.ChildShards[1].ShardId != "shardId-000000000002" || last.ChildShards[1].HashKeyRange.StartingHashKey != "170141183460469231731687303715884105728" {
		t.Errorf("children of the split %+v", last.ChildShards)
	}
	_, last = r.drain(r.iterator("s", 2, "LATEST"))
	if len(last.ChildShards) != 1 || fmt.Sprint(last.ChildShards[0].ParentShards) != "[shardId-000000000001 shardId-000000000002]" {
		t.Errorf("child of the merge %+v", last.ChildShards)
	}
	if s := shards[3]; *s.ParentShardId != "shardId-000000000001" || *s.AdjacentParentShardId != "shardId-000000000002" {
		t.Errorf("merged shard %+v", s)
	}
	for i, s := range shards[:3] {
		if end, next := *s.SequenceNumberRange.EndingSequenceNumber, shards[i+1].SequenceNumberRange.StartingSequenceNumber; i != 1 && end >= next {
			t.Errorf("shard %d ends at %s, after its child's start %s", i, end, next)
		}
	}
	fails(r, r.s.splitShard, &api.SplitShardInput{StreamName: new("s"), ShardToSplit: "0", NewStartingHashKey: "9"},
		"ResourceInUseException: Shard shardId-000000000000 in stream s under account 012345678901 has already been merged or split, and thus is not eligible for merging or splitting.")
	fails(r, r.s.splitShard, &api.SplitShardInput{StreamName: new("s"), ShardToSplit: "3", NewStartingHashKey: "1"},
		"InvalidArgumentException: NewStartingHashKey 1 used in SplitShard() on shard shardId-000000000003 in stream s under account 012345678901 is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey 340282366920938463463374607431768211455.")
}

// TestUniform checks the shards of every change of count: they cover the range
// once, in equal shares, and every closed shard has children.
func TestUniform(t *testing.T) {
	for from := 1; from <= 7; from++ {
		for to := (from + 1) / 2; to <= 2*from; to++ {
			m := &streamMeta{}
			m.divide(from, start)
			m.uniform(to, start)
			open := m.openByStart()
			if len(open) != to {
				t.Fatalf("%d to %d: %d open shards", from, to, len(open))
			}
			next := hashKey{}
			for i, o := range open {
				sh := m.Shards[o]
				if want := shareOf(uint64(to)).times(uint64(i)); sh.Start != next || sh.Start != want {
					t.Errorf("%d to %d: shard %d starts at %s, want %s", from, to, i, sh.Start, want)
				}
				next = sh.End.next()
			}
			if next != (hashKey{}) {
				t.Errorf("%d to %d: the last shard ends before %s", from, to, next)
			}
			for i := range m.Shards {
				if sh := &m.Shards[i]; sh.Closed.IsZero() == (len(m.children(sh)) > 0) {
					t.Errorf("%d to %d: shard %d: %+v has children %v", from, to, i, sh, m.children(sh))
				}
			}
		}
	}
}

func TestStates(t *testing.T) {
	r := newRig(t, Options{CreateDelay: time.Second, UpdateDelay: time.Second, DeleteDelay: time.Second})
	status := func() string {
		return do(r, r.s.describeStreamSummary, &api.DescribeStreamSummaryInput{StreamName: new("s")}).StreamDescriptionSummary.StreamStatus
	}
	expect := func(want string) {
		t.Helper()
		if got := status(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	r.create("s", 1)
	expect("CREATING")
	put := &api.PutRecordInput{StreamName: new("s"), PartitionKey: "k", Data: []byte("x")}
	fails(r, r.s.putRecord, put, "ResourceNotFoundException: Stream s under account 012345678901 not found.")
	r.clk.Advance(time.Second)
	expect("ACTIVE")
	do(r, r.s.putRecord, put)
	split := &api.SplitShardInput{StreamName: new("s"), ShardToSplit: "0", NewStartingHashKey: "99"}
	do(r, r.s.splitShard, split)
	expect("UPDATING")
	do(r, r.s.putRecord, put)
	fails(r, r.s.splitShard, split, "ResourceInUseException: Stream s under account 012345678901 not ACTIVE, instead in state UPDATING")
	r.clk.Advance(time.Second)
	expect("ACTIVE")
	do(r, r.s.deleteStream, &api.DeleteStreamInput{StreamName: new("s")})
	expect("DELETING")
	fails(r, r.s.createStream, &api.CreateStreamInput{StreamName: "s", ShardCount: new(int32(1))}, "ResourceInUseException: Stream s under account 012345678901 already exists.")
	r.clk.Advance(time.Second)
	fails(r, r.s.describeStream, &api.DescribeStreamInput{StreamName: new("s")}, "ResourceNotFoundException: Stream s under account 012345678901 not found.")
	r.create("s", 1)
	r.clk.Advance(time.Second)
	if data, _ := r.drain(r.iterator("s", 0, "TRIM_HORIZON")); len(data) != 0 {
		t.Errorf("the new stream has the old one's records %v", data)
	}
}

func TestRestart(t *testing.T) {
	r := newRig(t, Options{})
	r.create("s", 2)
	do(r, r.s.addTagsToStream, &api.AddTagsToStreamInput{StreamName: new("s"), Tags: map[string]string{"team": "a"}})
	first := r.put("s", "k", "a")
	it := r.iterator("s", 1, "TRIM_HORIZON")
	before := do(r, r.s.describeStream, &api.DescribeStreamInput{StreamName: new("s")})
	r.close()
	r.open()
	after := do(r, r.s.describeStream, &api.DescribeStreamInput{StreamName: new("s")})
	if fmt.Sprint(*before.StreamDescription.Shards[1].HashKeyRange, before.StreamDescription.StreamCreationTimestamp) !=
		fmt.Sprint(*after.StreamDescription.Shards[1].HashKeyRange, after.StreamDescription.StreamCreationTimestamp) {
		t.Errorf("before %+v, after %+v", before, after)
	}
	second := r.put("s", "k", "b")
	if second.ShardId != first.ShardId || second.SequenceNumber <= first.SequenceNumber {
		t.Errorf("put as %+v, then as %+v", first, second)
	}
	if data, _ := r.drain(it); fmt.Sprint(data) != "[a b]" && first.ShardId == "shardId-000000000001" {
		t.Errorf("an iterator of before the restart reads %v", data)
	}
	if tags := do(r, r.s.listTagsForStream, &api.ListTagsForStreamInput{StreamName: new("s")}).Tags; len(tags) != 1 {
		t.Errorf("tags %v", tags)
	}
}

func TestRetention(t *testing.T) {
	r := newRig(t, Options{})
	r.create("s", 1)
	r.put("s", "k", "old")
	r.clk.Advance(12 * time.Hour)
	r.put("s", "k", "new")
	r.clk.Advance(12*time.Hour + time.Millisecond)
	if data, _ := r.drain(r.iterator("s", 0, "TRIM_HORIZON")); fmt.Sprint(data) != "[new]" {
		t.Errorf("after 24 hours: %v", data)
	}
	r.s.sweep()
	do(r, r.s.increaseRetention, &api.IncreaseStreamRetentionPeriodInput{StreamName: new("s"), RetentionPeriodHours: 48})
	r.clk.Advance(24 * time.Hour)
	r.put("s", "k", "newest")
	r.s.sweep()
	if data, _ := r.drain(r.iterator("s", 0, "TRIM_HORIZON")); fmt.Sprint(data) != "[new newest]" {
		t.Errorf("after 48 hours: %v", data)
	}
	ret := func(h int32) *api.DecreaseStreamRetentionPeriodInput {
		return &api.DecreaseStreamRetentionPeriodInput{StreamName: new("s"), RetentionPeriodHours: h}
	}
	fails(r, r.s.decreaseRetention, ret(23), "InvalidArgumentException: Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.")
	fails(r, r.s.decreaseRetention, ret(72), "InvalidArgumentException: Requested retention period (72 hours) for stream s can not be longer than existing retention period (48 hours). Use IncreaseRetentionPeriod API.")
	do(r, r.s.decreaseRetention, ret(24))
	if data, _ := r.drain(r.iterator("s", 0, "TRIM_HORIZON")); fmt.Sprint(data) != "[newest]" {
		t.Errorf("after the decrease: %v", data)
	}
	// A closed shard is forgotten once its records are.
	do(r, r.s.splitShard, &api.SplitShardInput{StreamName: new("s"), ShardToSplit: "0", NewStartingHashKey: "99"})
	r.clk.Advance(25 * time.Hour)
	r.s.sweep()
	if n := len(do(r, r.s.listShards, &api.ListShardsInput{StreamName: new("s")}).Shards); n != 2 {
		t.Errorf("%d shards after the parent expired", n)
	}
}

func TestLimits(t *testing.T) {
	r := newRig(t, Options{Limits: true})
	r.create("s", 1)
	in := &api.PutRecordsInput{StreamName: new("s")}
	for range 500 {
		in.Records = append(in.Records, api.PutRecordsRequestEntry{PartitionKey: "k", Data: []byte("x")})
	}
	in.Records[0].Data = make([]byte, 600<<10)
	in.Records[7].Data = make([]byte, 600<<10) // over 1 MiB: this one fails
	out := do(r, r.s.putRecords, in)
	if e := out.Records[7]; *out.FailedRecordCount != 1 || e.ErrorCode == nil || *e.ErrorCode != "ProvisionedThroughputExceededException" ||
		*e.ErrorMessage != "Rate exceeded for shard shardId-000000000000 in stream s under account 012345678901." || e.SequenceNumber != nil {
		t.Errorf("%d failed, the record over the rate %+v", *out.FailedRecordCount, e)
	}
	if e := out.Records[8]; e.ErrorCode != nil || e.SequenceNumber == nil {
		t.Errorf("the record after it %+v", e)
	}
	in.Records[0].Data, in.Records[7].Data = []byte("x"), []byte("x")
	do(r, r.s.putRecords, in)
	if out := do(r, r.s.putRecords, in); *out.FailedRecordCount != 499 {
		t.Errorf("of records 1000 to 1499 of a second %d failed, want 499", *out.FailedRecordCount)
	}
	fails(r, r.s.putRecord, &api.PutRecordInput{StreamName: new("s"), PartitionKey: "k", Data: []byte("x")},
		"ProvisionedThroughputExceededException: Rate exceeded for shard shardId-000000000000 in stream s under account 012345678901.")
	it := r.iterator("s", 0, "LATEST")
	for range 5 {
		do(r, r.s.getRecords, &api.GetRecordsInput{ShardIterator: it})
	}
	fails(r, r.s.getRecords, &api.GetRecordsInput{ShardIterator: it}, "ProvisionedThroughputExceededException: Rate exceeded for shard shardId-000000000000 in stream s under account 012345678901.")
	r.clk.Advance(time.Second)
	do(r, r.s.getRecords, &api.GetRecordsInput{ShardIterator: it})
	r.put("s", "k", "x")
}

func TestPutErrors(t *testing.T) {
	r := newRig(t, Options{})
	r.create("s", 1)
	one := func(size int, hash *string) *api.PutRecordInput {
		return &api.PutRecordInput{StreamName: new("s"), PartitionKey: strings.Repeat("😀", 256), Data: bytes.Repeat([]byte("x"), size), ExplicitHashKey: hash}
	}
	do(r, r.s.putRecord, one(1<<20, nil))
	fails(r, r.s.putRecord, one(1<<20+1, nil), "ValidationException: 1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576")
	do(r, r.s.putRecord, one(1, new("340282366920938463463374607431768211455")))
	fails(r, r.s.putRecord, one(1, new("340282366920938463463374607431768211456")), "InvalidArgumentException: Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was 340282366920938463463374607431768211456")
	many := &api.PutRecordsInput{StreamName: new("s"), Records: make([]api.PutRecordsRequestEntry, 500)}
	for i := range many.Records {
		many.Records[i] = api.PutRecordsRequestEntry{PartitionKey: "k", Data: []byte("x")}
	}
	many.Records[499].Data = make([]byte, 1<<20+1)
	fails(r, r.s.putRecords, many, "ValidationException: 1 validation error detected: Value at 'records.500.member.data' failed to satisfy constraint: Member must have length less than or equal to 1048576")
	for i := range 11 {
		many.Records[i].Data = make([]byte, 1<<20)
	}
	many.Records[499].Data = nil
	fails(r, r.s.putRecords, many, "InvalidArgumentException: Records size exceeds 10 MB limit")
	number := r.put("s", "k", "x").SequenceNumber
	order := func(n string) *api.PutRecordInput {
		return &api.PutRecordInput{StreamName: new("s"), PartitionKey: "k", SequenceNumberForOrdering: &n}
	}
	do(r, r.s.putRecord, order(number))
	fails(r, r.s.putRecord, order("123"), "InvalidArgumentException: ExclusiveMinimumSequenceNumber 123 used in PutRecord on stream s under account 012345678901 is invalid.")
	fails(r, r.s.putRecord, &api.PutRecordInput{StreamName: new("s"), StreamARN: new("arn:aws:kinesis:us-east-1:012345678901:stream/t")},
		"InvalidArgumentException: StreamName s and the stream t of StreamARN or StreamId are not the same stream.")
	fails(r, r.s.putRecord, &api.PutRecordInput{StreamARN: new("arn:aws:kinesis:us-west-2:012345678901:stream/s")},
		"InvalidArgumentException: StreamARN arn:aws:kinesis:us-west-2:012345678901:stream/s is not in region us-east-1.")
	fails(r, r.s.putRecord, &api.PutRecordInput{}, "InvalidArgumentException: Either StreamName or StreamARN must be specified.")
	fails(r, r.s.putRecord, &api.PutRecordInput{StreamName: new("none")}, "ResourceNotFoundException: Stream none under account 012345678901 not found.")
}

func TestListing(t *testing.T) {
	r := newRig(t, Options{})
	for _, n := range []string{"c", "a", "b", "d"} {
		r.create(n, 3)
	}
	out := do(r, r.s.listStreams, &api.ListStreamsInput{Limit: new(int32(3))})
	if fmt.Sprint(out.StreamNames) != "[a b c]" || !out.HasMoreStreams {
		t.Errorf("%+v", out)
	}
	out = do(r, r.s.listStreams, &api.ListStreamsInput{NextToken: out.NextToken})
	if fmt.Sprint(out.StreamNames) != "[d]" || out.HasMoreStreams || out.NextToken != nil {
		t.Errorf("%+v", out)
	}
	shards := do(r, r.s.listShards, &api.ListShardsInput{StreamName: new("a"), MaxResults: new(int32(2))})
	if len(shards.Shards) != 2 || shards.NextToken == nil {
		t.Fatalf("%+v", shards)
	}
	fails(r, r.s.listShards, &api.ListShardsInput{StreamName: new("a"), NextToken: shards.NextToken}, "InvalidArgumentException: NextToken and StreamName cannot be provided together.")
	rest := do(r, r.s.listShards, &api.ListShardsInput{NextToken: shards.NextToken})
	if len(rest.Shards) != 1 || rest.Shards[0].ShardId != "shardId-000000000002" || rest.NextToken != nil {
		t.Errorf("%+v", rest)
	}
	r.clk.Advance(301 * time.Second)
	if _, err := r.s.listShards(r.call(), &api.ListShardsInput{NextToken: shards.NextToken}); !isCode(err, "ExpiredNextTokenException") {
		t.Errorf("an old token: %v", err)
	}
	do(r, r.s.splitShard, &api.SplitShardInput{StreamName: new("a"), ShardToSplit: "0", NewStartingHashKey: "99"})
	for filter, want := range map[string]int{"AT_LATEST": 4, "AT_TRIM_HORIZON": 3, "FROM_TRIM_HORIZON": 5} {
		if n := len(do(r, r.s.listShards, &api.ListShardsInput{StreamName: new("a"), ShardFilter: &api.ShardFilter{Type: filter}}).Shards); n != want {
			t.Errorf("%s: %d shards, want %d", filter, n, want)
		}
	}
}

func isCode(err error, code string) bool {
	var e *wire.Error
	return errors.As(err, &e) && e.Code == code
}

// TestDiskFull puts on a full disk through the service: an InternalFailure that
// says why, nothing lost, and all well when there is space again.
func TestDiskFull(t *testing.T) {
	var full atomic.Bool
	r := &rig{T: t, clk: clock.NewManual(start), fs: errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if full.Load() && op.Kind.ReadOrWrite() == errorfs.OpIsWrite && op.Kind != errorfs.OpFileSync && op.Kind != errorfs.OpFileSyncData {
			return syscall.ENOSPC
		}
		return nil
	}))}
	r.open()
	defer r.close()
	r.create("s", 1)
	r.put("s", "k", "before")
	full.Store(true)
	for range 2 {
		_, err := r.s.putRecord(r.call(), &api.PutRecordInput{StreamName: new("s"), PartitionKey: "k", Data: []byte("refused")})
		if !isCode(err, "InternalFailure") || !strings.Contains(err.Error(), "no space left") {
			t.Fatalf("put on a full disk: %v", err)
		}
	}
	if _, err := r.s.createStream(r.call(), &api.CreateStreamInput{StreamName: "t", ShardCount: new(int32(1))}); !isCode(err, "InternalFailure") {
		t.Fatalf("create on a full disk: %v", err)
	}
	full.Store(false)
	for r.s.fs.Full() != nil {
		r.clk.Advance(time.Second)
	}
	r.put("s", "k", "after")
	data, _ := r.drain(r.iterator("s", 0, "TRIM_HORIZON"))
	if data[0] != "before" || data[len(data)-1] != "after" {
		t.Errorf("read %v", data)
	}
}
