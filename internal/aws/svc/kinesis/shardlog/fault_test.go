package shardlog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	pvfs "github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"weir/internal/clock"
	"weir/internal/vfs"
)

// TestCrash takes the disk as a power cut would leave it, again and again
// while four writers put, and looks for every put that was acknowledged before.
func TestCrash(t *testing.T) {
	for seed := range uint64(8) {
		fs, clk := pvfs.NewCrashableMem(), clock.System{}
		l := open(t, fs, clk)
		var mu sync.Mutex
		acked := map[string]bool{}
		var stop atomic.Bool
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for i := 0; !stop.Load(); i++ {
					d := fmt.Sprintf("%d/%d", w, i)
					s, err := l.Shard(ShardID{1, uint32(w % 2)})
					if err == nil {
						_, err = put(l, s, d)
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					acked[d] = true
					mu.Unlock()
				}
			})
		}
		for crash := range 5 {
			var want []string
			for len(want) < (crash+1)*100 {
				mu.Lock()
				want = want[:0]
				for d := range acked {
					want = append(want, d)
				}
				mu.Unlock()
			}
			after := fs.CrashClone(pvfs.CrashCloneCfg{UnsyncedDataPercent: 50, RNG: rand.New(rand.NewPCG(seed, 1))})
			l2 := open(t, after, clk)
			found := map[string]bool{}
			for s := range uint32(2) {
				for _, d := range readAll(t, shard(t, l2, ShardID{1, s}), 0) {
					if found[d] {
						t.Errorf("seed %d: %s is there twice", seed, d)
					}
					found[d] = true
				}
			}
			for _, d := range want {
				if !found[d] {
					t.Errorf("seed %d: acknowledged %s is lost", seed, d)
				}
			}
			if err := l2.Close(); err != nil {
				t.Fatal(err)
			}
		}
		stop.Store(true)
		wg.Wait()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDiskFull fills the disk under a writer: the put fails and says so, later
// ones too, and all is well again, with nothing lost, when space returns.
func TestDiskFull(t *testing.T) {
	var full atomic.Bool
	mem := vfs.NewMem()
	fs := errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if full.Load() && op.Kind.ReadOrWrite() == errorfs.OpIsWrite && op.Kind != errorfs.OpFileSync && op.Kind != errorfs.OpFileSyncData {
			return syscall.ENOSPC
		}
		return nil
	}))
	clk := clock.System{}
	l := open(t, fs, clk)
	s := shard(t, l, ShardID{1, 0})
	var acked []string
	for round := range 3 {
		for i := range 20 {
			d := fmt.Sprintf("%d/%d", round, i)
			if _, err := put(l, s, d); err != nil {
				t.Fatal(err)
			}
			acked = append(acked, d)
		}
		full.Store(true)
		for range 3 {
			var fe *FullError
			if _, err := put(l, s, "refused"); !errors.As(err, &fe) {
				t.Fatalf("put on a full disk: %v", err)
			}
		}
		if got := without(readAll(t, s, 0), "refused"); fmt.Sprint(got) != fmt.Sprint(acked) {
			t.Fatalf("while full: read %v, want %v", got, acked)
		}
		full.Store(false)
		for l.fs.Full() != nil {
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, fs, clk)
	defer func() { _ = l.Close() }()
	if got := without(readAll(t, shard(t, l, ShardID{1, 0}), 0), "refused"); fmt.Sprint(got) != fmt.Sprint(acked) {
		t.Fatalf("after restart: read %v, want %v", got, acked)
	}
}

func without(data []string, drop string) (kept []string) {
	for _, d := range data {
		if d != drop {
			kept = append(kept, d)
		}
	}
	return kept
}

// TestDeadDisk has the sync fail: no put is acknowledged from then on, and
// what was acknowledged can still be read and is there after a restart.
func TestDeadDisk(t *testing.T) {
	var dead atomic.Bool
	mem := vfs.NewMem()
	fs := errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if dead.Load() && (op.Kind == errorfs.OpFileSync || op.Kind == errorfs.OpFileSyncData || op.Kind == errorfs.OpFileSyncTo) {
			return syscall.EIO
		}
		return nil
	}))
	clk := clock.System{}
	l := open(t, fs, clk)
	s := shard(t, l, ShardID{1, 0})
	if _, err := put(l, s, "kept"); err != nil {
		t.Fatal(err)
	}
	dead.Store(true)
	for range 2 {
		if _, err := put(l, s, "lost"); err == nil {
			t.Fatal("a put was acknowledged though the disk is dead")
		}
	}
	if got := readAll(t, s, 0); fmt.Sprint(got) != "[kept]" {
		t.Fatalf("read %v", got)
	}
	if err := l.Append(context.Background(), []*Run{NewRun(s, 0)}); err == nil {
		t.Fatal("an empty put was acknowledged")
	}
}

// TestCloseOnFullDisk closes while a put waits for space: it says so and ends.
func TestCloseOnFullDisk(t *testing.T) {
	var full atomic.Bool
	fs := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if full.Load() && op.Kind.ReadOrWrite() == errorfs.OpIsWrite && op.Kind != errorfs.OpFileSync && op.Kind != errorfs.OpFileSyncData {
			return syscall.ENOSPC
		}
		return nil
	}))
	l := open(t, fs, clock.System{})
	s := shard(t, l, ShardID{1, 0})
	full.Store(true)
	var fe *FullError
	if _, err := put(l, s, "refused"); !errors.As(err, &fe) {
		t.Fatalf("put on a full disk: %v", err)
	}
	if err := l.Close(); !errors.As(err, &fe) {
		t.Fatalf("close on a full disk: %v", err)
	}
	full.Store(false) // lets the goroutines that wait go on
}
