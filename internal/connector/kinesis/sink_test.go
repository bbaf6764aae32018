package kinesis_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	sdk "github.com/aws/aws-sdk-go-v2/service/kinesis"
	sdktypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"weir/internal/batch"
	"weir/internal/connector"
	"weir/internal/connector/kinesis"
	"weir/internal/format"
	formatjson "weir/internal/format/json"
	"weir/internal/obs"
	"weir/internal/types"
)

// newSinkRig is a table of names and numbers, partitioned by both when keyed.
func newSinkRig(t *testing.T, shards int32, keys []string, options map[string]string) *rig {
	r := newRig(t, shards, options)
	delete(r.table.Options, "scan.stream.initpos")
	r.table.Fields = []types.Field{{Name: "k", Type: types.StringType}, {Name: "n", Type: types.BigIntType}}
	r.table.PartitionKeys = keys
	r.env.Log = slog.New(slog.NewTextHandler(&r.said, nil))
	r.client = sdk.New(r.client.Options(), func(o *sdk.Options) { o.Retryer, o.RetryMaxAttempts = retry.NewStandard(), 5 })
	return r
}

func (r *rig) writer(task int) connector.Writer {
	r.Helper()
	s, err := kinesis.Factory().NewSink(r.Context(), r.env, r.table)
	if err != nil {
		r.Fatal(err)
	}
	w, err := s.Writer(r.Context(), task, 2, obs.Scope{})
	if err != nil {
		r.Fatal(err)
	}
	return w
}

func appendRow(b *batch.Batch, k string, n int) {
	b.Cols[0].AppendString(k)
	b.Cols[1].AppendI64(int64(n))
	b.N++
}

// write writes rows from to to, 7 names, in batches of 100.
func (r *rig) write(w connector.Writer, from, to int) {
	r.Helper()
	for from < to {
		b := batch.New(r.table.Fields, batch.MaxRows)
		for ; b.N < 100 && from < to; from++ {
			appendRow(b, fmt.Sprintf("k%d", from%7), from)
		}
		if err := w.Write(b); err != nil {
			r.Fatal(err)
		}
	}
	if cs, err := w.Prepare(false); err != nil || len(cs) > 0 {
		r.Fatalf("Prepare gave %v, %v", cs, err)
	}
}

type sent struct {
	K   string
	N   int
	key string
}

// stream reads all records, shard after shard.
func (r *rig) stream() (all []sent) {
	r.Helper()
	list, err := r.client.ListShards(r.Context(), &sdk.ListShardsInput{StreamName: aws.String("s")})
	if err != nil {
		r.Fatal(err)
	}
	for _, sh := range list.Shards {
		it, err := r.client.GetShardIterator(r.Context(), &sdk.GetShardIteratorInput{StreamName: aws.String("s"), ShardId: sh.ShardId,
			ShardIteratorType: sdktypes.ShardIteratorTypeTrimHorizon})
		if err != nil {
			r.Fatal(err)
		}
		for at := it.ShardIterator; ; {
			out, err := r.client.GetRecords(r.Context(), &sdk.GetRecordsInput{ShardIterator: at})
			if err != nil {
				r.Fatal(err)
			}
			for _, rec := range out.Records {
				x := sent{key: *rec.PartitionKey}
				if err := json.Unmarshal(rec.Data, &x); err != nil {
					r.Fatalf("%q: %v", rec.Data, err)
				}
				all = append(all, x)
			}
			if at = out.NextShardIterator; len(out.Records) == 0 {
				break
			}
		}
	}
	return all
}

// inOrder checks that rows 0 to n are there, those of a name in order. A row may be
// there again when the writer said that it put some again: a call whose answer was
// lost may have been taken.
func (r *rig) inOrder(n int) {
	r.Helper()
	again := strings.Contains(r.said.String(), "will retry")
	seen, last := map[int]bool{}, map[string]int{}
	for _, x := range r.stream() {
		if seen[x.N] {
			if !again {
				r.Errorf("row %d is there twice", x.N)
			}
			continue
		}
		if prev, ok := last[x.K]; ok && x.N <= prev {
			r.Errorf("of %s, row %d comes after row %d", x.K, x.N, prev)
		}
		seen[x.N], last[x.K] = true, x.N
	}
	if len(seen) != n {
		r.Errorf("%d of %d rows are in the stream", len(seen), n)
	}
}

func TestSinkKeepsTheOrderOfAKey(t *testing.T) {
	for name, options := range map[string]map[string]string{
		"as it comes": nil,
		"small calls": {"sink.batch.max-size": "3", "sink.requests.max-inflight": "5", "sink.requests.max-buffered": "50"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newSinkRig(t, 3, []string{"k"}, options)
			w := r.writer(0)
			r.write(w, 0, 2500)
			r.inOrder(2500)
			r.write(w, 2500, 3000)
			r.inOrder(3000)
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSinkPartitionKeys(t *testing.T) {
	for name, c := range map[string]struct {
		keys    []string
		options map[string]string
		want    string
	}{
		"columns":       {[]string{"k", "n"}, map[string]string{"sink.partitioner-field-delimiter": ";"}, "k1;1"},
		"in this order": {[]string{"n", "k"}, nil, "1|k1"},
		"fixed":         {nil, map[string]string{"sink.partitioner": "fixed"}, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newSinkRig(t, 1, c.keys, c.options)
			w := r.writer(1)
			r.write(w, 1, 2)
			if got := r.stream(); len(got) != 1 || got[0] != (sent{"k1", 1, c.want}) {
				t.Errorf("got %v, want the key %q", got, c.want)
			}
			_ = w.Close()
		})
	}
	r := newSinkRig(t, 1, nil, nil)
	w := r.writer(0)
	r.write(w, 0, 2)
	if got := r.stream(); len(got) != 2 || len(got[0].key) != 36 || got[0].key == got[1].key {
		t.Errorf("got %v, want two random UUIDs as keys", got)
	}
	_ = w.Close()
}

// faults stands before Kinesis: of every three PutRecords one fails with 500 and
// of one all but its first record are refused.
func (r *rig) faults() {
	target, err := url.Parse(r.env.Getenv("AWS_ENDPOINT_URL"))
	if err != nil {
		r.Fatal(err)
	}
	var n atomic.Int64
	proxy := httputil.NewSingleHostReverseProxy(target)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if !strings.HasSuffix(q.Header.Get("X-Amz-Target"), ".PutRecords") {
			proxy.ServeHTTP(w, q)
			return
		}
		switch n.Add(1) % 3 {
		case 1:
			http.Error(w, `{"__type":"InternalFailure"}`, http.StatusInternalServerError)
		case 2:
			var in struct{ Records []any }
			if err := json.NewDecoder(q.Body).Decode(&in); err != nil {
				r.Error(err)
			}
			refusedAll := strings.Repeat(`,{"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"Rate exceeded"}`, len(in.Records))
			_, _ = io.WriteString(w, fmt.Sprintf(`{"FailedRecordCount":%d,"Records":[%s]}`, len(in.Records), refusedAll[1:]))
		default:
			proxy.ServeHTTP(w, q)
		}
	}))
	r.Cleanup(front.Close)
	getenv := r.env.Getenv
	r.env.Getenv = func(k string) string {
		if k == "AWS_ENDPOINT_URL" {
			return front.URL
		}
		return getenv(k)
	}
}

func TestSinkPutsAgainWhatWasRefused(t *testing.T) {
	r := newSinkRig(t, 2, []string{"k"}, nil)
	r.faults()
	w := r.writer(0)
	r.write(w, 0, 300)
	r.inOrder(300)
	_ = w.Close()

	r = newSinkRig(t, 2, []string{"k"}, map[string]string{"sink.fail-on-error": "true"})
	r.faults()
	w = r.writer(0)
	b := batch.New(r.table.Fields, batch.MaxRows)
	appendRow(b, "k", 1)
	_ = w.Write(b)
	if _, err := w.Prepare(false); err == nil || !strings.Contains(err.Error(), "sink.fail-on-error") {
		t.Errorf("got %v, want the refusal", err)
	}
	_ = w.Close()
}

func TestSinkFailsWhereTryingAgainCannotHelp(t *testing.T) {
	r := newSinkRig(t, 1, []string{"k"}, map[string]string{"stream": "another"})
	w := r.writer(0)
	b := batch.New(r.table.Fields, batch.MaxRows)
	appendRow(b, "k", 1)
	_ = w.Write(b)
	if _, err := w.Prepare(false); err == nil || !strings.Contains(err.Error(), "writing to stream another") || !strings.Contains(err.Error(), "ResourceNotFoundException") {
		t.Errorf("got %v", err)
	}
	_ = w.Close()

	b.Reset()
	appendRow(b, strings.Repeat("k", 1<<20), 1)
	w = r.writer(0)
	if err := w.Write(b); err == nil || !strings.Contains(err.Error(), "maxRecordSizeInBytes") {
		t.Errorf("got %v, want the record refused", err)
	}
	_ = w.Close()
}

func TestSinkOptionsAreChecked(t *testing.T) {
	formats := map[string]*format.Format{"json": formatjson.Format()}
	for name, c := range map[string]struct {
		keys   []string
		option string
		value  string
		want   string
	}{
		"both":   {[]string{"k"}, "sink.partitioner", "random", "Cannot set sink.partitioner option for a table defined with a PARTITIONED BY clause"},
		"class":  {nil, "sink.partitioner", "com.example.Mine", "Could not find and instantiate partitioner class 'com.example.Mine'"},
		"batch":  {nil, "sink.batch.max-size", "501", "must be 1 to 500"},
		"buffer": {nil, "sink.requests.max-buffered", "10", "should be strictly greater"},
		"typo":   {nil, "sink.batch.maxsize", "10", "did you mean 'sink.batch.max-size'?"},
	} {
		err := kinesis.Factory().Validate(&connector.Table{PartitionKeys: c.keys,
			Options: map[string]string{"connector": "kinesis", "stream": "s", "format": "json", c.option: c.value}}, formats)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
	env := &connector.Env{Formats: formats, Getenv: func(string) string { return "" }}
	_, err := kinesis.Factory().NewSink(context.Background(), env, &connector.Table{PartitionKeys: []string{"d"},
		Fields:  []types.Field{{Name: "d", Type: types.DateType}},
		Options: map[string]string{"connector": "kinesis", "stream": "s", "format": "json", "aws.region": "us-east-1"}})
	if err == nil || !strings.Contains(err.Error(), "types that are not supported by Kinesis: d") {
		t.Errorf("got %v", err)
	}
}
