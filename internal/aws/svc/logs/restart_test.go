package logs

import (
	"context"
	"fmt"
	"sync"
	"testing"

	pvfs "github.com/cockroachdb/pebble/v2/vfs"

	api "weir/internal/aws/api/logs"
	"weir/internal/aws/store"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/obs"
)

func call() *wire.Call {
	return &wire.Call{Context: context.Background(), Account: "012345678901", Region: "us-east-1", Partition: "aws", Now: now}
}

// run calls a handler that must not fail.
func run[In, Out any](t *testing.T, f func(*wire.Call, *In) (*Out, error), in In) *Out {
	t.Helper()
	out, err := f(call(), &in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	return out
}

func putOne(t *testing.T, s *Service, ms int64, message string) {
	t.Helper()
	run(t, s.putLogEvents, api.PutLogEventsRequest{LogGroupName: "g", LogStreamName: "s",
		LogEvents: []api.InputLogEvent{{Timestamp: ms, Message: message}}})
}

func messages(t *testing.T, s *Service) string {
	t.Helper()
	var all string
	for _, e := range run(t, s.getLogEvents, api.GetLogEventsRequest{LogGroupName: new("g"), LogStreamName: "s", StartFromHead: new(true)}).Events {
		all += *e.Message + " "
	}
	return all
}

// TestPowerLoss crashes with a stream whose removal was half done: what was
// acknowledged is there again, what was deleted is not.
func TestPowerLoss(t *testing.T) {
	fs := pvfs.NewCrashableMem()
	s := open(t, fs, clock.NewManual(now))
	run(t, s.createLogGroup, api.CreateLogGroupRequest{LogGroupName: "g"})
	for _, name := range []string{"s", "gone"} {
		run(t, s.createLogStream, api.CreateLogStreamRequest{LogGroupName: "g", LogStreamName: name})
		run(t, s.putLogEvents, api.PutLogEventsRequest{LogGroupName: "g", LogStreamName: name,
			LogEvents: []api.InputLogEvent{{Timestamp: now.UnixMilli(), Message: "of " + name}}})
	}
	gone := s.byKey[groupKey{"us-east-1", "g"}].streams["gone"].ID
	if err := s.streams.Delete("us-east-1", "g", "gone"); err != nil {
		t.Fatal(err)
	}
	again := open(t, fs.CrashClone(pvfs.CrashCloneCfg{}), clock.NewManual(now))
	if got := messages(t, again); got != "of s " {
		t.Errorf("after the crash there is %q", got)
	}
	if sum := again.events.Summary(gone); sum.Count != 0 {
		t.Errorf("a stream without a name keeps %d events", sum.Count)
	}
	run(t, again.createLogStream, api.CreateLogStreamRequest{LogGroupName: "g", LogStreamName: "new"})
	if id := again.byKey[groupKey{"us-east-1", "g"}].streams["new"].ID; id <= gone {
		t.Errorf("id %d is given out again", id)
	}
}

func TestTrimRemovesWhatIsExpired(t *testing.T) {
	clk := clock.NewManual(now)
	s := open(t, pvfs.NewMem(), clk)
	run(t, s.createLogGroup, api.CreateLogGroupRequest{LogGroupName: "g"})
	run(t, s.createLogStream, api.CreateLogStreamRequest{LogGroupName: "g", LogStreamName: "s"})
	putOne(t, s, now.UnixMilli()-2, "old")
	putOne(t, s, now.UnixMilli(), "new")
	run(t, s.putRetentionPolicy, api.PutRetentionPolicyRequest{LogGroupName: "g", RetentionInDays: 1})
	clk.Advance(day - 1e6)
	s.trim()
	if sum := s.events.Summary(0); sum.Count != 1 || messages(t, s) != "new " {
		t.Errorf("%d events are kept, seen are %q", sum.Count, messages(t, s))
	}
}

// TestPutsWhileStreamsGo has puts meet deletions of their stream.
func TestPutsWhileStreamsGo(t *testing.T) {
	s := open(t, pvfs.NewMem(), clock.NewManual(now))
	run(t, s.createLogGroup, api.CreateLogGroupRequest{LogGroupName: "g"})
	var wg sync.WaitGroup
	for p := range 4 {
		wg.Go(func() {
			for i := range 50 {
				name := fmt.Sprint("s", i%5)
				if p == 0 {
					_, _ = s.createLogStream(call(), &api.CreateLogStreamRequest{LogGroupName: "g", LogStreamName: name})
					_, _ = s.deleteLogStream(call(), &api.DeleteLogStreamRequest{LogGroupName: "g", LogStreamName: name})
					continue
				}
				// It is there or it is not: both are well.
				_, _ = s.putLogEvents(call(), &api.PutLogEventsRequest{LogGroupName: "g", LogStreamName: name,
					LogEvents: []api.InputLogEvent{{Timestamp: now.UnixMilli(), Message: "m"}}})
			}
		})
	}
	wg.Wait()
	if ids := s.events.Streams(); len(ids) != 0 {
		t.Errorf("deleted streams left events: %v", ids)
	}
}

func TestDamagedMetadataIsTold(t *testing.T) {
	fs := pvfs.NewMem()
	db, err := store.Open(fs, "meta")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := store.NewTable[streamMeta](db, "logs.stream").Put(streamMeta{Region: "r", Group: "none", Name: "s"}, "r", "none", "s"); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Deps{DB: db, Clock: clock.NewManual(now), FS: fs, Dir: "logs", Log: obs.Discard()}); err == nil {
		t.Error("a stream without its group opens")
	}
}
