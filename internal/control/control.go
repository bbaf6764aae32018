// Package control is the applications of Kinesis Data Analytics: what they are
// (immutable versions), what is being done to them (operations), what is kept
// of their state (snapshots), and the state machine over it all.
//
// Vocabulary is AWS's. An application has a status (READY, STARTING, RUNNING …)
// and a current version. An operation is one Start, Stop, Update or Rollback: it
// has an id, ends SUCCESSFUL, FAILED with the true reason, or CANCELLED by a
// forced stop. A run is one life of an application's job, from a start to the
// next stop or update: it has a directory of checkpoints of its own and goes on
// over restarts of the server. A Runner runs jobs; control does not know how.
//
// Invariants.
//   - Every change of status, version, operation and snapshot is one durable
//     transaction, made before anyone is told of it.
//   - At most one operation of an application is under way.
//   - Whatever moment the server dies at, Open resolves: what was RUNNING runs
//     on from its last checkpoint, what was under way is brought to its end.
//
// The package must not know HTTP, shapes of the API or how a job is run.
package control

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"weir/internal/aws/store"
	"weir/internal/aws/wire"
	"weir/internal/clock"
	"weir/internal/vfs"
)

// The statuses of an application.
const (
	Ready         = "READY"
	Starting      = "STARTING"
	Running       = "RUNNING"
	Stopping      = "STOPPING"
	ForceStopping = "FORCE_STOPPING"
	Updating      = "UPDATING"
	RollingBack   = "ROLLING_BACK"
	RolledBack    = "ROLLED_BACK" // of a version
	Deleting      = "DELETING"
)

// Deps is what a Manager works with.
type Deps struct {
	DB    *store.DB
	Clock clock.Clock
	Rand  io.Reader
	FS    vfs.FS
	// Dir holds code, checkpoints and snapshots of all applications.
	Dir    string
	Runner Runner
	Log    *slog.Logger
}

// Manager holds all applications. Make one with Open; Close it. Its methods may
// be called from any goroutine.
type Manager struct {
	Deps
	apps     store.Table[App]
	versions store.Table[Version]
	ops      store.Table[Operation]
	snaps    store.Table[Snapshot]

	base   context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex // guards the tables' read-modify-write and what follows
	live    map[Key]*live
	pinned  map[string]int // code saved and in no version yet
	closing bool
}

// live is what an application has in this process.
type live struct {
	handle Handle             // nil: no job
	cancel context.CancelFunc // of the operation under way
	done   chan struct{}      // closed when that has ended; nil: none
}

// Open opens the applications and resolves what the last server left.
func Open(d Deps) (*Manager, error) {
	m := &Manager{Deps: d,
		apps:     store.NewTable[App](d.DB, "control.application"),
		versions: store.NewTable[Version](d.DB, "control.version"),
		ops:      store.NewTable[Operation](d.DB, "control.operation"),
		snaps:    store.NewTable[Snapshot](d.DB, "control.snapshot"),
		live:     map[Key]*live{}, pinned: map[string]int{},
	}
	if err := d.FS.MkdirAll(d.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("opening applications: %w", err)
	}
	if err := vfs.SyncDir(d.FS, d.FS.PathDir(d.Dir)); err != nil {
		return nil, fmt.Errorf("opening applications: %w", err)
	}
	m.base, m.cancel = context.WithCancel(context.Background())
	if err := m.recover(); err != nil {
		m.cancel()
		return nil, fmt.Errorf("opening applications: %w", err)
	}
	return m, nil
}

// Close ends the jobs with their state kept in a last checkpoint, as far as ctx
// allows; the applications stay RUNNING for the next Open.
func (m *Manager) Close(ctx context.Context) error {
	m.mu.Lock()
	m.closing = true
	var handles []Handle
	for _, l := range m.live {
		if l.handle != nil {
			handles = append(handles, l.handle)
		}
	}
	m.mu.Unlock()
	m.cancel() // operations under way are taken up again by Open
	var wg sync.WaitGroup
	for _, h := range handles {
		wg.Go(func() {
			if err := h.Stop(ctx, ""); err != nil {
				m.Log.Warn("An application could not take a last checkpoint; it goes on from the one before", "error", err)
			}
			h.Kill()
			<-h.Done()
		})
	}
	wg.Wait()
	m.wg.Wait()
	return nil
}

// Key names an application.
type Key struct{ Region, Name string }

func (k Key) notFound() error {
	return wire.Errorf("ResourceNotFoundException", "Application %s does not exist.", k.Name)
}

// id is n random bytes in hex.
func (m *Manager) id(n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(m.Rand, b); err != nil {
		return "", fmt.Errorf("making an id: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// get loads an application; callers hold mu when they will write.
func (m *Manager) get(k Key) (App, error) {
	a, ok, err := m.apps.Get(k.Region, k.Name)
	if err == nil && !ok {
		err = k.notFound()
	}
	return a, err
}

// liveOf is the live entry of an application, made when missing; callers hold mu.
func (m *Manager) liveOf(k Key) *live {
	l := m.live[k]
	if l == nil {
		l = &live{}
		m.live[k] = l
	}
	return l
}
