package control

import (
	"context"
	"sort"
	"time"

	"weir/internal/aws/store"
	"weir/internal/aws/wire"
)

// maxSnapshots is the quota of an application.
const maxSnapshots = 1000

// planSnapshot gives op the automatic snapshot it takes on its way, when the
// application takes them; callers hold mu.
func (m *Manager) planSnapshot(tx *store.Tx, a *App, op *Operation) error {
	v, err := m.version(a.Key(), a.Version)
	if err != nil || !v.Config.SnapshotsEnabled {
		return err
	}
	return m.planSnapshotOf(tx, a, v, op)
}

// planSnapshotOf is planSnapshot of the job of version v.
func (m *Manager) planSnapshotOf(tx *store.Tx, a *App, v Version, op *Operation) error {
	id, err := m.id(16)
	if err != nil {
		return err
	}
	op.Snapshot = id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
	m.putOp(tx, *op)
	m.putSnap(tx, m.newSnapshot(a, v, op.Snapshot))
	return nil
}

func (m *Manager) newSnapshot(a *App, v Version, name string) Snapshot {
	return Snapshot{Region: a.Region, App: a.Name, Name: name, Status: SnapshotCreating, Version: v.ID,
		Runtime: v.Config.Runtime, Created: m.Clock.Now(), Encryption: v.Config.Encryption}
}

// endSnapshot gives a snapshot its last status; callers hold mu.
func (m *Manager) endSnapshot(tx *store.Tx, k Key, name, status string) {
	s, ok, err := m.snaps.Get(k.Region, k.Name, name)
	if err != nil || !ok {
		m.Log.Error("A snapshot that was being taken has no record", "application", k.Name, "snapshot", name, "error", err)
		return
	}
	s.Status = status
	m.putSnap(tx, s)
}

// CreateSnapshot begins a snapshot of a RUNNING application.
func (m *Manager) CreateSnapshot(k Key, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return err
	}
	v, err := m.version(k, a.Version)
	if err != nil {
		return err
	}
	h := m.liveOf(k).handle
	switch {
	case a.Status != Running || h == nil:
		return wire.Errorf("InvalidRequestException", "A snapshot can be created only while the application is RUNNING; %s is %s.", k.Name, a.Status)
	case !v.Config.SnapshotsEnabled:
		return wire.Errorf("InvalidApplicationConfigurationException", "Snapshots are not enabled for application %s.", k.Name)
	}
	all, err := m.Snapshots(k)
	if err != nil {
		return err
	}
	if len(all) >= maxSnapshots {
		return wire.Errorf("LimitExceededException", "Application %s has %d snapshots, the most it can have.", k.Name, len(all))
	}
	for _, s := range all {
		if s.Name == name {
			return wire.Errorf("ResourceInUseException", "Snapshot %s of application %s already exists.", name, k.Name)
		}
	}
	s := m.newSnapshot(&a, v, name)
	if err := m.snaps.Put(s, k.Region, k.Name, name); err != nil {
		return err
	}
	dir := m.snapshotDir(&a, name)
	m.wg.Go(func() { m.takeSnapshot(k, name, dir, h) })
	return nil
}

// takeSnapshot is the work of CreateApplicationSnapshot.
func (m *Manager) takeSnapshot(k Key, name, dir string, h Handle) {
	status := SnapshotReady
	err := m.makeDir(dir)
	if err == nil {
		err = h.Snapshot(m.base, dir)
	}
	if err != nil {
		status = SnapshotFailed
		m.Log.Warn("A snapshot failed", "application", k.Name, "snapshot", name, "error", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	tx := m.DB.Begin()
	if _, ok, err := m.snaps.Get(k.Region, k.Name, name); err != nil || !ok {
		return // the application was deleted
	}
	m.endSnapshot(tx, k, name, status)
	if err := tx.Commit(); err != nil {
		m.Log.Error("The end of a snapshot could not be recorded", "application", k.Name, "snapshot", name, "error", err)
	}
}

// DescribeSnapshot is one snapshot.
func (m *Manager) DescribeSnapshot(k Key, name string) (Snapshot, error) {
	if _, err := m.get(k); err != nil {
		return Snapshot{}, err
	}
	s, ok, err := m.snaps.Get(k.Region, k.Name, name)
	if err == nil && !ok {
		err = wire.Errorf("ResourceNotFoundException", "Snapshot %s of application %s does not exist.", name, k.Name)
	}
	return s, err
}

// Snapshots are the snapshots of an application, newest first.
func (m *Manager) Snapshots(k Key) ([]Snapshot, error) {
	if _, err := m.get(k); err != nil {
		return nil, err
	}
	all, err := collect(m.snaps.Scan([]string{k.Region, k.Name}, nil))
	sort.SliceStable(all, func(i, j int) bool { return all[i].Created.After(all[j].Created) })
	return all, err
}

// latestSnapshot is the newest READY snapshot, or nil.
func (m *Manager) latestSnapshot(k Key) (*Snapshot, error) {
	all, err := m.Snapshots(k)
	for _, s := range all {
		if s.Status == SnapshotReady {
			return &s, err
		}
	}
	return nil, err
}

// DeleteSnapshot removes a snapshot made at created (to the second).
func (m *Manager) DeleteSnapshot(k Key, name string, created time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return err
	}
	s, err := m.DescribeSnapshot(k, name)
	if err != nil {
		return err
	}
	switch {
	case !sameSecond(s.Created, created):
		return wire.Errorf("InvalidArgumentException", "SnapshotCreationTimestamp does not match the creation time of snapshot %s.", name)
	case s.Status == SnapshotCreating:
		return wire.Errorf("ResourceInUseException", "Snapshot %s is %s.", name, s.Status)
	case a.Run != nil && a.Run.Snapshot == name && a.Status != Running: // a RUNNING job has its own copy
		return wire.Errorf("ResourceInUseException", "Snapshot %s is being restored from.", name)
	}
	if err := m.snaps.Delete(k.Region, k.Name, name); err != nil {
		return err
	}
	return m.FS.RemoveAll(m.snapshotDir(&a, name))
}

// sameSecond compares times as clients send them back: to the second.
func sameSecond(a, b time.Time) bool {
	d := a.Sub(b)
	return d > -time.Second && d < time.Second
}

// Handle is the job of a RUNNING application, for its REST API.
func (m *Manager) Handle(k Key) (Handle, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return nil, err
	}
	h := m.liveOf(k).handle
	if h == nil {
		return nil, wire.Errorf("ResourceInUseException", "Application %s is %s and has no job.", k.Name, a.Status)
	}
	return h, nil
}

// Wait waits until nothing is under way on an application.
func (m *Manager) Wait(ctx context.Context, k Key) error {
	for {
		m.mu.Lock()
		var done chan struct{}
		if l := m.live[k]; l != nil {
			done = l.done
		}
		m.mu.Unlock()
		if done == nil || ended(done) {
			return nil
		}
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
