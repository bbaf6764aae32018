package kinesis_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"

	"weir/internal/aws/gateway/gatewaytest"
	"weir/internal/aws/store"
	svc "weir/internal/aws/svc/kinesis"
	"weir/internal/batch"
	"weir/internal/clock"
	"weir/internal/connector"
	"weir/internal/connector/kinesis"
	"weir/internal/format"
	"weir/internal/format/json"
	"weir/internal/obs"
	"weir/internal/types"
	"weir/internal/vfs"
)

// rig is Kinesis on a loopback port, and a table over a stream of it.
type rig struct {
	*testing.T
	client *sdk.Client
	env    *connector.Env
	table  *connector.Table
	said   lockedBuffer // the log, of the tests of the sink
}

// lockedBuffer is written to by many.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

// Write implements io.Writer.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// String is all that was written.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func newRig(t *testing.T, shards int32, options map[string]string) *rig {
	t.Helper()
	fs := vfs.NewMem()
	db, err := store.Open(fs, "meta")
	if err != nil {
		t.Fatal(err)
	}
	s, err := svc.New(svc.Deps{DB: db, Clock: clock.System{}, FS: fs, Dir: "records", Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	server := gatewaytest.Start(t, gatewaytest.Options{Clock: clock.System{}}, s)
	cfg := server.Config()
	vars := map[string]string{}
	for _, kv := range server.Env() {
		k, v, _ := strings.Cut(kv, "=")
		vars[k] = v
	}
	r := &rig{T: t, client: sdk.NewFromConfig(cfg),
		env: &connector.Env{Clock: clock.System{}, FS: fs, Rand: rand.Reader, Getenv: func(k string) string { return vars[k] },
			Formats: map[string]*format.Format{"json": json.Format()}},
		table: &connector.Table{Name: "t", Fields: []types.Field{{Name: "n", Type: types.BigIntType}},
			Options: map[string]string{"connector": "kinesis", "stream": "s", "aws.region": cfg.Region, "format": "json",
				"scan.stream.initpos": "TRIM_HORIZON", "scan.shard.getrecords.intervalmillis": "5", "scan.shard.discovery.intervalmillis": "5"}}}
	for k, v := range options {
		r.table.Options[k] = v
	}
	if _, err := r.client.CreateStream(context.Background(), &sdk.CreateStreamInput{StreamName: aws.String("s"), ShardCount: aws.Int32(shards)}); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) put(from, to int) {
	r.Helper()
	for n := from; n < to; n++ {
		_, err := r.client.PutRecord(context.Background(), &sdk.PutRecordInput{StreamName: aws.String("s"),
			Data: fmt.Appendf(nil, `{"n": %d}`, n), PartitionKey: aws.String(fmt.Sprint(n % 7))})
		if err != nil {
			r.Fatal(err)
		}
	}
}

// reading is a source being read as a task does, by one goroutine.
type reading struct {
	*rig
	enum   connector.Enumerator
	reader connector.Reader
	seen   map[int64]int
}

func (r *rig) read(state []byte, splits []connector.Split) *reading {
	r.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r.Cleanup(cancel)
	src, err := kinesis.Factory().NewSource(ctx, r.env, r.table)
	if err != nil {
		r.Fatal(err)
	}
	x := &reading{rig: r, seen: map[int64]int{}}
	if x.enum, err = src.Enumerator(ctx, state); err != nil {
		r.Fatal(err)
	}
	if x.reader, err = src.Reader(ctx, 0, 1, obs.Scope{}); err != nil {
		r.Fatal(err)
	}
	if err := x.reader.Add(splits); err != nil {
		r.Fatal(err)
	}
	return x
}

// until polls until want records were seen, each once.
func (x *reading) until(want int) {
	x.Helper()
	deadline := time.Now().Add(30 * time.Second)
	b := batch.New(x.table.Fields, batch.MaxRows)
	for len(x.seen) < want {
		if time.Now().After(deadline) {
			x.Fatalf("only %d of %d records came", len(x.seen), want)
		}
		found, _, err := x.enum.Discover(context.Background())
		if err != nil {
			x.Fatal(err)
		}
		if err := x.reader.Add(found); err != nil {
			x.Fatal(err)
		}
		b.Reset()
		f, ok, err := x.reader.Poll(b)
		if err != nil {
			x.Fatal(err)
		}
		for i := range b.N {
			x.seen[b.Cols[0].I64[i]]++
			if x.seen[b.Cols[0].I64[i]] > 1 {
				x.Fatalf("record %d came twice", b.Cols[0].I64[i])
			}
		}
		if f.Done {
			x.enum.Finished(f.Split)
		}
		if !ok {
			select {
			case <-x.reader.Wake():
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
}

// stop closes the reader and gives what a checkpoint would hold.
func (x *reading) stop() ([]byte, []connector.Split) {
	x.Helper()
	state, err := x.enum.Snapshot()
	if err != nil {
		x.Fatal(err)
	}
	splits, err := x.reader.Positions()
	if err != nil {
		x.Fatal(err)
	}
	if err := x.reader.Close(); err != nil {
		x.Fatal(err)
	}
	return state, splits
}

func TestReshardWhileReadingAndResume(t *testing.T) {
	r := newRig(t, 2, nil)
	r.put(0, 100)
	x := r.read(nil, nil)
	x.until(100)
	half := new(big.Int).Lsh(big.NewInt(1), 126) // the middle of the first of two shards
	if _, err := r.client.SplitShard(context.Background(), &sdk.SplitShardInput{StreamName: aws.String("s"),
		ShardToSplit: aws.String("shardId-000000000000"), NewStartingHashKey: aws.String(half.String())}); err != nil {
		t.Fatal(err)
	}
	r.put(100, 200)
	x.until(200)
	state, splits := x.stop()
	if len(splits) != 3 {
		t.Errorf("%d shards are being read after the split, want 3: %v", len(splits), splits)
	}
	r.put(200, 300)
	y := r.read(state, splits)
	y.until(100)
	for n := range y.seen {
		if n < 200 {
			t.Errorf("record %d came again after the restart", n)
		}
	}
	y.stop()
}

func TestLatestStaysTheFirstStart(t *testing.T) {
	r := newRig(t, 1, map[string]string{"scan.stream.initpos": "LATEST"})
	r.put(0, 10)
	for put := time.Now(); time.Since(put) < 2*time.Millisecond; { // LATEST is a time in ms: the records before it are of an earlier one
		runtime.Gosched()
	}
	x := r.read(nil, nil)
	found, _, err := x.enum.Discover(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := x.reader.Add(found); err != nil {
		t.Fatal(err)
	}
	state, splits := x.stop()
	r.put(10, 20) // while nobody reads
	y := r.read(state, splits)
	y.until(10)
	for n := range y.seen {
		if n < 10 {
			t.Errorf("record %d is older than the first start", n)
		}
	}
	y.stop()
}

// TestIdleShardIsNotPassed: of two shards without records one gets a record and
// then the other. Whichever is read first, before the second record is handed out
// it is known that there are some in the first shard.
func TestIdleShardIsNotPassed(t *testing.T) {
	for range 10 {
		r := newRig(t, 2, nil)
		x := r.read(nil, nil)
		b := batch.New(x.table.Fields, batch.MaxRows)
		found, _, err := x.enum.Discover(t.Context())
		if err == nil {
			err = x.reader.Add(found)
		}
		if err != nil {
			t.Fatal(err)
		}
		poll := func() connector.Fetch {
			for {
				b.Reset()
				f, ok, err := x.reader.Poll(b)
				if err != nil {
					t.Fatal(err)
				}
				if ok {
					return f
				}
				select {
				case <-x.reader.Wake():
				case <-t.Context().Done():
					t.Fatal("nothing comes")
				}
			}
		}
		for tips := map[string]bool{}; len(tips) < 2; {
			if f := poll(); f.AtTip {
				tips[f.Split] = true
			}
		}
		first := r.putAt("170141183460469231731687303715884105728") // the upper half: shard 1
		r.putAt("0")
		known := false
		for rows := 0; rows < 2; {
			f := poll()
			known = known || f.Split == first && (b.N > 0 || !f.AtTip)
			if b.N > 0 && !known {
				t.Fatalf("records of %s passed those of %s, which were put before", f.Split, first)
			}
			rows += b.N
		}
		x.stop()
	}
}

// putAt puts a record where hash is and gives the shard.
func (r *rig) putAt(hash string) string {
	r.Helper()
	out, err := r.client.PutRecord(context.Background(), &sdk.PutRecordInput{StreamName: aws.String("s"),
		Data: []byte(`{"n": 1}`), PartitionKey: aws.String("k"), ExplicitHashKey: aws.String(hash)})
	if err != nil {
		r.Fatal(err)
	}
	return *out.ShardId
}

// TestLocate tells of any row of the last Poll which record it came from.
func TestLocate(t *testing.T) {
	r := newRig(t, 1, map[string]string{"json.ignore-parse-errors": "true"})
	if _, err := r.client.PutRecord(context.Background(), &sdk.PutRecordInput{StreamName: aws.String("s"),
		Data: []byte(`no json`), PartitionKey: aws.String("k")}); err != nil {
		t.Fatal(err)
	}
	r.put(0, 5)
	x := r.read(nil, nil)
	found, _, err := x.enum.Discover(t.Context())
	if err == nil {
		err = x.reader.Add(found)
	}
	if err != nil {
		t.Fatal(err)
	}
	b := batch.New(x.table.Fields, batch.MaxRows)
	for b.N == 0 {
		if _, ok, err := x.reader.Poll(b); err != nil {
			t.Fatal(err)
		} else if !ok {
			<-x.reader.Wake()
		}
	}
	if got := x.reader.(connector.Locator).Locate(3); !strings.HasPrefix(got, "shard shardId-000000000000, sequence number 49") || !strings.HasSuffix(got, `: {"n": 3}`) {
		t.Errorf("got %q", got)
	}
	x.stop()
}

func TestOptionsAreChecked(t *testing.T) {
	formats := map[string]*format.Format{"json": json.Format()}
	for name, c := range map[string]struct {
		options map[string]string
		want    string
	}{
		"misspelt":     {map[string]string{"stream": "s", "format": "json", "scan.stream.initpo": "LATEST"}, "did you mean 'scan.stream.initpos'?"},
		"value":        {map[string]string{"stream": "s", "format": "json", "scan.stream.initpos": "LATST"}, "did you mean 'LATEST'?"},
		"two dialects": {map[string]string{"stream.arn": "arn:aws:kinesis:us-east-1:1:stream/s", "format": "json", "scan.stream.initpos": "LATEST"}, "dialect"},
		"no stream":    {map[string]string{"format": "json"}, "Missing required options"},
		"format":       {map[string]string{"stream": "s", "format": "jsn"}, "did you mean 'json'?"},
		"efo":          {map[string]string{"stream": "s", "format": "json", "scan.stream.recordpublisher": "EFO"}, "not supported"},
		"time":         {map[string]string{"stream": "s", "format": "json", "scan.stream.initpos": "AT_TIMESTAMP", "scan.stream.initpos-timestamp": "soon"}, "Could not parse"},
	} {
		c.options["connector"] = "kinesis"
		err := kinesis.Factory().Validate(&connector.Table{Options: c.options}, formats)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
}
