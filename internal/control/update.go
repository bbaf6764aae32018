package control

import (
	"context"
	"errors"
	"fmt"

	"weir/internal/aws/store"
	"weir/internal/aws/wire"
)

// Update makes a version with config c out of version from, which must be the
// current one. A RUNNING application restarts with it; rc, if not nil, replaces
// the run configuration. The operation's kind is kind.
func (m *Manager) Update(k Key, from int64, c Config, rc *RunConfig, kind string) (App, Version, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return a, Version{}, "", err
	}
	if err := a.CheckVersion(from); err != nil {
		return a, Version{}, "", err
	}
	if a.Status != Ready && a.Status != Running {
		return a, Version{}, "", inUse(&a, "update")
	}
	if rc != nil {
		a.RunConfig = rc
	}
	tx := m.DB.Begin()
	v := m.nextVersion(tx, &a, c)
	running := a.Status == Running
	var op Operation
	if running {
		op, err = m.beginUpdate(tx, &a, kind, Updating, c, a.RunConfig)
	} else if op, err = m.newOperation(tx, &a, kind, Ready); err == nil {
		// Nothing runs: the update is done with its record.
		op.Status, op.End, op.From, op.To, a.Operation = Successful, op.Start, from, v.ID, ""
		m.putOp(tx, op)
		m.putApp(tx, a)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return a, v, "", err
	}
	m.unpin(c.Code)
	if running {
		m.spawn(k, func(ctx context.Context) { m.update(ctx, k, op.ID) })
	}
	return a, v, op.ID, nil
}

func stale(a *App, from int64) error {
	return wire.Errorf("ConcurrentModificationException", "Application version %d is not the current version %d of application %s: describe it and try again.", from, a.Version, a.Name)
}

// nextVersion makes the next version current; callers hold mu and put a.
func (m *Manager) nextVersion(tx *store.Tx, a *App, c Config) Version {
	now := m.Clock.Now()
	v := Version{Region: a.Region, Name: a.Name, ID: a.Version + 1, Created: now, Status: Ready, Config: c, UpdatedFrom: a.Version}
	a.UpdatedFrom, a.RolledBackFrom, a.RolledBackTo = a.Version, 0, 0
	a.Version, a.VersionCreated, a.Updated = v.ID, now, now
	m.putVersion(tx, v)
	return v
}

// beginUpdate makes the operation that replaces the run by one of the current
// version; callers hold mu and commit tx.
func (m *Manager) beginUpdate(tx *store.Tx, a *App, kind, status string, c Config, rc *RunConfig) (Operation, error) {
	run, err := m.newRun(a, c, rc)
	if err != nil {
		return Operation{}, err
	}
	a.Previous, a.Run = a.Run, run
	op, err := m.newOperation(tx, a, kind, status)
	if err != nil {
		return op, err
	}
	op.From, op.To = a.UpdatedFrom, a.Version
	m.putOp(tx, op)
	if status == RollingBack {
		return op, nil // the job is not asked for a snapshot: it is what went wrong
	}
	old, err := m.version(a.Key(), op.From)
	if err != nil || !old.Config.SnapshotsEnabled {
		return op, err
	}
	if err := m.planSnapshotOf(tx, a, old, &op); err != nil {
		return op, err
	}
	if rc == nil || rc.RestoreType == "" || rc.RestoreType == RestoreLatest {
		a.Run.Snapshot = op.Snapshot // the one about to be taken is the latest
		m.putApp(tx, *a)
	}
	return op, nil
}

// update is the work of UpdateApplication on a RUNNING application.
func (m *Manager) update(ctx context.Context, k Key, opID string) {
	op, err := m.DescribeOperation(k, opID)
	if err == nil && !op.Stopped {
		op, err = m.stopJob(ctx, k, opID)
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil { // the old job was to run on
		m.updateNotBegun(k, op, err)
		return
	}
	err = m.launch(ctx, k)
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		m.finish(k, opID, Successful, nil, Running, func(_ *store.Tx, a *App, _ *Operation) { a.Previous = nil })
		m.watch(k)
		m.sweepRuns(k)
		return
	}
	m.kill(k)
	if m.rollBackFailed(k, opID, err) {
		return
	}
	m.finish(k, opID, Failed, err, Ready, func(_ *store.Tx, a *App, _ *Operation) { a.Run, a.Previous = nil, nil })
	m.sweepRuns(k)
}

// updateNotBegun ends an update whose old job could not be stopped: it runs on
// with the old version's program, and the application says so.
func (m *Manager) updateNotBegun(k Key, op Operation, cause error) {
	m.mu.Lock()
	h := m.liveOf(k).handle
	m.mu.Unlock()
	alive := h != nil && !ended(h.Done())
	status := Ready
	if alive {
		status = Running
	}
	m.finish(k, op.ID, Failed, cause, status, func(tx *store.Tx, a *App, op *Operation) {
		if op.Snapshot != "" {
			m.endSnapshot(tx, k, op.Snapshot, SnapshotFailed)
		}
		a.Run, a.Previous = a.Previous, nil
		if !alive {
			a.Run = nil
		}
	})
	if alive {
		m.watch(k)
	}
}

// rollBackFailed starts the automatic rollback of a failed update, when the
// application asks for it.
func (m *Manager) rollBackFailed(k Key, opID string, cause error) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil || a.Operation != opID {
		return false
	}
	v, err := m.version(k, a.Version)
	if err != nil || !v.Config.RollbackEnabled {
		return false
	}
	op, ok, err := m.ops.Get(k.Region, k.Name, opID)
	if err != nil || !ok || op.Kind == "RollbackApplication" {
		return false
	}
	next, err := m.beginRollback(&a, func(tx *store.Tx, rollback Operation) {
		op.Status, op.End, op.Reason, op.Rollback = Failed, m.Clock.Now(), cause.Error(), rollback.ID
		m.putOp(tx, op)
	})
	if err != nil {
		m.Log.Error("A failed update could not be rolled back", "application", k.Name, "error", err)
		return false
	}
	m.spawn(k, func(ctx context.Context) { m.update(ctx, k, next.ID) }) // after this very work
	return true
}

// Rollback returns a RUNNING or UPDATING application to its previous version.
func (m *Manager) Rollback(k Key, from int64) (App, Version, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, err := m.get(k)
	if err != nil {
		return a, Version{}, "", err
	}
	if err := a.CheckVersion(from); err != nil {
		return a, Version{}, "", err
	}
	switch {
	case a.Status != Running && a.Status != Updating:
		return a, Version{}, "", inUse(&a, "roll back")
	case a.UpdatedFrom == 0:
		return a, Version{}, "", wire.Errorf("UnsupportedOperationException", "Application %s has no previous version to roll back to.", k.Name)
	}
	if s, err := m.latestSnapshot(k); err != nil {
		return a, Version{}, "", err
	} else if s == nil {
		return a, Version{}, "", wire.Errorf("UnsupportedOperationException", "Application %s has no snapshot to roll back with.", k.Name)
	}
	op, err := m.beginRollback(&a, nil)
	if err != nil {
		return a, Version{}, "", err
	}
	m.interrupt(k)
	m.spawn(k, func(ctx context.Context) {
		m.kill(k)
		if ctx.Err() == nil {
			m.update(ctx, k, op.ID)
		}
	})
	v, err := m.version(k, a.Version)
	return a, v, op.ID, err
}

// beginRollback records a rollback of a; callers hold mu. also adds to the
// transaction.
func (m *Manager) beginRollback(a *App, also func(*store.Tx, Operation)) (Operation, error) {
	k := a.Key()
	bad, good := a.Version, a.UpdatedFrom
	if good == 0 {
		return Operation{}, errors.New("there is no previous version")
	}
	target, err := m.version(k, good)
	if err != nil {
		return Operation{}, fmt.Errorf("loading the version to roll back to: %w", err)
	}
	tx := m.DB.Begin()
	failed, err := m.version(k, bad)
	if err != nil {
		return Operation{}, err
	}
	failed.Status = RolledBack
	m.putVersion(tx, failed)
	if also == nil {
		m.cancelOperation(tx, a)
	}
	v := m.nextVersion(tx, a, target.Config)
	v.RolledBackFrom, v.RolledBackTo = bad, good
	a.RolledBackFrom, a.RolledBackTo = bad, good
	m.putVersion(tx, v)
	op, err := m.beginUpdate(tx, a, "RollbackApplication", RollingBack, target.Config, &RunConfig{RestoreType: RestoreLatest})
	if err != nil {
		return op, err
	}
	op.Stopped = true // the job is killed, not stopped
	m.putOp(tx, op)
	if also != nil {
		also(tx, op)
	}
	return op, tx.Commit()
}

// CheckVersion refuses a version that is not the current one.
func (a *App) CheckVersion(version int64) error {
	if version != a.Version {
		return stale(a, version)
	}
	return nil
}

// CheckToken refuses a ConditionalToken that is not the current version's.
func (a *App) CheckToken(token string) error {
	if token != a.Token() {
		return wire.Errorf("ConcurrentModificationException", "The conditional token is not that of the current version of application %s: describe it and try again.", a.Name)
	}
	return nil
}
